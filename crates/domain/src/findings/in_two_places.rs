//! One person at two sessions that are held at the same time, or at one that does not take place.

use super::Step;
use crate::catalogue::Payload;
use crate::subject::Subject;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Training(Event::CheckedIn(arrived)) = &step.event.payload else { return None };
    let Subject::Participant(id) = step.event.subject else { return None };
    let (sessions, code) = (&step.state.supply.sessions, arrived.session);
    let session = sessions.get(code);
    if session.is_none_or(|session| session.cancelled) {
        return Some(format!("arrival at session {code}, which is not scheduled or is cancelled"));
    }
    let other = sessions.elsewhere(step.state.people.number(id)?, code)?;
    Some(format!("at session {code} and at session {other}, which are held at the same time"))
}
