//! The rows that a model has changed since they were last stored.
//!
//! A changed row has all columns of its table; cells that keep what is stored are [`Value::Same`]. Changes of one row are
//! laid over each other, so a row is written once however often it changed, and it does not matter where a history is cut.

use crate::table::Table;
use crate::value::{Row, Value};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher as _;

/// Changed rows of one table.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    /// Rows of a log, in order.
    log: Vec<Row>,
    /// Other rows, found by their keys.
    keyed: HashTable<Row>,
    hasher: DefaultHashBuilder,
    /// Nothing is kept while what is stored already is folded again.
    muted: bool,
}

impl Rows {
    /// None of this table.
    pub fn new(table: &'static Table) -> Self {
        let hasher = DefaultHashBuilder::default();
        Self { table, log: Vec::new(), keyed: HashTable::new(), hasher, muted: false }
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
        self.log.len() + self.keyed.len()
    }

    /// True when none has.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A whole row, new or in the place of the one with its key.
    pub fn put(&mut self, row: impl Into<Row>) {
        if self.muted {
            return;
        }
        let row = row.into();
        debug_assert_eq!(row.len(), self.table.columns.len(), "a row of {} has all columns", self.table.name);
        if self.table.log {
            self.log.push(row);
        } else {
            self.lay(row, true);
        }
    }

    /// Some cells of the row with this key. Where there is no such row, its other cells are empty.
    pub fn set<const K: usize, const N: usize>(&mut self, key: [Value; K], cells: [(usize, Value); N]) {
        debug_assert!(K == self.table.key && !self.table.log, "{} has another key", self.table.name);
        if self.muted {
            return;
        }
        let mut row: Vec<Value> = key.into();
        row.resize(self.table.columns.len(), Value::Same);
        for (place, value) in cells {
            if let Some(cell) = row.get_mut(place) {
                *cell = value;
            }
        }
        self.lay(row.into(), false);
    }

    fn lay(&mut self, row: Row, whole: bool) {
        let key = self.table.key;
        let hash = |row: &Row| self.hasher.hash_one(row.get(..key));
        let same = |other: &Row| other.get(..key) == row.get(..key);
        match self.keyed.find_mut(hash(&row), same) {
            Some(kept) if whole => *kept = row,
            Some(kept) => {
                let cells = kept.iter_mut().zip(row).filter(|(_, new)| *new != Value::Same);
                cells.for_each(|(cell, new)| *cell = new);
            }
            None => {
                self.keyed.insert_unique(hash(&row), row, hash);
            }
        }
    }

    /// Takes them out, in the order of their keys as they are stored.
    pub fn take(&mut self) -> Vec<Row> {
        let key = self.table.key;
        let mut rows = std::mem::take(&mut self.log);
        rows.extend(std::mem::take(&mut self.keyed));
        if !self.table.log {
            rows.sort_unstable_by(|a, b| {
                let cells = a.iter().zip(b).take(key);
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
        let wanted: Vec<Row> = vec![
            Box::new([Value::Integer(7), Value::Null, Value::Same]),
            Box::new(row([9, 2, 2])),
            Box::new(row([10, 1, 5])),
        ];
        assert_eq!(rows.take(), wanted);
        assert!(rows.is_empty());
        rows.mute(true);
        rows.put(row([1, 1, 1]));
        assert!(rows.is_empty());
    }
}
