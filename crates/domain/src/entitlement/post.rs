//! What decrees and their ends do to the books.

use super::{Event, Status};
use crate::chart::Account;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::state::State;

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let card = state.card_of(line);
    match event {
        // A person is granted a programme once: a second decree is a finding, not money.
        Event::Decreed(_) if card.is_some() => None,
        Event::Decreed(decreed) => {
            let (mut fund, currency) = state.fund_of(line)?;
            let decree = state.decrees.get(fund.programme, decreed.decree);
            let date = decree.map_or(line.time.day(), |decree| decree.date);
            if card.is_none() {
                fund.year = date.year();
            }
            // Without a definition there is no currency in which anything could be granted.
            let programme = state.programmes.get(fund.programme).filter(|each| each.definition.is_some())?;
            let terms = programme.terms_for(decreed.batch, date).and_then(|number| {
                programme.terms(number)?.training.as_ref().map(|training| training.benefit)
            });
            let entry = Entry::new(fund, currency, None);
            let granted = decreed
                .benefits
                .iter()
                .filter(|granted| granted.amount.currency() == currency && granted.amount.is_positive());
            Some(granted.fold(entry, |entry, granted| {
                let voucher = terms == Some(granted.benefit);
                let account = if voucher { Account::VoucherBalance } else { Account::Unearned };
                entry.moving(Account::CommittedPool, account, granted.amount.minor())
            }))
        }
        Event::Revoked(_) => {
            let (fund, currency) = state.fund_of(line)?;
            let money = card?.entitlement.card();
            let entry = Entry::new(fund, currency, None)
                .moving(Account::VoucherBalance, Account::CommittedPool, money.voucher)
                .moving(Account::Unearned, Account::CommittedPool, money.unearned)
                .moving(Account::Due, Account::CommittedPool, money.due)
                .moving(Account::ReturnSuspense, Account::CommittedPool, money.suspense);
            Some(entry)
        }
        Event::Reinstated(_) => {
            // What was released comes back: the balance, what was earned and not paid as due, and the rest unearned.
            let (fund, currency) = state.fund_of(line)?;
            let entitlement = card?.entitlement;
            let revocation = entitlement.revocation().filter(|_| entitlement.status == Status::Revoked)?;
            let taken = entitlement.taken().iter().fold(0_i64, |sum, each| sum.saturating_add(each.minor));
            let due = taken.min(revocation.other);
            let entry = Entry::new(fund, currency, None)
                .moving(Account::CommittedPool, Account::VoucherBalance, revocation.voucher)
                .moving(Account::CommittedPool, Account::Due, due)
                .moving(Account::CommittedPool, Account::Unearned, revocation.other.saturating_sub(due));
            Some(entry)
        }
        Event::Closed(_) => {
            let (fund, currency) = state.fund_of(line)?;
            let money = card?.entitlement.card();
            let entry = Entry::new(fund, currency, None)
                .moving(Account::Unearned, Account::CommittedPool, money.unearned)
                .moving(Account::VoucherBalance, Account::CommittedPool, money.voucher);
            Some(entry)
        }
        Event::DecreeOpened(_)
        | Event::DecreeClosed(_)
        | Event::ReinstatementProposed(_)
        | Event::CloseProposed(_) => None,
    }
}
