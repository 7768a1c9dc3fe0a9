//! Where payouts stand.

use super::split::{Split, divide, split};
use super::{Event, Failed, Returned};
use crate::chart::Account;
use crate::entitlement::{Instalment, InstalmentPhase, Status};
use crate::ids::BenefitCode;
use crate::instalment::{benefit_number, instalment_mut, wake_for_surveys};
use crate::line::Event as Line;
use crate::money::Money;
use crate::programme::Requirement;
use crate::state::State;

/// Folds an event of a payout.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Instructed(instructed) => {
            if let Some(instalment) = instalment_mut(state, line, instructed.benefit, instructed.number) {
                if instalment.open > 0 {
                    instalment.phase = InstalmentPhase::Instructed;
                }
                instalment.attempts = instructed.attempt;
            }
        }
        Event::Settled(settled) => {
            let parts = split(state, line, settled.benefit, settled.number, settled.amount);
            arrive(state, line, settled.benefit, settled.number, parts, settled.amount);
        }
        Event::Failed(failed) => self::failed(state, line, failed),
        Event::Returned(returned) => self::returned(state, line, returned),
        Event::Retried(retried) => {
            if let Some(instalment) = instalment_mut(state, line, retried.benefit, retried.number)
                && matches!(instalment.phase, InstalmentPhase::Failed | InstalmentPhase::Returned)
            {
                instalment.phase = InstalmentPhase::Due;
                let days = retried.payon.number().saturating_sub(instalment.pay_on.number());
                instalment.put_off_days = u16::try_from(days).unwrap_or_default();
            }
        }
    }
}

fn failed(state: &mut State, line: &Line, failed: &Failed) {
    let ended = state.card_of(line).is_some_and(|card| card.entitlement.status != Status::Active);
    let instalment = instalment_mut(state, line, failed.benefit, failed.number);
    let Some(instalment) = instalment.filter(|each| each.phase == InstalmentPhase::Instructed) else {
        return;
    };
    if !ended {
        instalment.phase = InstalmentPhase::Failed;
        return state.wake_for_cut_offs(line);
    }
    instalment.phase = InstalmentPhase::Lapsed;
    let released = std::mem::take(&mut instalment.open);
    if let Some(entitlement) = state.entitlement_mut(line) {
        entitlement.add_to_revocation(0, released);
    }
}

fn returned(state: &mut State, line: &Line, returned: &Returned) {
    let back = divide(state, line, returned);
    let ended = back.to == Account::CommittedPool;
    let Some(instalment) = instalment_mut(state, line, returned.benefit, returned.number) else { return };
    if back.within > 0 && ended {
        instalment.phase = InstalmentPhase::Lapsed;
    } else if back.within > 0 {
        if instalment.open == 0 {
            instalment.phase = InstalmentPhase::Returned;
        }
        instalment.open = instalment.open.saturating_add(back.within);
    }
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    if back.cleared > 0 {
        let exceptions = entitlement.exceptions_mut();
        exceptions.overpaid = exceptions.overpaid.saturating_sub(back.cleared);
    }
    if ended {
        entitlement.add_to_revocation(0, back.within);
    }
    state.wake_for_cut_offs(line);
}

/// Marks what has arrived of an instalment, by whatever channel.
pub(crate) fn arrive(
    state: &mut State,
    line: &Line,
    benefit: BenefitCode,
    number: u8,
    parts: Split,
    amount: Money,
) {
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
    match entitlement.instalment_mut(place, number) {
        Some(instalment) => {
            instalment.open = instalment.open.saturating_sub(parts.within);
            if parts.within > 0 && instalment.open <= 0 && instalment.phase != InstalmentPhase::Lapsed {
                instalment.phase = InstalmentPhase::Paid;
            }
        }
        // Paid without ever being due: a fact of an imported history.
        None if parts.within > 0 => entitlement.instalments.push(Instalment {
            open: 0,
            pay_on: day,
            put_off_days: 0,
            benefit: place,
            number,
            phase: InstalmentPhase::Paid,
            attempts: 0,
        }),
        None => {}
    }
    if entitlement.first_paid.is_none() && survey != Some(Requirement::Survey) && parts.within > 0 {
        entitlement.first_paid = Some(day);
        wake_for_surveys(state, line);
    }
}
