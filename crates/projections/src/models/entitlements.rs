//! `entitlements`: each person's card in each programme, and where its money is.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::entitlement::{Card, Event};

/// The model.
pub(super) struct Entitlements;

static TABLE: Table = Table {
    name: "entitlements",
    version: 1,
    about: "One person's entitlement in one programme. Allocated is the sum of the other amounts.",
    columns: &[
        column("subject", Kind::Text, "The person"),
        column("programme", Kind::Code, "The programme"),
        column("batch", Kind::Count, "Number of the batch"),
        column("decree", Kind::Code, "Number of the decree"),
        column("decreed_on", Kind::Day, "Date of the decree"),
        column("year", Kind::Count, "The fund year that pays: that of the decree"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("status", Kind::Code, "active, revoked or closed"),
        column("allocated_minor", Kind::Minor, "Granted by decree"),
        column("unearned_minor", Kind::Minor, "Not yet earned"),
        column("voucher_minor", Kind::Minor, "Training balance"),
        column("spent_minor", Kind::Minor, "Spent on courses"),
        column("due_minor", Kind::Minor, "Earned and not instructed"),
        column("instructed_minor", Kind::Minor, "Instructed and not answered"),
        column("suspense_minor", Kind::Minor, "Failed or returned"),
        column("paid_minor", Kind::Minor, "Arrived"),
        column("released_minor", Kind::Minor, "Back to the pool"),
        column("first_paid_on", Kind::Day, "When the first instalment arrived"),
        column("ended_on", Kind::Day, "When it was revoked or closed, the last time"),
        column("end_reason", Kind::Code, "Why"),
    ],
    key: 2,
    log: false,
    indexes: &[],
};

/// Columns that the decree sets, and the last that any event may change.
const OF_DECREE: usize = 7;
const ENDED_ON: usize = 18;
const END_REASON: usize = 19;

impl Model for Entitlements {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Some(card) = step.state.card_of(step.event) else { return };
        let key = || [card.person.id.into(), card.programme.code.into()];
        match &step.event.payload {
            Payload::Entitlement(Event::Decreed(decreed)) => {
                let first = [
                    card.person.id.into(),
                    card.programme.code.into(),
                    Value::number(decreed.batch),
                    decreed.decree.into(),
                    card.entitlement.decreed_on.into(),
                    Value::number(card.entitlement.decreed_on.year()),
                    card.currency().into(),
                ];
                let cells = first.into_iter().chain(standing(&card)).chain([Value::Null, Value::Null]);
                return rows.put(cells);
            }
            Payload::Entitlement(Event::Revoked(revoked)) => {
                rows.set(key(), ended(step, revoked.reason.as_str().into()));
            }
            Payload::Entitlement(Event::Closed(closed)) => rows.set(key(), ended(step, closed.reason.into())),
            Payload::Entitlement(Event::Reinstated(_)) => {
                rows.set(key(), [(ENDED_ON, Value::Null), (END_REASON, Value::Null)]);
            }
            // Nothing of the card changes by these, and they are half of all events.
            Payload::Training(_) | Payload::Outcome(_) | Payload::Loan(_) => return,
            _ => {}
        }
        let mut place = OF_DECREE;
        let cells = standing(&card).map(|value| {
            place += 1;
            (place - 1, value)
        });
        rows.set(key(), cells);
    }
}

fn ended(step: Step<'_>, reason: Value) -> [(usize, Value); 2] {
    [(ENDED_ON, step.event.time.day().into()), (END_REASON, reason)]
}

fn standing(card: &Card<'_>) -> [Value; 11] {
    let money = card.entitlement.card();
    [
        card.entitlement.status.as_str().into(),
        money.allocated.into(),
        money.unearned.into(),
        money.voucher.into(),
        money.spent.into(),
        money.due.into(),
        money.instructed.into(),
        money.suspense.into(),
        money.paid.into(),
        money.released.into(),
        card.entitlement.first_paid.into(),
    ]
}
