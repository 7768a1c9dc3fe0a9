//! `matches`: persons and the vacancies that they were matched with.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::money::Money;
use jejak_domain::vacancy::Event;

/// The model.
pub(super) struct Matches;

static TABLE: Table = Table {
    name: "matches",
    version: 1,
    about: "One person and one vacancy.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("vacancy", Kind::Code, "The vacancy"),
        column("matched_on", Kind::Day, "When they were brought together"),
        column("hired_on", Kind::Day, "When the person was hired"),
        column("currency", Kind::Code, "ISO 4217 code of the wage"),
        column("wage_minor", Kind::Minor, "Wage a month, where it was told"),
    ],
    key: 2,
    log: false,
    indexes: &[],
};

impl Model for Matches {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Payload::Vacancy(event) = &step.event.payload else { return };
        let (who, day) = (Value::subject(step.event.subject), Value::Day(step.event.time.day()));
        match event {
            Event::Matched(it) => rows.set([who, it.vacancy.into()], [(2, day)]),
            Event::Hired(it) => {
                let currency = it.wage.map(Money::currency).into();
                let cells = [(3, day), (4, currency), (5, it.wage.map(Money::minor).into())];
                rows.set([who, it.vacancy.into()], cells);
            }
            Event::Posted(_) | Event::Closed(_) => {}
        }
    }
}
