//! Standing by: this service follows, answers readers, and waits to be told that it shall write.

use super::{Ended, Job, LOOK_EVERY, Loop, PAUSE};
use jejak_ledger::{Sequencer, SequencerError};
use std::time::Instant;
use tokio::sync::mpsc::error::TryRecvError;

impl Loop {
    /// Follows until it is promoted, or nobody can ask any more.
    pub(super) fn stand_by(&mut self, sequencer: &mut Sequencer) -> Result<Ended, SequencerError> {
        *self.shared.busy.lock() = None;
        let mut looked: Option<Instant> = None;
        loop {
            match self.try_next() {
                Ok(Job::Items(_, _, answer)) => drop(answer.send(Err(self.standby()))),
                Ok(Job::Sign(answer)) => drop(answer.send(Err(self.standby()))),
                Ok(Job::SignNews | Job::Look) => {}
                Ok(Job::Promote(answer)) => return Ok(Ended::Promoted(answer)),
                Ok(Job::Finish) => self.close(),
                Err(TryRecvError::Disconnected) => return Ok(Ended::Stopped),
                Err(TryRecvError::Empty) if self.finishing => return Ok(Ended::Stopped),
                Err(TryRecvError::Empty) if looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY) => {
                    self.look(sequencer)?;
                    looked = Some(Instant::now());
                }
                Err(TryRecvError::Empty) => {
                    sequencer.follow()?;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }
}
