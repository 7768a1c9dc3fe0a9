//! Damaged and altered files: opened with the true lines, cut, or refused. Never altered lines, never a panic.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::conformance::lines_from;
use jejak_journal::faults::FaultyDisk;
use jejak_journal::merkle::{TreeBuilder, tree_of};
use jejak_journal::{
    Commit, CutReason, Damage, FileJournal, Journal, OpenError, OpenOptions, Position, ReadError,
};

const DIR: &str = "/ledger";

fn options(disk: &FaultyDisk) -> OpenOptions {
    OpenOptions { disk: Arc::new(disk.clone()), seal_when_full: false, ..OpenOptions::default() }
}

fn segment(first: u64) -> PathBuf {
    Path::new(DIR).join(format!("journal/{first:012}.jsonl.zst"))
}

/// One frame for each group of commits.
fn write(disk: &FaultyDisk, frames: &[&[&[&str]]]) -> FileJournal {
    let mut journal = FileJournal::create_with(DIR, options(disk)).unwrap();
    for frame in frames {
        let commits: Vec<Commit> = frame.iter().map(|lines| Commit::from_lines(*lines).unwrap()).collect();
        let at = Position(journal.len());
        journal.append(at, &commits).unwrap();
    }
    journal
}

const FRAMES: &[&[&[&str]]] = &[&[&["one", "two"], &["three"]], &[&["four"]], &[&["five", "six"]]];

fn truth() -> Vec<Vec<u8>> {
    FRAMES.iter().copied().flatten().copied().flatten().map(|line| line.as_bytes().to_vec()).collect()
}

/// What opening and reading a changed file gives.
enum Outcome {
    Refused,
    Lines(Vec<Vec<u8>>),
}

fn outcome(disk: &FaultyDisk, options: OpenOptions) -> Outcome {
    // The read-only door must be as safe as the other, and changes nothing.
    let observed =
        FileJournal::open_read_only_with(DIR, options.clone()).ok().and_then(|j| read_all(&j).ok());
    let Ok((journal, _)) = FileJournal::open(DIR, options) else {
        assert!(observed.is_none_or(|lines| truth().starts_with(&lines)));
        return Outcome::Refused;
    };
    let _ = disk;
    read_all(&journal).map_or(Outcome::Refused, Outcome::Lines)
}

fn read_all(journal: &FileJournal) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut lines = Vec::new();
    for batch in journal.read(Position(0))? {
        lines.extend(batch?.unpack()?.lines().map(<[u8]>::to_vec));
    }
    Ok(lines)
}

fn originals(sealed: bool) -> (FaultyDisk, Vec<u8>) {
    let disk = FaultyDisk::new();
    let mut journal = write(&disk, FRAMES);
    if sealed {
        journal.seal().unwrap();
    }
    drop(journal);
    let bytes = disk.read(&segment(0)).unwrap();
    (disk, bytes)
}

#[test]
fn every_flipped_bit_is_found_or_harmless() {
    for sealed in [false, true] {
        let (disk, bytes) = originals(sealed);
        let (mut refused, mut whole) = (0, 0);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            disk.overwrite(&segment(0), &flipped);
            match outcome(&disk, options(&disk)) {
                Outcome::Refused => refused += 1,
                // Only a seek table can be damaged without harm.
                Outcome::Lines(lines) => {
                    assert!(sealed, "bit {bit} of an unsealed segment went unnoticed");
                    assert_eq!(lines, truth(), "sealed, bit {bit}");
                    whole += 1;
                }
            }
        }
        assert!(refused > 700, "sealed {sealed}: refused {refused}, whole {whole}");
        assert_eq!(whole > 0, sealed);
    }
}

