//! Counts lines as bytes go by, and ends a piece that never ends.

use std::io::{self, BufRead, Read};

/// Bytes of one tag, text or comment.
const LONGEST: usize = 1 << 20;

/// A reader that knows in which line it is.
pub(super) struct Counting<R> {
    inner: R,
    line: u64,
    since: usize,
}

impl<R> Counting<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, line: 1, since: 0 }
    }

    /// The line, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// A new piece begins.
    pub(super) fn begin(&mut self) {
        self.since = 0;
    }
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag or text of more than a megabyte"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        // What is consumed was filled before.
        if let Ok(gone) = self.inner.fill_buf() {
            let newlines = gone.iter().take(count).filter(|byte| **byte == b'\n').count();
            self.line += u64::try_from(newlines).unwrap_or_default();
        }
        self.since += count;
        self.inner.consume(count);
    }
}
