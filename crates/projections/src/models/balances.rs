//! `balances`: every account at every 16,384th position, so that a balance at any position is near.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::books::FundBooks;
use jejak_domain::chart::Account;
use jejak_domain::ids::PartyCode;

/// The model.
pub(super) struct Balances;

/// Positions from one keeping of balances to the next.
pub const EVERY: u64 = 16_384;

static TABLE: Table = Table {
    name: "balances",
    version: 2,
    about: "The balance of one account after so many lines. Accounts kept by party have a row for each party.",
    columns: &[
        column("position", Kind::Position, "Lines that are counted: a multiple of 16,384"),
        column("programme", Kind::Code, "The programme"),
        column("year", Kind::Count, "The fund year"),
        column("account", Kind::Code, "The account of the chart"),
        column("party", Kind::Code, "Platform, partner or unit; empty where there is none"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("balance_minor", Kind::Minor, "Debits less credits"),
    ],
    key: 6,
    log: false,
    indexes: &[],
};

impl Model for Balances {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let lines = step.position + 1;
        if !lines.is_multiple_of(EVERY) {
            return;
        }
        for books in step.state.books.funds() {
            for (account, party, minor) in of(books) {
                rows.put([
                    Value::number(lines),
                    books.fund.programme.into(),
                    Value::number(books.fund.year),
                    account.as_str().into(),
                    party.map_or(Value::Word(""), Value::from),
                    books.currency.into(),
                    Value::number(minor),
                ]);
            }
        }
    }
}

/// The accounts of a fund year that are not empty, those kept by party by party.
pub fn of(books: &FundBooks) -> Vec<(Account, Option<PartyCode>, i128)> {
    let parties = books.parties();
    let mut all = Vec::new();
    for account in Account::ALL {
        let mut rest = books.balance(*account);
        for (_, party, minor) in parties.iter().filter(|(of, ..)| of == account) {
            rest -= minor;
            all.push((*account, Some(*party), *minor));
        }
        all.push((*account, None, rest));
    }
    all.retain(|(_, _, minor)| *minor != 0);
    all
}