#[test]
fn every_truncation_is_cut_at_a_frame_or_refused_by_the_checkpoint() {
    for sealed in [false, true] {
        let (disk, bytes) = originals(sealed);
        for length in 0..=bytes.len() {
            disk.overwrite(&segment(0), &bytes[..length]);
            match outcome(&disk, options(&disk)) {
                Outcome::Lines(lines) => assert!(truth().starts_with(&lines), "{length} bytes"),
                Outcome::Refused => {
                    panic!("{length} of {} bytes, sealed {sealed}: a short end is torn", bytes.len())
                }
            }
            disk.overwrite(&segment(0), &bytes[..length]);
            let known = OpenOptions { newest_checkpoint: Some(6), ..options(&disk) };
            match FileJournal::open(DIR, known.clone()) {
                Ok((journal, _)) => assert_eq!(journal.len(), 6, "{length} bytes"),
                Err(error) => {
                    assert!(matches!(error, OpenError::BelowCheckpoint { checkpoint: 6, .. }), "{error}");
                    let unchanged = disk.read(&segment(0)).unwrap();
                    assert_eq!(unchanged.len(), length, "a refusal changes nothing");
                    let accepted = OpenOptions { accept_loss: true, ..known };
                    let (journal, recovery) = FileJournal::open(DIR, accepted).unwrap();
                    assert_eq!(recovery.lines_lost_below_checkpoint, 6 - journal.len());
                }
            }
        }
    }
}

#[test]
fn a_damaged_last_frame_is_refused_until_the_loss_is_accepted() {
    let (disk, mut bytes) = originals(false);
    let at = bytes.len() - 10;
    bytes[at] ^= 1;
    disk.overwrite(&segment(0), &bytes);
    let Err(error) = FileJournal::open(DIR, options(&disk)) else { panic!("opened") };
    let OpenError::DamagedEnd { place, damage: Damage::Checksum, bytes: lost } = &error else {
        panic!("{error}")
    };
    assert_eq!((place.position, place.offset + lost), (Position(4), bytes.len().try_into().unwrap()));
    let told = error.to_string();
    for part in
        ["000000000000.jsonl.zst", &format!("byte {}", place.offset), "position 4", "accepting the loss"]
    {
        assert!(told.contains(part), "{told}");
    }
    let accepted = OpenOptions { accept_loss: true, ..options(&disk) };
    let (journal, recovery) = FileJournal::open(DIR, accepted).unwrap();
    assert_eq!(lines_from(&journal, Position(0)), truth()[..4]);
    let cut = recovery.cut.unwrap();
    assert_eq!(disk.read(&cut.kept_in).unwrap(), bytes[usize::try_from(cut.place.offset).unwrap()..]);
}

#[test]
fn a_bad_frame_with_a_good_one_behind_it_is_corruption_whatever_is_accepted() {
    let (disk, bytes) = originals(false);
    let frames = frame_offsets(&bytes);
    let damages: [Vec<u8>; 4] = [
        // A bit of the first frame's lines, a bit of its header, its end cut out, its bytes zeroed.
        flipped(&bytes, frames[1] - 5),
        flipped(&bytes, 20),
        [&bytes[..frames[1] - 7], &bytes[frames[1]..]].concat(),
        [&vec![0; frames[1]][..], &bytes[frames[1]..]].concat(),
    ];
    for (i, damaged) in damages.into_iter().enumerate() {
        disk.overwrite(&segment(0), &damaged);
        let accepting = OpenOptions { accept_loss: true, ..options(&disk) };
        match FileJournal::open(DIR, accepting) {
            Err(OpenError::Corrupt { place, good_after: Some(after), .. }) => {
                assert_eq!((place.position, place.offset), (Position(0), 0), "damage {i}");
                assert!(
                    damaged[usize::try_from(after).unwrap()..].starts_with(&bytes[frames[1]..frames[1] + 40])
                );
            }
            other => panic!("damage {i}: {:?}", other.map(|(journal, _)| journal.len())),
        }
    }
}

#[test]
fn damage_in_a_sealed_segment_is_found_by_reading_and_named() {
    let (disk, bytes) = originals(true);
    disk.overwrite(&segment(0), &flipped(&bytes, 75));
    let (journal, _) = FileJournal::open(DIR, options(&disk)).unwrap();
    match read_all(&journal) {
        Err(ReadError::Damaged { place, damage: Damage::Checksum }) => {
            assert_eq!(
                (place.offset, place.position, place.file.as_ref()),
                (0, Position(0), segment(0).as_path())
            );
        }
        other => panic!("{other:?}"),
    }
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 0x10;
    bytes
}

