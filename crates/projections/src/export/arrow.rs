//! Rows as Arrow record batches, with types: decimals, instants, days, dictionaries.

use super::ExportError;
use super::csv::exported_name;
use super::reading::{Cell, Source, cell};
use crate::query::Answer;
use crate::query::text::shown;
use crate::store::Standing;
use crate::table::{Kind, Table};
use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder,
    StringDictionaryBuilder, TimestampMillisecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use jejak_domain::money::Currency;
use rusqlite::types::Value;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

/// Rows of one batch.
const BATCH: usize = 65_536;
/// Digits after the point of every amount: as many as any currency has. So one column holds several currencies.
const SCALE: u8 = 3;
const PRECISION: u8 = 24;

/// The schema of a table, with the position and the root in its metadata.
pub(super) fn schema(table: &Table, standing: &Standing) -> SchemaRef {
    let field = |(place, column): (usize, &crate::table::Column)| {
        let name = exported_name(column.name, column.kind);
        let about = HashMap::from([("about".to_owned(), column.about.to_owned())]);
        Field::new(name, data_type(column.kind), place >= table.key).with_metadata(about)
    };
    let fields: Vec<_> = table.columns.iter().enumerate().map(field).collect();
    let mut metadata = of_standing(standing);
    metadata.insert("jejak.table".into(), table.name.into());
    metadata.insert("jejak.version".into(), table.version.to_string());
    Arc::new(Schema::new_with_metadata(fields, metadata))
}

pub(super) fn of_standing(standing: &Standing) -> HashMap<String, String> {
    HashMap::from([
        ("jejak.origin".to_owned(), standing.origin.clone()),
        ("jejak.position".to_owned(), standing.position.to_string()),
        ("jejak.root".to_owned(), standing.root.clone()),
    ])
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Position | Kind::Count => DataType::Int64,
        // The scale is a small positive number.
        Kind::Minor => DataType::Decimal128(PRECISION, 3),
        Kind::Code => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        Kind::Text => DataType::Utf8,
        Kind::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        Kind::Day => DataType::Date32,
        Kind::Flag => DataType::Boolean,
    }
}

/// Columns that are being filled.
enum Builder {
    Number(Int64Builder),
    Amount(Decimal128Builder),
    Code(StringDictionaryBuilder<Int32Type>),
    Text(StringBuilder),
    Time(TimestampMillisecondBuilder),
    Day(Date32Builder),
    Flag(BooleanBuilder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Position | Kind::Count => Self::Number(Int64Builder::new()),
            Kind::Minor => Self::Amount(Decimal128Builder::new().with_data_type(data_type(kind))),
            Kind::Code => Self::Code(StringDictionaryBuilder::new()),
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Time => Self::Time(TimestampMillisecondBuilder::new().with_data_type(data_type(kind))),
            Kind::Day => Self::Day(Date32Builder::new()),
            Kind::Flag => Self::Flag(BooleanBuilder::new()),
        }
    }

    fn push(&mut self, cell: &Cell<'_>, digits: u8) {
        let number = if let Cell::Number(number) = cell { Some(*number) } else { None };
        let text = if let Cell::Text(text) = cell { Some(*text) } else { None };
        match self {
            Self::Number(builder) => builder.append_option(number),
            Self::Amount(builder) => {
                let unit = 10_i128.pow(u32::from(SCALE.saturating_sub(digits)));
                builder.append_option(number.map(|minor| i128::from(minor) * unit));
            }
            Self::Code(builder) => builder.append_option(text),
            Self::Text(builder) => builder.append_option(text),
            Self::Time(builder) => {
                builder.append_option(if let Cell::Time(time) = cell {
                    Some(time.as_millisecond())
                } else {
                    None
                });
            }
            Self::Day(builder) => {
                builder.append_option(if let Cell::Day(day) = cell { Some(day.number()) } else { None });
            }
            Self::Flag(builder) => builder.append_option(number.map(|flag| flag != 0)),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Number(builder) => ArrayBuilder::finish(builder),
            Self::Amount(builder) => ArrayBuilder::finish(builder),
            Self::Code(builder) => ArrayBuilder::finish(builder),
            Self::Text(builder) => ArrayBuilder::finish(builder),
            Self::Time(builder) => ArrayBuilder::finish(builder),
            Self::Day(builder) => ArrayBuilder::finish(builder),
            Self::Flag(builder) => ArrayBuilder::finish(builder),
        }
    }
}

