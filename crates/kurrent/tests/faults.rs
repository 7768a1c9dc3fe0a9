//! What may go wrong between us and a server: after each fault, every line stands there once or nobody was told so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod common;

use common::{Place, commit, patience};
use jejak_esdb::{AppendFault, End, Options, Server as Esdb};
use jejak_journal::conformance::{commit_lengths, lines_from};
use jejak_journal::{AppendError, Journal as _, Position};
use jejak_kurrent::{Address, KurrentError, Patience, Server};
use std::time::{Duration, Instant};

/// The failure inside an error of the journal.
fn cause(error: AppendError) -> String {
    match error {
        AppendError::Engine(error) => error.to_string(),
        other => panic!("{other:?} is no failure of the engine"),
    }
}

#[test]
fn an_append_that_was_not_answered_is_sent_again_and_counts_once() {
    use AppendFault::{DropAfter, DropBefore, TimeOutAfter, TimeOutBefore, Unavailable};
    let place = Place::ours();
    let mut journal = place.journal();
    let faults = [DropBefore, DropAfter, TimeOutBefore, TimeOutAfter, Unavailable];
    for (round, fault) in faults.into_iter().cycle().take(50).enumerate() {
        let before = place.esdb().faults().committed();
        place.esdb().faults().on_append(1, fault.clone());
        let lines = [format!("{round} a"), format!("{round} b")];
        journal.append(Position(journal.len()), &[commit(lines)]).unwrap();
        assert_eq!(place.esdb().faults().committed(), before + 1, "{fault:?} was committed");
    }
    let all = lines_from(&place.journal(), Position(0));
    let wanted: Vec<_> =
        (0..50).flat_map(|n| [format!("{n} a"), format!("{n} b")]).map(String::into_bytes).collect();
    assert_eq!(all, wanted);
}

#[test]
fn lines_are_read_in_a_thread_of_a_runtime_too() {
    let place = Place::ours();
    // Several batches, of which more are waiting than are taken at once.
    let lines: Vec<String> = (0..30_000).map(|number| format!("line {number}")).collect();
    let commits: Vec<_> = lines.iter().map(|line| commit([line])).collect();
    place.journal().append(Position(0), &commits).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = runtime.block_on(async { lines_from(&place.journal(), Position(0)) });
    assert_eq!(read.len(), lines.len());
    // Whoever goes away before the end holds nothing up.
    runtime.block_on(async { assert!(place.journal().read(Position(0)).unwrap().next().is_some()) });
}

#[test]
fn a_writer_that_nobody_answers_is_dead_and_never_guesses() {
    let place = Place::ours();
    let short = Patience { whole: Duration::from_millis(1_500), each: Duration::from_secs(1), ..patience() };
    let mut journal = Server::new(&place.address, short).unwrap().open(None).unwrap();
    journal.append(Position(0), &[commit(["a"])]).unwrap();
    place.esdb().refuse();
    let told = cause(journal.append(Position(1), &[commit(["b"])]).unwrap_err());
    assert!(told.contains("gave no answer") && told.contains("open the ledger again"), "{told}");
    place.esdb().accept().unwrap();
    let told = journal.append(Position(1), &[commit(["b"])]).unwrap_err();
    assert!(matches!(told, AppendError::Poisoned { .. }), "{told}");
    assert_eq!(lines_from(&place.journal(), Position(0)), [b"a"]);
}

#[test]
fn a_server_that_was_away_is_found_again() {
    let place = Place::ours();
    let mut journal = place.journal();
    journal.append(Position(0), &[commit(["a"])]).unwrap();
    place.esdb().refuse();
    std::thread::scope(|scope| {
        let append = scope.spawn(|| journal.append(Position(1), &[commit(["b"])]));
        place.esdb().accept().unwrap();
        append.join().unwrap().unwrap();
    });
    place.esdb().drop_connections();
    assert_eq!(lines_from(&place.journal(), Position(0)), [b"a", b"b"]);
}

#[test]
fn the_leader_is_followed_to_another_node() {
    let leader = Esdb::start(Options::default()).unwrap();
    let other = leader.follower().unwrap();
    let address: Address = format!(
        "esdb://{},{}?tls=false&discoveryInterval=10&ledger=moves",
        leader.address(),
        other.address()
    )
    .parse()
    .unwrap();
    let mut journal = Server::new(&address, patience()).unwrap().open(None).unwrap();
    journal.append(Position(0), &[commit(["a"])]).unwrap();
    other.promote();
    journal.append(Position(1), &[commit(["b"])]).unwrap();
    leader.refuse();
    journal.append(Position(2), &[commit(["c"])]).unwrap();
    assert_eq!(lines_from(&journal, Position(0)), [b"a", b"b", b"c"]);
}

