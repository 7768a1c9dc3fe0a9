//! What is asked before anything is decided: whether somebody may, and whether it was carried out already.

use super::{Sequencer, SequencerError};
use crate::commands::{CommandLog, Known};
use crate::item::{Item, Request};
use crate::outcome::{Outcome, Problem, Status};
use jejak_domain::access;
use jejak_domain::actor::Actor;
use jejak_domain::decide::Context;
use jejak_domain::line::CommandKey;
use jejak_domain::participant::Sealing;
use jejak_domain::record_time;
use jejak_domain::refusal::Refusal;
use jejak_domain::time::Timestamp;

impl Sequencer {
    /// Whether the actor may give this command. Facts are asked at the door of the service.
    pub(super) fn permit(&self, item: &Item, actor: Actor, clock: Timestamp) -> Result<(), Refusal> {
        let Request::Command(command) = &item.request else { return Ok(()) };
        let state = &self.image.read();
        let now = record_time(clock, state.recorded);
        let context = Context {
            state,
            subject: item.subject,
            programme: item.programme,
            time: item.time.unwrap_or(now),
            actor,
            sealing: Sealing::NONE,
        };
        access::permit(&context, command, now)
    }

    /// An answer for a key that was used before.
    pub(super) fn known(
        &mut self,
        item: &Item,
        key: CommandKey,
        actor: Actor,
    ) -> Result<Option<Outcome>, SequencerError> {
        if !self.commands.may_know(item.subject, key.id) {
            return Ok(None);
        }
        // That a name or number is the recorded one is confirmed only to whoever gave it, who knows it: anybody else
        // could try numbers until one is a repeat.
        let only = item.has_personal_data().then_some(actor.id);
        let mut known = CommandLog::look_up(self.journal.files(), item.subject, key, only)?;
        if known == Known::New && !self.pending.is_empty() {
            // Its line may still be pending.
            self.flush()?;
            known = CommandLog::look_up(self.journal.files(), item.subject, key, only)?;
        }
        Ok(match known {
            Known::New => None,
            Known::Same(positions) => {
                Some(Outcome { command_id: Some(key.id), status: Status::Repeated, positions, problem: None })
            }
            Known::Other(position) => {
                let by_another = if only.is_some() { ", or by another person" } else { "" };
                let detail = format!(
                    "command id {} was used for something else{by_another} at position {position}: give this command another id",
                    key.id
                );
                let problem = Problem { code: "command.conflict".into(), detail, rule: None };
                Some(Outcome::refused(Some(key.id), problem))
            }
        })
    }
}
