//! `kill -9` of the service under load, and a disk that fails: what was answered is in the journal, once, and opens.

use super::served::{Served, post, token, try_get};
use crate::process::binary::run;
use crate::process::items::{empty, nik, participant, register_with_identity};
use crate::process::seed::Seeded;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

const CLIENTS: u32 = 8;

/// What was answered.
#[derive(Default)]
struct Answered {
    /// Positions by command.
    recorded: HashMap<String, u64>,
    /// Persons whose data was shown.
    shown: HashSet<String>,
}

#[test]
fn every_answer_survives_a_kill_of_the_service_and_none_is_doubled() {
    let dir = empty();
    let token = token(dir.path(), &["--role", "registrar", "--person", "rini"]);
    let mut random = Seeded::new("every_answer_survives_a_kill_of_the_service");
    let next = AtomicU32::new(0);
    let mut all = Answered::default();
    for round in 0..6 {
        let served = Served::start(dir.path());
        let enough = u32::try_from(100 + random.below(400)).expect("small");
        for answered in load_until(served, &token, &next, enough) {
            all.recorded.extend(answered.recorded);
            all.shown.extend(answered.shown);
        }
        check(dir.path(), &all);
        recognises(dir.path(), &token, &all, round);
    }
    assert!(all.shown.len() > 20, "looks were answered too");
    // Whatever was sent and not answered may be sent again: nothing is doubled.
    let sent = next.load(Ordering::SeqCst);
    let served = Served::start(dir.path());
    let again: String = (0..sent).map(|number| register_with_identity(number) + "\n").collect();
    let answer = served.post(&token, "/v1/commands", &again).is(200);
    assert!(answer.rows().iter().all(|row| row["status"] != "refused"), "{}", answer.text);
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    // One more in each round, who has another's number.
    assert_eq!(events.lines().count(), usize::try_from(sent + 6).expect("small"));
    check(dir.path(), &all);
}

/// Several clients send until so many answers have come, then the service is killed under them.
fn load_until(served: Served, token: &str, next: &AtomicU32, enough: u32) -> Vec<Answered> {
    let (commands, participants) = (served.url("/v1/commands"), served.url("/v1/participants"));
    let answered = AtomicU32::new(0);
    let (reached, wait) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let client = |number: u32| {
            let (commands, participants, answered, reached) =
                (&commands, &participants, &answered, reached.clone());
            scope.spawn(move || {
                let mut mine = Answered::default();
                loop {
                    // Every other client sends several in one stream.
                    let many = if number.is_multiple_of(2) { 1 } else { 20 };
                    let first = next.fetch_add(many, Ordering::SeqCst);
                    let body: Vec<_> = (first..first + many).map(register_with_identity).collect();
                    let Some(answer) = post(commands, token, &body.join("\n")) else { return mine };
                    for row in answer.rows().iter().filter(|row| row["status"] == "recorded") {
                        let position = row["positions"][0].as_u64().expect("a position");
                        mine.recorded.insert(text(&row["commandid"]), position);
                    }
                    let id = participant(first).replace("participant/", "");
                    let look = format!("{participants}/{id}/identity?purpose=check");
                    let Some(answer) = try_get(&look, token) else { return mine };
                    assert_eq!(answer.is(200).json()["identity"]["nik"], nik(first));
                    mine.shown.insert(id);
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
        clients.into_iter().map(|client| client.join().expect("a client")).collect()
    })
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// What was answered is there, once; all that is sealed opens; all looks that were answered are noted.
fn check(ledger: &Path, all: &Answered) {
    let rows = run(ledger, &["--json", "events"]).exits(0).rows();
    let mut found: HashMap<&str, u64> = HashMap::new();
    for row in &rows {
        if let Some(id) = row["event"]["commandid"].as_str() {
            let before = found.insert(id, row["position"].as_u64().expect("a position"));
            assert_eq!(before, None, "{id} is recorded twice");
        }
    }
    for (id, position) in &all.recorded {
        assert_eq!(found.get(id.as_str()), Some(position), "{id} was answered and is not there");
    }
    let sealed = rows.iter().filter(|row| row["event"]["data"]["sealed"].is_string()).count();
    assert!(sealed >= all.recorded.len());
    let verified = run(ledger, &["--json", "verify"]).exits(0).json();
    assert_eq!(verified["keys"], json!({ "opened": sealed, "surviving": [], "without": [] }));
    let looks = run(ledger, &["access"]).exits(0).rows();
    let reads = looks.iter().filter(|row| row["access"]["type"] == "read");
    let noted: HashSet<_> = reads.map(|row| text(&row["access"]["participants"][0])).collect();
    let missing: Vec<_> = all.shown.difference(&noted).collect();
    assert!(missing.is_empty(), "shown and not noted: {missing:?}");
}

/// The service that was killed knows the numbers of those whom it answered for.
fn recognises(ledger: &Path, token: &str, all: &Answered, round: u32) {
    let served = Served::start(ledger);
    let known = all.recorded.keys().filter_map(|id| id.strip_prefix("register-")?.parse().ok());
    let known: u32 = known.max().expect("somebody");
    let mut item: Value = serde_json::from_str(&register_with_identity(1_000_000 + round)).expect("an item");
    item["data"]["identity"]["nik"] = json!(nik(known));
    served.post(token, "/v1/commands", &item.to_string()).is(201);
    let id = participant(1_000_000 + round).replace("participant/", "");
    let events = served.get(token, &format!("/v1/participants/{id}/events")).is(200).json();
    let found = events["events"].as_array().expect("events").iter().map(|each| &each["event"]);
    let found = found.filter(|event| event["type"] == "id.jejak.participant.duplicate_found.v1");
    let others: Vec<_> = found.map(|event| text(&event["data"]["other"])).collect();
    assert_eq!(others, [participant(known).replace("participant/", "")], "round {round}");
    served.stop();
}
