//! `vacancies`: places that employers offer.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::subject::Subject;
use jejak_domain::vacancy::Event;

/// The model.
pub(super) struct Vacancies;

static TABLE: Table = Table {
    name: "vacancies",
    version: 1,
    about: "One vacancy.",
    columns: &[
        column("vacancy", Kind::Code, "The vacancy"),
        column("employer", Kind::Code, "Who offers it"),
        column("occupation", Kind::Code, "The occupation"),
        column("regency", Kind::Code, "Where"),
        column("places", Kind::Count, "How many are sought"),
        column("posted_on", Kind::Day, "When it was posted"),
        column("closed_on", Kind::Day, "When it was closed"),
        column("close_reason", Kind::Code, "Why"),
    ],
    key: 1,
    log: false,
    indexes: &[],
};

impl Model for Vacancies {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Vacancy(event), Subject::Vacancy(code)) = (&step.event.payload, step.event.subject)
        else {
            return;
        };
        let (key, day) = ([Value::from(code)], Value::Day(step.event.time.day()));
        match event {
            Event::Posted(it) => {
                let cells = [
                    (1, it.employer.into()),
                    (2, it.occupation.into()),
                    (3, it.regency.into()),
                    (4, Value::number(it.places)),
                    (5, day),
                ];
                rows.set(key, cells);
            }
            Event::Closed(it) => rows.set(key, [(6, day), (7, it.reason.into())]),
            Event::Matched(_) | Event::Hired(_) => {}
        }
    }
}
