//! Where each batch stands.

use super::Event;
use crate::ids::{Digest, ProgrammeCode};
use crate::line::Event as Line;
use crate::participant::Applied;
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;
use std::collections::HashMap;

words! {
    /// Where a batch stands.
    Phase {
        /// Takes applications.
        Open = "open",
        /// Takes no more.
        Closed = "closed",
        /// Drawn.
        Drawn = "drawn",
    }
}

/// One batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Where it stands.
    pub phase: Phase,
    /// Places.
    pub quota: u32,
    /// The promised digest of the seed.
    pub seed: Option<Digest>,
}

/// All batches.
#[derive(Clone, Debug, Default)]
pub struct Batches(HashMap<(ProgrammeCode, u16), Batch>);

impl Batches {
    /// A batch of a programme.
    pub fn get(&self, programme: ProgrammeCode, number: u16) -> Option<&Batch> {
        self.0.get(&(programme, number))
    }

    /// The batches of a programme, by number.
    pub fn of(&self, programme: ProgrammeCode) -> Vec<(u16, &Batch)> {
        let own = self.0.iter().filter(|((of, _), _)| *of == programme);
        let mut own: Vec<_> = own.map(|((_, number), batch)| (*number, batch)).collect();
        own.sort_unstable_by_key(|(number, _)| *number);
        own
    }
}

/// Folds an event of a batch or of joining one.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match (line.subject, event) {
        (Subject::Participant(id), Event::Joined(_) | Event::Screened(_)) => {
            let Some(programme) = line.programme.map(|code| state.programmes.appear(code)) else { return };
            let Some(person) = state.people.appear(id) else { return };
            person.applied = match event {
                Event::Joined(joined) => Some(Applied { programme, batch: joined.batch, eligible: None }),
                Event::Screened(screened) => {
                    let eligible = Some(screened.eligibility == super::Eligibility::Eligible);
                    Some(Applied { programme, batch: screened.batch, eligible })
                }
                _ => person.applied,
            };
        }
        (Subject::Batch(programme, number), Event::Opened(opened)) => {
            let batch = Batch { phase: Phase::Open, quota: opened.quota, seed: None };
            state.batches.0.insert((programme, number), batch);
        }
        (Subject::Batch(programme, number), _) => {
            let Some(batch) = state.batches.0.get_mut(&(programme, number)) else { return };
            match event {
                Event::SeedCommitted(committed) => batch.seed = Some(committed.sha256),
                Event::Closed(_) => batch.phase = Phase::Closed,
                Event::Drawn(_) => batch.phase = Phase::Drawn,
                _ => {}
            }
        }
        _ => {}
    }
}
