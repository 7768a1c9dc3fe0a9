//! What cash does to the books and the card.

use super::Event;
use crate::chart::Account;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::money::Money;
use crate::payout::{Arrival, arrive, split};
use crate::state::State;

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, _) = state.fund_of(line)?;
    let entry = |unit, amount: Money| Entry::new(fund, amount.currency(), Some(unit));
    Some(match event {
        Event::Drawn(drawn) => {
            entry(drawn.unit, drawn.amount).moving(Account::Custody, Account::Bank, drawn.amount.minor())
        }
        Event::HandedOver(handed) => {
            let parts = split(state, line, handed.benefit, handed.number, handed.amount);
            entry(handed.unit, handed.amount).moving(parts.from, Account::Custody, parts.within).moving(
                Account::OverpaymentReceivable,
                Account::Custody,
                parts.beyond,
            )
        }
        Event::Returned(back) => {
            entry(back.unit, back.amount).moving(Account::Bank, Account::Custody, back.amount.minor())
        }
    })
}

/// Folds an event of cash.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    if let Event::HandedOver(handed) = event {
        let parts = split(state, line, handed.benefit, handed.number, handed.amount);
        let arrival = Arrival { benefit: handed.benefit, number: handed.number, attempt: 1 };
        arrive(state, line, arrival, parts, handed.amount);
    }
}
