//! `kill -9` while lines come in: what was answered is in the journal, and no commit is there by half.

use super::binary::{run, run_with, spawn};
use super::items::{empty, register, reported};
use super::seed::Seeded;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::ChildStdout;

/// Lines handed in each time, of which a few are answered before the kill.
const OFFERED: u32 = 1_500;

/// A command that becomes a commit of several lines: a definition of a programme in parts.
fn propose(number: u32) -> String {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../schemas/programme/bt-pklwn-2022.toml"
    ));
    let text = text.expect("the definition").replace("bt-pklwn-2022", &format!("aid-{number}"));
    let subject = format!("programme/aid-{number}");
    let item = json!({
        "type": "programme.propose.v1", "subject": subject, "commandid": format!("propose-{number}"),
        "data": { "definition": text },
    });
    item.to_string()
}

fn command(number: u32) -> String {
    if number.is_multiple_of(16) { propose(number) } else { register(number) }
}

#[test]
fn every_answered_command_survives_a_kill() {
    let dir = empty();
    let mut random = Seeded::new("every_answered_command_survives_a_kill");
    for round in 0..5 {
        let first = 1 + round * OFFERED;
        kill_while(dir.path(), "submit", first, command, random.below(1_000));
    }
    // The first round once more, to its end: what was there is repeated, nothing is recorded twice.
    let input: String = (1..=OFFERED).map(|number| command(number) + "\n").collect();
    let again = run_with(dir.path(), &["submit", "-"], input.as_bytes()).exits(0);
    assert_eq!(again.rows().len(), usize::try_from(OFFERED).unwrap());
    let lines = run(dir.path(), &["--json", "events"]).exits(0).rows();
    check_whole(&lines);
    let ids: Vec<&str> = lines.iter().filter_map(|line| line["event"]["commandid"].as_str()).collect();
    let unique: std::collections::HashSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "a command is recorded twice");
}

#[test]
fn every_answered_fact_survives_a_kill() {
    let dir = empty();
    let mut random = Seeded::new("every_answered_fact_survives_a_kill");
    for round in 0..3 {
        kill_while(dir.path(), "import", 1 + round * OFFERED, reported, random.below(1_000));
    }
}

/// Feeds lines, reads `answers` outcomes, kills, and checks what is left.
fn kill_while(ledger: &Path, verb: &str, first: u32, line: impl Fn(u32) -> String + Send, answers: usize) {
    let mut child = spawn(ledger, &[verb, "-"]);
    let mut stdin = child.stdin.take().expect("standard input");
    let mut out = BufReader::new(child.stdout.take().expect("standard output"));
    let answered = std::thread::scope(|scope| {
        scope.spawn(move || {
            for number in first..first + OFFERED {
                // The kill closes the pipe.
                if stdin.write_all((line(number) + "\n").as_bytes()).is_err() {
                    return;
                }
            }
        });
        let mut text = String::new();
        for _ in 0..answers {
            out.read_line(&mut text).expect("an outcome");
        }
        child.kill().expect("a kill");
        child.wait().expect("an end");
        whole_lines(text, out)
    });
    let verified = run(ledger, &["--json", "verify"]).exits(0).json();
    assert_eq!(verified["failures"], json!([]));
    let lines = run(ledger, &["--json", "events"]).exits(0).rows();
    for outcome in answered.lines().map(|line| serde_json::from_str::<Value>(line).expect("an outcome")) {
        assert_eq!(outcome["status"], "recorded", "{outcome}");
        let position = usize::try_from(outcome["positions"][0].as_u64().expect("a position")).expect("small");
        let event = &lines.get(position).unwrap_or_else(|| panic!("lost: {outcome}"))["event"];
        assert_eq!(event["commandid"], outcome["commandid"], "{outcome}");
    }
    check_whole(&lines);
}

/// All that was answered before the kill: an outcome that was cut short was not.
fn whole_lines(mut text: String, mut rest: BufReader<ChildStdout>) -> String {
    rest.read_to_string(&mut text).expect("text");
    let end = text.rfind('\n').map_or(0, |end| end + 1);
    text.truncate(end);
    text
}

/// Every proposed definition has all of its parts: they were one commit.
fn check_whole(lines: &[Value]) {
    let mut parts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for event in lines.iter().map(|line| &line["event"]) {
        if let (Some(of), Some(subject)) = (event["data"]["of"].as_u64(), event["subject"].as_str()) {
            parts.entry(subject).or_insert((0, of)).0 += 1;
        }
    }
    for (subject, (found, of)) in parts {
        assert_eq!(found, of, "{subject} is recorded by half");
    }
}

#[test]
fn a_line_handed_in_alone_is_answered_before_the_next() {
    let dir = empty();
    let mut child = spawn(dir.path(), &["submit", "-"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for number in 1..=3 {
        stdin.write_all((register(number) + "\n").as_bytes()).unwrap();
        let mut answer = String::new();
        out.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((&answer["line"], &answer["status"]), (&json!(number), &json!("recorded")));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
