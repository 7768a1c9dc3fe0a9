//! What a question may do: read tables and call functions whose answers follow from their arguments.

use super::QueryError;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Functions that depend on chance, on the moment, on the connection, or that reach outside.
const DENIED: [&str; 14] = [
    "random",
    "randomblob",
    "current_date",
    "current_time",
    "current_timestamp",
    "changes",
    "total_changes",
    "last_insert_rowid",
    "load_extension",
    "sqlite_source_id",
    "sqlite_version",
    "sqlite_offset",
    "fts3_tokenizer",
    "zeroblob",
];

/// Functions that take the present moment when they are called with so few arguments.
const OF_THE_MOMENT: [(&str, i32); 6] =
    [("date", 0), ("time", 0), ("datetime", 0), ("julianday", 0), ("unixepoch", 0), ("strftime", 1)];

pub(super) fn guard(connection: &mut Connection) -> rusqlite::Result<()> {
    for (name, arguments) in OF_THE_MOMENT {
        connection.create_scalar_function(name, arguments, FunctionFlags::SQLITE_UTF8, move |_| {
            let told = format!("{name} without a day depends on the moment of asking: name a day");
            Err::<i64, _>(rusqlite::Error::UserFunctionError(told.into()))
        })?;
    }
    connection.authorizer(Some(may))
}

fn may(context: AuthContext<'_>) -> Authorization {
    match context.action {
        // The transaction is our own, round each question.
        AuthAction::Select
        | AuthAction::Recursive
        | AuthAction::Read { .. }
        | AuthAction::Transaction { .. } => Authorization::Allow,
        AuthAction::Function { function_name }
            if !DENIED.contains(&function_name.to_lowercase().as_str()) =>
        {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

/// The word that SQLite's functions of time take for the present moment. A net: nobody is hurt who slips through it but
/// whoever asked.
pub(super) fn check_moment(question: &str) -> Result<(), QueryError> {
    let lower = question.to_lowercase();
    if lower.contains("'now'") {
        return Err(QueryError::Moment("'now'".to_owned()));
    }
    Ok(())
}
