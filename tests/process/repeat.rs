//! A repeated command is answered as before; another command under the same key is refused.

use super::binary::{run, run_with};
use super::items::{empty, participant, recorded, register};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

fn submit(ledger: &Path, text: &str) -> Value {
    run_with(ledger, &["submit", "-"], text.as_bytes()).rows().remove(0)
}

fn import(ledger: &Path, text: &str) -> Value {
    run_with(ledger, &["import", "-"], text.as_bytes()).rows().remove(0)
}

#[test]
fn the_same_key_and_the_same_data_is_a_repeat() {
    let dir = empty();
    let first = submit(dir.path(), &register(1));
    assert_eq!(first["status"], "recorded");
    // In the same stream, after a restart, and with its keys in another order.
    let again =
        run_with(dir.path(), &["submit", "-"], format!("{0}\n{0}\n", register(1)).as_bytes()).exits(0);
    let other_order = {
        let mut item: Value = serde_json::from_str(&register(1)).unwrap();
        let moved = item.as_object_mut().unwrap().remove("type").unwrap();
        item.as_object_mut().unwrap().insert("type".into(), moved);
        item.to_string()
    };
    for answer in [again.rows(), vec![submit(dir.path(), &other_order)]].concat() {
        assert_eq!(
            (&answer["status"], &answer["positions"]),
            (&json!("repeated"), &first["positions"]),
            "{answer}"
        );
    }
    assert_eq!(recorded(dir.path()), 1);
}

#[test]
fn the_same_key_and_other_data_is_a_conflict() {
    let dir = empty();
    submit(dir.path(), &register(1));
    let other = register(1).replace("1990-05", "1990-06");
    let mut answers = vec![submit(dir.path(), &other)];
    // In one stream, before anything of it is durable.
    let both = format!("{}\n{}\n", register(2), register(2).replace("female", "male"));
    answers.push(run_with(dir.path(), &["submit", "-"], both.as_bytes()).exits(1).rows().remove(1));
    for answer in answers {
        assert_eq!(answer["problem"]["code"], "command.conflict", "{answer}");
        assert_eq!((&answer["status"], &answer["positions"]), (&json!("refused"), &json!([])));
    }
    assert_eq!(recorded(dir.path()), 2);
}

/// A bank's line that is delivered twice is recorded once; another line under its key is refused, not lost: the answer
/// says where the first one stands.
#[test]
fn a_fact_repeated_under_its_key_is_recorded_once() {
    let dir = empty();
    let charged = r#"{"type":"fund.bank_charged.v1","subject":"fund/prakerja-2020/2021","data":{"amount":{"currency":"IDR","value":"7.00"},"reference":"B-1"},"commandid":"bank-1"}"#;
    let first = import(dir.path(), charged);
    assert_eq!(first["status"], "recorded");
    let both = run_with(dir.path(), &["import", "-"], format!("{charged}\n{charged}\n").as_bytes()).exits(0);
    for answer in both.rows() {
        assert_eq!((&answer["status"], &answer["positions"]), (&json!("repeated"), &first["positions"]));
    }
    let other = import(dir.path(), &charged.replace("7.00", "8.00"));
    assert_eq!(other["problem"]["code"], "command.conflict", "{other}");
    // Without a key nobody can tell a repeat from a second charge: both count.
    let without = charged.replace(r#","commandid":"bank-1""#, "");
    assert_eq!(import(dir.path(), &without)["status"], "recorded");
    assert_eq!(import(dir.path(), &without)["status"], "recorded");
}

#[test]
fn a_key_belongs_to_its_subject() {
    let dir = empty();
    let with_key = |number: u32| register(number).replace(&format!("register-{number}"), "monday-1");
    let answers =
        run_with(dir.path(), &["submit", "-"], format!("{}\n{}\n", with_key(1), with_key(2)).as_bytes());
    assert!(answers.exits(0).rows().iter().all(|answer| answer["status"] == "recorded"));
}

#[test]
fn a_refusal_is_decided_again() {
    let dir = empty();
    let subject = participant(1);
    let verify = format!(
        r#"{{"type":"participant.verify.v1","subject":"{subject}","data":{{"check":"email","verdict":"passed"}},"commandid":"v"}}"#
    );
    assert_eq!(submit(dir.path(), &verify)["problem"]["code"], "participant.unknown");
    submit(dir.path(), &register(1));
    assert_eq!(submit(dir.path(), &verify)["status"], "recorded");
}

#[test]
fn a_second_writer_is_refused_and_readers_are_not() {
    let dir = empty();
    let mut writer = super::binary::spawn(dir.path(), &["submit", "-"]);
    // An answer shows that it has the ledger.
    let mut stdin = writer.stdin.take().unwrap();
    stdin.write_all((register(1) + "\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(writer.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    assert!(answer.contains("recorded"), "{answer}");
    // Nothing beside the lines themselves can be removed to get in.
    for entry in std::fs::read_dir(dir.path().join("journal")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "zst") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let second = run_with(dir.path(), &["submit", "-"], register(2).as_bytes()).exits(2);
    assert!(second.err.contains("another writer"), "{}", second.err);
    run(dir.path(), &["balances"]).exits(0);
    assert_eq!(recorded(dir.path()), 1);
    run(dir.path(), &["verify"]).exits(0);
    drop(stdin);
    writer.wait().unwrap();
}
