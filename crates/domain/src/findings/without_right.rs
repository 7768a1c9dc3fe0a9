//! A line of a person or service that held no role for it, in a ledger that has roles.

use super::Step;
use crate::access::{Event, may_record};
use crate::actor::ActorKind;
use crate::catalogue::Payload;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (event, access) = (step.event, &step.state.access);
    if event.actor.kind == ActorKind::System || !access.is_governed() {
        return None;
    }
    match &event.payload {
        // The first role comes from whoever holds the files: nobody has one yet.
        Payload::Access(Event::Granted(_)) if access.given() == 1 => return None,
        // Who lays a role down held it until this line.
        Payload::Access(Event::Revoked(_)) if event.subject == Subject::Officer(event.actor.id) => {
            return None;
        }
        _ => {}
    }
    let name = event.payload.name();
    let programme = event.programme();
    let may = access.holding(event.actor.id, event.recorded).any(|grant| {
        may_record(grant.role, name) && grant.programme.is_none_or(|only| Some(only) == programme)
    });
    (!may).then(|| format!("{} recorded {name} without a role for it on {}", event.actor.id, event.recorded))
}
