//! A file that is built in one go, and thrown away when it is not finished.
//!
//! Rows come in the order of events. Stored as they come, each would look for its place in a tree that has long outgrown
//! memory; so they wait in sorted runs, and each is stored once, behind the one before it.

use super::runs::{Cell, Runs};
use super::write::{insert, write};
use super::{Mode, Standing, Store, StoreError, remove, schema};
use crate::rows::Rows;
use crate::table::Table;
use rusqlite::types::Null;
use std::path::{Path, PathBuf};

/// The file while it is built.
pub struct Building {
    store: Store,
    tables: Vec<&'static Table>,
    runs: Runs,
}

impl Building {
    /// A new file with empty tables. What stands there is replaced.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, origin: &str, tables: &[&'static Table]) -> Result<Self, StoreError> {
        remove(path)?;
        let store = Store::connect(path, Mode::Building)?;
        store.done(schema::create(&store.connection, origin, tables))?;
        let waiting = beside(path);
        let runs = Runs::create(&waiting).map_err(|problem| StoreError::File { path: waiting, problem })?;
        Ok(Self { store, tables: tables.to_vec(), runs })
    }

    /// Takes what has changed, and how far it goes.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&mut self, changed: &[Rows], standing: &Standing) -> Result<(), StoreError> {
        let (logs, others): (Vec<_>, Vec<_>) = changed.iter().partition(|rows| rows.table().log);
        let failed = |problem| StoreError::File { path: beside(&self.store.path), problem };
        others.into_iter().try_for_each(|rows| self.runs.add(rows)).map_err(failed)?;
        let written = write(&mut self.store.connection, logs, standing);
        self.store.done(written)
    }

    /// Stores what waits.
    ///
    /// # Errors
    /// When a file cannot be written, or the rows that waited not read.
    pub fn finish(self) -> Result<Store, StoreError> {
        let Self { store, tables, mut runs } = self;
        let stored = store_merged(&store, &tables, &mut runs);
        stored.map_err(|problem| match problem {
            Stored::Sqlite(problem) => StoreError::Sqlite { path: store.path.clone(), problem },
            Stored::Runs(problem) => StoreError::File { path: beside(&store.path), problem },
        })?;
        Ok(store)
    }

    /// Removes what nobody waits for.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(self) -> Result<(), StoreError> {
        self.store.discard()
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".runs");
    name.into()
}

/// What failed.
enum Stored {
    Sqlite(rusqlite::Error),
    Runs(std::io::Error),
}

impl From<rusqlite::Error> for Stored {
    fn from(problem: rusqlite::Error) -> Self {
        Self::Sqlite(problem)
    }
}

impl From<std::io::Error> for Stored {
    fn from(problem: std::io::Error) -> Self {
        Self::Runs(problem)
    }
}

fn store_merged(store: &Store, tables: &[&'static Table], runs: &mut Runs) -> Result<(), Stored> {
    let transaction = store.connection.unchecked_transaction()?;
    for table in tables.iter().filter(|table| !table.log) {
        let mut statement = transaction.prepare(&insert(table, table.columns))?;
        runs.merge(table, |row| -> Result<(), Stored> {
            for (number, cell) in (1..).zip(row) {
                match cell {
                    Cell::Same | Cell::Null => statement.raw_bind_parameter(number, Null)?,
                    Cell::Integer(amount) => statement.raw_bind_parameter(number, amount)?,
                    Cell::Text(text) => statement.raw_bind_parameter(number, text)?,
                }
            }
            Ok(statement.raw_execute().map(drop)?)
        })?;
    }
    Ok(transaction.commit()?)
}
