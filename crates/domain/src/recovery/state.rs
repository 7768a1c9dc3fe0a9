//! Where a claim stands.

use super::claim::{Parts, parts};
use super::{Claim, Event, InstalmentsAgreed, Plan};
use crate::calendar::Wake;
use crate::entitlement::Entitlement;
use crate::line::Event as Line;
use crate::money::Money;
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;

/// Folds an event of recovery. What is in another currency than the card's is in the books alone.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    let parts = parts(state.card_of(line), event);
    let currency = state.card_of(line).map(|card| card.currency());
    let same = |amount: &Money| currency == Some(amount.currency());
    let by = line.actor.id;
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    match event {
        Event::IneligibleFound(_) => entitlement.exceptions_mut().found_ineligible = true,
        Event::Demanded(demanded) if same(&demanded.amount) => {
            take_overpayment(entitlement, parts.within);
            let claim = entitlement.exceptions_mut().claim.get_or_insert_with(|| Claim::new(demanded.until));
            claim.demanded = claim.demanded.saturating_add(demanded.amount.minor());
            claim.of_overpayments = claim.of_overpayments.saturating_add(parts.within);
            claim.repaid = claim.repaid.saturating_add(parts.credited);
            claim.over_repaid = claim.over_repaid.saturating_sub(parts.credited);
            if !claim.demanders.contains(&by) {
                claim.demanders.push(by);
            }
            (claim.until, claim.plan) = (demanded.until, None);
            (claim.escalated, claim.held) = (false, false);
            wake(state, line, demanded.until);
        }
        Event::Repaid(repaid) if same(&repaid.amount) => {
            // Repaid before it was demanded: kept for the demand, or for a refund.
            let claim = entitlement.exceptions_mut().claim.get_or_insert_with(|| Claim::new(line.time.day()));
            claim.repaid = claim.repaid.saturating_add(parts.within);
            claim.over_repaid = claim.over_repaid.saturating_add(parts.beyond);
        }
        Event::Refunded(refunded) if same(&refunded.amount) => refunded_to(entitlement, parts),
        Event::Withdrawn(_) => {
            if let Some(claim) = &mut entitlement.exceptions_mut().claim {
                let amount = parts.within.saturating_add(parts.beyond);
                claim.demanded = claim.demanded.saturating_sub(amount);
                claim.repaid = claim.repaid.saturating_sub(parts.beyond);
                claim.over_repaid = claim.over_repaid.saturating_add(parts.beyond);
                claim.held = false;
            }
        }
        Event::WrittenOff(_) => {
            if let Some(claim) = &mut entitlement.exceptions_mut().claim {
                claim.written_off = claim.written_off.saturating_add(parts.within);
            }
        }
        Event::InstalmentsAgreed(agreed) => self::agreed(state, line, agreed),
        Event::Escalated(_) => {
            if let Some(claim) = &mut entitlement.exceptions_mut().claim {
                claim.escalated = true;
            }
        }
        Event::Demanded(_) | Event::Repaid(_) | Event::Refunded(_) => {}
    }
}

/// What is demanded is no longer cleared by what comes back of its own accord.
fn take_overpayment(entitlement: &mut Entitlement, amount: i64) {
    if amount > 0 {
        let exceptions = entitlement.exceptions_mut();
        let of_payments = amount.min(exceptions.overpaid.max(0));
        exceptions.overpaid = exceptions.overpaid.saturating_sub(of_payments);
        let of_purchases = amount.saturating_sub(of_payments);
        exceptions.overspent = exceptions.overspent.saturating_sub(of_purchases);
    }
}

fn refunded_to(entitlement: &mut Entitlement, parts: Parts) {
    let exceptions = entitlement.exceptions_mut();
    exceptions.overpaid = exceptions.overpaid.saturating_add(parts.beyond);
    if let Some(claim) = &mut exceptions.claim {
        claim.over_repaid = claim.over_repaid.saturating_sub(parts.within);
    }
}

fn agreed(state: &mut State, line: &Line, agreed: &InstalmentsAgreed) {
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    let Some(claim) = &mut entitlement.exceptions_mut().claim else { return };
    let plan =
        Plan { first: agreed.first, every_days: agreed.everydays, count: agreed.count, owed: claim.owed() };
    let days: Vec<Day> = plan.days().collect();
    claim.until = days.last().copied().unwrap_or(claim.until);
    claim.plan = Some(plan);
    claim.escalated = false;
    for day in days {
        wake(state, line, day);
    }
}

fn wake(state: &mut State, line: &Line, day: Day) {
    if let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) {
        state.wake(day, id, programme, Wake::Repayment);
    }
}
