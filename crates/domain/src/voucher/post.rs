//! What purchases do to the books.

use super::Event;
use crate::chart::Account;
use crate::entry::Entry;
use crate::ids::{PartyCode, PurchaseCode};
use crate::line::Event as Line;
use crate::state::State;

/// The entry of an event, if it moves money.
///
/// A fact that spends more than the balance posts the rest as an overpayment: it can never be *spent*.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, currency) = state.fund_of(line)?;
    let balance = state.card_of(line).map_or(0, |card| card.entitlement.card.voucher);
    let entry = |party| Entry::new(fund, currency, party);
    Some(match event {
        Event::Spent(spent) => {
            let price = spent.price.minor();
            let within = price.min(balance.max(0));
            entry(Some(spent.platform))
                .moving(Account::VoucherBalance, Account::PlatformClearing, within)
                .moving(
                    Account::OverpaymentReceivable,
                    Account::PlatformClearing,
                    price.saturating_sub(within),
                )
        }
        Event::Restored(restored) => {
            let amount = restored.amount.minor();
            let spent = state.card_of(line).map_or(0, |card| card.entitlement.card.spent);
            let within = amount.min(spent.max(0));
            entry(platform_of(state, line, restored.purchase))
                .moving(Account::PlatformClearing, Account::VoucherBalance, within)
                .moving(
                    Account::PlatformClearing,
                    Account::OverpaymentReceivable,
                    amount.saturating_sub(within),
                )
        }
        Event::Lapsed(_) => entry(None).moving(Account::VoucherBalance, Account::CommittedPool, balance),
        Event::Settled(settled) => entry(platform_of(state, line, settled.purchase)).moving(
            Account::PlatformClearing,
            Account::Bank,
            settled.amount.minor(),
        ),
        Event::Refunded(refunded) => entry(platform_of(state, line, refunded.purchase)).moving(
            Account::Bank,
            Account::PlatformClearing,
            refunded.amount.minor(),
        ),
    })
}

fn platform_of(state: &State, line: &Line, purchase: PurchaseCode) -> Option<PartyCode> {
    let card = state.card_of(line)?;
    state.supply.platform_at(card.purchase(purchase)?.platform)
}
