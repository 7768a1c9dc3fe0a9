//! What treasury and bank do to the books.

use super::Event;
use crate::chart::Account::{
    Bank, BankCharges, InterestIncome, OperatingCost, PartnerFloat, ReserveFund, ReturnDue, RevenueRemitted,
    Treasury, TreasuryRetur, UnidentifiedCredits,
};
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::money::Money;
use crate::state::State;

/// The entry of an event, if it moves money. Budgets and documents are commitments, not money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, _) = state.fund_of(line)?;
    let moving = |debit, credit, amount: Money, party| {
        Entry::new(fund, amount.currency(), party).moving(debit, credit, amount.minor())
    };
    Some(match event {
        Event::Disbursed(paid) => moving(Bank, Treasury, paid.amount, None),
        Event::PartnerFunded(funded) => moving(PartnerFloat, Bank, funded.amount, Some(funded.partner)),
        Event::PartnerDefunded(back) => moving(Bank, PartnerFloat, back.amount, Some(back.partner)),
        Event::InterestCredited(interest) => moving(Bank, InterestIncome, interest.amount, None),
        Event::BankCharged(charged) => moving(BankCharges, Bank, charged.amount, None),
        Event::UnidentifiedCredited(credit) => moving(Bank, UnidentifiedCredits, credit.amount, None),
        Event::RevenueRemitted(remitted) => moving(RevenueRemitted, Bank, remitted.amount, None),
        Event::OperatingCostPaid(cost) => moving(OperatingCost, Bank, cost.amount, None),
        Event::ReturnOrdered(ordered) => moving(Treasury, ReturnDue, ordered.amount, None),
        Event::Returned(returned) => moving(ReturnDue, Bank, returned.amount, None),
        Event::DisbursementBounced(back) => moving(TreasuryRetur, Bank, back.amount, None),
        Event::DisbursementReissued(again) => moving(Bank, TreasuryRetur, again.amount, None),
        Event::Reserved(reserved) => moving(ReserveFund, Bank, reserved.amount, None),
        Event::ReserveDrawn(drawn) => moving(Bank, ReserveFund, drawn.amount, None),
        Event::Appropriated(_)
        | Event::CorrectionSent(_)
        | Event::Revised(_)
        | Event::Requested(_)
        | Event::Ordered(_)
        | Event::QuotaRecovered(_)
        | Event::YearClosed(_) => return None,
    })
}
