//! A day that is killed half-way is closed by asking again: what it brought is kept, and nothing is brought twice.

use super::binary::{run, run_with, spawn};
use super::forge::segment;
use super::items::{empty, participant};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;

/// More cards than one sync takes.
const CARDS: u32 = 4_500;

const PROGRAMME: &str = "prakerja-2020";

/// A programme in force, and an imported history of cards on which nothing was ever bought.
fn unused_cards(ledger: &Path) {
    let toml = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/programme/prakerja-2020.toml");
    let definition = std::fs::read_to_string(toml).expect("the definition");
    let subject = format!("programme/{PROGRAMME}");
    let propose = json!({"type":"programme.propose.v1","subject":subject,"data":{"definition":definition}});
    let publish = json!({"type":"programme.publish.v1","subject":subject,"data":{"revision":1}});
    run_with(ledger, &["submit", "-", "--as", "one"], propose.to_string().as_bytes()).exits(0);
    run_with(ledger, &["submit", "-", "--as", "another"], publish.to_string().as_bytes()).exits(0);
    let facts: Vec<String> = history().iter().map(Value::to_string).collect();
    run_with(ledger, &["import", "-"], facts.join("\n").as_bytes()).exits(0);
}

fn history() -> Vec<Value> {
    let rupiah = |value: String| json!({"currency":"IDR","value":value});
    let time = "2021-03-30T02:00:00.000Z";
    let sum = rupiah(format!("{}.00", u64::from(CARDS) * 3_550_000));
    let decree = format!("decree/{PROGRAMME}/SK-16");
    let opened = json!({"batch":16,"count":CARDS,"date":"2021-03-30","listsha256":"0".repeat(64),"sum":sum});
    let mut facts = vec![json!({"type":"decree.opened.v1","subject":decree,"time":time,"data":opened})];
    let person = json!({"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"male"});
    let benefits = json!([
        {"amount":rupiah("1000000.00".into()),"benefit":"training"},
        {"amount":rupiah("2400000.00".into()),"benefit":"incentive"},
        {"amount":rupiah("150000.00".into()),"benefit":"survey"},
    ]);
    for subject in (1..=CARDS).map(participant) {
        facts.push(json!({"type":"participant.registered.v1","subject":subject,"time":time,"data":person}));
        let granted = json!({"batch":16,"benefits":benefits,"decree":"SK-16"});
        let programme = PROGRAMME;
        facts.push(
            json!({"type":"entitlement.decreed.v1","subject":subject,"programme":programme,"time":time,"data":granted}),
        );
    }
    facts.push(
        json!({"type":"decree.closed.v1","subject":decree,"time":time,"data":{"count":CARDS,"sum":sum}}),
    );
    facts
}

/// Kills the command as soon as it has written something, unless it has ended before.
fn kill_at_the_first_write(ledger: &Path, arguments: &[&str]) {
    let length = || std::fs::metadata(segment(ledger)).expect("the journal").len();
    let before = length();
    let mut child = spawn(ledger, arguments);
    while length() == before && child.try_wait().expect("an answer").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("a kill");
    child.wait().expect("an end");
}

fn revoked(ledger: &Path) -> Vec<Value> {
    run(ledger, &["events", "--type", "entitlement.revoked.v1"]).exits(0).rows()
}

#[test]
fn a_day_killed_half_way_is_finished_by_asking_again() {
    let dir = empty();
    unused_cards(dir.path());
    kill_at_the_first_write(dir.path(), &["day", "2021-04-29"]);
    let half = revoked(dir.path()).len();
    println!("{half} of {CARDS} were revoked before the kill");
    assert_eq!(run(dir.path(), &["--json", "verify"]).exits(0).json()["failures"], json!([]));
    // It may have come to its end before the kill: then the day is closed, and asking again is refused.
    let ended = is_closed(dir.path());
    run(dir.path(), &["day", "2021-04-29"]).exits(i32::from(ended));
    let all = revoked(dir.path());
    let subjects: HashSet<&str> = all.iter().filter_map(|event| event["subject"].as_str()).collect();
    assert_eq!(
        (all.len(), subjects.len()),
        (usize::try_from(CARDS).unwrap(), usize::try_from(CARDS).unwrap())
    );
    let closed = run(dir.path(), &["events", "--type", "day.closed.v1"]).exits(0).rows();
    assert_eq!(closed.len(), 1);
    // The closing counts what both runs brought.
    assert_eq!(closed[0]["data"]["revoked"]["count"], CARDS, "{half} were revoked before the kill");
    run(dir.path(), &["verify"]).exits(0);
}

fn is_closed(ledger: &Path) -> bool {
    !run(ledger, &["events", "--type", "day.closed.v1"]).exits(0).out.is_empty()
}
