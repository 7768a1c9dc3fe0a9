//! Read models in one SQLite file. Rows and the position that they were computed from change in one transaction.

mod building;
mod runs;
mod schema;
mod swap;
mod write;

pub use building::Building;

use crate::table::Table;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use schema::Made;
use std::path::{Path, PathBuf};

/// What can go wrong with the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite refuses.
    #[error("{path}: {problem}: delete the file and run `jejak project` to build it again")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        problem: rusqlite::Error,
    },
    /// It is not what its name says.
    #[error("{path} holds no read models of {origin}: move it away and run `jejak project` again")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The ledger.
        origin: String,
    },
    /// The system refuses.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
}

/// How far the rows go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Origin of the ledger.
    pub origin: String,
    /// Lines that were folded: the position after the last of them.
    pub position: u64,
    /// Root of the tree over these lines, base64 as in signed heads.
    pub root: String,
}

/// An open file, for writing.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Built beside, and thrown away when it is not finished: nothing is synced.
    Building,
    /// Read by others meanwhile.
    Live,
}

impl Store {
    /// The file that is there, when its models are those of this program.
    ///
    /// # Errors
    /// When it cannot be opened, or is not of this ledger.
    pub fn open(path: &Path, origin: &str, tables: &[&'static Table]) -> Result<Option<Self>, StoreError> {
        if !path.exists() {
            return Ok(None);
        }
        let store = Self::connect(path, Mode::Live)?;
        match store.done(schema::made(&store.connection, origin, tables))? {
            Made::Fitting => Ok(Some(store)),
            Made::Otherwise => Ok(None),
            Made::Foreign => Err(StoreError::Foreign { path: path.to_owned(), origin: origin.to_owned() }),
        }
    }

    fn connect(path: &Path, mode: Mode) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = |problem| StoreError::Sqlite { path: path.to_owned(), problem };
        let connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
        let settings = match mode {
            Mode::Building => "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
            // A file that can be built again needs no more: a crash loses the last transactions, never half of one.
            Mode::Live => "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        };
        connection.execute_batch(settings).map_err(sqlite)?;
        connection
            .execute_batch("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA threads = 2;")
            .map_err(sqlite)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self { connection, path: path.to_owned() })
    }

    /// How far its rows go.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        self.done(standing(&self.connection)).map(Option::unwrap_or_default)
    }

    /// Puts a file that was built beside in the place of `path`, whose readers go on meanwhile.
    ///
    /// # Errors
    /// When one of both cannot be written.
    pub fn publish(self, path: &Path, tables: &[&'static Table]) -> Result<Self, StoreError> {
        self.done(schema::index(&self.connection, tables))?;
        let Self { connection, path: built } = self;
        let sqlite = |problem| StoreError::Sqlite { path: built.clone(), problem };
        connection.execute_batch("PRAGMA journal_mode = WAL;").map_err(sqlite)?;
        connection.close().map_err(|(_, problem)| sqlite(problem))?;
        if path.exists() {
            let mut live = Self::connect(path, Mode::Live)?;
            let swapped = swap::swap(&mut live.connection, &built, tables);
            live.done(swapped)?;
            remove(&built)?;
            return Ok(live);
        }
        let file = |problem| StoreError::File { path: built.clone(), problem };
        std::fs::File::open(&built).and_then(|opened| opened.sync_all()).map_err(file)?;
        std::fs::rename(&built, path).map_err(file)?;
        Self::connect(path, Mode::Live)
    }

    /// Rows of each table.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let count = |table: &'static Table| {
            let rows: i64 =
                self.connection
                    .query_row(&format!("SELECT count(*) FROM {}", table.name), (), |row| row.get(0))?;
            Ok((table.name, u64::try_from(rows).unwrap_or_default()))
        };
        self.done(crate::models::tables().into_iter().map(count).collect())
    }

    /// Removes a file that nobody needs.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(self) -> Result<(), StoreError> {
        let Self { connection, path } = self;
        drop(connection);
        remove(&path)
    }

    /// The connection, for reading.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn done<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|problem| StoreError::Sqlite { path: self.path.clone(), problem })
    }
}

/// How far the rows of the file go, where there is one of ours that can be read.
pub fn standing_of(path: &Path) -> Option<Standing> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = path.exists().then(|| Connection::open_with_flags(path, flags))?.ok()?;
    standing(&connection).ok().flatten()
}

/// How far the rows of a file go, where it is one of ours.
pub(crate) fn standing(connection: &Connection) -> rusqlite::Result<Option<Standing>> {
    let read = |row: &rusqlite::Row<'_>| {
        let position: i64 = row.get(1)?;
        Ok(Standing {
            origin: row.get(0)?,
            position: u64::try_from(position).unwrap_or_default(),
            root: row.get(2)?,
        })
    };
    connection.query_row("SELECT origin, position, root FROM jejak_standing", (), read).optional()
}

/// Removes a file with its journals.
pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    for end in ["-wal", "-shm", ""] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::File { path: name.into(), problem });
            }
            _ => {}
        }
    }
    Ok(())
}