fn frame_offsets(bytes: &[u8]) -> Vec<usize> {
    bytes.windows(4).enumerate().filter(|(_, w)| w == b"JEJK").map(|(at, _)| at - 8).collect()
}

#[test]
fn zeros_behind_a_damaged_frame_do_not_excuse_it() {
    let (disk, bytes) = originals(false);
    for at in [bytes.len() - 10, frame_offsets(&bytes)[2] + 20] {
        // Rot in the last acknowledged frame, and behind it the zeros of a write that never happened.
        let damaged = [flipped(&bytes, at), vec![0; 300]].concat();
        disk.overwrite(&segment(0), &damaged);
        match FileJournal::open(DIR, options(&disk)) {
            Err(OpenError::DamagedEnd { place, .. }) => assert_eq!(place.position, Position(4)),
            other => panic!("{:?}", other.map(|(journal, _)| journal.len())),
        }
    }
    disk.overwrite(&segment(0), &[bytes.clone(), vec![0; 300]].concat());
    let (journal, recovery) = FileJournal::open(DIR, options(&disk)).unwrap();
    assert_eq!((journal.len(), recovery.cut.unwrap().reason), (6, CutReason::ZeroFilled));
}

#[test]
fn removed_exchanged_and_repeated_frames_are_out_of_place() {
    let (disk, bytes) = originals(false);
    let f = frame_offsets(&bytes);
    let (a, b, c) = (&bytes[..f[1]], &bytes[f[1]..f[2]], &bytes[f[2]..]);
    for changed in
        [[a, c].concat(), [b, c].concat(), [a, c, b].concat(), [a, a, b, c].concat(), [a, b, b].concat()]
    {
        disk.overwrite(&segment(0), &changed);
        assert!(matches!(outcome(&disk, options(&disk)), Outcome::Refused));
    }
}

#[test]
fn a_missing_or_foreign_segment_is_a_gap() {
    let disk = FaultyDisk::new();
    let mut journal = write(&disk, FRAMES);
    journal.seal().unwrap();
    journal.append(Position(6), &[Commit::from_lines(["seven"]).unwrap()]).unwrap();
    journal.seal().unwrap();
    journal.append(Position(7), &[Commit::from_lines(["eight"]).unwrap()]).unwrap();
    drop(journal);
    let first = disk.read(&segment(0)).unwrap();
    // The tail of a segment that is not the last, cut at a frame boundary.
    let other = FaultyDisk::new();
    drop(write(&other, &FRAMES[..2]));
    disk.overwrite(&segment(0), &other.read(&segment(0)).unwrap());
    match FileJournal::open(DIR, options(&disk)) {
        Err(OpenError::Gap { expected, file }) => assert_eq!((expected, file), (Position(4), segment(6))),
        other => panic!("{:?}", other.map(|(journal, _)| journal.len())),
    }
    disk.overwrite(&segment(0), &first);
    disk.overwrite(&segment(6), b"");
    assert!(matches!(FileJournal::open(DIR, options(&disk)), Err(OpenError::Gap { .. })));
    let torn = disk.read(&segment(7)).unwrap();
    disk.overwrite(&segment(6), &torn[..20]);
    assert!(matches!(
        FileJournal::open(DIR, options(&disk)),
        Err(OpenError::Corrupt { good_after: None, .. })
    ));
}

/// A journal that says it was written honestly: every checksum is right, only the lines are not the original ones.
fn forged(lines: &[&[&[&str]]]) -> TreeBuilder {
    let disk = FaultyDisk::new();
    let journal = write(&disk, lines);
    tree_of(&journal, journal.len()).unwrap()
}

