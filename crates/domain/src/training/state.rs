//! Which steps of a purchase are done.

use super::Event;
use crate::ids::PurchaseCode;
use crate::line::Event as Line;
use crate::state::State;
use crate::subject::Subject;

/// The bit of a numbered session.
pub(super) fn session_bit(sequence: u8) -> u32 {
    1_u32.checked_shl(u32::from(sequence.saturating_sub(1))).unwrap_or(0)
}

fn code(event: &Event) -> PurchaseCode {
    match event {
        Event::Redeemed(event) => event.purchase,
        Event::RedeemRefused(event) => event.purchase,
        Event::SeatReserved(event) => event.purchase,
        Event::Attended(event) => event.purchase,
        Event::CheckedIn(event) => event.purchase,
        Event::CheckedOut(event) => event.purchase,
        Event::Submitted(event) => event.purchase,
        Event::Completed(event) => event.purchase,
        Event::Certified(event) => event.purchase,
        Event::Rated(event) => event.purchase,
    }
}

/// Folds an event of training.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    at_venue(state, line, event);
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    let Some(mut purchase) = entitlement.purchase(code(event)) else { return };
    match event {
        Event::Redeemed(_) => purchase.redeemed = true,
        Event::Attended(attended) => purchase.attended |= session_bit(attended.sequence),
        Event::CheckedIn(arrived) => purchase.attended |= session_bit(arrived.sequence),
        Event::Completed(_) => purchase.completed = true,
        Event::Certified(_) => purchase.certified = true,
        Event::Rated(_) => purchase.rated = true,
        // For sessions, views and findings.
        Event::RedeemRefused(_) | Event::SeatReserved(_) | Event::CheckedOut(_) | Event::Submitted(_) => {
            return;
        }
    }
    entitlement.put_purchase(purchase);
}

/// Seats and arrivals are counted by session, for whatever purchase.
fn at_venue(state: &mut State, line: &Line, event: &Event) {
    let Subject::Participant(id) = line.subject else { return };
    let State { people, supply, .. } = state;
    let Some(person) = people.number(id) else { return };
    match event {
        Event::SeatReserved(reserved) => supply.sessions.seat(reserved.session, person),
        Event::CheckedIn(arrived) => supply.sessions.arrive(arrived.session, person),
        _ => {}
    }
}
