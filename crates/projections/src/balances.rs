//! Balances of accounts: the trial balance, and the list that other programs read.

use jejak_domain::books::FundBooks;
use jejak_domain::chart::Account;
use jejak_domain::money::Currency;
use jejak_domain::state::State;
use rust_decimal::Decimal;
use serde::Serialize;

/// One account with its balance: debit above zero, credit below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountBalance {
    /// `<programme>/<year>/<account>`, and `/<party>` where the account is kept by party.
    pub account: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Exact decimal text.
    pub balance: String,
}

/// A count of minor units as exact decimal text with the currency's digits.
pub fn decimal_text(minor: i128, currency: Currency) -> String {
    let digits = u32::from(currency.digits());
    // Sums beyond 28 digits are beyond any budget; they are shown as minor units.
    Decimal::try_from_i128_with_scale(minor, digits)
        .map_or_else(|_| format!("{minor}e-{digits}"), |sum| sum.to_string())
}

/// Every account that is not empty, in order. Accounts kept by party are listed by party, and what belongs to no
/// party without one.
pub fn balances(state: &State) -> Vec<AccountBalance> {
    let mut list = Vec::new();
    for books in state.books.funds() {
        for account in Account::ALL {
            let mut rest = books.balance(*account);
            for (_, party, minor) in books.parties().into_iter().filter(|(of, ..)| of == account) {
                rest -= minor;
                push(&mut list, books, &format!("{account}/{party}"), minor);
            }
            push(&mut list, books, account.as_str(), rest);
        }
    }
    list
}

fn push(list: &mut Vec<AccountBalance>, books: &FundBooks, account: &str, minor: i128) {
    if minor != 0 {
        list.push(AccountBalance {
            account: format!("{}/{}/{account}", books.fund.programme, books.fund.year),
            currency: books.currency.to_string(),
            balance: decimal_text(minor, books.currency),
        });
    }
}

/// One row of the trial balance: an account over all fund years of a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrialRow {
    /// The account.
    pub account: &'static str,
    /// ISO 4217 code.
    pub currency: String,
    /// Debit balance, or zero.
    pub debit: String,
    /// Credit balance, or zero.
    pub credit: String,
}

/// The trial balance: every account with a balance, and the totals last. Debits equal credits.
pub fn trial_balance(state: &State) -> Vec<TrialRow> {
    let funds = state.books.funds();
    let mut currencies: Vec<Currency> = funds.iter().map(|books| books.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut rows = Vec::new();
    for currency in currencies {
        let (mut debits, mut credits) = (0, 0);
        let row = |account, debit: i128, credit: i128| TrialRow {
            account,
            currency: currency.to_string(),
            debit: decimal_text(debit, currency),
            credit: decimal_text(credit, currency),
        };
        for account in Account::ALL {
            let of_currency = funds.iter().filter(|books| books.currency == currency);
            let balance: i128 = of_currency.map(|books| books.balance(*account)).sum();
            debits += balance.max(0);
            credits += (-balance).max(0);
            if balance != 0 {
                rows.push(row(account.as_str(), balance.max(0), (-balance).max(0)));
            }
        }
        rows.push(row("total", debits, credits));
    }
    rows
}