/// Hands over a table in batches.
pub(super) fn batches(
    source: &Source,
    table: &'static Table,
    mut take: impl FnMut(RecordBatch) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let schema = schema(table, &source.standing);
    let mut builders: Vec<_> = table.columns.iter().map(|column| Builder::new(column.kind)).collect();
    let currency_at = table.columns.iter().position(|column| column.name == "currency");
    let mut waiting = 0;
    let finish = |builders: &mut Vec<Builder>| {
        let arrays = builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|problem| failed(table.name, &problem))
    };
    source.rows(table, |row| {
        let digits = match currency_at.map(|place| row.get_ref(place)).transpose()? {
            Some(value) => value.as_str_or_null().ok().flatten().map_or(2, digits_of),
            None => 2,
        };
        for (place, (column, builder)) in table.columns.iter().zip(&mut builders).enumerate() {
            builder.push(&cell(table, column, row.get_ref(place)?)?, digits);
        }
        waiting += 1;
        if waiting == BATCH {
            waiting = 0;
            take(finish(&mut builders)?)?;
        }
        Ok(())
    })?;
    if waiting > 0 { take(finish(&mut builders)?) } else { Ok(()) }
}

fn digits_of(code: &str) -> u8 {
    if code == "IDR" { 2 } else { Currency::new(code).map_or(2, |currency| currency.digits()) }
}

/// Writes an answer as an Arrow stream, its position and root in the schema's metadata.
///
/// # Errors
/// When it cannot be written.
pub fn write_answer(answer: &Answer, out: impl Write) -> Result<(), ExportError> {
    let columns: Vec<_> = (0..answer.columns.len()).map(|place| column(answer, place)).collect();
    let fields: Vec<_> = answer
        .columns
        .iter()
        .zip(&columns)
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, of_standing(&answer.standing)));
    let write = || -> Result<(), ArrowError> {
        let mut writer = StreamWriter::try_new(out, &schema)?;
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        writer.finish()
    };
    write().map_err(|problem| failed("the answer", &problem))
}

/// Whole numbers, other numbers, or text, as the cells allow.
fn column(answer: &Answer, place: usize) -> ArrayRef {
    let cells = || answer.rows.iter().filter_map(|row| row.get(place));
    let whole = cells().all(|cell| matches!(cell, Value::Integer(_) | Value::Null));
    let numbers = cells().all(|cell| matches!(cell, Value::Integer(_) | Value::Real(_) | Value::Null));
    if whole {
        let number = |cell: &Value| if let Value::Integer(number) = cell { Some(*number) } else { None };
        return Arc::new(cells().map(number).collect::<Int64Array>());
    }
    if numbers {
        let number = |cell: &Value| match cell {
            Value::Real(number) => Some(*number),
            // What a float cannot hold exactly is shown as SQLite itself would compute with it.
            Value::Integer(number) => number.to_string().parse::<f64>().ok(),
            _ => None,
        };
        return Arc::new(cells().map(number).collect::<Float64Array>());
    }
    let text = |cell: &Value| if *cell == Value::Null { None } else { Some(shown(cell)) };
    Arc::new(cells().map(text).collect::<StringArray>())
}

pub(super) fn failed(what: &str, problem: &impl std::fmt::Display) -> ExportError {
    ExportError::Format { what: what.to_owned(), problem: problem.to_string() }
}
