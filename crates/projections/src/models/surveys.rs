//! `surveys`: which survey was opened for whom, and whether it was answered.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::instalment::Event;

/// The model.
pub(super) struct Surveys;

static TABLE: Table = Table {
    name: "surveys",
    version: 1,
    about: "One survey for one person. What was answered is in outcomes.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("number", Kind::Count, "Number of the survey, from 1"),
        column("opened_on", Kind::Day, "When it was opened"),
        column("closes_on", Kind::Day, "Last day to answer"),
        column("answered_on", Kind::Day, "When it was answered"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

impl Model for Surveys {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Instalment(event), Some(programme)) = (&step.event.payload, step.event.programme)
        else {
            return;
        };
        let key = |number: u8| [Value::subject(step.event.subject), programme.into(), Value::number(number)];
        let day = Value::Day(step.event.time.day());
        match event {
            Event::SurveyOpened(it) => rows.set(key(it.number), [(3, day), (4, it.closes.into())]),
            Event::SurveySubmitted(it) => rows.set(key(it.number), [(5, day)]),
            Event::Scheduled(_) | Event::Held(_) | Event::Released(_) | Event::Lapsed(_) => {}
        }
    }
}
