//! The card's money: where every rupiah of an allocation is.

use super::{Decrees, Entitlement, Instalment, Purchase};
use crate::chart::Account;
use crate::entry::{Entry, Movement};
use crate::fund::Funds;
use crate::ids::{BenefitCode, PurchaseCode};
use crate::money::{Currency, Money};
use crate::participant::Person;
use crate::programme::{Cash, Programme, Terms};
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Day;

/// Where the money of one entitlement is, in minor units.
///
/// At every position: allocated = unearned + voucher + spent + due + instructed + suspense + paid + released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardMoney {
    /// Granted by decree.
    pub allocated: i64,
    /// Not yet earned.
    pub unearned: i64,
    /// Training balance.
    pub voucher: i64,
    /// Spent on courses, net of what was restored.
    pub spent: i64,
    /// Earned and not instructed.
    pub due: i64,
    /// Instructed and not answered.
    pub instructed: i64,
    /// Failed or returned.
    pub suspense: i64,
    /// Paid, net of what was returned.
    pub paid: i64,
    /// Released to the pool by revocation or lapse.
    pub released: i64,
}

impl CardMoney {
    /// True when every unit of the allocation is somewhere.
    pub fn is_whole(&self) -> bool {
        let parts = [
            self.unearned,
            self.voucher,
            self.spent,
            self.due,
            self.instructed,
            self.suspense,
            self.paid,
            self.released,
        ];
        i128::from(self.allocated) == parts.into_iter().map(i128::from).sum::<i128>()
    }

    /// What has not moved: it goes back to the pool when the entitlement is revoked.
    pub fn unmoved(&self) -> i64 {
        self.unearned.saturating_add(self.voucher).saturating_add(self.due).saturating_add(self.suspense)
    }

    /// What is owed or may still be earned: neither paid, spent nor released.
    pub fn undelivered(&self) -> i64 {
        self.unmoved().saturating_add(self.instructed)
    }

    pub(crate) fn apply(&mut self, entry: &Entry) {
        for movement in entry.movements() {
            self.moved(movement);
        }
    }

    /// Balances follow the books; the four that only ever run up are told by the other side of the movement.
    fn moved(&mut self, movement: &Movement) {
        let Movement { debit, credit, minor } = *movement;
        if let Some(balance) = self.balance_mut(debit) {
            *balance = balance.saturating_sub(minor);
        }
        if let Some(balance) = self.balance_mut(credit) {
            *balance = balance.saturating_add(minor);
        }
        // Money that came back before its payment was known stands outside until both are matched.
        let outside = |account| {
            matches!(
                account,
                Account::Bank | Account::PartnerFloat | Account::Custody | Account::UnmatchedReturns
            )
        };
        match (debit, credit) {
            (Account::CommittedPool, to) if to.is_of_card() => {
                // A reinstatement takes back what a revocation released before it can add to the allocation.
                let again = minor.min(self.released);
                self.released = self.released.saturating_sub(again);
                self.allocated = self.allocated.saturating_add(minor.saturating_sub(again));
            }
            (from, Account::CommittedPool) if from.is_of_card() => {
                self.released = self.released.saturating_add(minor);
            }
            (Account::VoucherBalance, Account::PlatformClearing) => {
                self.spent = self.spent.saturating_add(minor);
            }
            (Account::PlatformClearing, Account::VoucherBalance) => {
                self.spent = self.spent.saturating_sub(minor);
            }
            // A course that was never finished.
            (Account::PlatformClearing, Account::CommittedPool) => {
                self.spent = self.spent.saturating_sub(minor);
                self.released = self.released.saturating_add(minor);
            }
            (from, to) if from.is_of_card() && outside(to) => self.paid = self.paid.saturating_add(minor),
            (to, from) if outside(to) && from.is_of_card() => {
                self.paid = self.paid.saturating_sub(minor);
                if from == Account::CommittedPool {
                    self.released = self.released.saturating_add(minor);
                }
            }
            _ => {}
        }
    }

    fn balance_mut(&mut self, account: Account) -> Option<&mut i64> {
        match account {
            Account::Unearned => Some(&mut self.unearned),
            Account::VoucherBalance => Some(&mut self.voucher),
            Account::Due => Some(&mut self.due),
            Account::PartnerClearing => Some(&mut self.instructed),
            Account::ReturnSuspense => Some(&mut self.suspense),
            _ => None,
        }
    }
}

