//! The simulator's own totals: what a ledger that read the whole history must also find.
//!
//! No code is shared with the ledger; where the ledger acts by itself (the closing of a day revokes and lapses),
//! the oracle works out for itself what must come of it.

mod totals;

pub use totals::{FundTotals, Totals};

use std::collections::BTreeMap;

/// The totals of one batch.
#[derive(Clone, Debug)]
pub struct Row {
    /// Code of the programme.
    pub programme: &'static str,
    /// Year of the fund that pays.
    pub year: i32,
    /// Number of the batch.
    pub batch: u16,
    /// What came of it.
    pub totals: Totals,
}

/// The totals of one fund year.
#[derive(Clone, Debug)]
pub struct FundRow {
    /// Code of the programme.
    pub programme: &'static str,
    /// Year of the budget.
    pub year: i32,
    /// Its money.
    pub totals: FundTotals,
}

/// All totals as they stood at the end of a day.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// By batch.
    pub batches: Vec<Row>,
    /// By fund year.
    pub funds: Vec<FundRow>,
}

impl Standing {
    /// The sum over the batches that `chosen` accepts.
    pub fn sum(&self, chosen: impl Fn(&Row) -> bool) -> Totals {
        self.batches
            .iter()
            .filter(|row| chosen(row))
            .fold(Totals::default(), |sum, row| sum.plus(&row.totals))
    }

    /// The sum over the fund years that `chosen` accepts.
    pub fn money(&self, chosen: impl Fn(&FundRow) -> bool) -> FundTotals {
        self.funds
            .iter()
            .filter(|row| chosen(row))
            .fold(FundTotals::default(), |sum, row| sum.plus(&row.totals))
    }
}

/// The totals at hand and those kept of earlier days.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    now: Standing,
    kept: BTreeMap<&'static str, Standing>,
    spare: Totals,
    spare_fund: FundTotals,
}

impl Oracle {
    /// The totals of everything told so far.
    pub fn now(&self) -> &Standing {
        &self.now
    }

    /// The totals at the end of a day (WIB) that a published figure speaks of; `None` for other days.
    pub fn at(&self, day: &str) -> Option<&Standing> {
        self.kept.get(day)
    }

    pub(crate) fn add_batch(&mut self, programme: &'static str, year: i32, batch: u16) {
        self.now.batches.push(Row { programme, year, batch, totals: Totals::default() });
    }

    pub(crate) fn add_fund(&mut self, programme: &'static str, year: i32) {
        self.now.funds.push(FundRow { programme, year, totals: FundTotals::default() });
    }

    pub(crate) fn keep(&mut self, day: &'static str) {
        let standing = self.now.clone();
        self.kept.insert(day, standing);
    }

    /// The totals of the batch with this place in the plan.
    pub(crate) fn batch(&mut self, place: u16) -> &mut Totals {
        match self.now.batches.get_mut(usize::from(place)) {
            Some(row) => &mut row.totals,
            None => &mut self.spare,
        }
    }

    /// The totals of the fund year with this place in the plan.
    pub(crate) fn fund(&mut self, place: usize) -> &mut FundTotals {
        match self.now.funds.get_mut(place) {
            Some(row) => &mut row.totals,
            None => &mut self.spare_fund,
        }
    }
}
