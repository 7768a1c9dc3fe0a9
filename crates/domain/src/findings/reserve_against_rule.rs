//! Undelivered money set aside before the year was counted, beyond what persons are still owed, or still there when 100
//! working days of the next year are over.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::entry::FundYear;
use crate::fund::{Event, last_working_day};
use crate::money::Money;
use crate::state::State;
use crate::subject::Subject;

/// Where money is that a person may still receive.
const OWED: [Account; 5] = [
    Account::Unearned,
    Account::VoucherBalance,
    Account::Due,
    Account::PartnerClearing,
    Account::ReturnSuspense,
];

pub(super) fn find(step: Step<'_>) -> Option<String> {
    match (&step.event.payload, step.event.subject) {
        (Payload::Fund(Event::Reserved(reserved)), Subject::Fund(programme, year)) => {
            let fund = FundYear { programme, year };
            if step.state.funds.get(programme, year).is_none_or(|fund| fund.closed.is_none()) {
                return Some(format!(
                    "{} was set aside before {programme} {year} was counted",
                    reserved.amount
                ));
            }
            let books = step.state.books.fund(fund, reserved.amount.currency())?;
            let owed: i128 = OWED.iter().map(|account| -books.balance(*account)).sum();
            let beyond = books.balance(Account::ReserveFund) - owed;
            let beyond = i64::try_from(beyond).ok().filter(|beyond| *beyond > 0)?;
            let beyond = Money::of_minor(beyond, reserved.amount.currency());
            Some(format!("{beyond} more is set aside than persons are owed"))
        }
        (Payload::Calendar(_), Subject::Day(day)) => {
            let over = |year| {
                let last = last_working_day(&step.state.calendar, year);
                // Days may be left out: the first closed one from the last day on tells.
                last <= day && step.state.calendar.closed_before.is_none_or(|before| before < last)
            };
            left_over(step.state, over)
        }
        _ => None,
    }
}

fn left_over(state: &State, over: impl Fn(i16) -> bool) -> Option<String> {
    let left = state.books.funds().into_iter().filter(|books| books.balance(Account::ReserveFund) > 0);
    let sentences: Vec<String> = left
        .filter(|books| over(books.fund.year))
        .filter_map(|books| {
            let minor = i64::try_from(books.balance(Account::ReserveFund)).ok()?;
            let money = Money::of_minor(minor, books.currency);
            Some(format!("{money} of {} {}", books.fund.programme, books.fund.year))
        })
        .collect();
    let list = sentences.join(", ");
    (!list.is_empty())
        .then(|| format!("{list} is still set aside after 100 working days: it goes back to the treasury"))
}
