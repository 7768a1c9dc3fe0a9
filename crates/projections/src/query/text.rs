//! Answers as CSV and as JSON.

use super::Answer;
use rusqlite::types::Value;
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// A cell as text; nothing is empty text.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        // As SQLite writes them.
        Value::Blob(bytes) => {
            let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
        }
    }
}

/// Comma-separated values (RFC 4180), with a line of names. Nothing and empty text differ: empty text is quoted.
///
/// # Errors
/// When it cannot be written.
pub fn write_csv(answer: &Answer, mut out: impl Write) -> io::Result<()> {
    write_record(&mut out, answer.columns.iter().map(|name| quoted(name)))?;
    for row in &answer.rows {
        let cell = |value: &Value| match value {
            Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
            value => quoted(&shown(value)),
        };
        write_record(&mut out, row.iter().map(cell))?;
    }
    Ok(())
}

fn write_record(out: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let cells: Vec<_> = cells.collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// Quoted where it has to be.
pub fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

impl Serialize for Answer {
    /// `{"position", "root", "columns", "rows"}`, each row an object with its columns in order.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("position", &self.standing.position)?;
        map.serialize_entry("root", &self.standing.root)?;
        map.serialize_entry("columns", &self.columns)?;
        map.serialize_entry("rows", &List(self))?;
        map.end()
    }
}

struct List<'a>(&'a Answer);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for row in &self.0.rows {
            list.serialize_element(&Object { names: &self.0.columns, cells: row })?;
        }
        list.end()
    }
}

struct Object<'a> {
    names: &'a [String],
    cells: &'a [Value],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.names.len()))?;
        for (name, cell) in self.names.iter().zip(self.cells) {
            match cell {
                Value::Null => map.serialize_entry(name, &())?,
                Value::Integer(number) => map.serialize_entry(name, number)?,
                Value::Real(number) => map.serialize_entry(name, number)?,
                Value::Text(text) => map.serialize_entry(name, text)?,
                blob @ Value::Blob(_) => map.serialize_entry(name, &shown(blob))?,
            }
        }
        map.end()
    }
}
