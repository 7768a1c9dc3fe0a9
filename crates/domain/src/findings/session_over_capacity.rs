//! More seats kept in a session, or more people at it, than it has seats.

use super::Step;
use crate::catalogue::Payload;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (code, arrived) = match &step.event.payload {
        Payload::Training(Event::SeatReserved(reserved)) => (reserved.session, false),
        Payload::Training(Event::CheckedIn(arrived)) => (arrived.session, true),
        _ => return None,
    };
    let session = step.state.supply.sessions.get(code)?;
    let (count, what) =
        if arrived { (session.came(), "people are at") } else { (session.reserved(), "seats are kept in") };
    session
        .is_beyond(count)
        .then(|| format!("{count} {what} session {code}, which has {} seats", session.capacity))
}
