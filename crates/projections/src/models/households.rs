//! `households`: how many of each family card receive.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::subject::Subject;

/// The model.
pub(super) struct Households;

static TABLE: Table = Table {
    name: "households",
    version: 1,
    about: "One household. Its number counts households as they appeared; the family card is not here.",
    columns: &[
        column("household", Kind::Count, "Number of the household, as in participants"),
        column(
            "recipients",
            Kind::Count,
            "Members who are recipients and not revoked, all programmes together",
        ),
    ],
    key: 1,
    log: false,
    indexes: &[],
};

impl Model for Households {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let (Payload::Participant(_) | Payload::Entitlement(_), Subject::Participant(id)) =
            (&step.event.payload, step.event.subject)
        else {
            return;
        };
        let number = step.state.people.get(id).and_then(|person| person.household);
        if let Some((number, household)) = number.and_then(|it| Some((it, step.state.people.household(it)?)))
        {
            rows.put([Value::number(number.get()), Value::number(household.recipients)]);
        }
    }
}
