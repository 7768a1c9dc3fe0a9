//! `jejak sql`.

use super::{note, print};
use crate::Exit;
use crate::args::{Format, Replay, Sql};
use crate::progress::bar;
use crate::table::{Columns, grouped};
use anyhow::Context as _;
use jejak_ledger::Home;
use jejak_projections::cancellation::Cancellation;
use jejak_projections::cut::Cut;
use jejak_projections::export::arrow::write_answer;
use jejak_projections::projector::path_of;
use jejak_projections::query::text::{shown, write_csv};
use jejak_projections::query::{Answer, Limits, Reader};
use jejak_projections::snapshot::snapshot;
use rusqlite::types::Value;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of text in an answer; all of it is in memory.
const ANSWER: usize = 1 << 30;

/// Answers one question.
pub(super) fn run(dir: &Path, json: bool, arguments: &Sql) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let cut = cut(&arguments.part);
    // Without a date or position the file is asked as it is.
    let path = if cut == Cut::default() { path_of(&home) } else { part(&home, cut)? };
    let time = Duration::from_secs(arguments.seconds);
    let limits = Limits { rows: arguments.rows, time, bytes: ANSWER };
    let answer = Reader::open(&path)?.ask(&arguments.question, limits)?;
    let format = if json { Format::Json } else { arguments.format };
    match format {
        Format::Table => as_table(&answer)?,
        Format::Json => super::print_json(&answer)?,
        Format::Arrow => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            write_answer(&answer, &mut out)?;
            out.flush().context("writing to standard output")?;
        }
        Format::Csv => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            write_csv(&answer, &mut out).and_then(|()| out.flush()).context("writing to standard output")?;
            note(&standing(&answer))?;
        }
    }
    Ok(Exit::Good)
}

/// The part of the history that was asked for.
pub(super) fn cut(arguments: &Replay) -> Cut {
    Cut { at: arguments.at, known: arguments.known, effective: arguments.effective }
}

/// The file with the read models of a part of the history.
pub(super) fn part(home: &Home, cut: Cut) -> anyhow::Result<PathBuf> {
    let progress = bar("projecting", Some(cut.position(&home.read_journal()?)?));
    let path =
        snapshot(home, cut, &Cancellation::default(), &mut |position| progress.set_position(position))?;
    progress.finish_and_clear();
    Ok(path)
}

fn standing(answer: &Answer) -> String {
    format!("position {}, root {}", answer.standing.position, answer.standing.root)
}

fn as_table(answer: &Answer) -> anyhow::Result<()> {
    // A column of numbers goes to the right.
    let figures: Vec<bool> = (0..answer.columns.len())
        .map(|place| {
            let mut cells = answer.rows.iter().filter_map(|row| row.get(place));
            !answer.rows.is_empty() && cells.all(|cell| matches!(cell, Value::Integer(_) | Value::Real(_)))
        })
        .collect();
    let mut table = Columns::aligned(&answer.columns, &figures);
    for row in &answer.rows {
        table.row(row.iter().map(shown));
    }
    print(table)?;
    print(format!("{} rows; {}", grouped(answer.rows.len()), standing(answer)))
}
