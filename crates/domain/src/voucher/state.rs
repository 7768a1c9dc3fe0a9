//! What purchases leave behind.

use super::post::{bought, given_back};
use super::{CancelledBy, Event};
use crate::entitlement::{Purchase, purchase_digest, wake_for_first_purchase};
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
            entitlement.purchases.reserve_exact(1);
            entitlement.purchases.push(Purchase {
                // Nothing below zero and nothing in another currency can be restored or settled later.
                price: if same { spent.price.minor().max(0) } else { 0 },
                attended: 0,
                code: purchase_digest(spent.purchase),
                course,
                platform,
                cancelled: false,
                redeemed: false,
                completed: false,
                certified: false,
                rated: false,
                settled: false,
            });
        }
        Event::Restored(restored) => {
            let parts = given_back(state.card_of(line), restored.purchase, restored.amount);
            let same = state.card_of(line).is_some_and(|card| card.currency() == restored.amount.currency());
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            let overspent = entitlement.overspent();
            if same && overspent > 0 && parts.beyond > 0 {
                entitlement.exceptions_mut().overspent = overspent.saturating_sub(parts.beyond).max(0);
            }
            if let Some(purchase) = entitlement.purchase_mut(restored.purchase) {
                purchase.cancelled = true;
            }
            // The provider's cancellation gives the term of the first purchase anew; the participant's does not.
            if restored.by != CancelledBy::Participant {
                entitlement.clock = line.time.day();
            }
            if !entitlement.has_purchase() {
                wake_for_first_purchase(state, line);
            }
            // After the last day to buy, or after the card has ended, the balance does not stay.
            state.wake_for_cut_offs(line);
        }
        Event::Settled(settled) => {
            let purchase = state.entitlement_mut(line).and_then(|each| each.purchase_mut(settled.purchase));
            if let Some(purchase) = purchase {
                purchase.settled = true;
            }
        }
        Event::Refunded(refunded) => {
            let purchase = state.entitlement_mut(line).and_then(|each| each.purchase_mut(refunded.purchase));
            // A part that comes back does not make the purchase unpaid.
            if let Some(purchase) = purchase.filter(|purchase| refunded.amount.minor() >= purchase.price) {
                purchase.settled = false;
            }
        }
        Event::Lapsed(_) => {
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            let balance = entitlement.card.voucher;
            entitlement.add_to_revocation(balance, 0);
        }
    }
}
