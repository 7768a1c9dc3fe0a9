//! `loans`: alumni on their way to people's business credit (KUR).

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::loan::Event;

/// The model.
pub(super) struct Loans;

static TABLE: Table = Table {
    name: "loans",
    version: 1,
    about: "One person's way to a loan, with the last day of each step.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("listed_on", Kind::Day, "Put on the list for the banks"),
        column("offered_on", Kind::Day, "Offered by a bank"),
        column("applied_on", Kind::Day, "Applied for"),
        column("refused_on", Kind::Day, "Refused"),
        column("refusal", Kind::Code, "Why it was refused"),
        column("approved_on", Kind::Day, "Approved"),
        column("disbursed_on", Kind::Day, "Paid out"),
        column("bank", Kind::Code, "The bank"),
        column("loan", Kind::Text, "Number of the loan"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("disbursed_minor", Kind::Minor, "What was paid out"),
        column("repaid_on", Kind::Day, "The last repayment"),
        column("arrears_on", Kind::Day, "When it was last in arrears"),
        column("arrears_days", Kind::Count, "Days of arrears then"),
        column("arrears_minor", Kind::Minor, "Arrears then"),
    ],
    key: 1,
    log: false,
    indexes: &[],
};

impl Model for Loans {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Payload::Loan(event) = &step.event.payload else { return };
        let key = [Value::subject(step.event.subject)];
        let day = Value::Day(step.event.time.day());
        match event {
            Event::Listed(_) => rows.set(key, [(1, day)]),
            Event::Offered(it) => rows.set(key, [(2, day), (8, it.bank.into())]),
            Event::Applied(it) => rows.set(key, [(3, day), (8, it.bank.into())]),
            Event::Refused(it) => rows.set(key, [(4, day), (5, it.reason.into()), (8, it.bank.into())]),
            Event::Approved(it) => rows.set(key, [(6, day), (8, it.bank.into()), (9, it.loan.into())]),
            Event::Disbursed(it) => {
                let (currency, minor) = (it.amount.currency().into(), it.amount.minor().into());
                rows.set(key, [(7, day), (9, it.loan.into()), (10, currency), (11, minor)]);
            }
            Event::Repaid(_) => rows.set(key, [(12, day)]),
            Event::InArrears(it) => {
                let minor = it.amount.minor().into();
                rows.set(key, [(13, day), (14, Value::number(it.days)), (15, minor)]);
            }
            // The state's part of the interest is no step of the person's.
            Event::SubsidyClaimed(_) => {}
        }
    }
}
