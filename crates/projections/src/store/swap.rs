//! New tables in the place of old ones, in one transaction: a reader sees either the old rows or the new.

use super::schema;
use crate::table::Table;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

pub(super) fn swap(live: &mut Connection, built: &Path, tables: &[&'static Table]) -> rusqlite::Result<()> {
    live.execute("ATTACH DATABASE ? AS built", [built.to_string_lossy()])?;
    let swapped = move_over(live, tables);
    live.execute_batch("DETACH DATABASE built")?;
    swapped
}

fn move_over(live: &mut Connection, tables: &[&'static Table]) -> rusqlite::Result<()> {
    let transaction = live.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut statement = transaction.prepare("SELECT name FROM main.jejak_models")?;
    let old: Vec<String> = statement.query_map((), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    drop(statement);
    for name in old {
        transaction.execute_batch(&format!("DROP TABLE IF EXISTS main.\"{name}\""))?;
    }
    for table in tables {
        transaction.execute_batch(&schema::definition(table))?;
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        let names = names.join(", ");
        transaction.execute_batch(&format!(
            "INSERT INTO main.{0} ({names}) SELECT {names} FROM built.{0}",
            table.name
        ))?;
    }
    transaction.pragma_update(None, "user_version", schema::FORM)?;
    schema::describe(&transaction, tables)?;
    schema::index(&transaction, tables)?;
    transaction.execute_batch(
        "UPDATE main.jejak_standing SET (position, root) = (SELECT position, root FROM built.jejak_standing)",
    )?;
    transaction.commit()
}
