//! `prices`: every price that a course has had.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::subject::Subject;
use jejak_domain::supply::Event;

/// The model.
pub(super) struct Prices;

static TABLE: Table = Table {
    name: "prices",
    version: 1,
    about: "One price of one course, from its day on.",
    columns: &[
        column("position", Kind::Position, "The event"),
        column("course", Kind::Code, "The course"),
        column("from_on", Kind::Day, "From when"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("price_minor", Kind::Minor, "The price"),
    ],
    key: 1,
    log: true,
    indexes: &[],
};

impl Model for Prices {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Subject::Course(code) = step.event.subject else { return };
        let price = match &step.event.payload {
            Payload::Supply(Event::CourseListed(it)) => it.price,
            Payload::Supply(Event::CourseRepriced(it)) => it.price,
            _ => return,
        };
        rows.put([
            Value::number(step.position),
            code.into(),
            step.event.time.day().into(),
            price.currency().into(),
            price.minor().into(),
        ]);
    }
}
