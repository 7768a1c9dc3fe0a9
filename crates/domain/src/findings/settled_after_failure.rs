//! A payment that arrived after its partner had reported it as failed: it is accepted, and looked at.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::payout::{Event, Settled};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Payout(Event::Settled(settled)) = &step.event.payload else { return None };
    let from = step.entry?.movements().first()?.debit;
    let late = match from {
        Account::ReturnSuspense => true,
        // Made due again, or instructed again to another partner: what arrives is the attempt before.
        Account::Due => attempts(step, settled) >= 1,
        Account::PartnerClearing => attempts(step, settled) >= 2 && !is_linked(step, settled),
        _ => false,
    };
    late.then(|| {
        format!(
            "{} {} settled by {} after it was reported as failed or returned",
            settled.benefit, settled.number, settled.partner
        )
    })
}

fn attempts(step: Step<'_>, settled: &Settled) -> u8 {
    let card = step.state.card_of(step.event);
    card.and_then(|card| card.instalment(settled.benefit, settled.number)).map_or(0, |each| each.attempts)
}

fn is_linked(step: Step<'_>, settled: &Settled) -> bool {
    let account = step.state.card_of(step.event).and_then(|card| card.person.account);
    account.and_then(|account| step.state.people.partner(account.partner)) == Some(settled.partner)
}
