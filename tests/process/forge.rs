//! What someone with a text editor, zstd and our own frame format could do to a journal.

use super::items::copy;
use jejak_journal::{Commit, FileJournal, Journal as _, OpenOptions, Position};
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

/// How the lines lie on the disk. Their hashes do not depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// One segment, as it was appended.
    Appended,
    /// One sealed segment.
    Sealed,
    /// Several sealed segments, and one that is not.
    Segments,
}

impl Shape {
    pub(crate) const ALL: [Self; 3] = [Self::Appended, Self::Sealed, Self::Segments];

    /// Lines after which a segment is full.
    fn segment_lines(self) -> u64 {
        match self {
            Self::Appended | Self::Sealed => u64::MAX,
            Self::Segments => 15,
        }
    }

    /// Whether everything is sealed before this frame, counted from the end, is appended.
    fn seals_before(self, frames_left: usize) -> bool {
        match self {
            Self::Appended => false,
            Self::Sealed => frames_left == 0,
            Self::Segments => frames_left == 1,
        }
    }
}

/// Puts a journal together from these frames, every checksum right, beside the manifest, keys and heads of `ledger`.
pub(crate) fn put_together(ledger: &Path, frames: &Frames) -> TempDir {
    put_together_as(Shape::Appended, ledger, frames)
}

/// The same in any shape.
pub(crate) fn put_together_as(shape: Shape, ledger: &Path, frames: &Frames) -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    copy(ledger, dir.path());
    fs::remove_dir_all(dir.path().join("journal")).expect("the journal is gone");
    let options = OpenOptions {
        segment_lines: shape.segment_lines(),
        seal_when_full: false,
        keys_of: Some(jejak_ledger::envelope::keys_of),
        ..OpenOptions::default()
    };
    let mut journal = FileJournal::create_with(dir.path(), options).expect("a new journal");
    for (number, frame) in frames.iter().enumerate() {
        if shape.seals_before(frames.len() - number) {
            journal.seal().expect("sealed");
        }
        let commits: Vec<Commit> =
            frame.iter().map(|lines| Commit::from_lines(lines.iter()).expect("a commit")).collect();
        journal.append(Position(journal.len()), &commits).expect("a frame");
    }
    if shape.seals_before(0) {
        journal.seal().expect("sealed");
    }
    dir
}

/// The segments of a ledger, in order.
pub(crate) fn segments(ledger: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(ledger.join("journal")).expect("the journal");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "zst"));
    paths.sort();
    paths
}

/// Applies a change to the list of all lines; each frame keeps as many lines as it had, the last takes the rest.
pub(crate) fn with_lines(ledger: &Path, change: impl FnOnce(&mut Vec<String>)) -> TempDir {
    with_lines_as(Shape::Appended, ledger, change)
}

/// The same in any shape.
pub(crate) fn with_lines_as(shape: Shape, ledger: &Path, change: impl FnOnce(&mut Vec<String>)) -> TempDir {
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
    put_together_as(shape, ledger, &forged)
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
