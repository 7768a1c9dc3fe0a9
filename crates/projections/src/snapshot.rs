//! The read models of an earlier state, in a file of their own.

use crate::cancellation::Cancellation;
use crate::cut::Cut;
use crate::models;
use crate::projector::{Fold, ProjectError, Tell, beside, build_from, path_of};
use crate::store::{self, Store, StoreError};
use jejak_ledger::Home;
use std::path::{Path, PathBuf};

/// The file with the read models of a part of the history, built where it is not there: the live one when it stands
/// there, else one of its own, of which the newest is kept. Nothing is left of one that was cancelled.
///
/// # Errors
/// As for building, and when it is cancelled.
pub fn snapshot(
    home: &Home,
    cut: Cut,
    cancellation: &Cancellation,
    tell: Tell<'_>,
) -> Result<PathBuf, ProjectError> {
    let journal = home.read_journal()?;
    let position = cut.position(&journal)?;
    let (tables, live) = (models::tables(), path_of(home));
    let stands_there = |path: &Path| -> Result<bool, StoreError> {
        let store = Store::open(path, &home.manifest.origin, &tables)?;
        Ok(store.is_some_and(|store| store.standing().is_ok_and(|standing| standing.position == position)))
    };
    if cut.effective.is_none() && stands_there(&live)? {
        return Ok(live);
    }
    let day = cut.effective.map_or_else(String::new, |day| format!("-effective-{day}"));
    let kept = live.with_file_name(format!("at-{position}{day}.sqlite"));
    if stands_there(&kept)? {
        return Ok(kept);
    }
    let fold = Fold::new(home, cut).until_cancelled(cancellation);
    let building = beside(&kept, &std::process::id().to_string());
    let (built, _) = build_from(&journal, &building, home, fold, tell)?;
    built.publish(&kept, &tables)?;
    remove_others(&kept)?;
    Ok(kept)
}

/// Whoever still reads an older one keeps it open; its name goes.
fn remove_others(kept: &Path) -> Result<(), StoreError> {
    let dir = kept.parent().unwrap_or(Path::new("."));
    let failed = |problem| StoreError::File { path: dir.to_owned(), problem };
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_snapshot = name.starts_with("at-") && name.ends_with(".sqlite");
        if is_snapshot && path != kept {
            store::remove(&path)?;
        }
    }
    Ok(())
}
