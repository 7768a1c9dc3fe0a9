//! A request that is being answered, for threads that cannot see whether somebody still waits.

use jejak_projections::cancellation::Cancellation;

/// Cancels the work when the request is given up. A client that goes is seen to go over HTTP/2, where it says so; over
/// HTTP/1 it may have closed its own side only, and still read.
#[derive(Debug, Default)]
pub(crate) struct Asked(Cancellation);

impl Asked {
    /// For the thread that does the work.
    pub(crate) fn cancellation(&self) -> Cancellation {
        self.0.clone()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
