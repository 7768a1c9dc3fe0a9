//! Erasing what is known of a person: asked by one, approved by another, and never while a hold stands.

use super::{Erased, ErasureApproved, ErasureRequested, Event, HoldLifted, HoldPlaced, Person};
use crate::decide::Context;
use crate::refusal::{Refusal, RefusalCode};

fn refuse<T>(code: RefusalCode, sentence: String) -> Result<T, Refusal> {
    Err(Refusal::new(code, sentence))
}

/// A person whose data is still there and may go.
fn erasable<'a>(context: &Context<'a>) -> Result<&'a Person, Refusal> {
    let person = context.person()?;
    let subject = context.subject;
    if person.is_erased() {
        return refuse(RefusalCode::Erased, format!("the personal data of {subject} is erased already"));
    }
    if person.is_on_hold() {
        let sentence = format!("a legal hold stands on {subject}: lift it first");
        return refuse(RefusalCode::OnHold, sentence);
    }
    if !person.has_personal_data() {
        return refuse(RefusalCode::NothingDue, format!("no personal data of {subject} is kept here"));
    }
    Ok(person)
}

pub(super) fn request(context: &Context<'_>, requested: &ErasureRequested) -> Result<Event, Refusal> {
    erasable(context)?;
    Ok(Event::ErasureRequested(requested.clone()))
}

/// UU 27/2022 art. 43 and 44: what must go is destroyed, and the one who asked is not the one who approves.
pub(super) fn approve(context: &Context<'_>, approved: &ErasureApproved) -> Result<Event, Refusal> {
    let person = erasable(context)?;
    let subject = context.subject;
    let Some(request) = context.state.people.erasure_request(person.id) else {
        let sentence = format!("nobody has asked to erase {subject}: request it first");
        return refuse(RefusalCode::ErasureNotRequested, sentence);
    };
    if request.reference != approved.reference {
        let sentence = format!(
            "the request for {subject} is {}, not {}: approve the one that stands",
            request.reference, approved.reference
        );
        return refuse(RefusalCode::ErasureMismatch, sentence);
    }
    if request.by == context.actor.id {
        let sentence = format!("{} asked to erase {subject}: another person must approve it", request.by);
        return refuse(RefusalCode::SamePerson, sentence);
    }
    let Some(key) = context.sealing.key else {
        let sentence = format!("there is no key of {subject} to destroy: restore the key store first");
        return refuse(RefusalCode::PersonalInvalid, sentence);
    };
    Ok(Event::Erased(Erased {
        basis: request.basis,
        key,
        reference: request.reference,
        requestedby: request.by,
    }))
}

pub(super) fn hold(context: &Context<'_>, placed: &HoldPlaced) -> Result<Event, Refusal> {
    let person = context.person()?;
    if person.is_erased() {
        let sentence = format!("the personal data of {} is erased already", context.subject);
        return refuse(RefusalCode::Erased, sentence);
    }
    if person.is_on_hold() {
        return refuse(RefusalCode::OnHold, format!("a legal hold stands on {} already", context.subject));
    }
    Ok(Event::HoldPlaced(placed.clone()))
}

pub(super) fn lift(context: &Context<'_>, lifted: &HoldLifted) -> Result<Event, Refusal> {
    if !context.person()?.is_on_hold() {
        return refuse(RefusalCode::Unknown, format!("no legal hold stands on {}", context.subject));
    }
    Ok(Event::HoldLifted(lifted.clone()))
}
