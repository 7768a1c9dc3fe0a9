//! Sealed segments: same lines, same boundaries, same tree; indexes that can be lost.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use jejak_journal::conformance::{commit_lengths, lines_from};
use jejak_journal::merkle::{CompactRange, prove_consistency, prove_inclusion, tree_of};
use jejak_journal::{FileJournal, Journal, OpenOptions, Position};
use support::{append, keys_of, line, subject};

fn options() -> OpenOptions {
    OpenOptions {
        segment_lines: 500,
        seal_when_full: false,
        keys_of: Some(keys_of),
        ..OpenOptions::default()
    }
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir.join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect();
    files.sort();
    files
}

/// About 2,400 lines in five segments, none sealed.
fn filled(dir: &Path, options: OpenOptions) -> FileJournal {
    let mut journal = FileJournal::create_with(dir, options).unwrap();
    for n in 0..60 {
        append(&mut journal, &[1 + n % 3, 30, 1 + n % 17]);
    }
    journal
}

fn assert_same_lines(journal: &FileJournal) {
    let lines = lines_from(journal, Position(0));
    for (i, got) in lines.iter().enumerate() {
        assert_eq!(*got, line(i.try_into().unwrap(), 17), "line {i}");
    }
    for at in [0, 1, 499, 500, 501, 777, journal.len() - 1] {
        assert_eq!(journal.read_line(Position(at)).unwrap(), line(at, 17), "line {at} alone");
        let from: Vec<Vec<u8>> = lines_from(journal, Position(at));
        assert_eq!(from.len(), lines.len() - usize::try_from(at).unwrap());
    }
    assert!(journal.read_line(Position(journal.len())).is_err());
    let some = [3, 4, 5, 700, 701, 2, journal.len() - 1, 1_500].map(Position);
    let expected: Vec<Vec<u8>> = some.iter().map(|at| line(at.0, 17)).collect();
    assert_eq!(journal.read_lines(&some).unwrap(), expected);
    assert!(journal.read_lines(&[Position(1), Position(journal.len())]).is_err());
}

#[test]
fn sealing_keeps_lines_boundaries_tree_and_proofs() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), options());
    let (len, boundaries) = (journal.len(), commit_lengths(&journal));
    let root = tree_of(&journal, len).unwrap().root();
    assert_same_lines(&journal);

    journal.seal().unwrap();
    journal.seal().unwrap();
    assert_eq!(journal.sealed_segments().last().unwrap().end, Position(len));
    append(&mut journal, &[5]);
    drop(journal);

    let (journal, recovery) = FileJournal::open(dir.path(), options()).unwrap();
    assert!(recovery.is_clean(), "{recovery:?}");
    assert_same_lines(&journal);
    assert_eq!(commit_lengths(&journal), [boundaries, vec![5]].concat());
    assert_eq!(tree_of(&journal, len).unwrap().root(), root);
    assert_eq!(journal.tree().unwrap(), tree_of(&journal, len + 5).unwrap());
    let sealed: Vec<_> = journal.sealed_ranges().map(CompactRange::positions).collect();
    assert_eq!(sealed, journal.sealed_segments().collect::<Vec<_>>());
    assert!(journal.frame_bytes() > 40 * len);
    for (index, size) in
        [(0, 1), (0, len), (700, 701), (700, len + 5), (len + 4, len + 5), (499, 500), (500, 1_000)]
    {
        let slow = prove_inclusion(&journal, Position(index), size).unwrap();
        assert_eq!(journal.prove_inclusion(Position(index), size).unwrap(), slow, "{index} in {size}");
    }
    for (old, new) in [(0, 5), (1, len), (512, 1_024), (777, len + 5), (len, len + 5)] {
        let slow = prove_consistency(&journal, old, new).unwrap();
        assert_eq!(journal.prove_consistency(old, new).unwrap(), slow, "{old} and {new}");
    }
}

#[test]
fn sealed_files_are_read_only_and_smaller() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), options());
    let size = |dir| files(dir, ".zst").iter().map(|f| fs::metadata(f).unwrap().len()).sum::<u64>();
    let before = size(dir.path());
    journal.seal().unwrap();
    assert!(size(dir.path()) < before);
    for file in files(dir.path(), ".zst") {
        assert!(fs::metadata(&file).unwrap().permissions().readonly(), "{}", file.display());
    }
    assert!(files(dir.path(), ".tmp").is_empty());
}

