//! Questions in SQL that can read and do nothing else, each answered from one position.

pub mod functions;
mod permission;
pub mod text;

use crate::cancellation::Cancellation;
use crate::store::{Standing, standing};
use rusqlite::limits::Limit;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a question may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of the answer.
    pub rows: usize,
    /// How long it may take.
    pub time: Duration,
    /// Bytes of all its cells: a short question can build long ones, and many.
    pub bytes: usize,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// There is no file yet.
    #[error("{0} is not there: run `jejak project` first")]
    Missing(PathBuf),
    /// It is not one of ours, or not finished.
    #[error("{0} holds no read models: run `jejak project` again")]
    Foreign(PathBuf),
    /// SQLite does not understand it, or it asks for what may not be done.
    #[error("{0}")]
    Refused(String),
    /// It would give another answer at another time.
    #[error(
        "{0} depends on the moment of asking; the same question has to give the same answer: name a day or a position instead"
    )]
    Moment(String),
    /// Too many rows.
    #[error("the answer has more than {0} rows: add LIMIT or a narrower WHERE, or export the table")]
    Rows(usize),
    /// Too long.
    #[error("the answer has more than {0} bytes: ask for less, or export the table")]
    Bytes(usize),
    /// Too slow.
    #[error("no answer within {} s: ask for less, or raise the limit", .0.as_secs())]
    Time(Duration),
    /// Nobody waits for the answer any more.
    #[error("nobody waits for the answer any more")]
    Cancelled,
    /// Two columns with one name.
    #[error("two columns are called {0}: name them apart with AS")]
    Columns(String),
}

/// An answer, and the position that it was computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was folded.
    pub standing: Standing,
    /// Names of the columns, each another.
    pub columns: Vec<String>,
    /// Rows, with a cell for each column.
    pub rows: Vec<Vec<Value>>,
}

/// A file that can be asked.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

impl Reader {
    /// Opens a file of read models.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(path: &Path) -> Result<Self, QueryError> {
        if !path.exists() {
            return Err(QueryError::Missing(path.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || -> rusqlite::Result<Connection> {
            let mut connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.execute_batch(
                "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
            )?;
            // A join without a condition, or a text built up without end, is stopped by time; this stops memory.
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, 16 << 20)?;
            connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            functions::add(&connection)?;
            permission::guard(&mut connection)?;
            Ok(connection)
        };
        let connection = open().map_err(|problem| QueryError::Refused(problem.to_string()))?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Answers one question.
    ///
    /// # Errors
    /// When it is not one that can be answered within the limits.
    pub fn ask(&mut self, question: &str, limits: Limits) -> Result<Answer, QueryError> {
        self.ask_until(question, limits, &Cancellation::default())
    }

    /// The same, until it is cancelled.
    ///
    /// # Errors
    /// The same, and when it is cancelled.
    pub fn ask_until(
        &mut self,
        question: &str,
        limits: Limits,
        cancellation: &Cancellation,
    ) -> Result<Answer, QueryError> {
        let answer = self.within(question, limits, cancellation.clone());
        if cancellation.is_cancelled() { Err(QueryError::Cancelled) } else { answer }
    }

    fn within(
        &mut self,
        question: &str,
        limits: Limits,
        cancellation: Cancellation,
    ) -> Result<Answer, QueryError> {
        permission::check_moment(question)?;
        let until = Instant::now() + limits.time;
        let interrupt = move || Instant::now() > until || cancellation.is_cancelled();
        let refused = |problem: rusqlite::Error| refusal(&problem, limits.time);
        self.connection.progress_handler(10_000, Some(interrupt)).map_err(refused)?;
        // One snapshot for the position and the rows.
        let transaction = self.connection.unchecked_transaction().map_err(refused)?;
        let standing = standing(&transaction).ok().flatten();
        let standing = standing.ok_or_else(|| QueryError::Foreign(self.path.clone()))?;
        let mut statement = transaction.prepare(question).map_err(refused)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        if columns.is_empty() {
            return Err(QueryError::Refused("only SELECT can be asked".to_owned()));
        }
        check_names(&columns)?;
        let mut found = statement.query(()).map_err(refused)?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = found.next().map_err(refused)? {
            if rows.len() == limits.rows {
                return Err(QueryError::Rows(limits.rows));
            }
            let cells = (0..columns.len()).map(|place| row.get(place));
            let cells = cells.collect::<rusqlite::Result<Vec<_>>>().map_err(refused)?;
            bytes += cells.iter().map(length).sum::<usize>();
            if bytes > limits.bytes {
                return Err(QueryError::Bytes(limits.bytes));
            }
            rows.push(cells);
        }
        Ok(Answer { standing, columns, rows })
    }
}

fn length(cell: &Value) -> usize {
    match cell {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        Value::Null | Value::Integer(_) | Value::Real(_) => 8,
    }
}

fn check_names(columns: &[String]) -> Result<(), QueryError> {
    let mut names: Vec<_> = columns.iter().collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair.first() == pair.get(1));
    match twice.and_then(|pair| pair.first()) {
        Some(name) => Err(QueryError::Columns((*name).clone())),
        None => Ok(()),
    }
}

fn refusal(problem: &rusqlite::Error, time: Duration) -> QueryError {
    match problem {
        rusqlite::Error::SqliteFailure(error, _) if error.code == ErrorCode::OperationInterrupted => {
            QueryError::Time(time)
        }
        rusqlite::Error::SqliteFailure(error, _)
            if error.code == ErrorCode::AuthorizationForStatementDenied =>
        {
            QueryError::Refused(
                "only SELECT over the read models can be asked; nothing can be changed, attached or loaded"
                    .to_owned(),
            )
        }
        problem => QueryError::Refused(problem.to_string()),
    }
}
