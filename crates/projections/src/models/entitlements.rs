//! `entitlements`: each person's card in each programme, and where its money is.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::entitlement::Card;

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
        column("decreed_on", Kind::Day, "Date of the decree"),
        column("status", Kind::Code, "active, revoked or closed"),
        column("regency", Kind::Code, "Regency of residence, as it is now"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("allocated_minor", Kind::Minor, "Granted by decree"),
        column("unearned_minor", Kind::Minor, "Not yet earned"),
        column("voucher_minor", Kind::Minor, "Training balance"),
        column("spent_minor", Kind::Minor, "Spent on courses"),
        column("due_minor", Kind::Minor, "Earned and not instructed"),
        column("instructed_minor", Kind::Minor, "Instructed and not answered"),
        column("suspense_minor", Kind::Minor, "Failed or returned"),
        column("paid_minor", Kind::Minor, "Arrived"),
        column("released_minor", Kind::Minor, "Back to the pool"),
        column("surveys_opened", Kind::Count, "Surveys opened"),
        column("surveys_answered", Kind::Count, "Surveys answered"),
        column("first_paid_on", Kind::Day, "When the first instalment arrived"),
    ],
    key: 2,
    log: false,
    indexes: &[],
};

impl Model for Entitlements {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        if let Some(card) = step.state.card_of(step.event) {
            rows.put(row(&card));
        }
    }
}

fn row(card: &Card<'_>) -> [Value; 19] {
    let (entitlement, money) = (card.entitlement, card.entitlement.card());
    [
        card.person.id.into(),
        card.programme.code.into(),
        Value::number(entitlement.batch),
        entitlement.decreed_on.into(),
        entitlement.status.as_str().into(),
        card.person.regency().into(),
        card.currency().into(),
        money.allocated.into(),
        money.unearned.into(),
        money.voucher.into(),
        money.spent.into(),
        money.due.into(),
        money.instructed.into(),
        money.suspense.into(),
        money.paid.into(),
        money.released.into(),
        Value::number(entitlement.surveys_opened.count_ones()),
        Value::number(entitlement.surveys_answered.count_ones()),
        entitlement.first_paid.into(),
    ]
}
