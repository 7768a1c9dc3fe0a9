//! Where payouts stand.

use super::split::{Back, Split, divide, overtaken, split};
use super::{Event, Failed, Returned};
use crate::chart::Account;
use crate::entitlement::{EarlyReturn, Instalment, InstalmentPhase, Status, Taken, attempt_bit};
use crate::ids::BenefitCode;
use crate::instalment::{benefit_number, instalment, put_instalment, wake_for_surveys};
use crate::line::Event as Line;
use crate::money::Money;
use crate::programme::Requirement;
use crate::state::State;

/// Folds an event of a payout.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Instructed(instructed) => {
            crate::run::instructed(state, line, instructed);
            let partner = state.people.partner_number(instructed.partner);
            if let Some(mut instalment) = instalment(state, line, instructed.benefit, instructed.number) {
                // A fact may instruct again what is under way: the money stays with the partner that has it.
                if instalment.open > 0 && instalment.phase != InstalmentPhase::Instructed {
                    instalment.phase = InstalmentPhase::Instructed;
                    instalment.partner = partner;
                }
                instalment.attempts = instructed.attempt;
                put_instalment(state, line, instalment);
            }
        }
        Event::Settled(settled) => {
            let parts = split(state, line, settled.benefit, settled.number, settled.amount);
            let back = overtaken(state, line, settled, parts);
            let arrival =
                Arrival { benefit: settled.benefit, number: settled.number, attempt: settled.attempt };
            arrive(state, line, arrival, parts, settled.amount);
            if back.cleared > 0 || back.within > 0 {
                came_back(state, line, arrival, back);
                forget_early(state, line, arrival, back.cleared.saturating_add(back.within));
            }
        }
        Event::Failed(failed) => self::failed(state, line, failed),
        Event::Returned(returned) => self::returned(state, line, returned),
        Event::Retried(retried) => {
            if let Some(mut instalment) = instalment(state, line, retried.benefit, retried.number)
                && matches!(instalment.phase, InstalmentPhase::Failed | InstalmentPhase::Returned)
            {
                instalment.phase = InstalmentPhase::Due;
                let days = retried.payon.number().saturating_sub(instalment.pay_on.number());
                // A fact may name any day: one before counts from the first, one too far off stays far off.
                instalment.put_off_days = u16::try_from(days.max(0)).unwrap_or(u16::MAX);
                put_instalment(state, line, instalment);
            }
        }
    }
}

/// Which payment of a card.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    pub(crate) benefit: BenefitCode,
    pub(crate) number: u8,
    pub(crate) attempt: u8,
}

fn failed(state: &mut State, line: &Line, failed: &Failed) {
    let ended = state.card_of(line).is_some_and(|card| card.entitlement.status != Status::Active);
    let instalment = instalment(state, line, failed.benefit, failed.number);
    let under_way =
        |each: &Instalment| each.phase == InstalmentPhase::Instructed && each.attempts == failed.attempt;
    let Some(mut instalment) = instalment.filter(under_way) else { return };
    if !ended {
        instalment.phase = InstalmentPhase::Failed;
        put_instalment(state, line, instalment);
        return state.wake_for_cut_offs(line);
    }
    instalment.phase = InstalmentPhase::Lapsed;
    let released = std::mem::take(&mut instalment.open);
    put_instalment(state, line, instalment);
    if let Some(entitlement) = state.entitlement_mut(line) {
        entitlement.add_to_revocation(0, released);
        let Instalment { benefit, number, .. } = instalment;
        entitlement.take(Taken { benefit, number, minor: released });
    }
}

fn returned(state: &mut State, line: &Line, returned: &Returned) {
    let back = divide(state, line, returned);
    let arrival = Arrival { benefit: returned.benefit, number: returned.number, attempt: returned.attempt };
    came_back(state, line, arrival, back);
    let place = benefit_number(state, line, returned.benefit);
    let currency = state.card_of(line).map(|card| card.currency());
    if let (Some(benefit), Some(entitlement)) = (place, state.entitlement_mut(line))
        && back.beyond > 0
        && currency == Some(returned.amount.currency())
    {
        // Its settlement may still be reported.
        let early =
            EarlyReturn { benefit, number: returned.number, attempt: returned.attempt, minor: back.beyond };
        entitlement.exceptions_mut().early_returns.push(early);
    }
}

