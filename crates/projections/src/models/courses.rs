//! `courses`: what can be bought, and from whom.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::subject::Subject;
use jejak_domain::supply::Event;

/// The model.
pub(super) struct Courses;

static TABLE: Table = Table {
    name: "courses",
    version: 1,
    about: "One course with its price now.",
    columns: &[
        column("course", Kind::Code, "The course"),
        column("title", Kind::Text, "Its title"),
        column("provider", Kind::Code, "Who teaches it"),
        column("occupation", Kind::Code, "The occupation that it is for"),
        column("mode", Kind::Code, "self-paced, webinar, offline or hybrid"),
        column("hours", Kind::Count, "Hours taught"),
        column("sessions", Kind::Count, "Sessions that must be attended"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("price_minor", Kind::Minor, "Its price now"),
        column("approved", Kind::Flag, "What the last appraisal said"),
        column("listed_on", Kind::Day, "When it was listed, the last time"),
        column("delisted_on", Kind::Day, "When it was taken off, the last time"),
    ],
    key: 1,
    log: false,
    indexes: &[],
};

impl Model for Courses {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Supply(event), Subject::Course(code)) = (&step.event.payload, step.event.subject)
        else {
            return;
        };
        let (key, day) = ([Value::from(code)], Value::Day(step.event.time.day()));
        match event {
            Event::CourseListed(it) => {
                let cells = [
                    (1, Value::text(it.title.as_str())),
                    (2, it.provider.into()),
                    (3, it.occupation.into()),
                    (4, it.mode.as_str().into()),
                    (5, Value::number(it.hours)),
                    (6, Value::number(it.sessions)),
                    (7, it.price.currency().into()),
                    (8, it.price.minor().into()),
                    (10, day),
                    (11, Value::Null),
                ];
                rows.set(key, cells);
            }
            Event::CourseRepriced(it) => {
                rows.set(key, [(7, it.price.currency().into()), (8, it.price.minor().into())]);
            }
            Event::CourseAppraised(it) => rows.set(key, [(2, it.provider.into()), (9, it.approved.into())]),
            Event::CourseDelisted(_) => rows.set(key, [(11, day)]),
            _ => {}
        }
    }
}
