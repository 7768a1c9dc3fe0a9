//! An event whose own amount is not what it moved. The books follow the rules, not the claim: a fact may say more or less
//! than there was.

use super::Step;
use crate::catalogue::Payload;
use crate::entry::Entry;
use crate::money::Money;
use crate::{entitlement, instalment, payout, recovery, voucher};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    if let Some(said) = declared(&step.event.payload) {
        let moved = step.entry.filter(|entry| entry.currency == said.currency()).map_or(0, moved);
        return (moved != said.minor()).then(|| {
            let moved = Money::of_minor(moved, said.currency());
            format!("{} says {said}, but there was {moved} to move", step.event.payload.name())
        });
    }
    let card = step.state.card_of(step.event)?;
    match &step.event.payload {
        Payload::Payout(payout::Event::Settled(settled)) => {
            let instalment = card.instalment(settled.benefit, settled.number)?;
            let short = instalment.open > 0 && instalment.has_arrived(settled.attempt);
            let open = card.money(instalment.open);
            let settled = format!("{} {}", settled.benefit, settled.number);
            short.then(|| format!("{settled} was settled in part: {open} is still open"))
        }
        Payload::Voucher(voucher::Event::Settled(settled)) => {
            let purchase = card.purchase(settled.purchase).filter(|each| !each.cancelled && !each.expired)?;
            let open = purchase.price.saturating_sub(card.entitlement.paid_for(purchase));
            let open = (open > 0).then(|| card.money(open))?;
            Some(format!("purchase {} was settled in part: {open} is still open", settled.purchase))
        }
        Payload::Recovery(recovery::Event::Demanded(demanded)) => {
            let (claim, money) = (card.entitlement.claim()?, card.entitlement.card());
            let asked = claim.demanded.saturating_sub(claim.of_overpayments);
            let delivered = money.paid.saturating_add(money.spent);
            (asked > delivered).then(|| {
                format!("{} demanded, though only {} was delivered", demanded.amount, card.money(delivered))
            })
        }
        _ => None,
    }
}

/// The amount of an event that moves exactly what it says, or is wrong.
fn declared(payload: &Payload) -> Option<Money> {
    Some(match payload {
        Payload::Entitlement(entitlement::Event::Revoked(event)) => event.amount,
        Payload::Entitlement(entitlement::Event::Reinstated(event)) => event.amount,
        Payload::Entitlement(entitlement::Event::Closed(event)) => event.amount,
        Payload::Instalment(instalment::Event::Scheduled(event)) => event.amount,
        Payload::Instalment(instalment::Event::Lapsed(event)) => event.amount,
        Payload::Payout(payout::Event::Instructed(event)) => event.amount,
        Payload::Voucher(voucher::Event::Restored(event)) => event.amount,
        Payload::Voucher(voucher::Event::Lapsed(event)) => event.amount,
        Payload::Voucher(voucher::Event::Expired(event)) => event.amount,
        Payload::Recovery(recovery::Event::Withdrawn(event)) => event.amount,
        Payload::Recovery(recovery::Event::WrittenOff(event)) => event.amount,
        _ => return None,
    })
}

fn moved(entry: &Entry) -> i64 {
    entry.movements().iter().fold(0, |sum: i64, movement| sum.saturating_add(movement.minor))
}