/// Opens again what came back by right, and clears what came back of an overpayment.
fn came_back(state: &mut State, line: &Line, arrival: Arrival, back: Back) {
    let ended = back.to == Account::CommittedPool;
    let place = benefit_number(state, line, arrival.benefit);
    if let Some(mut instalment) = instalment(state, line, arrival.benefit, arrival.number) {
        if back.within > 0 && ended {
            instalment.phase = InstalmentPhase::Lapsed;
        } else if back.within > 0 {
            if instalment.open == 0 {
                instalment.phase = InstalmentPhase::Returned;
                instalment.arrived &= !attempt_bit(arrival.attempt);
            }
            instalment.open = instalment.open.saturating_add(back.within);
        } else if back.cleared > 0 || back.claimed > 0 {
            instalment.arrived &= !attempt_bit(arrival.attempt);
        }
        put_instalment(state, line, instalment);
    }
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    if back.cleared > 0 {
        let exceptions = entitlement.exceptions_mut();
        exceptions.overpaid = exceptions.overpaid.saturating_sub(back.cleared);
    }
    if let Some(claim) = &mut entitlement.exceptions_mut_if_any().and_then(|each| each.claim.as_mut()) {
        claim.returned = claim.returned.saturating_add(back.claimed);
    }
    if ended {
        entitlement.add_to_revocation(0, back.within);
        if let Some(benefit) = place {
            entitlement.take(Taken { benefit, number: arrival.number, minor: back.within });
        }
    }
    state.wake_for_cut_offs(line);
}

fn forget_early(state: &mut State, line: &Line, arrival: Arrival, matched: i64) {
    let Some(benefit) = benefit_number(state, line, arrival.benefit) else { return };
    let Some(exceptions) = state.entitlement_mut(line).and_then(|each| each.exceptions_mut_if_any()) else {
        return;
    };
    let mut left = matched;
    for early in &mut exceptions.early_returns {
        let same = (early.benefit, early.number, early.attempt) == (benefit, arrival.number, arrival.attempt);
        let taken = if same { left.min(early.minor) } else { 0 };
        early.minor = early.minor.saturating_sub(taken);
        left = left.saturating_sub(taken);
    }
    exceptions.early_returns.retain(|early| early.minor > 0);
}

/// Marks what has arrived of an instalment, by whatever channel.
pub(crate) fn arrive(state: &mut State, line: &Line, arrival: Arrival, parts: Split, amount: Money) {
    let Arrival { benefit, number, attempt } = arrival;
    let currency = state.card_of(line).map(|card| card.currency());
    if let Some(entitlement) = state.entitlement_mut(line).filter(|_| parts.beyond > 0)
        && currency == Some(amount.currency())
    {
        let exceptions = entitlement.exceptions_mut();
        exceptions.overpaid = exceptions.overpaid.saturating_add(parts.beyond);
    }
    let Some(place) = benefit_number(state, line, benefit) else { return };
    let survey = state.card_of(line).and_then(|card| card.cash(benefit)).map(|(_, cash)| cash.requires);
    let day = line.time.day();
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    match entitlement.instalment(place, number) {
        Some(mut instalment) => {
            if amount.is_positive() && currency == Some(amount.currency()) {
                instalment.arrived |= attempt_bit(attempt);
            }
            instalment.open = instalment.open.saturating_sub(parts.within);
            if parts.within > 0 && instalment.open <= 0 && instalment.phase != InstalmentPhase::Lapsed {
                instalment.phase = InstalmentPhase::Paid;
            }
            entitlement.put_instalment(instalment);
        }
        // Paid without ever being due: a fact of an imported history.
        None if parts.within > 0 => entitlement.add_instalment(Instalment {
            open: 0,
            pay_on: day,
            put_off_days: 0,
            benefit: place,
            number,
            phase: InstalmentPhase::Paid,
            attempts: attempt,
            arrived: attempt_bit(attempt),
            partner: u16::MAX,
        }),
        None => {}
    }
    if entitlement.first_paid.is_none() && survey != Some(Requirement::Survey) && parts.within > 0 {
        entitlement.first_paid = Some(day);
        wake_for_surveys(state, line);
    }
}
