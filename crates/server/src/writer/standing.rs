//! Whether this service writes, where a server keeps the journal and others may.

use super::{Loop, Unavailable};
use jejak_journal::{AppendError, Position};
use jejak_ledger::{Sequencer, SequencerError, Writing};
use std::sync::Arc;

/// What this service does.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// It decides and records.
    Writes,
    /// It follows what is written; by which service, where one was named.
    StandsBy(Option<Arc<Writing>>),
}

/// The answer of a service that stands by.
pub(super) fn told(writing: Option<&Writing>) -> String {
    let who = match writing {
        Some(writing) => format!("send it to {writing}, with the same commandid"),
        None => "no service was named the writer yet: promote one with POST /v1/promote".to_owned(),
    };
    format!("this service stands by and records nothing: {who}")
}

/// Where this service wanted to append, and another writer had come first. A server that has fewer lines than were read
/// from it is another matter: it has lost them.
pub(super) fn overtaken(error: &SequencerError) -> Option<Position> {
    match error {
        SequencerError::Append(AppendError::WrongPosition { asked, expected }) if expected > asked => {
            Some(*asked)
        }
        _ => None,
    }
}

impl Loop {
    /// Asks the server who writes. A writer in whose place another service was named stands by from here on; a command line
    /// that wrote in between changes nothing.
    pub(super) fn ask_who_writes(&self, sequencer: &Sequencer) -> Result<(), SequencerError> {
        let newest = Writing::newest(sequencer.home())?;
        let other = newest.filter(|newest| newest.service != self.own.service).map(Arc::new);
        let mut standing = self.shared.standing.write();
        match (&*standing, other) {
            (Standing::Writes, Some(other)) => {
                tracing::warn!(writer = %other, "another service was named the writer: this one stands by");
                *standing = Standing::StandsBy(Some(other));
            }
            (Standing::Writes, None) => {}
            (Standing::StandsBy(_), other) => *standing = Standing::StandsBy(other),
        }
        Ok(())
    }

    /// Names this service the writer, for all that follow, and reads what was written until then.
    pub(super) fn take_over(&mut self, sequencer: &mut Sequencer) -> Result<(), SequencerError> {
        sequencer.follow()?;
        self.own.since = (self.clock)();
        self.own.name(sequencer.home())?;
        sequencer.follow()?;
        *self.shared.standing.write() = Standing::Writes;
        tracing::info!(length = sequencer.len(), "this service writes from here on");
        Ok(())
    }

    /// Takes over what others have written and signed, and asks who writes.
    pub(super) fn look(&mut self, sequencer: &mut Sequencer) -> Result<(), SequencerError> {
        sequencer.follow()?;
        self.take_head(sequencer)?;
        self.ask_who_writes(sequencer)
    }

    /// Shows the newest head that was signed anywhere.
    fn take_head(&self, sequencer: &Sequencer) -> Result<(), SequencerError> {
        let Some(newest) = sequencer.newest_head()? else { return Ok(()) };
        let key = sequencer.home().verifying_key()?;
        let size = |head: &jejak_ledger::CheckpointFile| head.open(&key).map_or(0, |head| head.size);
        let mut shown = self.shared.head.write();
        if shown.as_ref().is_none_or(|shown| size(shown) < size(&newest)) {
            *shown = Some(newest);
        }
        Ok(())
    }

    /// The answer while this service stands by.
    pub(super) fn standby(&self) -> Unavailable {
        match &*self.shared.standing.read() {
            Standing::StandsBy(writing) => Unavailable::Standby(writing.clone()),
            Standing::Writes => Unavailable::Standby(None),
        }
    }
}
