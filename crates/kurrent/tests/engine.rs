//! The engine against a server: our own small one, or a real one named by `JEJAK_KURRENTDB=esdb://…`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod common;

use common::{Place, commit, patience};
use jejak_journal::conformance::{check, commit_lengths, lines_from};
use jejak_journal::{AppendError, Commit, Journal as _, MAX_COMMIT_BYTES, Position, merkle};
use jejak_kurrent::Server;

#[test]
fn it_is_a_journal_like_any_other() {
    let place = Place::new();
    check(|| place.journal());
}

#[test]
fn both_engines_give_the_same_head_and_the_same_boundaries() {
    let (place, dir) = (Place::new(), tempfile::tempdir().unwrap());
    let mut files = jejak_journal::FileJournal::create(dir.path()).unwrap();
    let mut stream = place.journal();
    for group in 0..20_u64 {
        let commits: Vec<Commit> =
            (0..group % 4).map(|each| commit((0..=each).map(|line| format!("{group} {each} {line}")))).collect();
        for journal in [&mut files as &mut dyn jejak_journal::Journal, &mut stream] {
            let end = Position(journal.len());
            journal.append(end, &commits).unwrap();
        }
    }
    let head = |journal: &dyn jejak_journal::Journal| merkle::tree_of(journal, journal.len()).unwrap().root();
    assert_eq!(head(&files), head(&stream));
    assert_eq!(commit_lengths(&files), commit_lengths(&stream));
}

#[test]
fn commits_of_any_allowed_size_fit_and_groups_are_cut_between_them() {
    let place = Place::new();
    let mut journal = place.journal();
    let small = commit(vec!["x"; 3_500]);
    let large = commit((0..13).map(|n| format!("{n}{}", "y".repeat(65_000))));
    assert!(large.as_bytes().len() + 13 * 256 > MAX_COMMIT_BYTES - 60_000);
    journal.append(Position(0), &[small.clone(), large.clone(), large, small]).unwrap();
    assert_eq!(commit_lengths(&journal), [3_500, 13, 13, 3_500]);
    assert_eq!(lines_from(&place.again(), Position(0)).len(), 7_026);
}

#[test]
fn of_two_writers_the_second_is_told_the_true_end_and_may_go_on() {
    let place = Place::new();
    let (mut one, mut two) = (place.journal(), place.again());
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
fn what_an_append_holds_can_be_seen_with_the_servers_own_tools() {
    let place = Place::new();
    let server = Server::new(&place.address, patience()).unwrap();
    let labels = |line: &[u8]| jejak_kurrent::Labels {
        kind: Some("id.jejak.test.v1"),
        subject: std::str::from_utf8(&line[..1]).ok(),
        ..Default::default()
    };
    let _ = labels;
    let mut journal = server.open(None).unwrap();
    journal.append(Position(0), &[commit(["a", "b"])]).unwrap();
    assert_eq!(lines_from(&server.open(None).unwrap(), Position(1)), [b"b"]);
}
