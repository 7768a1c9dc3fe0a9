//! Tables as Parquet: typed decimals and instants, dictionary columns, the position and the root in each file.

use super::arrow::{batches, failed, of_standing, schema};
use super::reading::Source;
use super::{ExportError, file_error};
use crate::table::{Kind, Table};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Writes each table as `<table>.parquet` into a directory that is made for it.
///
/// # Errors
/// When the place is taken or cannot be written.
pub fn export(source: &Source, tables: &[&'static Table], out: &Path) -> Result<(), ExportError> {
    if out.exists() {
        return Err(ExportError::Taken(out.to_owned()));
    }
    refresh(source, tables, out)
}

/// Brings a directory up to date: each `<table>.parquet` in it is replaced once the new one is whole, so that a reader has
/// one or the other, with its position in it. What else is there stays.
///
/// # Errors
/// When the place cannot be written.
pub fn refresh(source: &Source, tables: &[&'static Table], out: &Path) -> Result<(), ExportError> {
    std::fs::create_dir_all(out).map_err(file_error(out))?;
    tables.iter().try_for_each(|table| {
        let path = out.join(format!("{}.parquet", table.name));
        let new = path.with_extension("parquet.new");
        write(source, table, &new)?;
        std::fs::rename(&new, &path).map_err(file_error(&path))
    })
}

fn write(source: &Source, table: &'static Table, path: &Path) -> Result<(), ExportError> {
    let file = BufWriter::new(File::create(path).map_err(file_error(path))?);
    let wrong = |problem: parquet::errors::ParquetError| failed(table.name, &problem);
    let schema = schema(table, &source.standing);
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties(source, table))).map_err(wrong)?;
    batches(source, table, |batch| writer.write(&batch).map_err(wrong))?;
    writer.close().map_err(wrong)?;
    Ok(())
}

/// Nothing here depends on the machine or the hour: the same rows give the same bytes.
fn properties(source: &Source, table: &Table) -> WriterProperties {
    let mut metadata: Vec<_> = of_standing(&source.standing)
        .into_iter()
        .map(|(key, value)| KeyValue::new(key, Some(value)))
        .collect();
    metadata.sort_by(|one, two| one.key.cmp(&two.key));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("jejak ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(metadata))
        .set_dictionary_enabled(false);
    for column in table.columns.iter().filter(|column| column.kind == Kind::Code) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name), true);
    }
    properties.build()
}