/// The money of a card in half the room: amounts of other cards than the widest fit in 32 bits, and the others are
/// kept whole beside them.
#[derive(Clone, Debug)]
pub(crate) enum PackedMoney {
    Narrow([u32; 9]),
    Wide(Box<CardMoney>),
}

impl Default for PackedMoney {
    fn default() -> Self {
        Self::Narrow([0; 9])
    }
}

impl PackedMoney {
    pub(crate) fn pack(money: &CardMoney) -> Self {
        let CardMoney { allocated, unearned, voucher, spent, due, instructed, suspense, paid, released } =
            *money;
        let all = [allocated, unearned, voucher, spent, due, instructed, suspense, paid, released];
        let mut narrow = [0; 9];
        for (to, from) in narrow.iter_mut().zip(all) {
            let Ok(amount) = u32::try_from(from) else { return Self::Wide(Box::new(*money)) };
            *to = amount;
        }
        Self::Narrow(narrow)
    }

    pub(crate) fn unpack(&self) -> CardMoney {
        match self {
            Self::Wide(money) => **money,
            Self::Narrow(narrow) => {
                let [allocated, unearned, voucher, spent, due, instructed, suspense, paid, released] =
                    narrow.map(i64::from);
                CardMoney { allocated, unearned, voucher, spent, due, instructed, suspense, paid, released }
            }
        }
    }
}

/// An entitlement with all that is needed to judge it.
#[derive(Clone, Copy)]
pub struct Card<'a> {
    /// Whose it is.
    pub person: &'a Person,
    /// What was granted.
    pub entitlement: &'a Entitlement,
    /// Under which programme.
    pub programme: &'a Programme,
    pub(crate) decrees: &'a Decrees,
    pub(crate) funds: &'a Funds,
}

impl<'a> Card<'a> {
    /// The terms bound at decree.
    pub fn terms(&self) -> Option<&'a Terms> {
        self.programme.terms(usize::from(self.entitlement.terms))
    }

    /// The currency of the programme.
    pub fn currency(&self) -> Currency {
        self.programme.currency()
    }

    /// An amount in the programme's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::of_minor(minor, self.currency())
    }

    /// True once the decree is whole.
    pub fn decree_is_closed(&self) -> bool {
        self.decrees.is_closed(self.entitlement.decree)
    }

    /// A purchase by its code.
    pub fn purchase(&self, code: PurchaseCode) -> Option<Purchase> {
        self.entitlement.purchase(code)
    }

    /// A money benefit of the terms, with its number.
    pub fn cash(&self, benefit: BenefitCode) -> Option<(u8, &'a Cash)> {
        let found = self.terms()?.cash.iter().zip(0..).find(|(cash, _)| cash.benefit == benefit);
        found.map(|(cash, number)| (number, cash))
    }

    /// The amount of one instalment of a benefit.
    pub fn instalment_minor(&self, cash: &Cash) -> i64 {
        // Definitions are checked before they are published.
        Money::parse(&cash.amount, self.currency()).map_or(0, Money::minor)
    }

    /// An instalment that was scheduled.
    pub fn instalment(&self, benefit: BenefitCode, number: u8) -> Option<Instalment> {
        let (benefit, _) = self.cash(benefit)?;
        self.entitlement.instalment(benefit, number)
    }

    /// Last day of the first purchase, where there is a term.
    pub fn first_purchase_until(&self) -> Option<Day> {
        let days = self.terms()?.training.as_ref()?.first_purchase_days?;
        Some(self.entitlement.clock.plus(i32::from(days)))
    }

    /// A refusal under the terms of this card.
    pub fn refuse(&self, code: RefusalCode, sentence: String) -> Refusal {
        let refusal = Refusal::new(code, sentence);
        match self.terms() {
            Some(terms) => refusal.under(self.programme.code, &terms.version),
            None => refusal,
        }
    }

    /// What the fund year of this card may still commit.
    pub fn fund_is_known(&self) -> bool {
        self.funds.get(self.programme.code, self.entitlement.decreed_on.year()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amounts() -> impl Strategy<Value = i64> {
        prop_oneof![Just(0), 0..=i64::from(u32::MAX), any::<i64>(), Just(i64::from(u32::MAX) + 1), Just(-1)]
    }

    proptest! {
        #[test]
        fn packed_money_comes_out_whole(all in proptest::array::uniform9(amounts())) {
            let [allocated, unearned, voucher, spent, due, instructed, suspense, paid, released] = all;
            let money =
                CardMoney { allocated, unearned, voucher, spent, due, instructed, suspense, paid, released };
            prop_assert_eq!(PackedMoney::pack(&money).unpack(), money);
        }
    }
}
