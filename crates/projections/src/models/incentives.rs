//! `incentives`: each instalment of money that somebody has earned.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::entitlement::Card;
use jejak_domain::ids::BenefitCode;
use jejak_domain::money::Money;
use jejak_domain::{custody, instalment, payout};

/// The model.
pub(super) struct Incentives;

static TABLE: Table = Table {
    name: "incentives",
    version: 1,
    about: "One instalment of one benefit.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("benefit", Kind::Code, "The benefit"),
        column("number", Kind::Count, "Number of the instalment, from 1"),
        column("batch", Kind::Count, "Number of the person's batch"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("amount_minor", Kind::Minor, "What was earned"),
        column("scheduled_on", Kind::Day, "When it was earned"),
        column("pay_on", Kind::Day, "From when it can be paid, after what has put it off"),
        column("phase", Kind::Code, "due, held, instructed, failed, returned, paid or lapsed"),
        column("attempts", Kind::Count, "Instructions so far"),
        column("paid_on", Kind::Day, "When it arrived, the last time"),
        column("held_reason", Kind::Code, "Why it is held"),
    ],
    key: 4,
    log: false,
    indexes: &[],
};

impl Model for Incentives {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Some((benefit, number)) = instalment_of(&step.event.payload) else { return };
        let Some(card) = step.state.card_of(step.event) else { return };
        let key =
            || [card.person.id.into(), card.programme.code.into(), benefit.into(), Value::number(number)];
        let day = || Value::Day(step.event.time.day());
        match &step.event.payload {
            Payload::Instalment(instalment::Event::Scheduled(it)) => {
                rows.set(key(), earned(&card, it.amount, day()));
            }
            Payload::Instalment(instalment::Event::Held(it)) => rows.set(key(), [(12, it.reason.into())]),
            Payload::Instalment(instalment::Event::Released(_)) => rows.set(key(), [(12, Value::Null)]),
            Payload::Payout(payout::Event::Settled(_)) => rows.set(key(), [(11, day())]),
            // Cash is earned when it is handed over.
            Payload::Custody(custody::Event::HandedOver(it)) => {
                rows.set(key(), earned(&card, it.amount, day()));
                rows.set(key(), [(11, day())]);
            }
            _ => {}
        }
        if let Some(instalment) = card.instalment(benefit, number) {
            let cells = [
                (8, instalment.pay_on.into()),
                (9, instalment.phase.as_str().into()),
                (10, Value::number(instalment.attempts)),
            ];
            rows.set(key(), cells);
        }
    }
}

fn earned(card: &Card<'_>, amount: Money, day: Value) -> [(usize, Value); 4] {
    [
        (4, Value::number(card.entitlement.batch)),
        (5, amount.currency().into()),
        (6, amount.minor().into()),
        (7, day),
    ]
}

fn instalment_of(payload: &Payload) -> Option<(BenefitCode, u8)> {
    Some(match payload {
        Payload::Instalment(event) => match event {
            instalment::Event::Scheduled(it) => (it.benefit, it.number),
            instalment::Event::Held(it) => (it.benefit, it.number),
            instalment::Event::Released(it) => (it.benefit, it.number),
            instalment::Event::Lapsed(it) => (it.benefit, it.number),
            instalment::Event::SurveyOpened(_) | instalment::Event::SurveySubmitted(_) => return None,
        },
        Payload::Payout(event) => match event {
            payout::Event::Instructed(it) => (it.benefit, it.number),
            payout::Event::Settled(it) => (it.benefit, it.number),
            payout::Event::Failed(it) => (it.benefit, it.number),
            payout::Event::Returned(it) => (it.benefit, it.number),
            payout::Event::Retried(it) => (it.benefit, it.number),
        },
        Payload::Custody(custody::Event::HandedOver(it)) => (it.benefit, it.number),
        _ => return None,
    })
}
