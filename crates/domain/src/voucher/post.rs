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
    let balance = card.map_or(0, |card| card.entitlement.card.voucher.max(0));
    let within = price.minor().clamp(0, balance);
    Parts { within, beyond: price.minor().saturating_sub(within) }
}

/// What comes back clears an overpayment first; the balance gets back no more than the purchase took.
pub(super) fn given_back(card: Option<Card<'_>>, purchase: PurchaseCode, amount: Money) -> Parts {
    let card = card.filter(|card| card.currency() == amount.currency());
    let right = card.map_or(0, |card| {
        let purchase = card.purchase(purchase).filter(|purchase| !purchase.cancelled);
        let price = purchase.map_or(0, |purchase| purchase.price);
        let cleared = amount.minor().clamp(0, card.entitlement.overspent().max(0));
        price.saturating_sub(cleared).min(card.entitlement.card.spent)
    });
    let within = amount.minor().clamp(0, right.max(0));
    Parts { within, beyond: amount.minor().saturating_sub(within) }
}

/// A platform is owed the price of a purchase once: what it is paid beyond is an overpayment.
fn owed_to_platform(card: Option<Card<'_>>, purchase: PurchaseCode, amount: Money) -> Parts {
    let card = card.filter(|card| card.currency() == amount.currency());
    let purchase = card.and_then(|card| card.purchase(purchase));
    let open = purchase.filter(|purchase| !purchase.settled && !purchase.cancelled);
    let within = amount.minor().clamp(0, open.map_or(0, |purchase| purchase.price.max(0)));
    Parts { within, beyond: amount.minor().saturating_sub(within) }
}

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    use Account::{Bank, CommittedPool, OverpaymentReceivable, PlatformClearing, VoucherBalance};
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
        Event::Lapsed(_) => {
            let balance = card.map_or(0, |card| card.entitlement.card.voucher);
            Entry::new(fund, currency, None).moving(VoucherBalance, CommittedPool, balance)
        }
        Event::Settled(settled) => {
            let parts = owed_to_platform(card, settled.purchase, settled.amount);
            let entry = entry(platform_of(state, line, settled.purchase), settled.amount);
            let entry = entry.moving(PlatformClearing, Bank, parts.within);
            entry.moving(OverpaymentReceivable, Bank, parts.beyond)
        }
        Event::Refunded(refunded) => {
            let entry = entry(platform_of(state, line, refunded.purchase), refunded.amount);
            entry.moving(Bank, PlatformClearing, refunded.amount.minor())
        }
    })
}

fn platform_of(state: &State, line: &Line, purchase: PurchaseCode) -> Option<PartyCode> {
    let card = state.card_of(line)?;
    state.supply.platform_at(card.purchase(purchase)?.platform)
}
