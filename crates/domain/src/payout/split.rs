//! How a payment, and one that comes back, divides between the right and what is beyond it.

use super::{Returned, Settled};
use crate::chart::Account;
use crate::entitlement::{InstalmentPhase, Status};
use crate::ids::BenefitCode;
use crate::instalment::account_of;
use crate::line::Event as Line;
use crate::money::Money;
use crate::recovery::Claim;
use crate::state::State;

/// How a payment divides between the right to it and what is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// The account in which the right stands.
    pub from: Account,
    /// Within the right, in minor units.
    pub within: i64,
    /// Beyond the right, in minor units.
    pub beyond: i64,
}

/// Divides a payment on one instalment.
///
/// The right is what is open of the instalment; for one that was never scheduled, what the terms grant and is not
/// earned yet. Everything beyond is an overpayment: it can never be *paid*. There is no right in another currency
/// than the programme's.
pub fn split(state: &State, line: &Line, benefit: BenefitCode, number: u8, amount: Money) -> Split {
    let card = state.card_of(line).filter(|card| card.currency() == amount.currency());
    let right = card.and_then(|card| {
        if let Some(instalment) = card.instalment(benefit, number) {
            return Some((account_of(instalment.phase), instalment.open));
        }
        let (_, cash) = card.cash(benefit)?;
        let granted = (1..=cash.count).contains(&number).then(|| card.instalment_minor(cash));
        let usable =
            if card.entitlement.status == Status::Active { card.entitlement.card().unearned } else { 0 };
        Some((Account::Unearned, granted.unwrap_or(0).min(usable)))
    });
    let (from, right) = right.unwrap_or((Account::Unearned, 0));
    let within = amount.minor().clamp(0, right.max(0));
    Split { from, within, beyond: amount.minor().saturating_sub(within) }
}

/// How money that comes back divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Back {
    /// Clears an overpayment.
    pub(super) cleared: i64,
    /// Clears an overpayment that has been demanded back.
    pub(super) claimed: i64,
    /// Was paid by right and waits again.
    pub(super) within: i64,
    /// No payment is known that it could be of.
    pub(super) beyond: i64,
    /// Where the money that was paid by right goes.
    pub(super) to: Account,
}

/// Divides what comes back: an overpayment is cleared first, then the instalment is open again.
pub(super) fn divide(state: &State, line: &Line, returned: &Returned) -> Back {
    let amount = returned.amount.minor();
    let nobody = Back { cleared: 0, claimed: 0, within: 0, beyond: amount, to: Account::ReturnSuspense };
    let card = state.card_of(line).filter(|card| card.currency() == returned.amount.currency());
    let Some(card) = card else { return nobody };
    let cleared = amount.clamp(0, card.entitlement.overpaid().max(0));
    let rest = amount.saturating_sub(cleared);
    let of_claim = card.entitlement.claim().map_or(0, Claim::overpayment);
    let claimed = rest.clamp(0, of_claim.max(0));
    let rest = rest.saturating_sub(claimed);
    // Only an attempt that has arrived can come back.
    let instalment = card.instalment(returned.benefit, returned.number);
    let arrived = instalment.filter(|instalment| instalment.has_arrived(returned.attempt));
    let (right, to) = arrived.map_or((0, Account::ReturnSuspense), |instalment| {
        let granted = card.cash(returned.benefit).map_or(0, |(_, cash)| card.instalment_minor(cash));
        let taken = card.entitlement.taken().iter();
        let of_it =
            taken.filter(|each| (each.benefit, each.number) == (instalment.benefit, instalment.number));
        let waiting = of_it.fold(instalment.open, |sum, each| sum.saturating_add(each.minor));
        let paid = granted.saturating_sub(waiting).min(card.entitlement.card().paid);
        (paid, goes_to(card.entitlement.status, instalment.phase, instalment.open))
    });
    let within = rest.clamp(0, right.max(0));
    Back { cleared, claimed, within, beyond: rest.saturating_sub(within), to }
}

/// The money of an ended card does not wait for a retry, and that of an open instalment stays together.
fn goes_to(status: Status, phase: InstalmentPhase, open: i64) -> Account {
    match status {
        _ if open > 0 => account_of(phase),
        Status::Active => Account::ReturnSuspense,
        _ => Account::CommittedPool,
    }
}

/// What of a payment had come back before its settlement was known.
pub(super) fn overtaken(state: &State, line: &Line, settled: &Settled, parts: Split) -> Back {
    let card = state.card_of(line).filter(|card| card.currency() == settled.amount.currency());
    let early = card.map_or(0, |card| {
        let early = card.entitlement.early_returns();
        let place = card.cash(settled.benefit).map(|(place, _)| place);
        let same = early.iter().filter(|each| {
            Some(each.benefit) == place && (each.number, each.attempt) == (settled.number, settled.attempt)
        });
        same.fold(0_i64, |sum, each| sum.saturating_add(each.minor)).clamp(0, settled.amount.minor().max(0))
    });
    let cleared = early.clamp(0, parts.beyond.max(0));
    let within = early.saturating_sub(cleared).min(parts.within);
    let to = card.map_or(Account::ReturnSuspense, |card| {
        let instalment = card.instalment(settled.benefit, settled.number);
        let (phase, open) =
            instalment.map_or((InstalmentPhase::Paid, parts.within), |each| (each.phase, each.open));
        goes_to(card.entitlement.status, phase, open.saturating_sub(parts.within))
    });
    Back { cleared, claimed: 0, within, beyond: 0, to }
}
