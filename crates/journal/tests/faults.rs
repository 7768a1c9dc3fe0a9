//! What a bad disk and a badly timed crash may do, and what they may not.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jejak_journal::conformance::lines_from;
use jejak_journal::faults::{FaultyDisk, Survives};
use jejak_journal::{
    AppendError, Commit, CutReason, FileJournal, Journal, OpenError, OpenOptions, Position, Recovery,
    SealError,
};

const DIR: &str = "/ledger";

fn options(disk: &FaultyDisk) -> OpenOptions {
    OpenOptions { disk: Arc::new(disk.clone()), seal_when_full: false, ..OpenOptions::default() }
}

fn create(disk: &FaultyDisk) -> FileJournal {
    FileJournal::create_with(DIR, options(disk)).unwrap()
}

fn open(disk: &FaultyDisk) -> Result<(FileJournal, Recovery), OpenError> {
    FileJournal::open(DIR, options(disk))
}

fn segment(first: u64) -> PathBuf {
    Path::new(DIR).join(format!("journal/{first:012}.jsonl.zst"))
}

fn commit(lines: &[&str]) -> Commit {
    Commit::from_lines(lines).unwrap()
}

fn append(journal: &mut FileJournal, commits: &[Commit]) -> Result<(), AppendError> {
    journal.append(Position(journal.len()), commits)
}

/// A journal of two frames with three lines, and the lines.
fn small(disk: &FaultyDisk) -> (FileJournal, Vec<Vec<u8>>) {
    let mut journal = create(disk);
    append(&mut journal, &[commit(&["one"]), commit(&["two"])]).unwrap();
    append(&mut journal, &[commit(&["three"])]).unwrap();
    let lines = lines_from(&journal, Position(0));
    (journal, lines)
}

#[test]
fn a_write_torn_at_every_byte_is_cut_and_the_rest_stays() {
    let disk = FaultyDisk::new();
    let (mut journal, before) = small(&disk);
    let durable = disk.read(&segment(0)).unwrap().len();
    disk.die_after(1); // the write succeeds, its sync does not
    append(&mut journal, &[commit(&["four", "five"]), commit(&["six"])]).unwrap_err();
    // The dying process could not cut its file either: all of the write is still there.
    let written = disk.read(&segment(0)).unwrap().len() - durable;
    assert!(written > 40);
    for kept in 0..=written {
        for survives in [Survives::Bytes(kept), Survives::BytesThenZeros(kept)] {
            let after = disk.after_crash(survives);
            let opened = open(&after);
            let zeros_proved = matches!(survives, Survives::Bytes(_)) || written - kept >= 5;
            if kept < written && !zeros_proved {
                // Too few zeros to tell a torn write from rot: refusing is right, unless they are the true bytes.
                if let Err(error) = &opened {
                    assert!(matches!(error, OpenError::DamagedEnd { .. }), "{error}");
                    continue;
                }
            }
            let (mut journal, recovery) = opened.unwrap();
            let lines = lines_from(&journal, Position(0));
            if lines.len() == 6 {
                assert!(recovery.is_clean(), "{survives:?}: {recovery:?}");
                continue;
            }
            assert_eq!(lines, before, "{survives:?}");
            match recovery.cut {
                None => assert!(kept == 0 && matches!(survives, Survives::Bytes(_))),
                Some(cut) => {
                    let torn = after.read(&cut.kept_in).unwrap();
                    assert_eq!(torn.len(), usize::try_from(cut.bytes).unwrap());
                    assert_ne!(cut.reason, CutReason::AcceptedLoss(jejak_journal::Damage::Short));
                }
            }
            append(&mut journal, &[commit(&["next"])]).unwrap();
            drop(journal);
            let (journal, recovery) = open(&after).unwrap();
            assert!(recovery.is_clean());
            assert_eq!(journal.len(), 4);
        }
    }
}

