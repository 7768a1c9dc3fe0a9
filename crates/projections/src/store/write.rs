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
    let cells = row.iter().enumerate();
    if row.contains(&Value::Same) {
        let changed: Vec<_> =
            cells.filter(|(place, cell)| *place >= table.key && **cell != Value::Same).collect();
        let names = changed.iter().filter_map(|(place, _)| table.columns.get(*place)).map(|it| it.name);
        let names: Vec<_> = names.collect();
        let key: Vec<_> = table.key_columns().iter().map(|column| format!("{} = ?", column.name)).collect();
        let text =
            format!("UPDATE {} SET {} = ? WHERE {}", table.name, names.join(" = ?, "), key.join(" AND "));
        let values = changed.into_iter().map(|(_, cell)| cell).chain(row.iter().take(table.key));
        connection.prepare_cached(&text)?.execute(rusqlite::params_from_iter(values))?;
        return Ok(());
    }
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let text = format!("INSERT OR REPLACE INTO {} ({}) VALUES ({marks})", table.name, names.join(", "));
    connection.prepare_cached(&text)?.execute(rusqlite::params_from_iter(row.iter()))?;
    Ok(())
}
