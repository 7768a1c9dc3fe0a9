//! A person on an excluding list, as a list says that came after the decree.
//!
//! The audit of 2023 turned on this: a list of pupils dated November 2023, not asked at selection, held 54,856
//! recipients. The list's own date decides what it proves.

use super::Step;
use crate::catalogue::Payload;
use crate::participant::{Event, Person};
use crate::programme::Rule;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Participant(Event::RegisterReported(reported)) = &step.event.payload else { return None };
    let Subject::Participant(id) = step.event.subject else { return None };
    let person = step.state.people.get(id).filter(|_| reported.listed)?;
    let asks = |rule: &Rule, excluding: bool| match rule {
        Rule::NotListed { register } => excluding && *register == reported.register,
        Rule::Listed { register } => !excluding && *register == reported.register,
        _ => false,
    };
    person.entitlements().find_map(|entitlement| {
        let programme = step.state.programmes.at(entitlement.programme)?;
        let terms = programme.terms(usize::from(entitlement.terms))?;
        let asked = |excluding| terms.eligibility.iter().any(|rule| asks(rule, excluding));
        let proves = match (asked(true), asked(false)) {
            (false, false) => "a list that these terms do not ask: to be looked at",
            (true, _) if reported.asof <= entitlement.decreed_on => {
                "excluded already on the day of the decree"
            }
            (true, _) if reported.asof.year() == entitlement.decreed_on.year() => {
                "listed later in the year of the decree: to be looked at"
            }
            // Listed in a later year; or on a list on which the terms want to see people.
            _ => return None,
        };
        Some(format!(
            "{} as of {}: {proves}, {} of {} {}; {}",
            reported.register,
            reported.asof,
            entitlement.decreed_on,
            programme.code,
            terms.version,
            delivered(person, entitlement.programme, programme.currency())
        ))
    })
}

fn delivered(person: &Person, programme: u16, currency: crate::money::Currency) -> String {
    let card = person
        .entitlements()
        .find(|each| each.programme == programme)
        .map(crate::entitlement::Entitlement::card)
        .unwrap_or_default();
    let money = crate::money::Money::of_minor(card.paid.saturating_add(card.spent), currency);
    format!("{money} delivered so far")
}
