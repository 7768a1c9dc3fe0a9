//! What payouts do to the books.

use super::Event;
use crate::chart::Account;
use crate::entitlement::{InstalmentPhase, Status};
use crate::entry::Entry;
use crate::ids::{BenefitCode, PartyCode};
use crate::instalment::account_of;
use crate::line::Event as Line;
use crate::participant::Channel;
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

/// Divides a payment of `amount` minor units on one instalment.
///
/// The right is what is open of the instalment; for one that was never scheduled, what the terms grant and is not
/// earned yet. Everything beyond is an overpayment: it can never be *paid*.
pub fn split(state: &State, line: &Line, benefit: BenefitCode, number: u8, amount: i64) -> Split {
    let card = state.card_of(line);
    let right = card.and_then(|card| {
        if let Some(instalment) = card.instalment(benefit, number) {
            Some((account_of(instalment.phase), instalment.open))
        } else {
            let (_, cash) = card.cash(benefit)?;
            let granted = (1..=cash.count).contains(&number).then(|| card.instalment_minor(cash));
            let usable =
                if card.entitlement.status == Status::Active { card.entitlement.card.unearned } else { 0 };
            Some((Account::Unearned, granted.unwrap_or(0).min(usable.max(0))))
        }
    });
    let (from, right) = right.unwrap_or((Account::Unearned, 0));
    let within = amount.min(right);
    Split { from, within, beyond: amount.saturating_sub(within) }
}

fn source(channel: Channel) -> Account {
    match channel {
        Channel::Bank => Account::Bank,
        Channel::Wallet => Account::PartnerFloat,
        Channel::Cash => Account::Custody,
    }
}

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, currency) = state.fund_of(line)?;
    let entry = |party: PartyCode| Entry::new(fund, currency, Some(party));
    let instalment = |benefit, number| state.card_of(line).and_then(|card| card.instalment(benefit, number));
    match event {
        Event::Instructed(instructed) => {
            let instalment = instalment(instructed.benefit, instructed.number)?;
            let from = account_of(instalment.phase);
            Some(entry(instructed.partner).moving(from, Account::PartnerClearing, instalment.open))
        }
        Event::Settled(settled) => {
            let parts = split(state, line, settled.benefit, settled.number, settled.amount.minor());
            let source = source(settled.channel);
            Some(entry(settled.partner).moving(parts.from, source, parts.within).moving(
                Account::OverpaymentReceivable,
                source,
                parts.beyond,
            ))
        }
        Event::Failed(failed) => {
            let instalment = instalment(failed.benefit, failed.number)?;
            if instalment.phase != InstalmentPhase::Instructed {
                return None;
            }
            // The money of an ended card does not wait for a retry.
            let ended = state.card_of(line).is_some_and(|card| card.entitlement.status != Status::Active);
            let to = if ended { Account::CommittedPool } else { Account::ReturnSuspense };
            Some(entry(failed.partner).moving(Account::PartnerClearing, to, instalment.open))
        }
        Event::Returned(returned) => {
            let amount = returned.amount.minor();
            let paid = state.card_of(line).map_or(0, |card| card.entitlement.card.paid.max(0));
            let within = amount.min(paid);
            let to = source(returned.channel);
            Some(entry(returned.partner).moving(to, Account::ReturnSuspense, within).moving(
                to,
                Account::UnidentifiedCredits,
                amount.saturating_sub(within),
            ))
        }
        Event::Retried(retried) => {
            let instalment = instalment(retried.benefit, retried.number)?;
            let from = account_of(instalment.phase);
            let waiting = from == Account::ReturnSuspense;
            waiting.then(|| Entry::new(fund, currency, None).moving(from, Account::Due, instalment.open))
        }
    }
}
