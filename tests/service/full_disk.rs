//! No room for another byte, and room again. The system's limit on the size of files stands for a full disk: it can be set
//! and lifted while the service runs, by anybody, and fails every write that would make a file longer.

use super::served::{Answer, Served};
use crate::process::binary::run;
use crate::process::items::{empty, participant, register};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A service that can be left without room: the signal that comes with the limit is not to end it.
fn served(ledger: &Path) -> Served {
    Served::start_after(ledger, "trap '' XFSZ")
}

/// How long files may get.
fn room(served: &Served, bytes: &str) {
    let id = served.id().to_string();
    let set = Command::new("prlimit").args(["--pid", &id, &format!("--fsize={bytes}:")]).status();
    assert!(set.expect("prlimit, of util-linux").success());
}

/// Asks until it is ready.
fn until_ready(served: &Served) {
    let start = Instant::now();
    while served.get("", "/readyz").status != 200 {
        assert!(start.elapsed() < Duration::from_mins(1), "it did not come back");
    }
}

fn person(number: u32) -> String {
    format!("/v1/{}", participant(number).replace("participant/", "participants/"))
}

fn is_unavailable(answer: &Answer) {
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (503, &Value::from("ledger.unavailable")),
        "{answer:?}"
    );
    assert_eq!(answer.header("retry-after"), "1");
}

#[test]
fn a_full_disk_takes_nothing_loses_nothing_and_is_written_again_once_there_is_room() {
    let dir = empty();
    let served = served(dir.path());
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    room(&served, "0");
    // The first in work is told that it may be recorded, those after it that they are not.
    let in_work = served.post(&token, "/v1/commands", &register(2));
    is_unavailable(&in_work);
    assert!(in_work.json()["detail"].as_str().expect("text").contains("with the same commandid"));
    for _ in 0..20 {
        is_unavailable(&served.get("", "/readyz"));
        let refused = served.post(&token, "/v1/commands", &register(3));
        is_unavailable(&refused);
        assert!(refused.json()["detail"].as_str().expect("text").contains("nothing of this was recorded"));
        let rows = served.post(&token, "/v1/commands", &[register(4), register(5)].join("\n")).is(200).rows();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["problem"]["code"], "ledger.unavailable");
        // Reads go on, and tell only what is durable.
        served.get(&token, &person(1)).is(200);
        served.get(&token, &person(2)).is(404);
        served.get(&token, "/v1/balances").is(200);
        assert!(served.get(&token, "/v1/events").is(200).text.contains("register-1"));
        served.get("", "/healthz").is(200);
    }
    room(&served, "unlimited");
    until_ready(&served);
    // Whatever was not answered with a position is sent again.
    for number in 1..=5 {
        let again = served.post(&token, "/v1/commands", &register(number));
        assert_eq!(again.status, if number == 1 { 200 } else { 201 }, "{number}: {}", again.text);
    }
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    assert_eq!(events.lines().count(), 5);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn a_disk_that_fills_up_under_a_stream_ends_it_with_a_reason_and_every_answered_line_is_there() {
    let dir = empty();
    let served = served(dir.path());
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(0)).is(201);
    // Some groups still fit.
    let has =
        std::fs::metadata(dir.path().join("journal/000000000000.jsonl.zst")).expect("the journal").len();
    room(&served, &(has + 200_000).to_string());
    let body: Vec<_> = (1..20_000).map(register).collect();
    let mut rows = Vec::new();
    for part in body.chunks(300) {
        rows.extend(served.post(&token, "/v1/commands", &part.join("\n")).is(200).rows());
        if rows.last().is_some_and(|row| row["status"] != "recorded") {
            break;
        }
    }
    let reason = rows.pop().expect("a reason");
    assert_eq!(reason["problem"]["code"], "ledger.unavailable", "{reason}");
    assert!(rows.len() >= 300 && rows.len() < 19_999, "{}", rows.len());
    assert!(rows.iter().all(|row| row["status"] == "recorded"));
    room(&served, "unlimited");
    until_ready(&served);
    let again = served.post(&token, "/v1/commands", &body.join("\n")).is(200).rows();
    for (row, again) in rows.iter().zip(&again) {
        assert_eq!((&again["status"], &again["positions"]), (&Value::from("repeated"), &row["positions"]));
    }
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    assert_eq!(events.lines().count(), 20_000);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn nobody_is_shown_while_the_look_cannot_be_kept_and_no_key_is_lost() {
    let dir = empty();
    let served = served(dir.path());
    let token = served.token("registrar", "rini");
    let named = |number: u32| {
        let nik =
            format!("\"identity\":{{\"name\":\"Contoh\",\"nik\":\"317101410190{:04}\"}},\"regency\"", 0);
        register(number).replace("\"regency\"", &nik)
    };
    served.post(&token, "/v1/commands", &named(1)).is(201);
    let look = format!("{}/identity?purpose=audit-sample", person(1));
    assert!(served.get(&token, &look).is(200).text.contains("Contoh"));
    room(&served, "0");
    let unseen = served.get(&token, &look);
    is_unavailable(&unseen);
    assert!(!unseen.text.contains("Contoh"));
    // Its key comes before its line, and neither is there.
    is_unavailable(&served.post(&token, "/v1/commands", &register(2)));
    room(&served, "unlimited");
    until_ready(&served);
    assert!(served.get(&token, &look).is(200).text.contains("Contoh"));
    served.post(&token, "/v1/commands", &register(2)).is(201);
    served.stop();
    run(dir.path(), &["verify"]).exits(0);
}
