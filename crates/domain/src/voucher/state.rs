//! What purchases leave behind.

use super::{CancelledBy, Event};
use crate::entitlement::{Purchase, purchase_digest, wake_for_first_purchase};
use crate::line::Event as Line;
use crate::state::State;

/// Folds an event of the training balance.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Spent(spent) => {
            let course = state.supply.course_number(spent.course);
            let platform = state.supply.platform_number(spent.platform);
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            entitlement.purchases.push(Purchase {
                price: spent.price.minor(),
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
            let Some(entitlement) = state.entitlement_mut(line) else { return };
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
        }
        Event::Settled(settled) => {
            let purchase = state.entitlement_mut(line).and_then(|each| each.purchase_mut(settled.purchase));
            if let Some(purchase) = purchase {
                purchase.settled = true;
            }
        }
        Event::Refunded(refunded) => {
            let purchase = state.entitlement_mut(line).and_then(|each| each.purchase_mut(refunded.purchase));
            if let Some(purchase) = purchase {
                purchase.settled = false;
            }
        }
        // The money is all there is to it.
        Event::Lapsed(_) => {}
    }
}
