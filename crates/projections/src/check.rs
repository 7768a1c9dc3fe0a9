//! Two files with the same tables, compared row by row.

use crate::store::{Store, StoreError};
use crate::table::Table;
use rusqlite::Rows;
use rusqlite::types::Value;
use std::cmp::Ordering;
use std::fmt;

/// Where the stored rows are not what the events give.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// One cell.
    Cell {
        /// The table.
        table: &'static str,
        /// The key, as text.
        key: String,
        /// The column.
        column: &'static str,
        /// What is stored.
        stored: String,
        /// What the events give.
        computed: String,
    },
    /// A row is not stored.
    Missing {
        /// The table.
        table: &'static str,
        /// The key, as text.
        key: String,
    },
    /// A row is stored for which there are no events.
    Extra {
        /// The table.
        table: &'static str,
        /// The key, as text.
        key: String,
    },
    /// A table is gone, or has other columns.
    Table {
        /// The table.
        table: &'static str,
        /// What SQLite says.
        problem: String,
    },
    /// The root that is stored is not the tree's.
    Root {
        /// What is stored.
        stored: String,
        /// What the lines give.
        computed: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell { table, key, column, stored, computed } => {
                write!(f, "{table} [{key}] {column}: {stored} is stored, the events give {computed}")
            }
            Self::Missing { table, key } => write!(f, "{table} [{key}]: the row is missing"),
            Self::Extra { table, key } => write!(f, "{table} [{key}]: no event gives this row"),
            Self::Table { table, problem } => write!(f, "{table}: {problem}"),
            Self::Root { stored, computed } => {
                write!(f, "the root {stored} is stored, the lines give {computed}")
            }
        }
    }
}

/// Everything in which `stored` is not what was computed from the events.
///
/// # Errors
/// When a file cannot be read.
pub fn compare(
    stored: &Store,
    computed: &Store,
    tables: &[&'static Table],
) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    let (ours, theirs) = (stored.standing()?.root, computed.standing()?.root);
    if ours != theirs {
        differences.push(Difference::Root { stored: ours, computed: theirs });
    }
    for table in tables {
        // Stored rows are asked first: what is wrong with them is a finding, what is wrong with the new ones an error.
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        let key: Vec<_> = table.key_columns().iter().map(|column| column.name).collect();
        let query = format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), table.name, key.join(", "));
        let mut ours = match stored.connection().prepare(&query) {
            Ok(statement) => statement,
            Err(problem) => {
                differences.push(Difference::Table { table: table.name, problem: problem.to_string() });
                continue;
            }
        };
        let mut theirs = computed.done(computed.connection().prepare(&query))?;
        let mut merge =
            Merge { table, ours: stored.done(ours.query(()))?, theirs: computed.done(theirs.query(()))? };
        stored.done(merge.run(&mut differences))?;
    }
    Ok(differences)
}

struct Merge<'a> {
    table: &'static Table,
    ours: Rows<'a>,
    theirs: Rows<'a>,
}

impl Merge<'_> {
    fn run(&mut self, differences: &mut Vec<Difference>) -> rusqlite::Result<()> {
        let table = self.table;
        let (mut one, mut two) = (next(table, &mut self.ours)?, next(table, &mut self.theirs)?);
        loop {
            let order = match (&one, &two) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(two)) => order(table, one, two),
            };
            match order {
                Ordering::Less => {
                    let key = key_of(table, one.as_deref());
                    differences.push(Difference::Extra { table: table.name, key });
                    one = next(table, &mut self.ours)?;
                }
                Ordering::Greater => {
                    let key = key_of(table, two.as_deref());
                    differences.push(Difference::Missing { table: table.name, key });
                    two = next(table, &mut self.theirs)?;
                }
                Ordering::Equal => {
                    if let (Some(one), Some(two)) = (&one, &two) {
                        cells(table, one, two, differences);
                    }
                    (one, two) = (next(table, &mut self.ours)?, next(table, &mut self.theirs)?);
                }
            }
        }
    }
}

fn next(table: &Table, rows: &mut Rows<'_>) -> rusqlite::Result<Option<Vec<Value>>> {
    let row = rows.next()?;
    row.map(|row| (0..table.columns.len()).map(|place| row.get(place)).collect()).transpose()
}

/// As SQLite orders keys, which are never NULL: numbers before texts, texts by their bytes.
fn order(table: &Table, one: &[Value], two: &[Value]) -> Ordering {
    let pairs = one.iter().zip(two).take(table.key);
    let each = pairs.map(|pair| match pair {
        (Value::Integer(one), Value::Integer(two)) => one.cmp(two),
        (Value::Text(one), Value::Text(two)) => one.as_bytes().cmp(two.as_bytes()),
        (Value::Integer(_), _) => Ordering::Less,
        (_, Value::Integer(_)) => Ordering::Greater,
        _ => Ordering::Equal,
    });
    each.fold(Ordering::Equal, Ordering::then)
}

fn cells(table: &'static Table, one: &[Value], two: &[Value], differences: &mut Vec<Difference>) {
    let pairs = one.iter().zip(two).zip(table.columns);
    for ((stored, computed), column) in pairs.filter(|((one, two), _)| one != two) {
        let (stored, computed) = (shown(stored), shown(computed));
        let key = key_of(table, Some(one));
        differences.push(Difference::Cell { table: table.name, key, column: column.name, stored, computed });
    }
}

fn key_of(table: &Table, row: Option<&[Value]>) -> String {
    let cells: Vec<_> = row.unwrap_or_default().iter().take(table.key).map(shown).collect();
    cells.join(" ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}
