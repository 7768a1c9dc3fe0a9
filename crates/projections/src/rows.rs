//! The rows that a model has changed since they were last stored.
//!
//! A changed row has all columns of its table; cells that keep what is stored are [`Value::Same`]. Changes of one row are
//! laid over each other, so a row is written once however often it changed, and it does not matter where a history is cut.

use crate::table::Table;
use crate::value::Value;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher as _;

/// Changed rows of one table.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    /// One row after the other, as they came: a history has too many for each to be a piece of memory of its own.
    cells: Vec<Value>,
    /// Numbers of the rows, found by their keys; none of a log.
    keyed: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// Nothing is kept while what is stored already is folded again.
    muted: bool,
}

impl Rows {
    /// None of this table.
    pub fn new(table: &'static Table) -> Self {
        let hasher = DefaultHashBuilder::default();
        Self { table, cells: Vec::new(), keyed: HashTable::new(), hasher, muted: false }
    }

    /// Whose rows they are.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Drops what comes, until it is unmuted.
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// How many rows have changed.
    pub fn len(&self) -> usize {
        self.cells.len() / self.width()
    }

    /// True when none has.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn width(&self) -> usize {
        self.table.columns.len().max(1)
    }

    /// A whole row, new or in the place of the one with its key.
    pub fn put(&mut self, row: impl IntoIterator<Item = Value>) {
        if self.muted {
            return;
        }
        let first = self.cells.len();
        self.cells.extend(row);
        debug_assert_eq!(
            self.cells.len() - first,
            self.width(),
            "a row of {} has all columns",
            self.table.name
        );
        if !self.table.log {
            self.lay(first);
        }
    }

    /// Some cells of the row with this key. Where there is no such row, its other cells are empty.
    pub fn set<const K: usize, const N: usize>(&mut self, key: [Value; K], cells: [(usize, Value); N]) {
        debug_assert!(K == self.table.key && !self.table.log, "{} has another key", self.table.name);
        if self.muted {
            return;
        }
        let first = self.cells.len();
        self.cells.extend(key);
        self.cells.resize(first + self.width(), Value::Same);
        for (place, value) in cells {
            if let Some(cell) = self.cells.get_mut(first + place) {
                *cell = value;
            }
        }
        self.lay(first);
    }

    /// Lays the last row, whose cells begin at `first`, over the one with its key.
    fn lay(&mut self, first: usize) {
        let (width, key) = (self.width(), self.table.key);
        let (kept, new) = self.cells.split_at_mut(first);
        let key_of = |row: usize| kept.get(row * width..row * width + key);
        let hash = self.hasher.hash_one(new.get(..key));
        if let Some(row) = self.keyed.find(hash, |row| key_of(*row) == new.get(..key)) {
            let old = kept.get_mut(row * width..).unwrap_or_default();
            let changed = old.iter_mut().zip(new).filter(|(_, new)| **new != Value::Same);
            changed.for_each(|(old, new)| std::mem::swap(old, new));
            self.cells.truncate(first);
        } else {
            let again = |row: &usize| self.hasher.hash_one(key_of(*row));
            self.keyed.insert_unique(hash, first / width, again);
        }
    }

    /// All of them, in the order of their keys as they are stored.
    pub fn in_order(&self) -> Vec<&[Value]> {
        let mut rows: Vec<_> = self.cells.chunks_exact(self.width()).collect();
        if !self.table.log {
            rows.sort_unstable_by(|a, b| {
                let cells = a.iter().zip(*b).take(self.table.key);
                cells.fold(Ordering::Equal, |order, (a, b)| order.then_with(|| a.stored_order(b)))
            });
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Kind, column};

    static TABLE: Table = Table {
        name: "test",
        version: 1,
        about: "A test.",
        columns: &[
            column("key", Kind::Count, "The key."),
            column("one", Kind::Count, "A cell."),
            column("two", Kind::Count, "A cell."),
        ],
        key: 1,
        log: false,
        indexes: &[],
    };

    fn row(cells: [i64; 3]) -> [Value; 3] {
        cells.map(Value::Integer)
    }

    #[test]
    fn changes_of_a_row_are_laid_over_each_other_and_come_in_the_order_of_keys() {
        let mut rows = Rows::new(&TABLE);
        rows.put(row([10, 1, 1]));
        rows.put(row([9, 1, 1]));
        rows.set([Value::Integer(10)], [(2, Value::Integer(5))]);
        rows.set([Value::Integer(7)], [(1, Value::Null)]);
        rows.put(row([9, 2, 2]));
        let wanted = [[Value::Integer(7), Value::Null, Value::Same], row([9, 2, 2]), row([10, 1, 5])];
        assert_eq!(rows.in_order(), wanted);
        rows.mute(true);
        rows.put(row([1, 1, 1]));
        assert_eq!(rows.len(), 3);
    }
}
