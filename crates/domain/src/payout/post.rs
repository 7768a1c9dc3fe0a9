//! What payouts do to the books.

use super::Event;
use super::split::{divide, split};
use crate::chart::Account;
use crate::entitlement::{InstalmentPhase, Status};
use crate::entry::Entry;
use crate::ids::PartyCode;
use crate::instalment::account_of;
use crate::line::Event as Line;
use crate::participant::Channel;
use crate::state::State;

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
            Some(entry.moving(parts.from, source, parts.within).moving(
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
            let back = divide(state, line, returned);
            let source = source(returned.channel);
            let entry = Entry::new(fund, returned.amount.currency(), Some(returned.partner));
            let entry = entry.moving(source, Account::OverpaymentReceivable, back.cleared);
            let entry = entry.moving(source, back.to, back.within);
            Some(entry.moving(source, Account::UnidentifiedCredits, back.beyond))
        }
        Event::Retried(retried) => {
            let instalment = instalment(retried.benefit, retried.number)?;
            let from = account_of(instalment.phase);
            let waiting = from == Account::ReturnSuspense;
            waiting.then(|| Entry::new(fund, currency, None).moving(from, Account::Due, instalment.open))
        }
    }
}
