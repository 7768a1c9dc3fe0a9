//! What someone with a text editor, zstd and our own frame format could do to a journal.

use super::items::copy;
use jejak_journal::{Commit, FileJournal, Journal as _, Position};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Lines by commit by frame.
pub(crate) type Frames = Vec<Vec<Vec<String>>>;

/// The only segment of a small ledger.
pub(crate) fn segment(ledger: &Path) -> PathBuf {
    ledger.join("journal").join("000000000000.jsonl.zst")
}

/// Takes a journal apart.
pub(crate) fn take_apart(ledger: &Path) -> Frames {
    let journal = FileJournal::open_read_only(ledger).expect("a good journal");
    let frames = journal.read(Position(0)).expect("frames").map(|batch| {
        let frame = batch.expect("a frame").unpack().expect("a good frame");
        let text = |index| String::from_utf8(frame.line(index).expect("a line").to_vec()).expect("text");
        frame.commits().map(|range| range.map(text).collect()).collect()
    });
    frames.collect()
}

/// Puts a journal together from these frames, every checksum right, beside the manifest, keys and heads of `ledger`.
pub(crate) fn put_together(ledger: &Path, frames: &Frames) -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    copy(ledger, dir.path());
    fs::remove_dir_all(dir.path().join("journal")).expect("the journal is gone");
    let mut journal = FileJournal::create(dir.path()).expect("a new journal");
    for frame in frames {
        let commits: Vec<Commit> =
            frame.iter().map(|lines| Commit::from_lines(lines.iter()).expect("a commit")).collect();
        journal.append(Position(journal.len()), &commits).expect("a frame");
    }
    dir
}

/// Applies a change to the list of all lines; each frame keeps as many lines as it had, the last takes the rest.
pub(crate) fn with_lines(ledger: &Path, change: impl FnOnce(&mut Vec<String>)) -> TempDir {
    let frames = take_apart(ledger);
    let mut lines: Vec<String> = frames.iter().flatten().flatten().cloned().collect();
    change(&mut lines);
    let mut rest = lines.into_iter();
    let mut forged: Frames = Vec::new();
    for frame in &frames {
        let commits = frame.iter().map(|commit| rest.by_ref().take(commit.len()).collect::<Vec<_>>());
        forged.push(commits.filter(|commit| !commit.is_empty()).collect());
    }
    let more: Vec<Vec<String>> = rest.map(|line| vec![line]).collect();
    forged.extend((!more.is_empty()).then_some(more));
    forged.retain(|frame| !frame.is_empty());
    put_together(ledger, &forged)
}

/// Position of the first line of a type.
pub(crate) fn find(ledger: &Path, name: &str) -> usize {
    let end = format!("\"type\":\"id.jejak.{name}\"}}");
    let lines = take_apart(ledger);
    lines.iter().flatten().flatten().position(|line| line.ends_with(&end)).expect("the line")
}

/// The heads of a ledger by size, in order.
pub(crate) fn heads(ledger: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(ledger.join("checkpoints")).expect("checkpoints");
    let mut heads: Vec<(u64, PathBuf)> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let size = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            (size.expect("a size"), path)
        })
        .collect();
    heads.sort();
    heads
}
