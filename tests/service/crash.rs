//! `kill -9` of the service under load, and a disk that fails: what was answered is in the journal, once.

use super::served::{Served, post, token};
use crate::process::binary::run;
use crate::process::items::{empty, register};
use crate::process::seed::Seeded;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

const CLIENTS: u32 = 8;

#[test]
fn every_answer_survives_a_kill_of_the_service_and_none_is_doubled() {
    let dir = empty();
    let token = token(dir.path(), &["--role", "registrar", "--person", "rini"]);
    let mut random = Seeded::new("every_answer_survives_a_kill_of_the_service");
    let next = AtomicU32::new(0);
    let mut recorded: HashMap<String, u64> = HashMap::new();
    for _ in 0..6 {
        let served = Served::start(dir.path());
        let enough = u32::try_from(100 + random.below(400)).expect("small");
        recorded.extend(load_until(served, &token, &next, enough));
        check(dir.path(), &recorded);
    }
    // Whatever was sent and not answered may be sent again: nothing is doubled.
    let served = Served::start(dir.path());
    let all: String = (0..next.load(Ordering::SeqCst)).map(|number| register(number) + "\n").collect();
    let answer = served.post(&token, "/v1/commands", &all).is(200);
    assert!(answer.rows().iter().all(|row| row["status"] != "refused"), "{}", answer.text);
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    assert_eq!(events.lines().count(), usize::try_from(next.load(Ordering::SeqCst)).expect("small"));
    run(dir.path(), &["verify"]).exits(0);
}

/// Several clients send until so many answers have come, then the service is killed under them.
fn load_until(served: Served, token: &str, next: &AtomicU32, enough: u32) -> Vec<(String, u64)> {
    let url = served.url("/v1/commands");
    let answered = AtomicU32::new(0);
    let (reached, wait) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let client = |number: u32| {
            let (url, answered, reached) = (&url, &answered, reached.clone());
            scope.spawn(move || {
                let mut mine = Vec::new();
                loop {
                    // Every other client sends several in one stream.
                    let many = if number.is_multiple_of(2) { 1 } else { 20 };
                    let first = next.fetch_add(many, Ordering::SeqCst);
                    let body: Vec<_> = (first..first + many).map(register).collect();
                    let Some(answer) = post(url, token, &body.join("\n")) else { return mine };
                    for row in answer.rows().iter().filter(|row| row["status"] == "recorded") {
                        mine.push((
                            text(&row["commandid"]),
                            row["positions"][0].as_u64().expect("a position"),
                        ));
                    }
                    if answered.fetch_add(many, Ordering::SeqCst) >= enough {
                        // The first to get there tells; later ones find nobody who listens.
                        let _ = reached.send(());
                    }
                }
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        wait.recv().expect("enough answers");
        served.kill();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    })
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn check(ledger: &Path, recorded: &HashMap<String, u64>) {
    let rows = run(ledger, &["--json", "events"]).exits(0).rows();
    let mut found: HashMap<&str, u64> = HashMap::new();
    for row in &rows {
        if let Some(id) = row["event"]["commandid"].as_str() {
            let before = found.insert(id, row["position"].as_u64().expect("a position"));
            assert_eq!(before, None, "{id} is recorded twice");
        }
    }
    for (id, position) in recorded {
        assert_eq!(found.get(id.as_str()), Some(position), "{id} was answered and is not there");
    }
}
