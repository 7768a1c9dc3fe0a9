//! A copy under appends, sealing, and a disk that dies.

use super::*;
use crate::conformance::lines_from;
use crate::faults::{FaultyDisk, Survives};
use std::sync::Arc;

fn options(disk: &FaultyDisk) -> OpenOptions {
    OpenOptions {
        disk: Arc::new(disk.clone()),
        segment_lines: 7,
        seal_when_full: false,
        ..OpenOptions::default()
    }
}

fn append(journal: &mut FileJournal) {
    let at = journal.len();
    let commit = Commit::from_lines([format!("line {at}"), format!("line {}", at + 1)]).unwrap();
    journal.append(Position(at), &[commit]).unwrap();
}

fn commits(journal: &FileJournal) -> Vec<std::ops::Range<u64>> {
    let mut all = Vec::new();
    for batch in journal.read(Position(0)).unwrap() {
        let frame = batch.unwrap().unpack().unwrap();
        let at = |index: u32| frame.first().0 + u64::from(index);
        all.extend(frame.commits().map(|range| at(range.start)..at(range.end)));
    }
    all
}

fn same(copy: &FileJournal, source: &FileJournal) {
    assert_eq!(lines_from(copy, Position(0)), lines_from(source, Position(0)));
    assert_eq!(commits(copy), commits(source));
    assert_eq!(copy.tree().unwrap(), source.tree().unwrap());
    // One that is sealed alone takes the place of its own lines only.
    let firsts = |journal: &FileJournal| -> Vec<Position> {
        journal.segments.iter().filter(|s| s.lines > 0).map(|s| s.first).collect()
    };
    assert_eq!(firsts(copy), firsts(source));
}

#[test]
fn a_copy_follows_appends_and_sealing_and_is_always_a_journal() {
    let disk = FaultyDisk::new();
    let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
    let mut source = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
    let mut kept = FileJournal::open_copy("/kept", &source).unwrap().0;
    for round in 0..40 {
        (0..round % 5).for_each(|_| append(&mut writer));
        if round % 9 == 0 {
            writer.seal().unwrap();
        }
        source.refresh().unwrap();
        kept.copy_from(&source, &mut |_| ControlFlow::Continue(())).unwrap();
        same(&kept, &writer);
        // A second copy is opened anew each time.
        let fresh = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
        let (mut again, recovery) = FileJournal::open_copy("/again", &fresh).unwrap();
        assert!(recovery.is_clean());
        again.copy_from(&fresh, &mut |_| ControlFlow::Continue(())).unwrap();
        same(&again, &writer);
        let nothing = again.copy_from(&fresh, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(nothing, Copied::default(), "round {round}");
        same(&FileJournal::open_read_only_with("/kept", options(&disk)).unwrap(), &writer);
    }
}

#[test]
fn a_copy_that_dies_anywhere_is_a_prefix_and_goes_on() {
    for changes in 0.. {
        let disk = FaultyDisk::new();
        let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
        (0..9).for_each(|_| append(&mut writer));
        let source = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
        let (mut copy, _) = FileJournal::open_copy("/copy", &source).unwrap();
        copy.copy_from(&source, &mut |_| ControlFlow::Continue(())).unwrap();
        drop(copy);
        writer.seal().unwrap();
        (0..3).for_each(|_| append(&mut writer));
        let source = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
        let (mut copy, _) = FileJournal::open_copy("/copy", &source).unwrap();
        disk.die_after(changes);
        let died = copy.copy_from(&source, &mut |_| ControlFlow::Continue(())).is_err();
        drop((copy, source, writer));
        for after in [disk.after_kill(), disk.after_kill().after_crash(Survives::Nothing)] {
            let source = FileJournal::open_read_only_with("/ledger", options(&after)).unwrap();
            let left = FileJournal::open_read_only_with("/copy", options(&after)).unwrap();
            assert_eq!(left.tree().unwrap(), source.tree_at(left.len()).unwrap(), "change {changes}");
            drop(left);
            let (mut copy, _) = FileJournal::open_copy("/copy", &source).unwrap();
            copy.copy_from(&source, &mut |_| ControlFlow::Continue(())).unwrap();
            same(&copy, &source);
        }
        if !died {
            assert!(changes > 8, "it died at several moments");
            return;
        }
    }
}

#[test]
fn the_copy_of_another_journal_is_refused() {
    let disk = FaultyDisk::new();
    let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
    append(&mut writer);
    let source = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
    let mut other = FileJournal::create_with("/other", options(&disk)).unwrap();
    other.append(Position(0), &[Commit::from_lines(["something else"]).unwrap()]).unwrap();
    drop(other);
    assert!(matches!(FileJournal::open_copy("/other", &source), Err(CopyError::Different { len: 1, .. })));
    let mut longer = FileJournal::create_with("/longer", options(&disk)).unwrap();
    (0..2).for_each(|_| append(&mut longer));
    drop(longer);
    assert!(matches!(FileJournal::open_copy("/longer", &source), Err(CopyError::Ahead { copy: 4, .. })));
}

#[test]
fn it_stops_when_asked_and_goes_on_later() {
    let disk = FaultyDisk::new();
    let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
    (0..20).for_each(|_| append(&mut writer));
    writer.seal().unwrap();
    let source = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
    let (mut copy, _) = FileJournal::open_copy("/copy", &source).unwrap();
    let stopped = copy.copy_from(&source, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(CopyError::Stopped)));
    copy.copy_from(&source, &mut |_| ControlFlow::Continue(())).unwrap();
    same(&copy, &writer);
}
