//! `jejak export`.

use super::sql::{cut, part};
use super::{print, print_json};
use crate::Exit;
use crate::args::{Export, ExportFormat};
use crate::progress::spinner;
use crate::table::grouped;
use jejak_ledger::Home;
use jejak_projections::export::reading::Source;
use jejak_projections::export::{ExportError, beancount, csv, hledger, ocel, parquet};
use jejak_projections::models::tables;
use serde_json::json;
use std::path::Path;

/// Writes a part of the history in another form.
pub(super) fn run(dir: &Path, json: bool, arguments: &Export) -> anyhow::Result<Exit> {
    let (home, cut, out) = (Home::open(dir)?, cut(&arguments.part), arguments.out.as_path());
    let source = || anyhow::Ok(Source::open(&part(&home, cut)?)?);
    let shown = spinner("writing");
    let (position, root) = match arguments.format {
        ExportFormat::Hledger => of(&source()?, |source| hledger::export(source, out))?,
        ExportFormat::Beancount => of(&source()?, |source| beancount::export(source, out))?,
        ExportFormat::Csv => of(&source()?, |source| csv::export(source, &tables(), out))?,
        ExportFormat::Parquet => of(&source()?, |source| parquet::export(source, &tables(), out))?,
        ExportFormat::Ocel => ocel::export(&home, cut, out)?,
    };
    shown.finish_and_clear();
    if json {
        print_json(&json!({ "out": out, "position": position, "root": root }))?;
    } else {
        print(format!("{}: position {}, root {root}", out.display(), grouped(position)))?;
    }
    Ok(Exit::Good)
}

fn of(
    source: &Source,
    write: impl Fn(&Source) -> Result<(), ExportError>,
) -> Result<(u64, String), ExportError> {
    write(source)?;
    Ok((source.standing.position, source.standing.root.clone()))
}