#[test]
fn what_no_checksum_can_find_the_tree_finds() {
    let honest = Checkpoint::new("ledger.example/test", &forged(FRAMES)).unwrap();
    let forgeries: [&[&[&[&str]]]; 4] = [
        &[&[&["one", "two"], &["thr3e"]], &[&["four"]], &[&["five", "six"]]], // altered and compressed again
        &[&[&["two", "one"], &["three"]], &[&["four"]], &[&["five", "six"]]], // exchanged
        &[&[&["one", "two"]], &[&["four"]], &[&["five", "six"]]],             // left out
        &[&[&["one", "two"], &["three"]], &[&["four"]]], // the tail cut at a frame boundary
    ];
    for lines in forgeries {
        let forged = Checkpoint::new("ledger.example/test", &forged(lines)).unwrap();
        assert_ne!((forged.size, forged.root), (honest.size, honest.root));
        let mismatch = if forged.size < honest.size {
            forged.extends(&honest, &[])
        } else {
            honest.extends(&forged, &[])
        };
        assert!(mismatch.is_err(), "{lines:?}");
    }
    // Where commits and frames end is not hashed: the same lines give the same head.
    assert_eq!(
        Checkpoint::new(
            "ledger.example/test",
            &forged(&[&[&["one", "two", "three", "four", "five", "six"]]])
        ),
        Some(honest)
    );
}

#[test]
fn a_second_writer_is_refused_and_readers_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(dir.path()).unwrap();
    journal.append(Position(0), &[Commit::from_lines(["one"]).unwrap()]).unwrap();
    match FileJournal::open(dir.path(), OpenOptions::default()) {
        Err(error @ OpenError::Locked { .. }) => assert!(error.to_string().contains("another writer")),
        other => panic!("{other:?}"),
    }
    assert!(matches!(FileJournal::create(dir.path()), Err(OpenError::Locked { .. })));
    let mut reader = FileJournal::open_read_only(dir.path()).unwrap();
    assert_eq!(lines_from(&reader, Position(0)), [b"one"]);
    assert!(reader.append(Position(1), &[]).is_err());
    drop(journal);
    assert!(matches!(FileJournal::create(dir.path()), Err(OpenError::AlreadyExists { .. })));
    assert!(FileJournal::open(dir.path(), OpenOptions::default()).is_ok());
    let nowhere = dir.path().join("nowhere");
    assert!(matches!(FileJournal::open(&nowhere, OpenOptions::default()), Err(OpenError::NoJournal { .. })));
    assert!(matches!(FileJournal::open_read_only(&nowhere), Err(OpenError::NoJournal { .. })));
    assert!(!nowhere.exists());
}

#[test]
fn no_damage_to_an_index_changes_what_it_finds() {
    let disk = FaultyDisk::new();
    let options =
        OpenOptions { keys_of: Some(|line, add| line.get(..1).into_iter().for_each(add)), ..options(&disk) };
    let mut journal = FileJournal::create_with(DIR, options.clone()).unwrap();
    journal.append(Position(0), &[Commit::from_lines(["a1", "b1", "a2", "c1", "a3"]).unwrap()]).unwrap();
    journal.seal().unwrap();
    drop(journal);
    let index = Path::new(DIR).join("journal/000000000000.idx");
    let bytes = disk.read(&index).unwrap();
    let check = |damaged: &[u8], told: &str| {
        disk.overwrite(&index, damaged);
        for door in ["reader", "writer"] {
            let journal = match door {
                "reader" => FileJournal::open_read_only_with(DIR, options.clone()).unwrap(),
                _ => FileJournal::open(DIR, options.clone()).unwrap().0,
            };
            assert_eq!(journal.positions_of(b"a").unwrap(), [0, 2, 4].map(Position), "{door}, {told}");
            assert_eq!(journal.positions_of(b"c").unwrap(), [Position(3)], "{door}, {told}");
            assert_eq!(journal.positions_of(b"x").unwrap(), [], "{door}, {told}");
        }
        assert_eq!(disk.read(&index).unwrap(), bytes, "the writer made it anew: {told}");
    };
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        check(&flipped, &format!("bit {bit}"));
    }
    for length in 0..bytes.len() {
        check(&bytes[..length], &format!("{length} bytes"));
    }
}
