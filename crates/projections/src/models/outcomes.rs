//! `outcomes`: what alumni, and applicants who were not selected, say of their work afterwards.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::money::Money;
use jejak_domain::outcome::Event;
use jejak_domain::subject::Subject;

/// The model.
pub(super) struct Outcomes;

static TABLE: Table = Table {
    name: "outcomes",
    version: 1,
    about: "One person in one wave of tracking: invited, and answered or not.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("wave", Kind::Count, "Number of the wave"),
        column("selected", Kind::Flag, "Whether the person was a recipient when first invited or heard"),
        column("batch", Kind::Count, "The batch of the decree, or the one that was joined without success"),
        column("invited_on", Kind::Day, "When the person was asked"),
        column("answered_on", Kind::Day, "When the person answered"),
        column("work", Kind::Code, "employed, entrepreneur or without"),
        column("occupation", Kind::Code, "Occupation, where it was told"),
        column("currency", Kind::Code, "ISO 4217 code of the income"),
        column("income_minor", Kind::Minor, "Income a month, where it was told"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

impl Model for Outcomes {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Outcome(event), Subject::Participant(id), Some(programme)) =
            (&step.event.payload, step.event.subject, step.event.programme)
        else {
            return;
        };
        let key = |wave: u32| [id.into(), programme.into(), Value::number(wave)];
        let day = Value::Day(step.event.time.day());
        let wave = match event {
            Event::Invited(it) => {
                rows.set(key(it.wave), [(5, day)]);
                it.wave
            }
            Event::Reported(it) => {
                let cells = [
                    (6, day),
                    (7, it.work.as_str().into()),
                    (8, it.occupation.into()),
                    (9, it.income.map(Money::currency).into()),
                    (10, it.income.map(Money::minor).into()),
                ];
                rows.set(key(it.wave), cells);
                it.wave
            }
            Event::WaveOpened(_) => return,
        };
        let card = step.state.card_of(step.event);
        let applied = step.state.people.get(id).and_then(|person| step.state.applied(person, programme));
        let batch = card.map(|card| card.entitlement.batch).or(applied.map(|applied| applied.batch));
        rows.set(key(wave), [(3, card.is_some().into()), (4, batch.map(i64::from).into())]);
    }
}
