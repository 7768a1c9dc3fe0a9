//! Training at a venue outside the areas, or before the day, in which the terms allow it.

use super::Step;
use crate::catalogue::Payload;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Training(Event::CheckedIn(arrived)) = &step.event.payload else { return None };
    let session = step.state.supply.sessions.get(arrived.session)?;
    let training = step.state.card_of(step.event)?.terms()?.training.as_ref()?;
    (!session.is_in_area(training)).then(|| {
        format!(
            "session {} was held in regency {} on {}, which the pilot areas do not include",
            arrived.session,
            session.regency,
            session.starts.day()
        )
    })
}
