//! One subject's trail: its events in order, with what each did to the card and where the card stood after it.

use crate::Step;
use jejak_domain::entitlement::CardMoney;
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;

/// One event of the trail.
#[derive(Clone, Debug)]
pub struct TrailRow {
    /// The position of the line.
    pub position: u64,
    /// Effective time.
    pub time: Timestamp,
    /// Recorded time.
    pub recorded: Timestamp,
    /// The type name.
    pub name: &'static str,
    /// What it moved: debited account, credited account, minor units.
    pub movements: Vec<(&'static str, &'static str, i64)>,
    /// The currency of what it moved.
    pub currency: Option<Currency>,
    /// Where the card stood after it.
    pub card: Option<(CardMoney, Currency)>,
}

/// The trail of one subject.
#[derive(Clone, Debug)]
pub struct Trail {
    subject: Subject,
    /// Its events in order.
    pub rows: Vec<TrailRow>,
}

impl Trail {
    /// An empty trail.
    pub fn of(subject: Subject) -> Self {
        Self { subject, rows: Vec::new() }
    }

    /// Folds one step in.
    pub fn apply(&mut self, step: Step<'_>) {
        if step.event.subject != self.subject {
            return;
        }
        let movements = step.entry.map(jejak_domain::entry::Entry::movements).unwrap_or_default();
        self.rows.push(TrailRow {
            position: step.position,
            time: step.event.time,
            recorded: step.event.recorded,
            name: step.event.payload.name(),
            movements: movements
                .iter()
                .map(|each| (each.debit.as_str(), each.credit.as_str(), each.minor))
                .collect(),
            currency: step.entry.map(|entry| entry.currency),
            card: step.state.card_of(step.event).map(|card| (card.entitlement.card(), card.currency())),
        });
    }
}