#[test]
fn a_full_segment_is_sealed_in_the_background() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), OpenOptions { seal_when_full: true, ..options() });
    journal.wait_for_sealing().unwrap();
    assert!(journal.sealed_segments().count() >= 1);
    assert_same_lines(&journal);
    let (len, root) = (journal.len(), tree_of(&journal, journal.len()).unwrap().root());
    drop(journal);
    let (mut journal, _) = FileJournal::open(dir.path(), options()).unwrap();
    journal.seal().unwrap();
    assert_eq!(tree_of(&journal, len).unwrap().root(), root);
}

fn assert_finds_all(journal: &FileJournal) {
    for n in 0..17 {
        let expected: Vec<Position> = (0..journal.len()).filter(|i| i % 17 == n).map(Position).collect();
        assert_eq!(journal.positions_of(subject(n).as_bytes()).unwrap(), expected, "subject {n}");
    }
    assert_eq!(journal.positions_of(b"participant/nobody").unwrap(), []);
    // Another key of the same lines, which only one line each has.
    for i in (0..journal.len()).step_by(7) {
        let line = line(i, 17);
        let mut keys = Vec::new();
        keys_of(&line, &mut |key| keys.push(key.to_vec()));
        assert_eq!(journal.positions_of(keys.last().unwrap()).unwrap(), [Position(i)]);
    }
}

#[test]
fn subjects_are_found_in_memory_in_files_and_after_every_loss() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), options());
    assert_finds_all(&journal);
    append(&mut journal, &[40]);
    assert_finds_all(&journal);
    journal.seal().unwrap();
    append(&mut journal, &[40]);
    assert_finds_all(&journal);
    drop(journal);

    let indexes = files(dir.path(), ".idx");
    assert_eq!(indexes.len(), files(dir.path(), ".zst").len() - 1, "one for each sealed segment");
    fs::remove_file(&indexes[0]).unwrap();
    fs::write(&indexes[1], b"").unwrap();
    let mut bytes = fs::read(&indexes[2]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&indexes[2], &bytes).unwrap();
    fs::copy(&indexes[4], &indexes[3]).unwrap();

    let reader = FileJournal::open_read_only_with(dir.path(), options()).unwrap();
    assert_finds_all(&reader);
    assert!(!indexes[0].exists(), "a reader writes nothing");
    let (journal, _) = FileJournal::open(dir.path(), options()).unwrap();
    assert_finds_all(&journal);
    assert!(indexes[0].exists());
    assert_ne!(fs::read(&indexes[2]).unwrap(), bytes);
}

#[test]
fn a_reader_that_began_before_sealing_reads_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), options());
    let observer = FileJournal::open_read_only(dir.path()).unwrap();
    let begun: Vec<_> = [0, 600, 2_000].map(|from| (from, journal.read(Position(from)).unwrap())).into();
    journal.seal().unwrap();
    for (from, batches) in begun {
        let lines: u64 = batches.map(|batch| u64::from(batch.unwrap().unpack().unwrap().len())).sum();
        assert_eq!(from + lines, journal.len());
    }
    // Its remembered byte offsets belong to files that are gone.
    assert_same_lines(&observer);
}

#[test]
fn a_damaged_seek_table_costs_nothing_but_time() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = filled(dir.path(), options());
    journal.seal().unwrap();
    let len = journal.len();
    drop(journal);
    let last = files(dir.path(), ".zst").pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    let at = bytes.len() - 30;
    bytes[at] ^= 1;
    fs::remove_file(&last).unwrap();
    fs::write(&last, &bytes).unwrap();

    let (mut journal, recovery) = FileJournal::open(dir.path(), options()).unwrap();
    assert_eq!(recovery.seek_tables_lost, [last]);
    assert_eq!(journal.len(), len);
    assert_same_lines(&journal);
    append(&mut journal, &[3]);
    assert_same_lines(&journal);
    journal.seal().unwrap();
    drop(journal);
    assert!(FileJournal::open(dir.path(), options()).unwrap().1.is_clean());
}
