//! A decree's line for somebody whom the batch did not select, or beyond its places; a decree of a day before the
//! draw, or of one that has not come.

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
            let batch = step.state.batches.get(programme, opened.batch);
            let selected = batch.map_or(0, |batch| batch.selected);
            let promised = step.state.decrees.promised_of(programme, opened.batch);
            if promised > selected {
                return Some(format!(
                    "decrees name {promised} persons of batch {}, which selected {selected}",
                    opened.batch
                ));
            }
            let (date, today) = (opened.date, step.event.time.day());
            if date > today {
                return Some(format!("the decree is of {date}, and was opened on {today}"));
            }
            let drawn = batch.and_then(|batch| batch.drawn_on).filter(|drawn| date < *drawn)?;
            Some(format!("the decree is of {date}, before batch {} was drawn on {drawn}", opened.batch))
        }
        _ => None,
    }
}
