//! Standing by: another service writes to the server that keeps the journal, and this one follows, answers readers, and
//! waits to be told that it shall write.

use super::{Ended, Job, Loop, PAUSE, Unavailable};
use jejak_journal::AppendError;
use jejak_ledger::{Sequencer, SequencerError};
use tokio::sync::mpsc::error::TryRecvError;

/// Another service has written in between: this one lost, whether it knew of the other or not.
pub(super) fn overtaken(error: &SequencerError) -> bool {
    matches!(error, SequencerError::Append(AppendError::WrongPosition { .. }))
}

impl Loop {
    /// Follows until it is promoted, or nobody can ask any more.
    pub(super) fn stand_by(&mut self, sequencer: &mut Sequencer) -> Result<Ended, SequencerError> {
        loop {
            match self.queue.try_recv() {
                Ok(Job::Items(_, _, answer)) => drop(answer.send(Err(Unavailable::Standby))),
                Ok(Job::Sign(answer)) => drop(answer.send(Err(Unavailable::Standby))),
                Ok(Job::SignNews) => {}
                Ok(Job::Promote(answer)) => return Ok(Ended::Promoted(answer)),
                Ok(Job::Finish) => self.close(),
                Err(TryRecvError::Disconnected) => return Ok(Ended::Stopped),
                Err(TryRecvError::Empty) if self.finishing => return Ok(Ended::Stopped),
                Err(TryRecvError::Empty) => {
                    sequencer.follow()?;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }
}
