//! A file that is built in one go, and thrown away when it is not finished.
//!
//! Rows come in the order of events. Stored as they come, each would look for its place in a tree that has long outgrown
//! memory; so they wait in sorted runs, and each is stored once, behind the one before it.

use super::runs::{Cell, Runs, cells};
use super::write::{insert, write};
use super::{Mode, Standing, Store, StoreError, remove, schema};
use crate::rows::Rows;
use crate::table::Table;
use rusqlite::types::Null;
use rusqlite::{Connection, Statement};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

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

/// Rows of one table, each behind its length.
type Batch = (&'static Table, Vec<u8>);

/// Bytes of rows that are handed over together.
const BATCH: usize = 1 << 20;

/// One thread merges, another stores.
fn store_merged(store: &Store, tables: &[&'static Table], runs: &mut Runs) -> Result<(), Stored> {
    let transaction = store.connection.unchecked_transaction()?;
    let (hand, take) = sync_channel::<Batch>(4);
    thread::scope(|scope| {
        let merging = scope.spawn(move || merge(tables, runs, &hand));
        let stored = insert_all(&transaction, take);
        let stopped = || std::io::Error::other("the rows that wait were not merged to the end");
        let merged = merging.join().unwrap_or_else(|_| Err(stopped()));
        // A statement that failed is why nothing could be handed over.
        stored?;
        Ok::<_, Stored>(merged?)
    })?;
    Ok(transaction.commit()?)
}

fn merge(tables: &[&'static Table], runs: &mut Runs, hand: &SyncSender<Batch>) -> std::io::Result<()> {
    let gone = |_| std::io::Error::other("nobody stores the rows that wait");
    for table in tables.iter().filter(|table| !table.log) {
        let mut batch = Vec::with_capacity(BATCH);
        runs.merge(table, |row| {
            batch.extend(u64::try_from(row.len()).unwrap_or(u64::MAX).to_le_bytes());
            batch.extend(row);
            if batch.len() < BATCH {
                return Ok(());
            }
            hand.send((table, std::mem::take(&mut batch))).map_err(gone)
        })?;
        hand.send((table, batch)).map_err(gone)?;
    }
    Ok(())
}

fn insert_all(connection: &Connection, take: Receiver<Batch>) -> rusqlite::Result<()> {
    let mut inserting: Option<(&'static str, Statement<'_>)> = None;
    for (table, batch) in take {
        let statement = match &mut inserting {
            Some((name, statement)) if *name == table.name => statement,
            other => {
                let statement = connection.prepare(&insert(table, table.columns))?;
                &mut other.insert((table.name, statement)).1
            }
        };
        let mut rest = batch.as_slice();
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let (row, after) = after.split_at_checked(length).unwrap_or((after, &[]));
            insert_row(statement, row)?;
            rest = after;
        }
    }
    Ok(())
}

fn insert_row(statement: &mut Statement<'_>, row: &[u8]) -> rusqlite::Result<()> {
    for (number, cell) in (1..).zip(cells(row)) {
        match cell {
            Cell::Same | Cell::Null => statement.raw_bind_parameter(number, Null)?,
            Cell::Integer(amount) => statement.raw_bind_parameter(number, amount)?,
            Cell::Text(text) => statement.raw_bind_parameter(number, text)?,
        }
    }
    statement.raw_execute()?;
    Ok(())
}
