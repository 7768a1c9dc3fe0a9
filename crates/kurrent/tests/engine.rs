//! The engine against a server: our own small one, or a real one that `JEJAK_KURRENTDB=esdb://…` names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod common;

use common::{Place, commit};
use jejak_journal::conformance::{check, commit_lengths, lines_from};
use jejak_journal::{AppendError, Commit, FileJournal, Journal, MAX_COMMIT_BYTES, Position, merkle};

#[test]
fn it_is_a_journal_like_any_other() {
    let place = Place::new();
    check(|| place.fresh());
}

#[test]
fn both_engines_give_the_same_head_and_the_same_boundaries() {
    let (place, dir) = (Place::new(), tempfile::tempdir().unwrap());
    let mut files = FileJournal::create(dir.path()).unwrap();
    let mut stream = place.journal();
    for group in 0..20_u64 {
        let lines = |each| commit((0..=each).map(|line| format!("{group} {each} {line}")));
        let commits: Vec<Commit> = (0..group % 4).map(lines).collect();
        let both: [&mut dyn Journal; 2] = [&mut files, &mut stream];
        for journal in both {
            journal.append(Position(journal.len()), &commits).unwrap();
        }
    }
    let head = |journal: &dyn Journal| merkle::tree_of(journal, journal.len()).unwrap().root();
    assert_eq!(head(&files), head(&stream));
    assert_eq!(commit_lengths(&files), commit_lengths(&stream));
}

#[test]
fn commits_of_any_allowed_size_fit_and_groups_are_cut_between_them() {
    let place = Place::new();
    let mut journal = place.journal();
    let small = commit(vec!["x"; 3_500]);
    let large = commit((0..13).map(|n| format!("{n}{}", "y".repeat(65_000))));
    assert!(large.as_bytes().len() + 13 * 256 > MAX_COMMIT_BYTES - 65_000);
    journal.append(Position(0), &[small.clone(), large.clone(), large, small]).unwrap();
    assert_eq!(commit_lengths(&journal), [3_500, 13, 13, 3_500]);
    assert_eq!(lines_from(&place.journal(), Position(0)).len(), 7_026);
}

#[test]
fn of_two_writers_the_second_is_told_the_true_end_and_may_go_on() {
    let place = Place::new();
    let (mut one, mut two) = (place.journal(), place.journal());
    one.append(Position(0), &[commit(["a", "b"])]).unwrap();
    match two.append(Position(0), &[commit(["x"])]) {
        Err(AppendError::WrongPosition { asked: Position(0), expected: Position(2) }) => {}
        other => panic!("the second writer was told {other:?}"),
    }
    two.append(Position(2), &[commit(["c"])]).unwrap();
    assert_eq!(lines_from(&two, Position(0)), [b"a", b"b", b"c"]);
    assert_eq!(one.len(), 2, "who writes nothing learns nothing");
    assert_eq!(one.refresh().unwrap(), 3);
}

#[test]
fn two_writers_that_both_go_on_lose_and_repeat_nothing() {
    let place = Place::new();
    let (one, two) = (place.journal(), place.journal());
    let work = |name: &'static str, mut journal: jejak_kurrent::KurrentJournal| {
        let mut written = Vec::new();
        for round in 0..500 {
            let line = format!("{name} {round}");
            while let Err(error) = journal.append(Position(journal.len()), &[commit([&line])]) {
                assert!(matches!(error, AppendError::WrongPosition { .. }), "{error}");
            }
            written.push(line.into_bytes());
        }
        written
    };
    let (first, second) = std::thread::scope(|scope| {
        let (first, second) = (scope.spawn(|| work("one", one)), scope.spawn(|| work("two", two)));
        (first.join().unwrap(), second.join().unwrap())
    });
    let all = lines_from(&place.journal(), Position(0));
    assert_eq!(all.len(), 1_000);
    for (name, written) in [("one", first), ("two", second)] {
        let own: Vec<_> = all.iter().filter(|line| line.starts_with(name.as_bytes())).cloned().collect();
        assert_eq!(own, written, "each line of {name} stands there once, in order");
    }
}
