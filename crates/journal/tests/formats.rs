//! Stored journals of every format that was ever released must open for ever, and say the same.
//!
//! `fixtures/v1/` was written by [`write_v1`]: six lines sealed, three appended after, then an append that was torn.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use jejak_journal::conformance::{commit_lengths, lines_from};
use jejak_journal::{Commit, CutReason, FileJournal, Journal, OpenOptions, Position};

const LINES: [&str; 9] = ["1", "22", "333", "{\"a\":\"é\"}", "5", "6", "7", "8", "9"];
const ROOT: &str = "v1 head: ";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn options() -> OpenOptions {
    OpenOptions {
        keys_of: Some(|line, add| line.get(..1).into_iter().for_each(add)),
        seal_when_full: false,
        ..OpenOptions::default()
    }
}

/// Opening writes, so it is done to a copy.
fn copy_of(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("journal")).unwrap();
    for entry in fs::read_dir(fixture(name).join("journal")).unwrap() {
        let entry = entry.unwrap();
        fs::write(dir.path().join("journal").join(entry.file_name()), fs::read(entry.path()).unwrap())
            .unwrap();
    }
    dir
}

fn commit(range: std::ops::Range<usize>) -> Commit {
    Commit::from_lines(LINES.iter().take(range.end).skip(range.start)).unwrap()
}

/// Run once for a new format: `cargo test -p jejak-journal --test formats -- --ignored write_v1`.
#[test]
#[ignore = "writes the fixture"]
fn write_v1() {
    let dir = fixture("v1");
    let mut journal = FileJournal::create_with(&dir, options()).unwrap();
    journal.append(Position(0), &[commit(0..2), commit(2..3)]).unwrap();
    journal.append(Position(3), &[commit(3..6)]).unwrap();
    journal.seal().unwrap();
    journal.append(Position(6), &[commit(6..7)]).unwrap();
    journal.append(Position(7), &[commit(7..9)]).unwrap();
    let tree = journal.tree().unwrap();
    journal.append(Position(9), &[Commit::from_lines(["torn"]).unwrap()]).unwrap();
    drop(journal);
    let active = fs::OpenOptions::new().write(true).open(dir.join("journal/000000000006.jsonl.zst")).unwrap();
    active.set_len(active.metadata().unwrap().len() - 5).unwrap();
    fs::write(dir.join("head.txt"), format!("{ROOT}{} {:02x?}\n", tree.size(), tree.root())).unwrap();
}

#[test]
fn v1_opens_with_the_same_head() {
    let dir = copy_of("v1");
    let (journal, recovery) = FileJournal::open(dir.path(), options()).unwrap();
    let told = recovery.to_string();
    assert!(told.contains("000000000006.jsonl.zst, byte 130, position 9: 62 bytes cut off"), "{told}");
    let cut = recovery.cut.unwrap();
    assert_eq!((cut.reason, cut.place.position), (CutReason::Short, Position(9)));
    assert!(recovery.seek_tables_lost.is_empty());
    assert_eq!(lines_from(&journal, Position(0)), LINES.map(str::as_bytes));
    assert_eq!(commit_lengths(&journal), [2, 1, 3, 1, 2]);
    assert_eq!(journal.sealed_segments().collect::<Vec<_>>(), [Position(0)..Position(6)]);
    assert_eq!(journal.positions_of(b"5").unwrap(), [Position(4)]);
    let tree = journal.tree().unwrap();
    let head = fs::read_to_string(fixture("v1").join("head.txt")).unwrap();
    assert_eq!(head, format!("{ROOT}{} {:02x?}\n", tree.size(), tree.root()));
}
