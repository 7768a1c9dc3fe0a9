//! A decree's line for somebody whom the batch did not select, or beyond its places.

use super::Step;
use crate::batch::Standing;
use crate::catalogue::Payload;
use crate::entitlement::Event;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    match (&step.event.payload, step.event.subject) {
        (Payload::Entitlement(Event::Decreed(decreed)), Subject::Participant(id)) => {
            let (person, programme) = (step.state.people.get(id)?, step.event.programme?);
            let applied = step.state.applied(person, programme).filter(|each| each.batch == decreed.batch);
            let standing = applied.map(|each| each.standing);
            let how = match standing {
                Some(Standing::Selected) => return None,
                Some(standing) => standing.as_str(),
                None => "not among those who joined it",
            };
            Some(format!(
                "decree {} names a person who is {how} in batch {}, not selected",
                decreed.decree, decreed.batch
            ))
        }
        (Payload::Entitlement(Event::DecreeOpened(opened)), Subject::Decree(programme, _)) => {
            let selected = step.state.batches.get(programme, opened.batch).map_or(0, |batch| batch.selected);
            let promised = step.state.decrees.promised_of(programme, opened.batch);
            (promised > selected).then(|| {
                format!(
                    "decrees name {promised} persons of batch {}, which selected {selected}",
                    opened.batch
                )
            })
        }
        _ => None,
    }
}
