//! One person on both sides of the same money: made and approved, or in two roles that must be apart.

use super::Step;
use crate::access::{self, apart};
use crate::catalogue::Payload;
use crate::subject::Subject;
use crate::{fund, participant};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (event, state) = (step.event, step.state);
    match (&event.payload, event.subject) {
        (Payload::Fund(fund::Event::Ordered(ordered)), Subject::Fund(programme, year)) => {
            let request = state.funds.get(programme, year)?.requests.get(&ordered.spp)?;
            (request.by == event.actor.id).then(|| {
                format!("{} requested payment {} and ordered it as {}", request.by, ordered.spp, ordered.spm)
            })
        }
        (Payload::Participant(participant::Event::Erased(erased)), _) => {
            (erased.requestedby == event.actor.id).then(|| {
                format!("{} asked for the erasure {} and approved it", event.actor.id, erased.reference)
            })
        }
        (Payload::Access(access::Event::Granted(granted)), Subject::Officer(who)) => {
            let (new, held) = state.access.grants(who).split_last()?;
            if event.actor.id == who {
                return Some(format!("{who} gave the role {} to {who}", granted.role));
            }
            let held = held.iter().find(|held| held.overlaps(new) && apart(held.role, new.role))?;
            Some(format!("{who} holds {} and {} at the same time", held.role, new.role))
        }
        _ => None,
    }
}
