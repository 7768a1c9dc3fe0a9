//! The wish of a person or of the system that long work should end.

use anyhow::Context as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Whether somebody wants an end.
pub(crate) struct Stop(Receiver<()>);

impl Stop {
    /// Listens for SIGTERM and SIGINT.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("starting the runtime")?;
        let (mut interrupted, mut ended) = {
            let _entered = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        let (tell, told) = channel();
        std::thread::Builder::new().name("jejak-stop".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = ended.recv() => {}
                }
            });
            // Nobody listens any more when it ended by itself.
            let _ = tell.send(());
        })?;
        Ok(Self(told))
    }

    /// True once it was said.
    pub(crate) fn asked(&self) -> bool {
        // Once it was said, the sender is gone.
        !matches!(self.0.try_recv(), Err(TryRecvError::Empty))
    }

    /// Waits so long for it.
    pub(crate) fn asked_within(&self, time: Duration) -> bool {
        !matches!(self.0.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }
}
