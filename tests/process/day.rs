//! Nothing happens by itself: `jejak day` lists, then commands, what a day brings, once.

use super::binary::{run, run_with};
use super::items::{empty, recorded, register, reported};
use crate::replay::ledger_before;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use tempfile::TempDir;

/// The revoked card, before the day that revokes it was closed.
fn on_the_last_day() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_before("revoked-card", "day.close.v1", dir.path());
    dir
}

fn lines(ledger: &Path) -> Value {
    run(ledger, &["--json", "verify"]).exits(0).json()["lines"].clone()
}

#[test]
fn a_dry_run_lists_and_records_nothing() {
    let dir = on_the_last_day();
    let before = lines(dir.path());
    let listed = run(dir.path(), &["day", "2021-04-29", "--dry-run"]).exits(0).out;
    assert!(listed.contains("entitlement.revoked.v1") && listed.contains("3550000.00"), "{listed}");
    assert!(listed.contains("1 would be recorded"), "{listed}");
    assert_eq!(lines(dir.path()), before);
    let none = run(dir.path(), &["day", "2021-04-28", "--dry-run"]).exits(0).out;
    assert!(none.contains("0 would be recorded"), "{none}");
}

#[test]
fn a_dry_run_has_a_form_for_programs_and_stands_beside_a_writer() {
    let dir = on_the_last_day();
    let mut writer = super::binary::spawn(dir.path(), &["submit", "-"]);
    let mut stdin = writer.stdin.take().unwrap();
    stdin.write_all((register(1) + "\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(writer.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    let listed = run(dir.path(), &["--json", "day", "2021-04-29", "--dry-run"]).exits(0).json();
    drop(stdin);
    writer.wait().unwrap();
    assert_eq!(
        (&listed["date"], &listed["closed"], &listed["ended"]),
        (&json!("2021-04-29"), &json!(false), &json!(true))
    );
    let would = listed["would"].as_array().unwrap();
    assert_eq!((would.len(), &would[0]["type"]), (1, &json!("entitlement.revoked.v1")));
    assert!(would[0]["subject"].as_str().unwrap().starts_with("participant/"), "{would:?}");
    run(dir.path(), &["day", "2021-04-29"]).exits(0);
    let closed = run(dir.path(), &["--json", "day", "2021-04-29", "--dry-run"]).exits(1).json();
    assert_eq!((&closed["closed"], &closed["would"]), (&json!(true), &json!([])));
    let ahead = run(dir.path(), &["--json", "day", "9998-12-31", "--dry-run"]).exits(0).json();
    assert_eq!(ahead["ended"], json!(false));
}

#[test]
fn a_day_is_closed_once() {
    let dir = on_the_last_day();
    let closed = run(dir.path(), &["--json", "day", "2021-04-29"]).exits(0).json();
    assert_eq!(closed["status"], "recorded");
    let after = lines(dir.path());
    let revoked = run(dir.path(), &["--json", "events", "--type", "entitlement.revoked.v1"]).exits(0).rows();
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0]["event"]["time"], "2021-04-29T16:59:59.999Z", "23:59:59.999 in Jakarta");
    let day = run(dir.path(), &["events", "--type", "day.closed.v1"]).exits(0).rows();
    assert_eq!(
        day[0]["data"]["revoked"],
        json!({"count":1,"sums":[{"currency":"IDR","value":"3550000.00"}]})
    );
    for date in ["2021-04-29", "2021-04-28"] {
        let again = run(dir.path(), &["--json", "day", date]).exits(1).json();
        assert_eq!(again["problem"]["code"], "day.closed", "{date}");
    }
    assert_eq!(lines(dir.path()), after);
}

#[test]
fn a_day_that_has_not_ended_is_not_closed() {
    let dir = empty();
    let refused = run(dir.path(), &["--json", "day", "9998-12-31"]).exits(1).json();
    assert_eq!(refused["status"], "refused", "{refused}");
    assert_eq!(recorded(dir.path()), 0);
}

#[test]
fn no_term_is_reached_by_saying_a_later_time() {
    let dir = empty();
    let ahead = |text: String| text.replace("2022-01-0", "9998-01-0");
    let command = run_with(dir.path(), &["submit", "-"], ahead(register(1)).as_bytes()).exits(1);
    assert_eq!(command.rows()[0]["problem"]["code"], "term.not_reached");
    // A fact is recorded whatever it says, and left for the findings.
    run_with(dir.path(), &["import", "-"], ahead(reported(1)).as_bytes()).exits(0);
    assert_eq!(recorded(dir.path()), 1);
}
