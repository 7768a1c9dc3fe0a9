//! What a day brings by itself.

use super::{First, Sequencer, SequencerError, system_id};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar;
use jejak_domain::decide::{Context, Draft, decide};
use jejak_domain::participant::Sealing;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};

/// Passes over what a day brings. Each makes one instalment of a card due; no definition has so many.
const MOST_PASSES: usize = 300;

/// What a day would bring to a history, without recording it.
pub fn preview_day(state: &State, day: Day) -> Vec<Draft> {
    let actor = Actor { kind: ActorKind::System, id: system_id() };
    let drafts = calendar::due(state, day).into_iter().filter_map(|due| {
        let context = Context {
            state,
            subject: Subject::Participant(due.participant),
            programme: Some(due.programme),
            time: day.ends(),
            actor,
            sealing: Sealing::NONE,
        };
        decide(&context, &due.command).ok()
    });
    drafts.flatten().collect()
}

impl Sequencer {
    /// Commands all that a day brings; what has been overtaken is left out.
    pub(super) fn bring(&mut self, day: Day, clock: Timestamp, now: Timestamp) -> Result<(), SequencerError> {
        let closed = self.image.read().closed_day().is_some_and(|closed| closed >= day);
        if closed || clock < day.ends() {
            return Ok(());
        }
        let actor = self.system();
        // What is carried out may bring more on the same day: after days that were left out, several instalments.
        for _ in 0..MOST_PASSES {
            let mut carried_out = false;
            let due = calendar::due(&self.image.read(), day);
            for due in due {
                let state = self.image.read();
                let context = Context {
                    state: &state,
                    subject: Subject::Participant(due.participant),
                    programme: Some(due.programme),
                    time: day.ends(),
                    actor,
                    sealing: Sealing::NONE,
                };
                let drafts = decide(&context, &due.command);
                drop(state);
                if let Ok(drafts) = drafts {
                    self.commit(drafts, actor, First::default(), None, now)?;
                    carried_out = true;
                }
            }
            if !carried_out {
                break;
            }
        }
        Ok(())
    }
}
