//! What purchases leave behind.

use super::post::{bought, expiring, given_back, owed_to_platform, refund};
use super::{CancelledBy, Event};
use crate::entitlement::{Card, Entitlement, Purchase, wake_for_first_purchase};
use crate::ids::PurchaseCode;
use crate::line::Event as Line;
use crate::state::State;

/// Folds an event of the training balance.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Spent(spent) => {
            let parts = bought(state.card_of(line), spent.price);
            let same = state.card_of(line).is_some_and(|card| card.currency() == spent.price.currency());
            let course = state.supply.course_number(spent.course);
            let platform = state.supply.platform_number(spent.platform);
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            if same && parts.beyond > 0 {
                let exceptions = entitlement.exceptions_mut();
                exceptions.overspent = exceptions.overspent.saturating_add(parts.beyond);
            }
            entitlement.add_purchase(Purchase {
                // Nothing below zero and nothing in another currency can be restored or settled later.
                price: if same { spent.price.minor().max(0) } else { 0 },
                attended: 0,
                code: spent.purchase,
                course,
                platform,
                bought: line.time.day(),
                cancelled: false,
                redeemed: false,
                completed: false,
                certified: false,
                rated: false,
                settled: false,
                expired: false,
            });
        }
        Event::Restored(restored) => {
            let parts = given_back(state.card_of(line), restored.purchase, restored.amount);
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            clear_overspent(entitlement, parts.beyond);
            if let Some(purchase) = entitlement.purchase(restored.purchase) {
                entitlement.put_purchase(Purchase { cancelled: true, ..purchase });
            }
            // The provider's cancellation gives the term of the first purchase anew; the participant's does not.
            if restored.by != CancelledBy::Participant {
                entitlement.clock = line.time.day();
                entitlement.exceptions_mut().let_down = true;
            }
            if !entitlement.has_purchase() {
                wake_for_first_purchase(state, line);
            }
            // After the last day to buy, or after the card has ended, the balance does not stay.
            state.wake_for_cut_offs(line);
        }
        Event::Settled(settled) => {
            let card = state.card_of(line);
            let parts = owed_to_platform(card, settled.purchase, settled.amount);
            let same = card.is_some_and(|card| card.currency() == settled.amount.currency());
            let paid = paid_for(card, settled.purchase);
            let Some(entitlement) = state.entitlement_mut(line).filter(|_| same) else { return };
            if parts.beyond > 0 {
                let exceptions = entitlement.exceptions_mut();
                exceptions.platform_overpaid = exceptions.platform_overpaid.saturating_add(parts.beyond);
            }
            if parts.within > 0 {
                entitlement.set_paid_for(settled.purchase, paid.saturating_add(parts.within));
            }
        }
        Event::Refunded(refunded) => {
            let card = state.card_of(line);
            let parts = refund(card, refunded.purchase, refunded.amount);
            let paid = paid_for(card, refunded.purchase);
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            if parts.cleared > 0 {
                let exceptions = entitlement.exceptions_mut();
                exceptions.platform_overpaid = exceptions.platform_overpaid.saturating_sub(parts.cleared);
            }
            // Only the part that came back can be paid again.
            if parts.within > 0 {
                entitlement.set_paid_for(refunded.purchase, paid.saturating_sub(parts.within));
            }
            // After the last day to pay, an unfinished course is not paid for again.
            state.wake_for_cut_offs(line);
        }
        Event::Expired(expired) => {
            let parts = expiring(state.card_of(line), expired.ordinal);
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            clear_overspent(entitlement, parts.beyond);
            if parts.within.saturating_add(parts.beyond) > 0 {
                entitlement.expire_purchase(expired.ordinal);
            }
        }
        Event::Lapsed(_) => {
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            let balance = entitlement.card().voucher;
            entitlement.add_to_revocation(balance, 0);
        }
        // For views and findings.
        Event::Issued(_) => {}
    }
}

fn paid_for(card: Option<Card<'_>>, purchase: PurchaseCode) -> i64 {
    card.and_then(|card| Some(card.entitlement.paid_for(card.purchase(purchase)?))).unwrap_or(0)
}

fn clear_overspent(entitlement: &mut Entitlement, cleared: i64) {
    if cleared > 0 {
        let exceptions = entitlement.exceptions_mut();
        exceptions.overspent = exceptions.overspent.saturating_sub(cleared);
    }
}
