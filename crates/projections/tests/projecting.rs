//! From a journal to rows: wherever it is cut, interrupted or tampered with, the same rows come out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod common;

use common::Growing;
use jejak_projections::cancellation::Cancellation;
use jejak_projections::check::Difference;
use jejak_projections::cut::Cut;
use jejak_projections::models;
use jejak_projections::projector::{ProjectError, Projector, path_of};
use jejak_projections::query::{Limits, QueryError, Reader};
use jejak_projections::snapshot::snapshot;
use rusqlite::Connection;
use std::time::Duration;

const LIMITS: Limits = Limits { rows: 100_000, time: Duration::from_mins(1), bytes: 1 << 30 };

#[test]
fn wherever_a_history_is_cut_the_same_rows_come_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 60_000);
    let mut projector = None;
    // Steps of many lengths; now and then the process ends and another one goes on.
    for (round, items) in [1, 7, 400, 2_000, 3, 900, 1, 5_000].into_iter().cycle().take(16).enumerate() {
        let lines = ledger.grow(items);
        let mut open =
            projector.take().unwrap_or_else(|| Projector::open(&ledger.home, &mut |_| ()).unwrap());
        assert_eq!(open.catch_up(&mut |_| ()).unwrap().position, lines);
        if round % 3 != 0 {
            projector = Some(open);
        }
    }
    drop(projector);
    let lines = ledger.grow_to_the_end();
    let mut projector = Projector::open(&ledger.home, &mut |_| ()).unwrap();
    let standing = projector.catch_up(&mut |_| ()).unwrap();
    assert_eq!(standing.position, lines);
    assert_eq!(projector.check(&mut |_| ()).unwrap(), []);
    let counts = projector.store().counts().unwrap();
    let empty: Vec<_> = counts.iter().filter(|(_, rows)| *rows == 0).map(|(name, _)| *name).collect();
    assert_eq!(empty, [""; 0], "every model has rows: {counts:?}");
}

#[test]
fn what_somebody_changed_by_hand_is_found_named_and_put_right() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 100_000);
    ledger.grow_to_the_end();
    let mut projector = Projector::open(&ledger.home, &mut |_| ()).unwrap();
    let connection = Connection::open(path_of(&ledger.home)).unwrap();
    let ask = |question: &str| connection.query_row(question, (), |row| row.get::<_, String>(0)).unwrap();
    let (paid, gone) = (
        ask("SELECT min(subject) FROM entitlements WHERE paid_minor > 0"),
        ask("SELECT max(subject) FROM participants"),
    );
    let before =
        ask("SELECT paid_minor || '' FROM entitlements WHERE paid_minor > 0 ORDER BY subject LIMIT 1");
    connection
        .execute("UPDATE entitlements SET paid_minor = paid_minor + 1 WHERE subject = ?", [&paid])
        .unwrap();
    connection.execute("DELETE FROM participants WHERE subject = ?", [&gone]).unwrap();
    connection.execute("INSERT INTO households VALUES (999999, 1)", ()).unwrap();
    connection.execute("DROP TABLE loans", ()).unwrap();
    connection.execute("UPDATE jejak_standing SET root = 'x'", ()).unwrap();
    let found = projector.check(&mut |_| ()).unwrap();
    let cell = found.iter().find_map(|each| match each {
        Difference::Cell { table: "entitlements", key, column: "paid_minor", stored, computed } => {
            Some((key.clone(), stored.clone(), computed.clone()))
        }
        _ => None,
    });
    let (key, stored, computed) = cell.unwrap();
    assert!(key.starts_with(&paid), "{key}");
    assert_eq!(
        (computed.clone(), stored),
        (before.clone(), (before.parse::<i64>().unwrap() + 1).to_string())
    );
    let has = |wanted: &Difference| assert!(found.contains(wanted), "{wanted} is not in {found:?}");
    has(&Difference::Missing { table: "participants", key: gone });
    has(&Difference::Extra { table: "households", key: "999999".to_owned() });
    assert!(found.iter().any(|each| matches!(each, Difference::Table { table: "loans", .. })));
    assert!(found.iter().any(|each| matches!(each, Difference::Root { .. })));
    assert_eq!(found.len(), 5, "{found:?}");
    drop(connection);
    assert_eq!(projector.check(&mut |_| ()).unwrap(), [], "it is put right");
}

