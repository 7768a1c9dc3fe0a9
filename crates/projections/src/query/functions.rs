//! Functions that questions may use beside those of SQLite.

use jejak_domain::money::Currency;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// `money(minor, currency)`: exact decimal text of minor units.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("money", 2, flags, |context| {
        let (minor, currency): (Option<i64>, Option<String>) = (context.get(0)?, context.get(1)?);
        let (Some(minor), Some(currency)) = (minor, currency) else { return Ok(None) };
        let currency =
            Currency::new(&currency).map_err(|problem| rusqlite::Error::UserFunctionError(problem.into()))?;
        Ok(Some(crate::balances::decimal_text(minor.into(), currency)))
    })
}
