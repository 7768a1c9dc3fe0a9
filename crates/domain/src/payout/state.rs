//! Where payouts stand.

use super::Event;
use super::post::{Split, split};
use crate::entitlement::{Instalment, InstalmentPhase, Status};
use crate::ids::BenefitCode;
use crate::instalment::{benefit_number, instalment_mut, wake_for_surveys};
use crate::line::Event as Line;
use crate::programme::Requirement;
use crate::state::State;

/// Folds an event of a payout.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Instructed(instructed) => {
            if let Some(instalment) = instalment_mut(state, line, instructed.benefit, instructed.number) {
                instalment.phase = InstalmentPhase::Instructed;
                instalment.attempts = instructed.attempt;
            }
        }
        Event::Settled(settled) => {
            let parts = split(state, line, settled.benefit, settled.number, settled.amount.minor());
            arrive(state, line, settled.benefit, settled.number, parts);
        }
        Event::Failed(failed) => {
            let ended = state.card_of(line).is_some_and(|card| card.entitlement.status != Status::Active);
            let Some(instalment) = instalment_mut(state, line, failed.benefit, failed.number) else { return };
            if instalment.phase == InstalmentPhase::Instructed {
                instalment.phase = if ended { InstalmentPhase::Lapsed } else { InstalmentPhase::Failed };
                if ended {
                    instalment.open = 0;
                }
            }
        }
        Event::Returned(returned) => {
            let paid = state.card_of(line).map_or(0, |card| card.entitlement.card.paid.max(0));
            if let Some(instalment) = instalment_mut(state, line, returned.benefit, returned.number) {
                instalment.phase = InstalmentPhase::Returned;
                instalment.open = instalment.open.saturating_add(returned.amount.minor().min(paid));
            }
        }
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

/// Marks what has arrived of an instalment, by whatever channel.
pub(crate) fn arrive(state: &mut State, line: &Line, benefit: BenefitCode, number: u8, parts: Split) {
    let Some(place) = benefit_number(state, line, benefit) else { return };
    let survey = state.card_of(line).and_then(|card| card.cash(benefit)).map(|(_, cash)| cash.requires);
    let day = line.time.day();
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    match entitlement.instalment_mut(place, number) {
        Some(instalment) => {
            instalment.open = instalment.open.saturating_sub(parts.within);
            if instalment.open <= 0 && instalment.phase != InstalmentPhase::Lapsed {
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
