//! Storing changed rows.

use super::{Standing, Store, StoreError};
use crate::rows::Rows;
use crate::table::Table;
use crate::value::{Row, Stored, Value};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.stored() {
            Stored::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Stored::Integer(number) => ToSqlOutput::Owned(number.into()),
            Stored::Text(std::borrow::Cow::Borrowed(text)) => {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }
            Stored::Text(std::borrow::Cow::Owned(text)) => ToSqlOutput::Owned(text.into()),
        })
    }
}

impl Store {
    /// Stores what has changed, and how far it goes, together or not at all.
    ///
    /// # Errors
    /// When the file cannot be written. Nothing has changed then.
    pub fn write(&mut self, changed: &mut [Rows], standing: &Standing) -> Result<(), StoreError> {
        let written = write(&mut self.connection, changed, standing);
        self.done(written)
    }
}

fn write(connection: &mut Connection, changed: &mut [Rows], standing: &Standing) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for rows in changed {
        let table = rows.table();
        for row in rows.take() {
            write_row(&transaction, table, &row)?;
        }
    }
    transaction.execute(
        "UPDATE jejak_standing SET position = ?, root = ?",
        params![i64::try_from(standing.position).unwrap_or(i64::MAX), standing.root],
    )?;
    transaction.commit()
}

pub(super) fn write_row(connection: &Connection, table: &Table, row: &Row) -> rusqlite::Result<()> {
    // A whole row, or the cells of it that change.
    let cells = row.iter().zip(table.columns).filter(|(cell, _)| **cell != Value::Same);
    let (values, names): (Vec<_>, Vec<_>) = cells.map(|(cell, column)| (cell, column.name)).unzip();
    let key: Vec<_> = table.key_columns().iter().map(|column| column.name).collect();
    let new: Vec<_> = names.iter().skip(table.key).map(|name| format!("{name} = excluded.{name}")).collect();
    let then = match new.is_empty() {
        _ if table.log => String::new(),
        true => format!(" ON CONFLICT ({}) DO NOTHING", key.join(", ")),
        false => format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), new.join(", ")),
    };
    let marks = vec!["?"; names.len()].join(", ");
    let text = format!("INSERT INTO {} ({}) VALUES ({marks}){then}", table.name, names.join(", "));
    connection.prepare_cached(&text)?.execute(rusqlite::params_from_iter(values))?;
    Ok(())
}
