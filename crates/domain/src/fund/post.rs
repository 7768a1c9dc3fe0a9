//! What treasury and bank do to the books.

use super::Event;
use crate::chart::Account::{
    Bank, BankCharges, InterestIncome, OperatingCost, PartnerFloat, ReturnDue, RevenueRemitted, Treasury,
    UnidentifiedCredits,
};
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::state::State;

/// The entry of an event, if it moves money. Budgets and documents are commitments, not money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, currency) = state.fund_of(line)?;
    let entry = Entry::new(fund, currency, None);
    let of = |party| Entry::new(fund, currency, Some(party));
    Some(match event {
        Event::Disbursed(paid) => entry.moving(Bank, Treasury, paid.amount.minor()),
        Event::PartnerFunded(funded) => of(funded.partner).moving(PartnerFloat, Bank, funded.amount.minor()),
        Event::PartnerDefunded(back) => of(back.partner).moving(Bank, PartnerFloat, back.amount.minor()),
        Event::InterestCredited(interest) => entry.moving(Bank, InterestIncome, interest.amount.minor()),
        Event::BankCharged(charged) => entry.moving(BankCharges, Bank, charged.amount.minor()),
        Event::UnidentifiedCredited(credit) => entry.moving(Bank, UnidentifiedCredits, credit.amount.minor()),
        Event::RevenueRemitted(remitted) => entry.moving(RevenueRemitted, Bank, remitted.amount.minor()),
        Event::OperatingCostPaid(cost) => entry.moving(OperatingCost, Bank, cost.amount.minor()),
        Event::ReturnOrdered(ordered) => entry.moving(Treasury, ReturnDue, ordered.amount.minor()),
        Event::Returned(returned) => entry.moving(ReturnDue, Bank, returned.amount.minor()),
        Event::Appropriated(_)
        | Event::Revised(_)
        | Event::Requested(_)
        | Event::Ordered(_)
        | Event::QuotaRecovered(_)
        | Event::YearClosed(_) => return None,
    })
}
