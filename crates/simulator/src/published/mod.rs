//! Published figures, each with the question that a replay can answer, so that the two can be laid side by side.
//!
//! Figures that contradict each other are all here: the difference must show, not vanish. Values are those of the
//! real programme; at a scale of one N-th the caller divides them by N, or multiplies what was replayed.

mod aid;
mod disputed;
mod later;
mod measure;
mod words;
mod year_2020;
mod year_2021;

pub use measure::{Measure, Scope};

use std::sync::LazyLock;

/// In what a figure is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Persons, purchases, payouts. Grows with the programme.
    Count,
    /// Money in minor units: a hundred to the rupiah. Grows with the programme.
    Money,
    /// Money in minor units for each person. The same at every scale.
    MoneyEach,
    /// Parts of a hundred thousand. The same at every scale.
    Share,
}

impl Unit {
    /// True when the figure of one N-th of the programme is one N-th of the figure.
    pub fn scales(self) -> bool {
        matches!(self, Self::Count | Self::Money)
    }
}

/// Whether the simulation was told the figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The simulation was given this very number, or one chosen to give it.
    Input,
    /// A sum, product or copy of such numbers: whatever persons do in the history, it comes out alike.
    Restated,
    /// It follows from what persons and offices do: choices, luck, delays and rules that were not chosen for it.
    Derived,
}

impl Kind {
    /// As the table says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Restated => "restated",
            Self::Derived => "derived",
        }
    }
}

/// One published figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// A short name, unique in the table.
    pub id: &'static str,
    /// What was published.
    pub sentence: &'static str,
    /// The number, at the scale of the real programme.
    pub value: i64,
    /// In what it is counted.
    pub unit: Unit,
    /// Who said it, and when.
    pub source: &'static str,
    /// Whether the simulation was told it.
    pub kind: Kind,
    /// What it asks.
    pub measure: Measure,
    /// Of which part of the programme.
    pub scope: Scope,
    /// At the end of which day (WIB); the whole history when absent.
    pub until: Option<&'static str>,
}

static TABLE: LazyLock<Vec<Figure>> = LazyLock::new(|| {
    [year_2020::figures(), year_2021::figures(), later::figures(), aid::figures(), disputed::figures()]
        .concat()
});

/// The table of published figures.
pub fn published() -> &'static [Figure] {
    &TABLE
}

/// So many million rupiah, in minor units.
const fn million(millions: i64) -> i64 {
    millions * 100_000_000
}

/// So many billion rupiah, in minor units.
const fn billion(billions: i64) -> i64 {
    million(billions * 1000)
}

/// A figure of the whole history, to be narrowed.
fn figure(
    id: &'static str,
    sentence: &'static str,
    value: i64,
    source: &'static str,
    measure: Measure,
    scope: Scope,
) -> Figure {
    let (unit, kind) = (measure.unit(), Kind::Derived);
    Figure { id, sentence, value, unit, source, kind, measure, scope, until: None }
}

impl Figure {
    fn told(mut self) -> Self {
        self.kind = Kind::Input;
        self
    }

    fn restated(mut self) -> Self {
        self.kind = Kind::Restated;
        self
    }

    fn until(mut self, day: &'static str) -> Self {
        self.until = Some(day);
        self
    }
}

#[cfg(test)]
mod tests;
