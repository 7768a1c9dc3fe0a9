//! A payment that arrived after its partner had reported it as failed: it is accepted, and looked at.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::payout::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Payout(Event::Settled(settled)) = &step.event.payload else { return None };
    let from = step.entry?.movements().first()?.debit;
    let card = step.state.card_of(step.event);
    let attempts = card.and_then(|card| card.instalment(settled.benefit, settled.number));
    let attempts = attempts.map_or(0, |instalment| instalment.attempts);
    let late = match from {
        Account::ReturnSuspense => true,
        // Made due again since.
        Account::Due => attempts >= 1,
        // Instructed again since: what arrives is an attempt before.
        Account::PartnerClearing => settled.attempt < attempts,
        _ => false,
    };
    late.then(|| {
        format!(
            "attempt {} of {} {} settled by {} after it was reported as failed or returned",
            settled.attempt, settled.benefit, settled.number, settled.partner
        )
    })
}
