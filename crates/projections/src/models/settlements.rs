//! `settlements`: what platforms were paid and paid back, purchase by purchase.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::voucher::Event;

/// The model.
pub(super) struct Settlements;

static TABLE: Table = Table {
    name: "settlements",
    version: 1,
    about: "One payment to a platform, or back from it. The provider's share is the amount less the commission.",
    columns: &[
        column("position", Kind::Position, "The event"),
        column("paid_on", Kind::Day, "When the money went"),
        column("kind", Kind::Code, "paid or refunded"),
        column("programme", Kind::Code, "The programme"),
        column("platform", Kind::Code, "The platform"),
        column("provider", Kind::Code, "The training provider"),
        column("course", Kind::Code, "The course"),
        column("subject", Kind::Text, "The person"),
        column("purchase", Kind::Text, "The purchase"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("amount_minor", Kind::Minor, "What was paid or paid back"),
        column("commission_minor", Kind::Minor, "The platform's commission within it"),
        column("reference", Kind::Text, "The bank's reference"),
    ],
    key: 1,
    log: true,
    indexes: &[],
};

impl Model for Settlements {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (kind, amount, commission, code, reference) = match &step.event.payload {
            Payload::Voucher(Event::Settled(it)) => {
                ("paid", it.amount, Value::from(it.commission.minor()), it.purchase, it.reference)
            }
            Payload::Voucher(Event::Refunded(it)) => {
                ("refunded", it.amount, Value::Null, it.purchase, it.reference)
            }
            _ => return,
        };
        let purchase = step.state.card_of(step.event).and_then(|card| card.purchase(code));
        let supply = &step.state.supply;
        let course = purchase.and_then(|purchase| supply.course_code(purchase.course));
        rows.put([
            Value::number(step.position),
            step.event.time.day().into(),
            kind.into(),
            step.event.programme.into(),
            purchase.and_then(|purchase| supply.platform_at(purchase.platform)).into(),
            course.and_then(|course| supply.course(course)).map(|course| course.provider).into(),
            course.into(),
            Value::subject(step.event.subject),
            code.into(),
            amount.currency().into(),
            amount.minor().into(),
            commission,
            reference.into(),
        ]);
    }
}
