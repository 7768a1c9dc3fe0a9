//! What a session at a venue allows: its seats, its place and its hours.

use crate::decide::Context;
use crate::entitlement::{Card, Purchase};
use crate::ids::SessionCode;
use crate::refusal::{Refusal, RefusalCode};
use crate::session::Session;

/// A session that takes place, teaches what was bought, and is held where the terms allow it.
fn session<'a>(
    context: &Context<'a>,
    card: &Card<'_>,
    purchase: &Purchase,
    code: SessionCode,
) -> Result<&'a Session, Refusal> {
    let supply = &context.state.supply;
    let Some(session) = supply.sessions.get(code).filter(|session| !session.cancelled) else {
        let sentence = format!("session {code} is not scheduled, or is cancelled");
        return Err(card.refuse(RefusalCode::Unknown, sentence));
    };
    if supply.course_code(purchase.course) != Some(session.course) {
        let sentence = format!("session {code} teaches {}, which is not what was bought", session.course);
        return Err(card.refuse(RefusalCode::CourseNotAllowed, sentence));
    }
    let training = card.terms().and_then(|terms| terms.training.as_ref());
    if training.is_some_and(|training| !session.is_in_area(training)) {
        let sentence = format!(
            "on {} the pilot areas for {} courses do not include regency {}",
            session.starts.day(),
            session.mode,
            session.regency
        );
        return Err(card.refuse(RefusalCode::CourseNotAllowed, sentence));
    }
    Ok(session)
}

fn number(context: &Context<'_>, card: &Card<'_>) -> u32 {
    // A card is of a known person.
    context.state.people.number(card.person.id).unwrap_or(u32::MAX)
}

fn full(card: &Card<'_>, code: SessionCode, session: &Session) -> Refusal {
    let sentence = format!("session {code} has {} seats, and all are taken", session.capacity);
    card.refuse(RefusalCode::SessionFull, sentence)
}

pub(super) fn reserve(
    context: &Context<'_>,
    card: &Card<'_>,
    purchase: &Purchase,
    code: SessionCode,
) -> Result<(), Refusal> {
    let session = session(context, card, purchase, code)?;
    if session.has_seat(number(context, card)) {
        return Err(card.refuse(RefusalCode::StepDone, format!("a seat in session {code} is kept already")));
    }
    if session.is_beyond(session.reserved().saturating_add(1)) {
        return Err(full(card, code, session));
    }
    Ok(())
}

pub(super) fn arrive(
    context: &Context<'_>,
    card: &Card<'_>,
    purchase: &Purchase,
    code: SessionCode,
) -> Result<(), Refusal> {
    let (session, person) = (session(context, card, purchase, code)?, number(context, card));
    if session.starts.day() != context.day() || context.time > session.ends {
        let sentence = format!(
            "session {code} is held from {} to {}: nobody arrives there at {}",
            session.starts, session.ends, context.time
        );
        return Err(card.refuse(RefusalCode::TermNotReached, sentence));
    }
    if session.is_beyond(session.came().saturating_add(1)) {
        return Err(full(card, code, session));
    }
    if let Some(other) = context.state.supply.sessions.elsewhere(person, code) {
        let sentence = format!("the person is at session {other} at the same time");
        return Err(card.refuse(RefusalCode::ElsewherePresent, sentence));
    }
    Ok(())
}

/// Who leaves has arrived.
pub(super) fn leave(
    context: &Context<'_>,
    card: &Card<'_>,
    purchase: &Purchase,
    code: SessionCode,
) -> Result<(), Refusal> {
    let session = session(context, card, purchase, code)?;
    if session.has_come(number(context, card)) {
        return Ok(());
    }
    Err(card.refuse(RefusalCode::StepMissing, format!("nobody left session {code} who had not come")))
}

/// A course is not complete before the last session to which the person came has ended.
pub(super) fn after_the_sessions(
    context: &Context<'_>,
    card: &Card<'_>,
    purchase: &Purchase,
) -> Result<(), Refusal> {
    let supply = &context.state.supply;
    let course = supply.course_code(purchase.course);
    let ends = course.and_then(|course| supply.sessions.last_end(number(context, card), course));
    let Some(ends) = ends.filter(|ends| context.time < *ends) else { return Ok(()) };
    Err(card.refuse(RefusalCode::TermNotReached, format!("its last session ends only at {ends}")))
}
