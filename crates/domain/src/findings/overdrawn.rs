//! More went out than was there: of the bank's account, of what is set aside or back at the treasury, of a partner's
//! float, of a unit's cash, of the interest that is remitted. It could not have happened so: a document is missing or a
//! fact is wrong.

use super::Step;
use crate::books::FundBooks;
use crate::chart::Account;
use crate::entry::{Entry, Movement};
use crate::money::Money;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let entry = step.entry?;
    let books = step.state.books.fund(entry.fund, entry.currency)?;
    let mut movements = entry.movements().iter();
    let below = movements.find_map(|movement| below_zero(books, entry, movement));
    let sentences: Vec<String> = below.into_iter().chain(beyond_revenue(books, entry)).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

fn below_zero(books: &FundBooks, entry: &Entry, movement: &Movement) -> Option<String> {
    let account = movement.credit;
    let (balance, party) = match account {
        Account::Bank | Account::ReserveFund | Account::TreasuryRetur => (books.balance(account), None),
        Account::PartnerFloat | Account::Custody => (books.party(account, entry.party?), entry.party),
        _ => return None,
    };
    let below = i64::try_from(-balance).ok().filter(|below| *below > 0)?;
    let of = party.map_or_else(String::new, |party| format!(" of {party}"));
    Some(format!("{account}{of} is {} below zero", Money::of_minor(below, entry.currency)))
}

/// Remitted is what the bank credited: interest, and credits that nobody could explain.
fn beyond_revenue(books: &FundBooks, entry: &Entry) -> Option<String> {
    entry.movements().iter().find(|movement| movement.debit == Account::RevenueRemitted)?;
    let revenue = [Account::RevenueRemitted, Account::InterestIncome, Account::UnidentifiedCredits];
    let beyond: i128 = revenue.iter().map(|account| books.balance(*account)).sum();
    let beyond = Money::of_minor(i64::try_from(beyond).ok().filter(|beyond| *beyond > 0)?, entry.currency);
    Some(format!("{beyond} more was remitted than the bank credited as interest or unexplained"))
}
