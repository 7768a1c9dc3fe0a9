//! After a failure: the ledger is opened again until it can be written, and nobody waits in vain meanwhile.

use super::standing::{Standing, overtaken};
use super::{Answer, Job, Loop, PAUSE, ROOM, Unavailable};
use jejak_ledger::{Home, Randomness, Sequencer, SequencerError};
use std::sync::Arc;
use tokio::sync::mpsc::error::TryRecvError;

impl Loop {
    /// Opens the ledger again and again until it can be written. `None` when the service stops meanwhile.
    pub(super) fn reopen(&mut self, home: &Home, error: Option<&SequencerError>) -> Option<Sequencer> {
        match error {
            Some(error) if overtaken(error).is_some() => {
                tracing::warn!(%error, "another writer came first; what it wrote is read");
            }
            Some(error) => tracing::error!(%error, "the ledger cannot write; it will be opened again"),
            None => {}
        }
        let mut opened = None;
        loop {
            // Without a failure nobody is refused: what waits is decided when the ledger is open.
            if self.shared.failure.read().is_some() && !self.refuse_waiting() {
                return None;
            }
            if opened.is_none() {
                opened = self.opened(home);
            }
            // What is durable can be read from here on; items are taken once there is room.
            let ready = opened.as_ref().map_or(Ok(()), |opened| {
                home.try_room(ROOM)?;
                self.ask_who_writes(opened)?;
                self.check_keys(opened)
            });
            match (ready, opened.take()) {
                (Ok(()), Some(sequencer)) => {
                    *self.shared.failure.write() = None;
                    let length = sequencer.len();
                    match *self.shared.standing.read() {
                        Standing::Writes => tracing::info!(length, "the ledger can write again"),
                        Standing::StandsBy(_) => {
                            tracing::info!(length, "the ledger is open; this service stands by");
                        }
                    }
                    return Some(self.watched(sequencer));
                }
                (ready, kept) => {
                    if let Err(error) = ready {
                        self.goes_on_failing(&error);
                    }
                    // Data that did not open is tried again with the keys that are there then.
                    opened = kept.filter(|opened| !opened.keys_have_changed());
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Whoever writes needs the keys of everybody, unless they were given up when the service was started.
    fn check_keys(&self, sequencer: &Sequencer) -> Result<(), SequencerError> {
        match *self.shared.standing.read() {
            Standing::Writes if !self.without_keys => sequencer.check_keys(),
            Standing::Writes | Standing::StandsBy(_) => Ok(()),
        }
    }

    /// Opens the ledger again and takes over the writing. `None` when the service stops meanwhile.
    pub(super) fn promoted(&mut self, home: &Home, answer: Answer<u64>) -> Option<Sequencer> {
        let mut sequencer = self.reopen(home, None)?;
        if let Err(problem) = sequencer.check_keys() {
            tracing::error!(%problem, "this service goes on standing by");
            let _ = answer.send(Err(Unavailable::Failed(problem.to_string().into())));
            return Some(sequencer);
        }
        match self.take_over(&mut sequencer) {
            Ok(()) => {
                // Who does not wait any more sees it in /readyz.
                let _ = answer.send(Ok(sequencer.len()));
                Some(sequencer)
            }
            Err(error) => {
                let _ = answer.send(Err(self.fails(&error)));
                drop(sequencer);
                self.reopen(home, Some(&error))
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
                self.goes_on_failing(&error);
                None
            }
        }
    }

    /// Says why it still cannot be written; the log says it once.
    fn goes_on_failing(&self, error: &SequencerError) {
        let failure: Arc<str> = error.to_string().into();
        let known = self.shared.failure.write().replace(Arc::clone(&failure));
        if known != Some(failure) {
            tracing::error!(%error, "the ledger cannot be opened; it is tried again");
        }
    }

    /// Tells everybody in the queue that nothing can be written. False when nobody can ask any more.
    fn refuse_waiting(&mut self) -> bool {
        let failure = self.shared.failure.read().clone().unwrap_or_else(|| "it is being opened".into());
        loop {
            match self.try_next() {
                Ok(Job::Items(_, _, answer)) => {
                    let _ = answer.send(Err(Unavailable::Refused(Arc::clone(&failure))));
                }
                Ok(Job::Sign(answer)) => {
                    let _ = answer.send(Err(Unavailable::Refused(Arc::clone(&failure))));
                }
                // The next time will come.
                Ok(Job::SignNews | Job::Look) => {}
                Ok(Job::Promote(answer)) => {
                    let _ = answer.send(Err(Unavailable::Failed(Arc::clone(&failure))));
                }
                Ok(Job::Finish) => self.close(),
                Err(TryRecvError::Empty) => return !self.finishing,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}
