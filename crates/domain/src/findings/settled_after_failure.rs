//! A payment that arrived after its partner had reported it as failed: it is accepted, and looked at.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::payout::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Payout(Event::Settled(settled)) = &step.event.payload else { return None };
    let from_suspense = |account| account == Account::ReturnSuspense;
    let late = step.entry?.movements().iter().any(|movement| from_suspense(movement.debit));
    late.then(|| {
        format!(
            "{} {} settled by {} after it was reported as failed or returned",
            settled.benefit, settled.number, settled.partner
        )
    })
}
