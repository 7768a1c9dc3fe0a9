//! `batches`: the funnel of each batch, from applications to payments.

use super::Model;
use crate::Step;
use crate::funnel::{Funnel, Funnels};
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::money::Currency;
use jejak_domain::programme::Programme;
use jejak_domain::state::State;

/// The model.
#[derive(Default)]
pub(super) struct Batches(Funnels);

static TABLE: Table = Table {
    name: "batches",
    version: 1,
    about: "One batch: persons at each step, and sums.",
    columns: &[
        column("programme", Kind::Code, "The programme"),
        column("batch", Kind::Count, "Number of the batch"),
        column("year", Kind::Count, "The fund year that pays"),
        column("currency", Kind::Code, "ISO 4217 code"),
        column("quota", Kind::Count, "Places, where a batch was opened here"),
        column("closes_on", Kind::Day, "Last day to join"),
        column("applied", Kind::Count, "Persons who joined, as summarised"),
        column("eligible", Kind::Count, "Persons found eligible, as summarised"),
        column("selected", Kind::Count, "Persons selected, as summarised"),
        column("decreed", Kind::Count, "Persons granted by decree"),
        column("linked", Kind::Count, "Persons who linked a payout account"),
        column("bought", Kind::Count, "Persons who bought at least one course"),
        column("completed", Kind::Count, "Persons who completed at least one course"),
        column("paid", Kind::Count, "Persons who were paid at least one instalment that no survey earned"),
        column("revoked", Kind::Count, "Persons revoked and not reinstated"),
        column("answered", Kind::Count, "Answers in waves of tracking"),
        column("settlements", Kind::Count, "Payments that settled"),
        column("failures", Kind::Count, "Payments that failed"),
        column("granted_minor", Kind::Minor, "Granted by decree"),
        column("released_minor", Kind::Minor, "Released by revocation"),
        column("spent_minor", Kind::Minor, "Spent on courses, less cancellations"),
        column("settled_minor", Kind::Minor, "Paid to platforms, less refunds"),
        column("incentives_minor", Kind::Minor, "Paid to persons, less returns; surveys and cash left out"),
        column("surveys_minor", Kind::Minor, "Paid to persons for surveys"),
        column("cash_minor", Kind::Minor, "Handed over in cash"),
    ],
    key: 2,
    log: false,
    indexes: &[],
};

impl Model for Batches {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, _: &mut Rows) {
        self.0.apply(step);
    }

    fn settle(&mut self, state: &State, rows: &mut Rows) {
        for (programme, number, funnel) in self.0.iter() {
            rows.put(row(state, programme, number, funnel));
        }
    }
}

fn row(state: &State, programme: ProgrammeCode, number: u16, funnel: &Funnel) -> [Value; 25] {
    let batch = state.batches.get(programme, number).filter(|batch| batch.quota > 0);
    let sums = &funnel.sums;
    [
        programme.into(),
        Value::number(number),
        Value::number(funnel.year),
        state.programmes.get(programme).map_or(Currency::IDR, Programme::currency).into(),
        batch.map(|batch| i64::from(batch.quota)).into(),
        batch.map(|batch| batch.closes).into(),
        Value::number(funnel.applied),
        Value::number(funnel.eligible),
        Value::number(funnel.selected),
        Value::number(funnel.decreed),
        Value::number(funnel.linked),
        Value::number(funnel.bought),
        Value::number(funnel.completed),
        Value::number(funnel.paid),
        Value::number(funnel.revoked),
        Value::number(funnel.answered),
        Value::number(funnel.settlements),
        Value::number(funnel.failures),
        Value::number(sums.granted),
        Value::number(sums.released),
        Value::number(sums.spent),
        Value::number(sums.settled),
        Value::number(sums.incentives),
        Value::number(sums.surveys),
        Value::number(sums.cash),
    ]
}
