//! What every engine must do: call [`check`] with a way to make empty journals.
//!
//! It panics at the first thing that is wrong, as tests do.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test suite"
)]

use crate::{AppendError, Commit, Frame, Journal, Position, ReadError};

/// Runs the whole suite; `empty` is called once for each case.
pub fn check<J: Journal>(mut empty: impl FnMut() -> J) {
    empty_journal(&empty());
    appends_and_reads(&mut empty());
    wrong_positions(&mut empty());
    reading_from_everywhere(&mut empty());
    readers_see_a_fixed_end(&mut empty());
    awkward_bytes(&mut empty());
}

fn commit(lines: &[&str]) -> Commit {
    Commit::from_lines(lines).unwrap()
}

/// All lines from a position, with the check that positions and counts agree.
pub fn lines_from<J: Journal + ?Sized>(journal: &J, from: Position) -> Vec<Vec<u8>> {
    let mut next = from;
    let mut lines = Vec::new();
    for frame in frames_from(journal, from) {
        assert_eq!(frame.first(), next, "frames follow each other without gaps");
        assert_eq!(frame.lines().len(), usize::try_from(frame.len()).unwrap());
        lines.extend(frame.lines().map(<[u8]>::to_vec));
        next = next.plus(u64::from(frame.len()));
    }
    assert_eq!(next.0, journal.len(), "reading ends at the end");
    lines
}

fn frames_from<J: Journal + ?Sized>(journal: &J, from: Position) -> Vec<Frame> {
    journal
        .read(from)
        .unwrap()
        .map(|batch| {
            let batch = batch.unwrap();
            let (first, lines) = (batch.first(), batch.lines());
            let frame = batch.unpack().unwrap();
            assert_eq!((frame.first(), frame.len()), (first, lines), "a batch tells what it holds");
            frame
        })
        .collect()
}

/// Lengths of all commits in order.
pub fn commit_lengths<J: Journal + ?Sized>(journal: &J) -> Vec<u32> {
    frames_from(journal, Position(0))
        .iter()
        .flat_map(|frame| frame.commits().map(|range| range.end - range.start).collect::<Vec<_>>())
        .collect()
}

fn empty_journal<J: Journal>(journal: &J) {
    assert_eq!(journal.len(), 0);
    assert!(journal.is_empty());
    assert!(lines_from(journal, Position(0)).is_empty());
}

fn appends_and_reads<J: Journal>(journal: &mut J) {
    journal.append(Position(0), &[commit(&["a"]), commit(&["b", "c"])]).unwrap();
    assert_eq!(journal.len(), 3);
    journal.append(Position(3), &[]).unwrap();
    assert_eq!(journal.len(), 3, "no commits, no change");
    journal.append(Position(3), &[commit(&["d"])]).unwrap();
    assert_eq!(lines_from(journal, Position(0)), [b"a", b"b", b"c", b"d"]);
    assert_eq!(commit_lengths(journal), [1, 2, 1]);
}

fn wrong_positions<J: Journal>(journal: &mut J) {
    journal.append(Position(0), &[commit(&["a", "b"])]).unwrap();
    for at in [0, 1, 3, u64::MAX] {
        for commits in [&[commit(&["x"])][..], &[]] {
            match journal.append(Position(at), commits) {
                Err(AppendError::WrongPosition { asked, expected }) => {
                    assert_eq!((asked, expected), (Position(at), Position(2)));
                }
                other => panic!("append at {at} of 2 gave {other:?}"),
            }
        }
    }
    assert_eq!(lines_from(journal, Position(0)), [b"a", b"b"]);
    match journal.read(Position(3)) {
        Err(ReadError::BehindEnd { asked, len }) => assert_eq!((asked, len), (Position(3), 2)),
        other => panic!("reading behind the end gave {other:?}"),
    }
}

fn reading_from_everywhere<J: Journal>(journal: &mut J) {
    let mut all = Vec::new();
    for (n, sizes) in [&[1][..], &[3, 1], &[2, 2, 2], &[5]].into_iter().enumerate() {
        let commits: Vec<Commit> = sizes
            .iter()
            .enumerate()
            .map(|(c, &size)| {
                Commit::from_lines((0..size).map(|l| format!("frame {n} commit {c} line {l}"))).unwrap()
            })
            .collect();
        journal.append(Position(u64::try_from(all.len()).unwrap()), &commits).unwrap();
        all.extend(commits.iter().flat_map(|c| c.lines().map(<[u8]>::to_vec)).collect::<Vec<_>>());
    }
    for from in 0..=all.len() {
        let read = lines_from(journal, Position(u64::try_from(from).unwrap()));
        assert_eq!(read, all[from..], "reading from {from}");
    }
    assert_eq!(commit_lengths(journal), [1, 3, 1, 2, 2, 2, 5]);
}

fn readers_see_a_fixed_end<J: Journal>(journal: &mut J) {
    journal.append(Position(0), &[commit(&["a"])]).unwrap();
    let batches = journal.read(Position(0)).unwrap();
    journal.append(Position(1), &[commit(&["b"])]).unwrap();
    let lines: u32 =
        std::thread::spawn(move || batches.map(|batch| batch.unwrap().lines()).sum()).join().unwrap();
    assert_eq!(lines, 1, "a reader ends where the journal ended when it began");
}

fn awkward_bytes<J: Journal>(journal: &mut J) {
    let longest = vec![b'x'; crate::MAX_LINE_BYTES];
    let lines: Vec<Vec<u8>> = vec![b"\r".into(), b"{\"a\":\"\xC3\xA9\"}".into(), b" ".into(), longest];
    journal.append(Position(0), &[Commit::new(lines.clone()).unwrap()]).unwrap();
    assert_eq!(lines_from(journal, Position(0)), lines);
}
