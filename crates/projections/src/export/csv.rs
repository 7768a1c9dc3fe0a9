//! Tables as comma-separated values, with a data dictionary and control totals.

use super::reading::Source;
use super::{ExportError, file_error};
use crate::balances::decimal_text;
use crate::query::text::quoted;
use crate::table::{Kind, Table};
use jejak_domain::money::Currency;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// What somebody who receives a file can count again.
#[derive(Debug, Default)]
struct Totals {
    rows: u64,
    /// Sums of amounts by column and currency.
    sums: BTreeMap<(&'static str, String), i128>,
    /// Sum of the first four bytes of each line's SHA-256, line end left out.
    hash: u64,
}

/// Writes each table as `<table>.csv` into a directory that is made for it, with `dictionary.csv` and `control.json`.
///
/// # Errors
/// When the place is taken or cannot be written.
pub fn export(source: &Source, tables: &[&'static Table], out: &Path) -> Result<(), ExportError> {
    if out.exists() {
        return Err(ExportError::Taken(out.to_owned()));
    }
    std::fs::create_dir_all(out).map_err(file_error(out))?;
    let mut control = Map::new();
    for table in tables {
        let path = out.join(format!("{}.csv", table.name));
        let mut file = BufWriter::new(File::create(&path).map_err(file_error(&path))?);
        let totals = write_table(source, table, &mut file, &path)?;
        file.flush().map_err(file_error(&path))?;
        control.insert(table.name.to_owned(), as_json(&totals));
    }
    let path = out.join("dictionary.csv");
    std::fs::write(&path, dictionary(tables)).map_err(file_error(&path))?;
    let path = out.join("control.json");
    let standing = &source.standing;
    let control = json!({
        "origin": standing.origin, "position": standing.position, "root": standing.root, "tables": control,
    });
    std::fs::write(&path, format!("{control:#}\n")).map_err(file_error(&path))
}

fn write_table(
    source: &Source,
    table: &'static Table,
    out: &mut impl Write,
    path: &Path,
) -> Result<Totals, ExportError> {
    let names: Vec<_> = table.columns.iter().map(|column| exported_name(column.name, column.kind)).collect();
    write!(out, "{}\r\n", names.join(",")).map_err(file_error(path))?;
    let currency_at = table.columns.iter().position(|column| column.name == "currency");
    let mut totals = Totals::default();
    source.rows(table, |row| {
        let currency = match currency_at {
            Some(place) => row.get::<_, Option<String>>(place)?.and_then(|code| Currency::new(&code).ok()),
            None => None,
        };
        let mut cells = Vec::with_capacity(table.columns.len());
        for (place, column) in table.columns.iter().enumerate() {
            cells.push(match (column.kind, row.get_ref(place)?, currency) {
                (Kind::Minor, ValueRef::Integer(minor), Some(currency)) => {
                    *totals.sums.entry((column.name, currency.to_string())).or_default() += i128::from(minor);
                    decimal_text(minor.into(), currency)
                }
                (_, ValueRef::Integer(number), _) => number.to_string(),
                (_, ValueRef::Text(text), _) => quoted(&String::from_utf8_lossy(text)),
                _ => String::new(),
            });
        }
        let line = cells.join(",");
        totals.rows += 1;
        totals.hash = totals.hash.wrapping_add(first_four(&line));
        write!(out, "{line}\r\n").map_err(file_error(path))
    })?;
    Ok(totals)
}

fn first_four(line: &str) -> u64 {
    let digest = Sha256::digest(line.as_bytes());
    digest.iter().take(4).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Amounts leave as decimals, without the word for minor units.
pub(super) fn exported_name(name: &'static str, kind: Kind) -> &'static str {
    if kind == Kind::Minor { name.strip_suffix("_minor").unwrap_or(name) } else { name }
}

fn as_json(totals: &Totals) -> Value {
    let mut sums = Map::new();
    for ((column, currency), minor) in &totals.sums {
        let Ok(of) = Currency::new(currency) else { continue };
        let name = format!("{} {currency}", exported_name(column, Kind::Minor));
        sums.insert(name, json!(decimal_text(*minor, of)));
    }
    json!({ "rows": totals.rows, "sums": sums, "hashtotal": totals.hash })
}

fn dictionary(tables: &[&'static Table]) -> String {
    let mut text = "table,column,key,unit,about\r\n".to_owned();
    for table in tables {
        for (place, column) in table.columns.iter().enumerate() {
            let unit = if column.kind == Kind::Minor {
                "decimal, in the row's currency"
            } else {
                column.kind.unit()
            };
            let cells = [
                table.name,
                exported_name(column.name, column.kind),
                if place < table.key { "key" } else { "" },
                &quoted(unit),
                &quoted(column.about),
            ];
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
    }
    text
}
