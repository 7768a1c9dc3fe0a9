//! The part of a history that a question is about.

use crate::projector::ProjectError;
use jejak_domain::line::Event;
use jejak_domain::time::{Day, Timestamp};
use jejak_journal::{FileJournal, Journal as _, Position};
use jejak_ledger::replay::ReplayError;

/// What had been recorded, and what had happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Only lines before this position.
    pub at: Option<u64>,
    /// Only what was recorded by then.
    pub known: Option<Timestamp>,
    /// Only what had happened by the end of that day in Jakarta.
    pub effective: Option<Day>,
}

impl Cut {
    /// The number of lines that it leaves. Recorded times never go back, so what was known is a beginning of the lines.
    ///
    /// # Errors
    /// When the position is beyond the end, or a line cannot be read.
    pub fn position(&self, journal: &FileJournal) -> Result<u64, ProjectError> {
        let len = journal.len();
        let asked = self.at.unwrap_or(len);
        if asked > len {
            return Err(ProjectError::BeyondEnd { asked, len });
        }
        let Some(known) = self.known else { return Ok(asked) };
        let (mut low, mut high) = (0, asked);
        while low < high {
            let middle = low + (high - low) / 2;
            let line = journal.read_line(Position(middle)).map_err(ReplayError::from)?;
            let event =
                Event::read(&line).map_err(|problem| ReplayError::Line { position: middle, problem })?;
            if event.recorded <= known {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// True when the event had happened.
    pub fn had_happened(&self, event: &Event) -> bool {
        self.effective.is_none_or(|day| event.time <= day.ends())
    }
}