#[test]
fn models_of_another_version_are_built_again_while_readers_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 100_000);
    let lines = ledger.grow_to_the_end();
    let path = path_of(&ledger.home);
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let older = Connection::open(&path).unwrap();
    older
        .execute_batch("UPDATE jejak_models SET version = 0 WHERE name = 'loans'; DELETE FROM loans;")
        .unwrap();
    older
        .execute_batch(
            "CREATE TABLE retired (one INTEGER); INSERT INTO jejak_models VALUES ('retired', 1, '');",
        )
        .unwrap();
    let reading = Connection::open(&path).unwrap();
    reading.execute_batch("BEGIN").unwrap();
    let loans = |connection: &Connection| {
        connection.query_row("SELECT count(*) FROM loans", (), |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(loans(&reading), 0);
    let projector = Projector::open(&ledger.home, &mut |_| ()).unwrap();
    assert_eq!(loans(&reading), 0, "a reader sees what it began with");
    reading.execute_batch("COMMIT").unwrap();
    assert!(loans(&reading) > 0, "and then the new rows");
    assert!(!reading.table_exists(None, "retired").unwrap());
    assert_eq!(projector.store().standing().unwrap().position, lines);
    let busy = Projector::open(&ledger.home, &mut |_| ()).err().unwrap();
    assert!(matches!(busy, ProjectError::Busy(_)), "{busy}");
    drop(projector);
    // Tables of another form too.
    older.execute_batch("PRAGMA user_version = 1; DELETE FROM loans;").unwrap();
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    assert!(loans(&older) > 0);
    let form: i64 = older.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(form > 1, "and it is built once: {form}");
}

#[test]
fn an_amount_that_is_not_there_is_no_zero() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 100_000);
    ledger.grow_to_the_end();
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let connection = Connection::open(path_of(&ledger.home)).unwrap();
    let count = |of: &str| {
        let question = format!("SELECT count(*) FROM outcomes WHERE {of}");
        connection.query_row(&question, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    assert!(count("income_minor IS NULL") > 0 && count("income_minor > 0") > 0);
    assert_eq!(count("(income_minor IS NULL) <> (income IS NULL)"), 0);
}

#[test]
fn a_file_of_another_ledger_or_of_another_program_is_left_alone() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = Growing::new(dir.path(), 100_000);
    ledger.grow(500);
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let connection = Connection::open(path_of(&ledger.home)).unwrap();
    connection.execute("UPDATE jejak_standing SET origin = 'other.example/ledger'", ()).unwrap();
    let refused = Projector::open(&ledger.home, &mut |_| ()).err().unwrap().to_string();
    assert!(refused.contains("holds no read models of jejak.example/test"), "{refused}");
    connection
        .execute("UPDATE jejak_standing SET origin = 'jejak.example/test', position = 900000", ())
        .unwrap();
    let refused = Projector::open(&ledger.home, &mut |_| ()).err().unwrap().to_string();
    assert!(refused.contains("go to position 900000"), "{refused}");
    let ledger = Growing::new(other.path(), 100_000);
    std::fs::create_dir_all(other.path().join("views")).unwrap();
    std::fs::write(path_of(&ledger.home), "no database").unwrap();
    assert!(Projector::open(&ledger.home, &mut |_| ()).is_err());
}

