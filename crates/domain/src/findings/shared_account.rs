//! One payout account linked by several persons: found by comparison, and each payment to it after.

use super::Step;
use crate::catalogue::Payload;
use crate::participant::{self, Person};
use crate::payout::Event;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Subject::Participant(id) = step.event.subject else { return None };
    match &step.event.payload {
        Payload::Participant(participant::Event::DuplicateFound(found)) => {
            let shared = found.reason.as_str() == participant::SAME_ACCOUNT;
            shared.then(|| format!("the payout account is also that of participant/{}", found.other))
        }
        Payload::Payout(Event::Settled(settled)) => {
            let shared = step.state.people.get(id).is_some_and(Person::shares_account);
            shared.then(|| format!("{} was paid to an account that several persons linked", settled.amount))
        }
        _ => None,
    }
}
