//! What leaves in other forms. Everything is read from one file of read models, so that numbers agree wherever they appear.

pub mod arrow;
pub mod beancount;
pub mod books;
pub mod csv;
pub mod hledger;
pub mod ocel;
pub mod parquet;
pub mod reading;
mod suppression;

use crate::store::StoreError;
use std::path::PathBuf;

/// Why nothing leaves.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The file of read models.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The history.
    #[error(transparent)]
    Project(Box<crate::projector::ProjectError>),
    /// SQLite, while it reads.
    #[error("reading the read models: {0}")]
    Read(#[from] rusqlite::Error),
    /// A cell is not of its column's kind: somebody changed the file.
    #[error("{table}.{column}: {found:?} is no value of this column: run `jejak project --check`")]
    Cell {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
    },
    /// The system refuses.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// Something is there already.
    #[error("{0} is there already: name a new place, or remove it first")]
    Taken(PathBuf),
    /// Parquet or Arrow refuses.
    #[error("{what}: {problem}")]
    Format {
        /// What was to be written.
        what: String,
        /// What the library says.
        problem: String,
    },
}

pub(crate) fn file_error(path: &std::path::Path) -> impl Fn(std::io::Error) -> ExportError + '_ {
    move |problem| ExportError::File { path: path.to_owned(), problem }
}

/// A new file; one that is there is never overwritten.
pub(crate) fn create(path: &std::path::Path) -> Result<std::fs::File, ExportError> {
    std::fs::File::create_new(path).map_err(|problem| match problem.kind() {
        std::io::ErrorKind::AlreadyExists => ExportError::Taken(path.to_owned()),
        _ => ExportError::File { path: path.to_owned(), problem },
    })
}
