//! A file of read models, read by what leaves it.

use super::{ExportError, suppression};
use crate::store::{Standing, standing};
use crate::table::{Column, Kind, Table};
use jejak_domain::time::{Day, Timestamp};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// One snapshot of the file, for as long as it is read.
pub struct Source {
    connection: Connection,
    /// What was folded.
    pub standing: Standing,
}

impl Source {
    /// Opens a file that is not written any more, or in one transaction of its own.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; BEGIN")?;
        let standing = standing(&connection)?.unwrap_or_default();
        Ok(Self { connection, standing })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Hands over every row of a table as it may leave, in the order of its key.
    pub(super) fn rows(
        &self,
        table: &'static Table,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut statement = self.connection.prepare(&suppression::query(table))?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }
}

/// A cell with its meaning.
pub(super) enum Cell<'a> {
    Nothing,
    Number(i64),
    Text(&'a str),
    Time(Timestamp),
    Day(Day),
}

/// Reads a cell as what its column holds.
pub(super) fn cell<'a>(
    table: &'static Table,
    column: &'static Column,
    value: ValueRef<'a>,
) -> Result<Cell<'a>, ExportError> {
    let wrong = || ExportError::Cell { table: table.name, column: column.name, found: format!("{value:?}") };
    let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).map_err(|_| wrong());
    Ok(match (column.kind, value) {
        (_, ValueRef::Null) => Cell::Nothing,
        (Kind::Position | Kind::Count | Kind::Minor | Kind::Flag, ValueRef::Integer(number)) => {
            Cell::Number(number)
        }
        (Kind::Code | Kind::Text, ValueRef::Text(bytes)) => Cell::Text(text(bytes)?),
        (Kind::Time, ValueRef::Text(bytes)) => {
            Cell::Time(Timestamp::parse(text(bytes)?).map_err(|_| wrong())?)
        }
        (Kind::Day, ValueRef::Text(bytes)) => Cell::Day(Day::parse(text(bytes)?).map_err(|_| wrong())?),
        _ => return Err(wrong()),
    })
}
