//! What decrees and their ends do to the books.

use super::Event;
use crate::chart::Account;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::state::State;

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let card = state.card_of(line);
    match event {
        Event::Decreed(decreed) => {
            let (mut fund, currency) = state.fund_of(line)?;
            let decree = state.decrees.get(fund.programme, decreed.decree);
            let date = decree.map_or(line.time.day(), |decree| decree.date);
            fund.year = date.year();
            let terms = state.programmes.get(fund.programme).and_then(|programme| {
                let number = programme.terms_for(decreed.batch, date)?;
                programme.terms(number)?.training.as_ref().map(|training| training.benefit)
            });
            let entry = Entry::new(fund, currency, None);
            Some(decreed.benefits.iter().fold(entry, |entry, granted| {
                let voucher = terms == Some(granted.benefit);
                let account = if voucher { Account::VoucherBalance } else { Account::Unearned };
                entry.moving(Account::CommittedPool, account, granted.amount.minor())
            }))
        }
        Event::Revoked(_) => {
            let (fund, currency) = state.fund_of(line)?;
            let money = card?.entitlement.card;
            let entry = Entry::new(fund, currency, None)
                .moving(Account::VoucherBalance, Account::CommittedPool, money.voucher)
                .moving(Account::Unearned, Account::CommittedPool, money.unearned)
                .moving(Account::Due, Account::CommittedPool, money.due)
                .moving(Account::ReturnSuspense, Account::CommittedPool, money.suspense);
            Some(entry)
        }
        Event::Reinstated(_) => {
            // What was released comes back to where a fresh card has it: the balance that was not spent, the rest
            // unearned. Instalments that were due are earned again by the same steps.
            let (fund, currency) = state.fund_of(line)?;
            let card = card?;
            let money = card.entitlement.card;
            let training = card.terms().and_then(|terms| terms.training.as_ref());
            let granted =
                training.and_then(|training| crate::money::Money::parse(&training.amount, currency).ok());
            let voucher = granted
                .map_or(0, |granted| granted.minor().saturating_sub(money.spent).clamp(0, money.released));
            let entry = Entry::new(fund, currency, None)
                .moving(Account::CommittedPool, Account::VoucherBalance, voucher)
                .moving(Account::CommittedPool, Account::Unearned, money.released.saturating_sub(voucher));
            Some(entry)
        }
        Event::Closed(_) => {
            let (fund, currency) = state.fund_of(line)?;
            let money = card?.entitlement.card;
            let entry = Entry::new(fund, currency, None)
                .moving(Account::Unearned, Account::CommittedPool, money.unearned)
                .moving(Account::VoucherBalance, Account::CommittedPool, money.voucher);
            Some(entry)
        }
        Event::DecreeOpened(_) | Event::DecreeClosed(_) => None,
    }
}
