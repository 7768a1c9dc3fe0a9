//! A course reported as finished with fewer hours than the terms need, or before a session to which the person came had
//! ended.

use super::Step;
use crate::catalogue::Payload;
use crate::ids::PurchaseCode;
use crate::subject::Subject;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Training(Event::Completed(completed)) = &step.event.payload else { return None };
    let needed = step.state.card_of(step.event)?.terms()?.training.as_ref()?.minimum_hours;
    if completed.hours < needed {
        return Some(format!("finished with {} hours, and the terms need {needed}", completed.hours));
    }
    let ends = last_end(step, completed.purchase).filter(|ends| step.event.time < *ends)?;
    Some(format!("finished at {}, before its last session ended at {ends}", step.event.time))
}

fn last_end(step: Step<'_>, code: PurchaseCode) -> Option<crate::time::Timestamp> {
    let Subject::Participant(id) = step.event.subject else { return None };
    let course = step.state.card_of(step.event)?.purchase(code)?.course;
    let course = step.state.supply.course_code(course)?;
    step.state.supply.sessions.last_end(step.state.people.number(id)?, course)
}
