//! `postings`: what each event did to the books, a row for each side of each movement.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::chart::Account;
use jejak_domain::entry::Entry;

/// The model.
pub(super) struct Postings;

static TABLE: Table = Table {
    name: "postings",
    version: 1,
    about: "One side of one movement of the books; the debits of each position equal its credits.",
    columns: &[
        column("position", Kind::Position, "The event that moved it"),
        column("line", Kind::Count, "Number within the event, from 1"),
        column("effective", Kind::Day, "When it took effect"),
        column("known", Kind::Time, "When it was recorded"),
        column("programme", Kind::Code, "The programme whose money it is"),
        column("year", Kind::Count, "The fund year whose money it is"),
        column("subject", Kind::Text, "Whom or what the event is about"),
        column("type", Kind::Code, "The event's type"),
        column("account", Kind::Code, "The account of the chart"),
        column("party", Kind::Code, "Platform, partner or unit, where the account is kept by party"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("debit_minor", Kind::Minor, "Debited, 0 on the other side"),
        column("credit_minor", Kind::Minor, "Credited, 0 on the other side"),
    ],
    key: 2,
    log: true,
    indexes: &["subject"],
};

impl Model for Postings {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Some(entry) = step.entry else { return };
        let mut line = 0;
        for movement in entry.movements() {
            for (account, debit, credit) in
                [(movement.debit, movement.minor, 0), (movement.credit, 0, movement.minor)]
            {
                line += 1;
                rows.put(row(step, entry, line, account, (debit, credit)));
            }
        }
    }
}

fn row(
    step: Step<'_>,
    entry: &Entry,
    line: i64,
    account: Account,
    (debit, credit): (i64, i64),
) -> [Value; 13] {
    [
        Value::number(step.position),
        line.into(),
        step.event.time.day().into(),
        step.event.recorded.into(),
        entry.fund.programme.into(),
        Value::number(entry.fund.year),
        Value::subject(step.event.subject),
        step.event.payload.name().into(),
        account.as_str().into(),
        entry.party_of(account).filter(|_| account.is_of_party()).into(),
        entry.currency.into(),
        debit.into(),
        credit.into(),
    ]
}