#[test]
fn after_a_failed_sync_the_writer_is_dead_and_the_lines_are_gone() {
    let disk = FaultyDisk::new();
    let (mut journal, before) = small(&disk);
    disk.fail_sync_after(0);
    let error = append(&mut journal, &[commit(&["lost"])]).unwrap_err();
    assert!(matches!(error, AppendError::Failed { action: "syncing", .. }), "{error}");
    // The next sync would succeed, which is why it must not be tried.
    for _ in 0..2 {
        let error = append(&mut journal, &[commit(&["again"])]).unwrap_err();
        assert!(matches!(error, AppendError::Poisoned { .. }), "{error}");
    }
    assert!(journal.seal().is_err());
    assert_eq!(lines_from(&journal, Position(0)), before, "reading goes on");
    drop(journal);
    for survives in [Survives::Nothing, Survives::Everything, Survives::Bytes(9)] {
        let after = disk.after_crash(survives);
        let (mut journal, _) = open(&after).unwrap();
        assert_eq!(lines_from(&journal, Position(0)), before, "{survives:?}");
        append(&mut journal, &[commit(&["four"])]).unwrap();
    }
    // Reopened on the same machine, without a crash: what the cache still holds must not come back to life.
    let (mut journal, recovery) = open(&disk).unwrap();
    assert!(recovery.is_clean());
    append(&mut journal, &[commit(&["four"])]).unwrap();
    let (journal, _) = open(&disk.after_crash(Survives::Nothing)).unwrap();
    assert_eq!(journal.len(), 4);
}

#[test]
fn what_opening_counts_is_durable() {
    let disk = FaultyDisk::new();
    let (mut journal, _) = small(&disk);
    disk.die_after(1);
    append(&mut journal, &[commit(&["four"])]).unwrap_err();
    // Only the process died: the machine still has the unsynced frame in its cache, and the next process finds it.
    let cached = disk.after_kill();
    let (journal, recovery) = open(&cached).unwrap();
    assert!(recovery.is_clean());
    assert_eq!(journal.len(), 4);
    // Now the machine fails. The line was counted, so it has to be there.
    assert_eq!(open(&cached.after_crash(Survives::Nothing)).unwrap().0.len(), 4);
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let probe = FaultyDisk::new();
    drop(small(&probe));
    let whole = probe.read(&segment(0)).unwrap().len();
    for room in 0..whole {
        let disk = FaultyDisk::new();
        let mut journal = create(&disk);
        disk.fill_up_after(room);
        let mut acknowledged = 0;
        for line in ["one", "two", "three"] {
            match append(&mut journal, &[commit(&[line])]) {
                Ok(()) => acknowledged += 1,
                Err(AppendError::Failed { source, .. }) => {
                    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
                }
                Err(other) => assert!(matches!(other, AppendError::Poisoned { .. })),
            }
        }
        drop(journal);
        disk.fill_up_after(1 << 20);
        let (mut journal, _) = open(&disk).unwrap();
        assert_eq!(journal.len(), acknowledged, "room for {room} bytes");
        append(&mut journal, &[commit(&["more"])]).unwrap();
    }
}

#[test]
fn sealing_that_fails_in_the_background_harms_nobody() {
    let disk = FaultyDisk::new();
    let options = OpenOptions { segment_lines: 3, seal_when_full: true, ..options(&disk) };
    let mut journal = FileJournal::create_with(DIR, options.clone()).unwrap();
    append(&mut journal, &[commit(&["one", "two"])]).unwrap();
    let frame = disk.read(&segment(0)).unwrap().len();
    disk.fill_up_after(frame + 20); // enough for the next frame, too little to seal
    append(&mut journal, &[commit(&["three"])]).unwrap();
    assert!(matches!(journal.wait_for_sealing(), Err(SealError::Io { .. })));
    disk.fill_up_after(usize::MAX);
    let lines = [&b"one"[..], b"two", b"three", b"four", b"five"];
    append(&mut journal, &[commit(&["four"])]).unwrap();
    assert_eq!(journal.sealed_segments().count(), 0, "a failure is not repeated with every append");
    assert_eq!(lines_from(&journal, Position(0)), lines[..4]);
    drop(journal);
    let (mut journal, recovery) = FileJournal::open(DIR, options).unwrap();
    assert_eq!(recovery.temporary_files_removed, 1);
    journal.wait_for_sealing().unwrap();
    append(&mut journal, &[commit(&["five"])]).unwrap();
    assert_eq!(journal.sealed_segments().collect::<Vec<_>>(), [Position(0)..Position(3)]);
    assert_eq!(lines_from(&journal, Position(0)), lines);
}

#[test]
fn what_does_not_fit_a_frame_is_refused_and_does_no_harm() {
    let disk = FaultyDisk::new();
    let mut journal = create(&disk);
    let large = commit(&vec!["x".repeat(60_000); 14].iter().map(String::as_str).collect::<Vec<_>>());
    let error = append(&mut journal, &vec![large.clone(); 80]).unwrap_err();
    assert!(matches!(error, AppendError::FrameTooLarge { lines: 1_120, bytes: 67_201_120, .. }), "{error}");
    let many = commit(&vec!["x"; 3_500]);
    let error = append(&mut journal, &vec![many; 300]).unwrap_err();
    assert!(matches!(error, AppendError::FrameTooLarge { lines: 1_050_000, .. }), "{error}");
    append(&mut journal, &vec![large; 79]).unwrap();
    assert_eq!(journal.len(), 79 * 14);
    assert_eq!(journal.read_line(Position(500)).unwrap().len(), 60_000);
}

