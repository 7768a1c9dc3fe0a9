//! The books as plain-text accounting has them: accounts below five roots, transactions, balances at each month's end.

use super::ExportError;
use super::reading::Source;
use crate::balances::decimal_text;
use jejak_domain::chart::Account;
use jejak_domain::money::Currency;
use std::collections::{BTreeMap, BTreeSet};

/// Which of the five roots an account stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    Assets,
    Liabilities,
    Equity,
    Income,
    Expenses,
}

impl Root {
    pub(super) fn of(account: Account) -> Self {
        use Account as A;
        match account {
            A::Bank
            | A::ReserveFund
            | A::TreasuryRetur
            | A::PartnerFloat
            | A::Custody
            | A::OverpaymentReceivable
            | A::RecoveryReceivable => Self::Assets,
            A::Unearned
            | A::VoucherBalance
            | A::Due
            | A::PartnerClearing
            | A::ReturnSuspense
            | A::PlatformClearing
            | A::ReturnDue
            | A::UnidentifiedCredits
            | A::UnmatchedReturns
            | A::OverRepaid => Self::Liabilities,
            // Where the money comes from, and what of it is promised.
            A::Treasury | A::CommittedPool => Self::Equity,
            A::RecoveryIncome | A::InterestIncome => Self::Income,
            A::BankCharges | A::OperatingCost | A::RevenueRemitted | A::WrittenOff => Self::Expenses,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Assets => "Assets",
            Self::Liabilities => "Liabilities",
            Self::Equity => "Equity",
            Self::Income => "Income",
            Self::Expenses => "Expenses",
        }
    }
}

/// One account of the books: of a fund year, and of a party where it is kept by party.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) root: Root,
    pub(super) account: String,
    pub(super) programme: String,
    pub(super) year: i64,
    pub(super) party: Option<String>,
    pub(super) currency: String,
}

/// One side.
pub(super) struct Posting {
    pub(super) name: Name,
    /// Debit above zero.
    pub(super) amount: String,
}

/// What one event did.
pub(super) struct Transaction {
    pub(super) position: i64,
    pub(super) effective: String,
    pub(super) known: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) postings: Vec<Posting>,
}

/// The accounts that have postings, each with its first day.
pub(super) fn accounts(source: &Source) -> Result<BTreeMap<Name, String>, ExportError> {
    let mut statement = source.connection().prepare(
        "SELECT account, programme, year, party, currency, min(effective) FROM postings GROUP BY 1, 2, 3, 4, 5",
    )?;
    let mut rows = statement.query(())?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        all.insert(name(row, 0)?, row.get(5)?);
    }
    Ok(all)
}

fn name(row: &rusqlite::Row<'_>, from: usize) -> Result<Name, ExportError> {
    let account: String = row.get(from)?;
    let root = Account::ALL.iter().find(|each| each.as_str() == account).map(|each| Root::of(*each));
    let wrong = || ExportError::Cell { table: "postings", column: "account", found: account.clone() };
    Ok(Name {
        root: root.ok_or_else(wrong)?,
        programme: row.get(from + 1)?,
        year: row.get(from + 2)?,
        party: row.get(from + 3)?,
        currency: row.get(from + 4)?,
        account,
    })
}

/// Hands over every transaction, in the order of positions.
pub(super) fn transactions(
    source: &Source,
    mut take: impl FnMut(&Transaction) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut statement = source.connection().prepare(
        "SELECT account, programme, year, party, currency, debit_minor - credit_minor, position, effective, known, type, \
         subject FROM postings ORDER BY position, line",
    )?;
    let mut rows = statement.query(())?;
    let mut open: Option<Transaction> = None;
    while let Some(row) = rows.next()? {
        let position = row.get(6)?;
        if open.as_ref().is_some_and(|open| open.position != position)
            && let Some(whole) = open.take()
        {
            take(&whole)?;
        }
        let name = name(row, 0)?;
        let amount = text(i128::from(row.get::<_, i64>(5)?), &name.currency);
        let open = match &mut open {
            Some(open) => open,
            none => none.insert(Transaction {
                position,
                effective: row.get(7)?,
                known: row.get(8)?,
                kind: row.get(9)?,
                subject: row.get(10)?,
                postings: Vec::new(),
            }),
        };
        open.postings.push(Posting { name, amount });
    }
    open.as_ref().map_or(Ok(()), take)
}

pub(super) fn text(minor: i128, currency: &str) -> String {
    decimal_text(minor, Currency::new(currency).unwrap_or(Currency::IDR))
}

/// One balance at the end of one month.
pub(super) struct Assertion {
    pub(super) name: Name,
    /// `YYYY-MM`.
    pub(super) month: String,
    pub(super) balance: String,
}

/// The balance of each account at the end of each month in which anything moved, from its first one on.
pub(super) fn assertions(source: &Source) -> Result<Vec<Assertion>, ExportError> {
    let mut statement = source.connection().prepare(
        "SELECT account, programme, year, party, currency, substr(effective, 1, 7), sum(debit_minor - credit_minor) \
         FROM postings GROUP BY 1, 2, 3, 4, 5, 6",
    )?;
    let mut rows = statement.query(())?;
    let (mut changes, mut months) = (BTreeMap::<Name, BTreeMap<String, i64>>::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let month: String = row.get(5)?;
        months.insert(month.clone());
        changes.entry(name(row, 0)?).or_default().insert(month, row.get(6)?);
    }
    let mut all = Vec::new();
    for (name, changes) in changes {
        let (mut balance, mut begun) = (0_i128, false);
        for month in &months {
            let change = changes.get(month);
            begun |= change.is_some();
            balance += i128::from(change.copied().unwrap_or_default());
            if begun {
                let balance = text(balance, &name.currency);
                all.push(Assertion { name: name.clone(), month: month.clone(), balance });
            }
        }
    }
    Ok(all)
}

/// Currencies in use.
pub(super) fn currencies<'a>(accounts: impl Iterator<Item = &'a Name>) -> BTreeSet<&'a str> {
    accounts.map(|name| name.currency.as_str()).collect()
}
