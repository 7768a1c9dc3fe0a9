//! Storing changed rows.

use super::{Standing, Store, StoreError};
use crate::rows::Rows;
use crate::table::{Column, Table};
use crate::value::Value;
use rusqlite::{Connection, Statement, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl Store {
    /// Stores what has changed, and how far it goes, together or not at all.
    ///
    /// # Errors
    /// When the file cannot be written. Nothing has changed then.
    pub fn write(&mut self, changed: &[Rows], standing: &Standing) -> Result<(), StoreError> {
        let written = write(&mut self.connection, changed, standing);
        self.done(written)
    }
}

pub(super) fn write<'a>(
    connection: &mut Connection,
    changed: impl IntoIterator<Item = &'a Rows>,
    standing: &Standing,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for rows in changed {
        let mut statements = Statements::new(&transaction, rows.table());
        rows.in_order().into_iter().try_for_each(|row| statements.write(row))?;
    }
    transaction.execute(
        "UPDATE jejak_standing SET position = ?, root = ?",
        params![i64::try_from(standing.position).unwrap_or(i64::MAX), standing.root],
    )?;
    transaction.commit()
}

/// The statements that store rows of one table: one for each set of columns that change together.
struct Statements<'a> {
    connection: &'a Connection,
    table: &'static Table,
    prepared: HashMap<u64, Prepared<'a>>,
    /// Where cells are written out, one after the other.
    text: String,
}

/// A statement, and the cells that are bound to it. Rows beside each other have most of them in common, and what stays
/// bound need not be written out again.
struct Prepared<'a> {
    statement: Statement<'a>,
    bound: Vec<Value>,
}

impl<'a> Statements<'a> {
    fn new(connection: &'a Connection, table: &'static Table) -> Self {
        Self { connection, table, prepared: HashMap::new(), text: String::new() }
    }

    /// A whole row, or the cells of it that change.
    fn write(&mut self, row: &[Value]) -> rusqlite::Result<()> {
        let changed = row.iter().enumerate().filter(|(_, cell)| **cell != Value::Same);
        let columns = changed.clone().fold(0, |columns, (place, _)| columns | 1 << place);
        let Prepared { statement, bound } = match self.prepared.entry(columns) {
            Entry::Occupied(prepared) => prepared.into_mut(),
            Entry::Vacant(new) => {
                let statement = self.connection.prepare(&upsert(self.table, columns))?;
                // No cell that changes is `Same`.
                new.insert(Prepared { statement, bound: vec![Value::Same; row.len()] })
            }
        };
        for ((number, (_, cell)), bound) in (1..).zip(changed).zip(bound) {
            if *bound == *cell {
                continue;
            }
            match cell {
                Value::Null | Value::Same => statement.raw_bind_parameter(number, rusqlite::types::Null)?,
                Value::Integer(amount) => statement.raw_bind_parameter(number, amount)?,
                other => {
                    self.text.clear();
                    other.write(&mut self.text);
                    statement.raw_bind_parameter(number, self.text.as_str())?;
                }
            }
            bound.clone_from(cell);
        }
        statement.raw_execute()?;
        Ok(())
    }
}

/// A new row, or these columns of it.
pub(super) fn insert<'a>(table: &Table, columns: impl IntoIterator<Item = &'a Column>) -> String {
    let names: Vec<_> = columns.into_iter().map(|column| column.name).collect();
    let marks = vec!["?"; names.len()].join(", ");
    format!("INSERT INTO {} ({}) VALUES ({marks})", table.name, names.join(", "))
}

fn upsert(table: &Table, columns: u64) -> String {
    let columns = table.columns.iter().enumerate().filter(|(place, _)| columns & (1 << place) != 0);
    let columns: Vec<_> = columns.map(|(_, column)| column).collect();
    let key: Vec<_> = table.key_columns().iter().map(|column| column.name).collect();
    let new = columns.iter().skip(table.key).map(|Column { name, .. }| format!("{name} = excluded.{name}"));
    let new: Vec<_> = new.collect();
    let then = match new.is_empty() {
        _ if table.log => String::new(),
        true => format!(" ON CONFLICT ({}) DO NOTHING", key.join(", ")),
        false => format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), new.join(", ")),
    };
    insert(table, columns) + &then
}
