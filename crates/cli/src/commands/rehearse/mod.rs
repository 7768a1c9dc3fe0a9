//! `jejak rehearse`.

mod json;
mod text;

use super::print_json;
use super::replay::check_end;
use crate::Exit;
use crate::args::{Rehearse, Replay as Part};
use crate::progress::bar;
use anyhow::Context as _;
use jejak_domain::line::Event;
use jejak_journal::Journal;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::rehearsal::{Change, Outset, Rehearsal};
use std::path::Path;

/// Rehearses a changed definition, and prints who would gain or lose.
pub(super) fn run(dir: &Path, json: bool, arguments: &Rehearse) -> anyhow::Result<Exit> {
    let named = || arguments.file.display().to_string();
    let text = std::fs::read_to_string(&arguments.file).with_context(named)?;
    let file = Change::read(&text).with_context(named)?;
    let home = Home::open(dir)?;
    let journal = home.read_journal()?;
    check_end(&journal, &Part { at: arguments.at, known: None, effective: None })?;
    let mut outset = Outset::default();
    fold(&home, &journal, arguments, "looking for definitions", |event| outset.apply(event))?;
    let mut rehearsal = Rehearsal::new(file, &outset).with_context(named)?;
    fold(&home, &journal, arguments, "rehearsing", |event| rehearsal.apply(event))?;
    let lines = arguments.at.unwrap_or(u64::MAX).min(journal.len());
    let report = rehearsal.report();
    if json {
        print_json(&json::report(&report, lines))?;
    } else {
        text::print_report(&report, lines, home.manifest.simulated.is_some())?;
    }
    Ok(Exit::Good)
}

fn fold(
    home: &Home,
    journal: &impl Journal,
    arguments: &Rehearse,
    doing: &'static str,
    mut apply: impl FnMut(&Event),
) -> anyhow::Result<()> {
    let progress = bar(doing, Some(arguments.at.unwrap_or(u64::MAX).min(journal.len())));
    Replay::new(&home.manifest.origin).until(arguments.at).without_hashes().run(journal, |decoded| {
        decoded.events().for_each(|(_, event)| apply(event));
        progress.set_position(decoded.end());
        Ok(())
    })?;
    progress.finish_and_clear();
    Ok(())
}
