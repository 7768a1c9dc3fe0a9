//! What payouts do to the books.

use super::Event;
use super::split::{divide, overtaken, split};
use crate::chart::Account;
use crate::entitlement::{InstalmentPhase, Status};
use crate::entry::Entry;
use crate::ids::{BenefitCode, PartyCode};
use crate::instalment::account_of;
use crate::line::Event as Line;
use crate::participant::Channel;
use crate::state::State;

/// The partner that was told to pay what is still open of an instalment.
fn instructed(state: &State, line: &Line, benefit: BenefitCode, number: u8) -> Option<PartyCode> {
    let instalment = state.card_of(line)?.instalment(benefit, number)?;
    state.people.partner(instalment.partner)
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
            let parts = split(state, line, settled.benefit, settled.number, settled.amount);
            let source = source(settled.channel);
            let entry = Entry::new(fund, settled.amount.currency(), Some(settled.partner));
            // Another partner than the one instructed may answer, for an attempt before.
            let entry = entry.clearing(instructed(state, line, settled.benefit, settled.number));
            let entry = entry.moving(parts.from, source, parts.within).moving(
                Account::OverpaymentReceivable,
                source,
                parts.beyond,
            );
            // What had come back before is matched now.
            let back = overtaken(state, line, settled, parts);
            let entry = entry.moving(Account::UnmatchedReturns, Account::OverpaymentReceivable, back.cleared);
            Some(entry.moving(Account::UnmatchedReturns, back.to, back.within))
        }
        Event::Failed(failed) => {
            let instalment = instalment(failed.benefit, failed.number)?;
            // An answer to an attempt before says nothing of the one that is under way.
            if instalment.phase != InstalmentPhase::Instructed || instalment.attempts != failed.attempt {
                return None;
            }
            // The money of an ended card does not wait for a retry.
            let ended = state.card_of(line).is_some_and(|card| card.entitlement.status != Status::Active);
            let to = if ended { Account::CommittedPool } else { Account::ReturnSuspense };
            let entry = entry(failed.partner).clearing(state.people.partner(instalment.partner));
            Some(entry.moving(Account::PartnerClearing, to, instalment.open))
        }
        Event::Returned(returned) => {
            let back = divide(state, line, returned);
            let source = source(returned.channel);
            let entry = Entry::new(fund, returned.amount.currency(), Some(returned.partner));
            let entry = entry.clearing(instructed(state, line, returned.benefit, returned.number));
            let entry = entry.moving(source, Account::OverpaymentReceivable, back.cleared);
            let entry = entry.moving(source, Account::RecoveryReceivable, back.claimed);
            let entry = entry.moving(source, back.to, back.within);
            Some(entry.moving(source, Account::UnmatchedReturns, back.beyond))
        }
        Event::Retried(retried) => {
            let instalment = instalment(retried.benefit, retried.number)?;
            let from = account_of(instalment.phase);
            let waiting = from == Account::ReturnSuspense;
            waiting.then(|| Entry::new(fund, currency, None).moving(from, Account::Due, instalment.open))
        }
    }
}
