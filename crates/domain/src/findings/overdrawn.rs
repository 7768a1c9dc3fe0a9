//! More went out than was there: of the bank's account, of a partner's float, of a unit's cash. The bank or partner
//! would not have let it happen, so a document is missing or a fact is wrong.

use super::Step;
use crate::chart::Account;
use crate::money::Money;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let entry = step.entry?;
    let books = step.state.books.fund(entry.fund, entry.currency)?;
    entry.movements().iter().find_map(|movement| {
        let account = movement.credit;
        let balance = match account {
            Account::Bank => books.balance(account),
            Account::PartnerFloat | Account::Custody => books.party(account, entry.party?),
            _ => return None,
        };
        let below = i64::try_from(-balance).ok().filter(|below| *below > 0)?;
        let of = entry
            .party
            .filter(|_| account != Account::Bank)
            .map_or_else(String::new, |party| format!(" of {party}"));
        Some(format!("{account}{of} is {} below zero", Money::of_minor(below, entry.currency)))
    })
}