#[test]
fn a_read_that_breaks_off_goes_on_after_the_last_line_that_came() {
    let place = Place::ours();
    let mut journal = place.journal();
    for group in 0..40 {
        let commits = [commit((0..100).map(|line| format!("{group} {line}")))];
        journal.append(Position(group * 100), &commits).unwrap();
    }
    let all = lines_from(&journal, Position(0));
    for end in [End::Unavailable, End::Drop, End::Cleanly] {
        for (nth, after) in [(1, 0), (1, 1), (1, 99), (1, 150), (2, 2_500)] {
            place.esdb().faults().on_read(nth, after, end);
            if nth == 2 {
                place.esdb().faults().on_read(1, 1_000, end);
            }
            let read = lines_from(&journal, Position(50));
            assert!(read == all[50..], "{end:?} after {after}: {} lines", read.len());
            assert_eq!(commit_lengths(&journal), vec![100; 40], "whole commits, in whole batches");
            place.esdb().faults().clear();
        }
    }
}

#[test]
fn lines_that_a_server_lost_are_told_at_once_to_whoever_reads() {
    let dir = tempfile::tempdir().unwrap();
    let start = |listen, data: &str| {
        Esdb::start(Options { listen, data: Some(dir.path().join(data)), ..Options::default() }).unwrap()
    };
    let (esdb, empty) = (Esdb::start(Options::default()).unwrap().address(), "empty");
    let first = start(esdb, "data");
    let address: Address = format!("{}&ledger=lost", first.connection_string()).parse().unwrap();
    let mut journal = Server::new(&address, patience()).unwrap().open(None).unwrap();
    journal.append(Position(0), &[commit(["a"]), commit(["b"])]).unwrap();
    first.stop();
    let _second = start(esdb, empty);
    let begun = Instant::now();
    let told = journal.read(Position(1)).unwrap().next().unwrap().map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("has 0 lines, but 2 were there before"), "{told}");
    assert!(begun.elapsed() < patience().whole / 2, "{:?}", begun.elapsed());
}

#[test]
fn a_reader_that_goes_away_leaves_nothing_waiting() {
    let place = Place::ours();
    let mut journal = place.journal();
    journal.append(Position(0), &[commit(["a", "b", "c"])]).unwrap();
    for _ in 0..20 {
        drop(journal.read(Position(0)).unwrap());
    }
    assert_eq!(lines_from(&journal, Position(1)), [b"b", b"c"]);
}

#[test]
fn a_stream_that_forgets_or_that_others_write_to_is_refused() {
    let place = Place::ours();
    let stream = place.address.ledger().to_owned();
    let client = |work: &dyn Fn(eventstore::Client) -> std::pin::Pin<Box<dyn Future<Output = ()>>>| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let settings = place.address.connection().parse().unwrap();
        runtime.block_on(async { work(eventstore::Client::new(settings).unwrap()).await });
        runtime.shutdown_background();
    };
    let open = || Server::new(&place.address, patience()).unwrap().open(None);
    open().unwrap().append(Position(0), &[commit(["a", "b"])]).unwrap();
    let settings = |name: &'static str, value: u64| {
        let stream = stream.clone();
        client(&move |client| {
            let stream = stream.clone();
            Box::pin(async move {
                let metadata = serde_json::json!({ name: value });
                let event = eventstore::EventData::json("$metadata", &metadata).unwrap();
                client
                    .append_to_stream(
                        format!("$${stream}"),
                        &eventstore::AppendToStreamOptions::default(),
                        event,
                    )
                    .await
                    .unwrap();
            })
        });
    };
    for name in ["$maxCount", "$maxAge", "$tb"] {
        settings(name, if name == "$tb" { 1 } else { 1_000_000 });
        let refused = open().unwrap_err();
        assert!(matches!(refused, KurrentError::Truncated { .. }), "{name}: {refused}");
    }
    settings("owner", 1);
    open().unwrap();
    client(&|client| {
        let stream = stream.clone();
        Box::pin(async move {
            let event = eventstore::EventData::json("other", &serde_json::json!({})).unwrap();
            client
                .append_to_stream(stream, &eventstore::AppendToStreamOptions::default(), event)
                .await
                .unwrap();
        })
    });
    let journal = open().unwrap();
    let last = journal.read(Position(0)).unwrap().last().unwrap().unwrap_err().to_string();
    assert!(last.contains("position 2") && last.contains("nothing but Jejak"), "{last}");
}

#[test]
fn access_and_deletion_are_told_as_they_are() {
    let user = Some(("admin".to_owned(), "changeit".to_owned()));
    let esdb = Esdb::start(Options { user, ..Options::default() }).unwrap();
    let open = |login: &str| {
        let address: Address =
            format!("esdb://{login}{}?tls=false&ledger=closed", esdb.address()).parse().unwrap();
        Server::new(&address, patience()).unwrap().open(None)
    };
    let refused = open("admin:wrong@").unwrap_err().to_string();
    assert!(refused.contains("denies access") && !refused.contains("wrong"), "{refused}");
    open("admin:changeit@").unwrap().append(Position(0), &[commit(["a"])]).unwrap();
}
