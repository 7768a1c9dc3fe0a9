//! `payouts`: each attempt to bring money to a person, and what became of it.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::BenefitCode;
use jejak_domain::money::Money;
use jejak_domain::payout::Event;

/// The model.
pub(super) struct Payouts;

static TABLE: Table = Table {
    name: "payouts",
    version: 1,
    about: "One attempt to pay one instalment. Cash by hand is in the postings and in incentives.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("benefit", Kind::Code, "The benefit"),
        column("number", Kind::Count, "Number of the instalment, from 1"),
        column("attempt", Kind::Count, "Number of the attempt, from 1"),
        column("status", Kind::Code, "instructed, settled, failed or returned: the last word on it"),
        column("partner", Kind::Code, "The payment partner"),
        column("channel", Kind::Code, "bank, wallet or cash; known once it settled or came back"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("amount_minor", Kind::Minor, "What was instructed"),
        column("instructed_at", Kind::Time, "When it was instructed; empty where that is not in the ledger"),
        column("settled_at", Kind::Time, "When it arrived"),
        column("settled_minor", Kind::Minor, "What arrived"),
        column("reference", Kind::Text, "The partner's reference"),
        column("failed_at", Kind::Time, "When it failed"),
        column("failure", Kind::Code, "Why it failed"),
        column("returned_at", Kind::Time, "When it came back"),
        column("returned_minor", Kind::Minor, "What came back"),
        column("return_reason", Kind::Code, "Why it came back"),
    ],
    key: 5,
    log: false,
    indexes: &[],
};

impl Model for Payouts {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Payout(event), Some(programme)) = (&step.event.payload, step.event.programme) else {
            return;
        };
        let key = |benefit: BenefitCode, number: u8, attempt: u8| {
            let (number, attempt) = (Value::number(number), Value::number(attempt));
            [Value::subject(step.event.subject), programme.into(), benefit.into(), number, attempt]
        };
        let at = || Value::Time(step.event.time);
        let currency = |amount: Money| (8, Value::from(amount.currency()));
        match event {
            Event::Instructed(it) => {
                let cells = [
                    (5, "instructed".into()),
                    (6, it.partner.into()),
                    currency(it.amount),
                    (9, it.amount.minor().into()),
                    (10, at()),
                ];
                rows.set(key(it.benefit, it.number, it.attempt), cells);
            }
            Event::Settled(it) => {
                let cells = [
                    (5, "settled".into()),
                    (6, it.partner.into()),
                    (7, it.channel.as_str().into()),
                    currency(it.amount),
                    (11, at()),
                    (12, it.amount.minor().into()),
                    (13, it.reference.into()),
                ];
                rows.set(key(it.benefit, it.number, it.attempt), cells);
            }
            Event::Failed(it) => {
                let cells =
                    [(5, "failed".into()), (6, it.partner.into()), (14, at()), (15, it.reason.into())];
                rows.set(key(it.benefit, it.number, it.attempt), cells);
            }
            Event::Returned(it) => {
                let cells = [
                    (5, "returned".into()),
                    (6, it.partner.into()),
                    (7, it.channel.as_str().into()),
                    currency(it.amount),
                    (16, at()),
                    (17, it.amount.minor().into()),
                    (18, it.reason.into()),
                ];
                rows.set(key(it.benefit, it.number, it.attempt), cells);
            }
            // The next attempt says when it is made.
            Event::Retried(_) => {}
        }
    }
}
