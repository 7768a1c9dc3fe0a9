//! What purchases do to the books.

use super::Event;
use crate::chart::Account;
use crate::entitlement::Card;
use crate::entry::Entry;
use crate::ids::{PartyCode, PurchaseCode};
use crate::line::Event as Line;
use crate::money::Money;
use crate::state::State;

/// How a purchase, or one that is cancelled, divides between the balance and what was beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Taken from the balance, or given back to it.
    pub(super) within: i64,
    /// Beyond the balance: an overpayment, or one that is cleared.
    pub(super) beyond: i64,
}

/// A fact that spends more than the balance owes the rest as an overpayment: it can never be *spent*.
pub(super) fn bought(card: Option<Card<'_>>, price: Money) -> Parts {
    let card = card.filter(|card| card.currency() == price.currency());
    let balance = card.map_or(0, |card| card.entitlement.card().voucher.max(0));
    let within = price.minor().clamp(0, balance);
    Parts { within, beyond: price.minor().saturating_sub(within) }
}

/// What is given back clears an overpayment first; the balance gets back no more than the purchase took. What was never
/// taken cannot be given back: it moves nothing, and a finding names it.
pub(super) fn given_back(card: Option<Card<'_>>, purchase: PurchaseCode, amount: Money) -> Parts {
    let card = card.filter(|card| card.currency() == amount.currency());
    let Some(card) = card else { return Parts { within: 0, beyond: 0 } };
    let open = card.purchase(purchase).filter(|purchase| !purchase.cancelled && !purchase.expired);
    let amount = amount.minor().clamp(0, open.map_or(0, |purchase| purchase.price.max(0)));
    let cleared = amount.min(card.entitlement.overspent().max(0));
    let within = amount.saturating_sub(cleared).min(card.entitlement.card().spent.max(0));
    Parts { within, beyond: cleared }
}

/// What a purchase that was never finished gives back to the pool: all that the platform has not been paid.
pub(super) fn expiring(card: Option<Card<'_>>, ordinal: u32) -> Parts {
    let open = card.and_then(|card| {
        let (_, purchase) = card.entitlement.unfinished().find(|(each, _)| *each == ordinal)?;
        Some((card, purchase.price.saturating_sub(card.entitlement.paid_for(purchase))))
    });
    let Some((card, open)) = open else { return Parts { within: 0, beyond: 0 } };
    let cleared = open.clamp(0, card.entitlement.overspent().max(0));
    let within = open.saturating_sub(cleared).min(card.entitlement.card().spent.max(0));
    Parts { within, beyond: cleared }
}

/// A platform is owed the price of a purchase once: what it is paid beyond is an overpayment.
pub(super) fn owed_to_platform(card: Option<Card<'_>>, purchase: PurchaseCode, amount: Money) -> Parts {
    let card = card.filter(|card| card.currency() == amount.currency());
    let open = card.and_then(|card| {
        let purchase = card.purchase(purchase).filter(|purchase| !purchase.cancelled && !purchase.expired)?;
        Some(purchase.price.saturating_sub(card.entitlement.paid_for(purchase)))
    });
    let within = amount.minor().clamp(0, open.unwrap_or(0).max(0));
    Parts { within, beyond: amount.minor().saturating_sub(within) }
}

/// How a refund by a platform divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refund {
    /// Clears what the platform had been paid beyond the price.
    pub(super) cleared: i64,
    /// Undoes the payment for the purchase, or part of it.
    pub(super) within: i64,
    /// No payment is known that it could be of.
    pub(super) beyond: i64,
}

pub(super) fn refund(card: Option<Card<'_>>, purchase: PurchaseCode, amount: Money) -> Refund {
    let card = card.filter(|card| card.currency() == amount.currency());
    let minor = amount.minor();
    let cleared = minor.clamp(0, card.map_or(0, |card| card.entitlement.platform_overpaid().max(0)));
    let paid = card.and_then(|card| Some(card.entitlement.paid_for(card.purchase(purchase)?)));
    let within = minor.saturating_sub(cleared).clamp(0, paid.unwrap_or(0).max(0));
    Refund { cleared, within, beyond: minor.saturating_sub(cleared).saturating_sub(within) }
}

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    use Account::{
        Bank, CommittedPool, OverpaymentReceivable, PlatformClearing, UnmatchedReturns, VoucherBalance,
    };
    let (fund, currency) = state.fund_of(line)?;
    let card = state.card_of(line);
    let entry = |party, amount: Money| Entry::new(fund, amount.currency(), party);
    Some(match event {
        Event::Spent(spent) => {
            let parts = bought(card, spent.price);
            let entry = entry(Some(spent.platform), spent.price);
            let entry = entry.moving(VoucherBalance, PlatformClearing, parts.within);
            entry.moving(OverpaymentReceivable, PlatformClearing, parts.beyond)
        }
        Event::Restored(restored) => {
            let parts = given_back(card, restored.purchase, restored.amount);
            let entry = entry(platform_of(state, line, restored.purchase), restored.amount);
            let entry = entry.moving(PlatformClearing, VoucherBalance, parts.within);
            entry.moving(PlatformClearing, OverpaymentReceivable, parts.beyond)
        }
        Event::Expired(expired) => {
            let parts = expiring(card, expired.ordinal);
            let entry = Entry::new(fund, currency, Some(expired.platform));
            let entry = entry.moving(PlatformClearing, CommittedPool, parts.within);
            entry.moving(PlatformClearing, OverpaymentReceivable, parts.beyond)
        }
        Event::Lapsed(_) => {
            let balance = card.map_or(0, |card| card.entitlement.card().voucher);
            Entry::new(fund, currency, None).moving(VoucherBalance, CommittedPool, balance)
        }
        Event::Settled(settled) => {
            let parts = owed_to_platform(card, settled.purchase, settled.amount);
            let entry = entry(platform_of(state, line, settled.purchase), settled.amount);
            let entry = entry.moving(PlatformClearing, Bank, parts.within);
            entry.moving(OverpaymentReceivable, Bank, parts.beyond)
        }
        Event::Refunded(refunded) => {
            let parts = refund(card, refunded.purchase, refunded.amount);
            let entry = entry(platform_of(state, line, refunded.purchase), refunded.amount);
            let entry = entry.moving(Bank, OverpaymentReceivable, parts.cleared);
            entry.moving(Bank, PlatformClearing, parts.within).moving(Bank, UnmatchedReturns, parts.beyond)
        }
        Event::Issued(_) => return None,
    })
}

fn platform_of(state: &State, line: &Line, purchase: PurchaseCode) -> Option<PartyCode> {
    let card = state.card_of(line)?;
    state.supply.platform_at(card.purchase(purchase)?.platform)
}
