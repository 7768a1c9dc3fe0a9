//! `findings`: what the rules conclude from the history.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::findings::{self, find};
use jejak_domain::ids::Position;

/// The model.
pub(super) struct Findings;

static TABLE: Table = Table {
    name: "findings",
    version: 1,
    about: "One conclusion of one rule.",
    columns: &[
        column("position", Kind::Position, "The event that proves it"),
        column("number", Kind::Count, "Number among the findings of this event, from 1"),
        column("rule", Kind::Code, "The rule"),
        column("subject", Kind::Text, "Whom or what it concerns"),
        column("effective", Kind::Day, "When the event took effect"),
        column("known", Kind::Time, "When it was recorded"),
        column("sentence", Kind::Text, "What was found, with the figures"),
    ],
    key: 2,
    log: true,
    indexes: &[],
};

impl Model for Findings {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Step { position, event, entry, state } = step;
        let found = find(findings::Step { position: Position(position), event, entry, state });
        for (number, finding) in (1_i64..).zip(found) {
            rows.put([
                Value::number(position),
                number.into(),
                finding.rule.as_str().into(),
                Value::subject(finding.subject),
                event.time.day().into(),
                event.recorded.into(),
                Value::text(&finding.sentence),
            ]);
        }
    }
}
