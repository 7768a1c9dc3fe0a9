//! After a failure: the ledger is opened again until it can be written, and nobody waits in vain meanwhile.

use super::{Job, Loop, PAUSE, ROOM, Unavailable};
use jejak_ledger::{Home, Randomness, Sequencer, SequencerError};
use std::sync::Arc;
use tokio::sync::mpsc;

impl Loop {
    /// Opens the ledger again and again until it can be written. `None` when the service stops meanwhile.
    pub(super) fn reopen(&mut self, home: &Home, error: Option<&SequencerError>) -> Option<Sequencer> {
        if let Some(error) = error {
            tracing::error!(%error, "the ledger cannot write; it will be opened again");
        }
        let mut opened = None;
        loop {
            if !self.refuse_waiting() {
                return None;
            }
            if opened.is_none() {
                opened = self.opened(home);
            }
            // What is durable can be read from here on; items are taken once there is room.
            let room = if opened.is_some() { home.try_room(ROOM) } else { Ok(()) };
            match (room, opened.take()) {
                (Ok(()), Some(sequencer)) => {
                    *self.shared.failure.write() = None;
                    tracing::info!(length = sequencer.len(), "the ledger can write again");
                    return Some(self.watched(sequencer));
                }
                (room, kept) => {
                    if let Err(error) = room {
                        *self.shared.failure.write() = Some(error.to_string().into());
                    }
                    opened = kept;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Opens the ledger, and shows what is in it in place of what was not made durable.
    fn opened(&self, home: &Home) -> Option<Sequencer> {
        match Sequencer::open(home.clone(), Randomness::system(), false) {
            Ok((sequencer, recovery)) => {
                if let Some(cut) = recovery.cut {
                    tracing::warn!(bytes = cut.bytes, place = %cut.place, "an interrupted write was cut off");
                }
                *self.shared.image.write() = sequencer.image().clone();
                *self.shared.vault.write() = sequencer.vault().clone();
                self.shared.live.reopened(sequencer.len());
                Some(sequencer)
            }
            Err(error) => {
                *self.shared.failure.write() = Some(error.to_string().into());
                None
            }
        }
    }

    /// Tells everybody in the queue that nothing can be written. False when nobody can ask any more.
    fn refuse_waiting(&mut self) -> bool {
        let failure = self.shared.failure.read().clone().unwrap_or_else(|| "it is being opened".into());
        loop {
            match self.queue.try_recv() {
                Ok(Job::Items(_, _, answer)) => {
                    let _ = answer.send(Err(Unavailable::Refused(Arc::clone(&failure))));
                }
                Ok(Job::Sign(answer)) => {
                    let _ = answer.send(Err(Unavailable::Refused(Arc::clone(&failure))));
                }
                // The next time will come.
                Ok(Job::SignNews) => {}
                Ok(Job::Promote(answer)) => {
                    let _ = answer.send(Err(Unavailable::Failed(Arc::clone(&failure))));
                }
                Ok(Job::Finish) => self.close(),
                Err(mpsc::error::TryRecvError::Empty) => return !self.finishing,
                Err(mpsc::error::TryRecvError::Disconnected) => return false,
            }
        }
    }
}
