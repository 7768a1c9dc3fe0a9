//! The books: a balance for every account of every fund year, and for every party where an account has parties.

use crate::chart::Account;
use crate::entry::{Entry, FundYear};
use crate::ids::PartyCode;
use crate::money::Currency;
use std::collections::HashMap;

/// Balances of one fund year in one currency, in minor units; debit above zero, credit below.
#[derive(Clone, Debug)]
pub struct FundBooks {
    /// The fund year.
    pub fund: FundYear,
    /// The currency.
    pub currency: Currency,
    balances: [i128; Account::COUNT],
    parties: HashMap<(Account, PartyCode), i128>,
}

impl FundBooks {
    fn new(fund: FundYear, currency: Currency) -> Self {
        Self { fund, currency, balances: [0; Account::COUNT], parties: HashMap::new() }
    }

    /// Balance of an account: debit above zero, credit below.
    pub fn balance(&self, account: Account) -> i128 {
        self.balances.get(account.index()).copied().unwrap_or_default()
    }

    /// Balance of an account with one party.
    pub fn party(&self, account: Account, party: PartyCode) -> i128 {
        self.parties.get(&(account, party)).copied().unwrap_or_default()
    }

    /// On hand, less what persons, platforms and the treasury are still to get, in minor units.
    pub fn spare(&self) -> i128 {
        use Account::{
            Bank, Custody, Due, PartnerClearing, PartnerFloat, PlatformClearing, ReturnDue, ReturnSuspense,
            Unearned, VoucherBalance,
        };
        let on_hand = [Bank, PartnerFloat, Custody];
        // Credits are below zero.
        let promised =
            [Unearned, VoucherBalance, Due, PartnerClearing, ReturnSuspense, PlatformClearing, ReturnDue];
        on_hand.into_iter().chain(promised).map(|account| self.balance(account)).sum()
    }

    /// Balances by party, in order.
    pub fn parties(&self) -> Vec<(Account, PartyCode, i128)> {
        let mut all: Vec<_> =
            self.parties.iter().map(|((account, party), minor)| (*account, *party, *minor)).collect();
        all.sort_unstable_by_key(|(account, party, _)| (*account, *party));
        all
    }

    fn add(&mut self, account: Account, party: Option<PartyCode>, minor: i128) {
        if let Some(balance) = self.balances.get_mut(account.index()) {
            *balance += minor;
        }
        if let Some(party) = party.filter(|_| account.is_of_party()) {
            *self.parties.entry((account, party)).or_default() += minor;
        }
    }
}

/// The books of all fund years.
#[derive(Clone, Debug, Default)]
pub struct Books {
    funds: Vec<FundBooks>,
}

impl Books {
    /// Adds an entry.
    pub fn add(&mut self, entry: &Entry) {
        let at = self.place(entry.fund, entry.currency);
        let Some(fund) = self.funds.get_mut(at) else { return };
        for movement in entry.movements() {
            // The sum of 2^63 amounts of 17 digits fits in 128 bits.
            fund.add(movement.debit, entry.party_of(movement.debit), i128::from(movement.minor));
            fund.add(movement.credit, entry.party_of(movement.credit), -i128::from(movement.minor));
        }
    }

    fn place(&mut self, fund: FundYear, currency: Currency) -> usize {
        let found = self.funds.iter().position(|each| each.fund == fund && each.currency == currency);
        found.unwrap_or_else(|| {
            self.funds.push(FundBooks::new(fund, currency));
            self.funds.len() - 1
        })
    }

    /// The books of one fund year in one currency.
    pub fn fund(&self, fund: FundYear, currency: Currency) -> Option<&FundBooks> {
        self.funds.iter().find(|each| each.fund == fund && each.currency == currency)
    }

    /// Every fund year, by programme and year.
    pub fn funds(&self) -> Vec<&FundBooks> {
        let mut all: Vec<_> = self.funds.iter().collect();
        all.sort_unstable_by_key(|each| (each.fund, each.currency));
        all
    }
}
