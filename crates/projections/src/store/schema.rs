//! The tables of the file, and what it says of itself.

use crate::table::{Kind, Table};
use rusqlite::{Connection, params};

/// Where the file stands, what it was made by, and what its columns mean.
const OWN: &str = "
    CREATE TABLE jejak_standing (
        one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, position INTEGER NOT NULL, root TEXT NOT NULL
    ) STRICT;
    CREATE TABLE jejak_models (name TEXT PRIMARY KEY, version INTEGER NOT NULL, about TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE jejak_columns (
        model TEXT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, key INTEGER NOT NULL, unit TEXT NOT NULL,
        about TEXT NOT NULL, PRIMARY KEY (model, place)
    ) STRICT, WITHOUT ROWID;
";

/// Changed when the form of all tables changes.
pub(super) const FORM: i64 = 2;

pub(super) fn create(
    connection: &Connection,
    origin: &str,
    tables: &[&'static Table],
) -> rusqlite::Result<()> {
    connection.pragma_update(None, "user_version", FORM)?;
    connection.execute_batch(OWN)?;
    connection.execute("INSERT INTO jejak_standing VALUES (1, ?, 0, '')", [origin])?;
    describe(connection, tables)?;
    tables.iter().try_for_each(|table| connection.execute_batch(&definition(table)))
}

/// The data dictionary: models with their versions, and their columns.
pub(super) fn describe(connection: &Connection, tables: &[&'static Table]) -> rusqlite::Result<()> {
    connection.execute_batch("DELETE FROM jejak_models; DELETE FROM jejak_columns;")?;
    for table in tables {
        let about = params![table.name, table.version, table.about];
        connection.execute("INSERT INTO jejak_models VALUES (?, ?, ?)", about)?;
        for (place, column) in (1_i64..).zip(table.columns) {
            let key = usize::try_from(place).is_ok_and(|place| place <= table.key);
            connection.execute(
                "INSERT INTO jejak_columns VALUES (?, ?, ?, ?, ?, ?)",
                params![table.name, place, column.name, key, column.kind.unit(), column.about],
            )?;
        }
    }
    Ok(())
}

/// Rows are kept in the order of their keys, so that the same rows are read in the same order wherever they were stored.
pub(super) fn definition(table: &Table) -> String {
    let mut parts = Vec::new();
    for (place, column) in table.columns.iter().enumerate() {
        let needed = if place < table.key { " NOT NULL" } else { "" };
        parts.push(format!("{} {}{needed}", column.name, column.kind.sql_type()));
        if let Some(amount) = column.name.strip_suffix("_minor").filter(|_| column.kind == Kind::Minor) {
            parts.push(format!("{amount} TEXT AS ({}) VIRTUAL", decimal(column.name)));
        }
    }
    let key: Vec<_> = table.key_columns().iter().map(|column| column.name).collect();
    parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
    format!("CREATE TABLE {} ({}) STRICT, WITHOUT ROWID;", table.name, parts.join(", "))
}

/// Exact decimal text of minor units, made when it is read; nothing where there is no amount. Every table with amounts has a column `currency`.
fn decimal(minor: &str) -> String {
    use jejak_domain::money::Currency;
    let others = Currency::without_two_digits()
        .map(|(currency, digits)| format!("WHEN '{currency}' THEN {}", divided(minor, digits)));
    let text =
        format!("CASE currency {} ELSE {} END", others.collect::<Vec<_>>().join(" "), divided(minor, 2));
    format!("CASE WHEN {minor} IS NOT NULL THEN {text} END")
}

fn divided(minor: &str, digits: u8) -> String {
    if digits == 0 {
        return format!("CAST({minor} AS TEXT)");
    }
    let unit = 10_i64.pow(digits.into());
    let sign = format!("CASE WHEN {minor} < 0 THEN '-' ELSE '' END");
    format!("printf('%s%d.%0{digits}d', {sign}, abs({minor} / {unit}), abs({minor} % {unit}))")
}

/// Made once all rows are there, which is faster than row by row.
pub(super) fn index(connection: &Connection, tables: &[&'static Table]) -> rusqlite::Result<()> {
    for table in tables {
        for columns in table.indexes {
            let name = columns.replace(", ", "_");
            let text = format!("CREATE INDEX IF NOT EXISTS {0}_{name} ON {0} ({columns})", table.name);
            connection.execute_batch(&text)?;
        }
    }
    Ok(())
}

/// What a file was made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// These models of this ledger.
    Fitting,
    /// Another version of this program, for this ledger.
    Otherwise,
    /// For another ledger, or by another program.
    Foreign,
}

pub(super) fn made(
    connection: &Connection,
    origin: &str,
    tables: &[&'static Table],
) -> rusqlite::Result<Made> {
    let form: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if !connection.table_exists(None, "jejak_standing")? || !connection.table_exists(None, "jejak_models")? {
        return Ok(Made::Foreign);
    }
    let found: String = connection.query_row("SELECT origin FROM jejak_standing", (), |row| row.get(0))?;
    let mut statement = connection.prepare("SELECT name, version FROM jejak_models ORDER BY name")?;
    let models = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let models: Vec<(String, u32)> = models.collect::<rusqlite::Result<_>>()?;
    let mut wanted: Vec<_> = tables.iter().map(|table| (table.name.to_owned(), table.version)).collect();
    wanted.sort();
    Ok(match (found == origin, models == wanted && form == FORM) {
        (false, _) => Made::Foreign,
        (true, true) => Made::Fitting,
        (true, false) => Made::Otherwise,
    })
}
