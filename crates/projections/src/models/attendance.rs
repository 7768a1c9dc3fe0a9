//! `attendance`: who was present when, and how that was shown.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::PurchaseCode;
use jejak_domain::training::Event;

/// The model.
pub(super) struct Attendance;

static TABLE: Table = Table {
    name: "attendance",
    version: 1,
    about: "One presence at one numbered session of a course that was bought.",
    columns: &[
        column("position", Kind::Position, "The event"),
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("purchase", Kind::Text, "The purchase"),
        column("what", Kind::Code, "attended, checked-in or checked-out"),
        column("at", Kind::Time, "When"),
        column("sequence", Kind::Count, "Number of the session within the course, from 1"),
        column("session", Kind::Code, "The session, where it is known"),
        column("method", Kind::Code, "face, otp or sheet: how presence was shown"),
    ],
    key: 1,
    log: true,
    indexes: &[],
};

impl Model for Attendance {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Payload::Training(event) = &step.event.payload else { return };
        let mut put = |what: &'static str, purchase: PurchaseCode, rest: [Value; 3]| {
            let [sequence, session, method] = rest;
            rows.put([
                Value::number(step.position),
                Value::subject(step.event.subject),
                step.event.programme.into(),
                purchase.into(),
                what.into(),
                step.event.time.into(),
                sequence,
                session,
                method,
            ]);
        };
        match event {
            Event::Attended(it) => {
                let rest = [Value::number(it.sequence), Value::Null, it.method.as_str().into()];
                put("attended", it.purchase, rest);
            }
            Event::CheckedIn(it) => {
                let rest = [Value::number(it.sequence), it.session.into(), it.method.as_str().into()];
                put("checked-in", it.purchase, rest);
            }
            Event::CheckedOut(it) => {
                put("checked-out", it.purchase, [Value::Null, it.session.into(), it.method.as_str().into()]);
            }
            _ => {}
        }
    }
}
