//! `fund_years`: what the treasury disbursed, what reached persons and platforms, and what is in between.

use super::Model;
use crate::Step;
use crate::delivery::delivery;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::chart::Account;
use jejak_domain::entry::FundYear;
use jejak_domain::laws::Flows;
use jejak_domain::state::State;

/// The model.
#[derive(Default)]
pub(super) struct FundYears(Flows);

static TABLE: Table = Table {
    name: "fund_years",
    version: 1,
    about: "One programme's money of one year. Realised is what the treasury has disbursed, delivered what has arrived.",
    columns: &[
        column("programme", Kind::Code, "The programme"),
        column("year", Kind::Count, "The year of the budget"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("ceiling_minor", Kind::Minor, "Ceiling of the budget document (DIPA)"),
        column("committed_minor", Kind::Minor, "Granted by decrees and not released"),
        column("realised_minor", Kind::Minor, "Received by SP2D"),
        column("delivered_minor", Kind::Minor, "Paid to persons and to platforms"),
        column("undelivered_minor", Kind::Minor, "Granted, and neither delivered nor released"),
        column("operating_minor", Kind::Minor, "Spent on running the programme"),
        column("returned_minor", Kind::Minor, "Returned to the treasury, non-tax revenue included"),
        column(
            "on_hand_minor",
            Kind::Minor,
            "With the bank, set aside, with partners and units, or to be sent again",
        ),
        column("bank_minor", Kind::Minor, "On the fund's account"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

impl Model for FundYears {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, _: &mut Rows) {
        self.0.add(step.state, step.event);
    }

    fn settle(&mut self, state: &State, rows: &mut Rows) {
        for year in delivery(state, &self.0) {
            let fund = FundYear { programme: year.programme, year: year.year };
            let bank = state.books.fund(fund, year.currency).map_or(0, |books| books.balance(Account::Bank));
            rows.put([
                year.programme.into(),
                Value::number(year.year),
                year.currency.into(),
                Value::number(year.ceiling),
                Value::number(year.committed),
                Value::number(year.realised),
                Value::number(year.delivered),
                Value::number(year.undelivered),
                Value::number(year.operating),
                Value::number(year.returned),
                Value::number(year.on_hand),
                Value::number(bank),
            ]);
        }
    }
}