#[test]
fn short_reads_change_nothing() {
    for most in [1, 7, 100] {
        let disk = FaultyDisk::new();
        let (mut journal, lines) = small(&disk);
        disk.shorten_reads_to(most);
        assert_eq!(lines_from(&journal, Position(0)), lines);
        journal.seal().unwrap();
        drop(journal);
        let (journal, recovery) = open(&disk).unwrap();
        assert!(recovery.is_clean());
        assert_eq!(lines_from(&journal, Position(0)), lines);
    }
}

/// Kills the process at every single change that `work` makes, crashes in every way, and checks what opens then.
/// `work` says whether it succeeded, and `check` is told so.
fn killed_everywhere(
    prepare: impl Fn() -> (FaultyDisk, FileJournal),
    work: impl Fn(FileJournal, &FaultyDisk) -> bool,
    check: impl Fn(&FileJournal, bool, &str),
) {
    let (disk, journal) = prepare();
    let before = disk.changes();
    assert!(work(journal, &disk), "without a fault it succeeds");
    let changes = disk.changes() - before;
    assert!(changes > 0);
    for killed_at in 0..=changes {
        let (disk, journal) = prepare();
        disk.die_after(killed_at);
        let succeeded = work(journal, &disk);
        for survives in
            [Survives::Nothing, Survives::Everything, Survives::Bytes(30), Survives::BytesThenZeros(30)]
        {
            let after = disk.after_crash(survives);
            let told = format!("killed at change {killed_at} of {changes}, {survives:?} survives");
            let (journal, _) = open(&after).unwrap_or_else(|e| panic_with(&told, &e));
            check(&journal, succeeded, &told);
            drop(journal);
            let (mut journal, recovery) = open(&after).unwrap();
            assert!(recovery.is_clean(), "{told}: the second opening has nothing to do, {recovery:?}");
            append(&mut journal, &[commit(&["next"])]).unwrap();
        }
    }
}

#[expect(clippy::panic, reason = "tests")]
fn panic_with(told: &str, error: &OpenError) -> ! {
    panic!("{told}: {error}")
}

#[test]
fn killed_at_any_point_of_sealing() {
    let prepare = || {
        let disk = FaultyDisk::new();
        let options = OpenOptions {
            keys_of: Some(|line, add| line.get(..2).into_iter().for_each(add)),
            ..options(&disk)
        };
        let mut journal = FileJournal::create_with(DIR, options).unwrap();
        for line in ["one", "two", "three"] {
            append(&mut journal, &[commit(&[line])]).unwrap();
        }
        (disk, journal)
    };
    let check = |journal: &FileJournal, sealed: bool, told: &str| {
        assert_eq!(lines_from(journal, Position(0)), [&b"one"[..], b"two", b"three"], "{told}");
        assert!(!sealed || journal.sealed_segments().count() == 1, "{told}");
    };
    killed_everywhere(prepare, |mut journal, _| journal.seal().is_ok(), check);
}

#[test]
fn killed_at_any_point_of_beginning_a_segment() {
    let prepare = || {
        let disk = FaultyDisk::new();
        let (mut journal, _) = small(&disk);
        journal.seal().unwrap();
        (disk, journal)
    };
    let check = |journal: &FileJournal, acknowledged: bool, told: &str| {
        let lines = lines_from(journal, Position(0));
        assert!(
            lines.len() == 4 && lines[3] == b"four" || lines.len() == 3 && !acknowledged,
            "{told}: {lines:?}"
        );
    };
    killed_everywhere(prepare, |mut journal, _| append(&mut journal, &[commit(&["four"])]).is_ok(), check);
}

#[test]
fn killed_at_any_point_of_cutting_a_torn_end() {
    let prepare = || {
        let disk = FaultyDisk::new();
        let (journal, _) = small(&disk);
        drop(journal);
        let mut bytes = disk.read(&segment(0)).unwrap();
        bytes.truncate(bytes.len() - 3);
        disk.overwrite(&segment(0), &bytes);
        let lockless = FaultyDisk::new();
        let unused = create(&lockless);
        (disk, unused)
    };
    let check = |journal: &FileJournal, _, told: &str| assert_eq!(journal.len(), 2, "{told}");
    killed_everywhere(prepare, |_, disk| open(disk).is_ok(), check);
}