#[test]
fn the_same_question_at_the_same_position_has_the_same_answer_however_the_rows_were_stored() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut first = Growing::new(one.path(), 60_000);
    let position = first.grow(3_000);
    let mut projector = Projector::open(&first.home, &mut |_| ()).unwrap();
    let question = |path: &std::path::Path| {
        let mut reader = Reader::open(path).unwrap();
        let mut text = Vec::new();
        for table in models::tables() {
            // Without ORDER BY: rows come as they are kept.
            let answer = reader.ask(&format!("SELECT * FROM {}", table.name), LIMITS).unwrap();
            assert_eq!(answer.standing.position, position);
            text.push(serde_json::to_string(&answer).unwrap());
        }
        text
    };
    let live = snapshot(
        &first.home,
        Cut { at: Some(position), ..Cut::default() },
        &Cancellation::default(),
        &mut |_| (),
    )
    .unwrap();
    assert_eq!(live, path_of(&first.home));
    let then = question(&live);
    first.grow(3_000);
    projector.catch_up(&mut |_| ()).unwrap();
    let later = snapshot(
        &first.home,
        Cut { at: Some(position), ..Cut::default() },
        &Cancellation::default(),
        &mut |_| (),
    )
    .unwrap();
    assert_ne!(later, path_of(&first.home));
    assert!(then == question(&later), "on this machine, later");
    // Another machine: the same history, in other steps.
    let mut second = Growing::new(two.path(), 60_000);
    let mut projector = None;
    for items in [10, 990, 500, 1, 1_499] {
        second.grow(items);
        projector
            .get_or_insert_with(|| Projector::open(&second.home, &mut |_| ()).unwrap())
            .catch_up(&mut |_| ())
            .unwrap();
    }
    assert!(then == question(&path_of(&second.home)), "on another machine");
}

#[test]
fn what_nobody_waits_for_ends_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 60_000);
    let position = ledger.grow(1_000);
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let files = || std::fs::read_dir(path_of(&ledger.home).parent().unwrap()).unwrap().count();
    let before = files();
    let cancellation = Cancellation::default();
    cancellation.cancel();
    let cut = Cut { at: Some(position / 2), ..Cut::default() };
    let ended = snapshot(&ledger.home, cut, &cancellation, &mut |_| ());
    assert!(matches!(ended, Err(ProjectError::Cancelled)), "{ended:?}");
    assert_eq!(files(), before);
    let mut reader = Reader::open(&path_of(&ledger.home)).unwrap();
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS numbers FROM n";
    let ended = reader.ask_until(endless, LIMITS, &cancellation);
    assert!(matches!(ended, Err(QueryError::Cancelled)), "{ended:?}");
    reader.ask("SELECT 1 AS one", LIMITS).unwrap();
}

#[test]
fn a_question_can_read_and_do_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 100_000);
    ledger.grow_to_the_end();
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let mut reader = Reader::open(&path_of(&ledger.home)).unwrap();
    let mut ask = |question: &str| reader.ask(question, LIMITS).map(|answer| answer.rows.len());
    assert_eq!(ask("SELECT money(sum(debit_minor), 'IDR') AS sum FROM postings").unwrap(), 1);
    assert_eq!(
        ask("WITH t(n) AS (VALUES (1), (2)) SELECT julianday('2020-01-01') + n AS day FROM t").unwrap(),
        2
    );
    for refused in [
        "DELETE FROM postings",
        "DROP TABLE postings",
        "CREATE TABLE t (n INTEGER)",
        "CREATE TEMP TABLE t (n INTEGER)",
        "PRAGMA writable_schema = ON",
        "PRAGMA journal_mode = DELETE",
        "ATTACH DATABASE '/tmp/x' AS x",
        "VACUUM INTO '/tmp/x'",
        "SELECT load_extension('x')",
        "SELECT random() AS r",
        "SELECT datetime('now') AS n",
        "SELECT DATE('Now') AS n",
        "SELECT date() AS n",
        "SELECT strftime('%Y') AS n",
        "SELECT CURRENT_TIMESTAMP AS n",
        "SELECT 1 AS a; DELETE FROM postings",
        "BEGIN",
        "SELECT 1 AS a, 2 AS a",
        "",
    ] {
        assert!(ask(refused).is_err(), "{refused}");
    }
    let limits = Limits { rows: 3, time: Duration::from_millis(300), bytes: 1 << 20 };
    let long = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) AS c FROM t";
    assert!(matches!(reader.ask(long, limits), Err(QueryError::Time(_))));
    assert!(matches!(reader.ask("SELECT * FROM postings", limits), Err(QueryError::Rows(3))));
}
