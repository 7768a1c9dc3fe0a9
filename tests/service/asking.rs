//! Questions in SQL over HTTP.

use super::http2::Asking;
use super::served::{Answer, Served, token};
use crate::process::binary::{command, run};
use crate::replay::ledger_of;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const QUESTION: &str = "SELECT account, money(sum(debit_minor), currency) AS debits FROM postings GROUP BY account, currency ORDER BY account";
/// Without an end, and with one row.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS numbers FROM n";
const ARROW: &str = "application/vnd.apache.arrow.stream";

fn served() -> (TempDir, Served, String) {
    served_of("two-courses", "")
}

/// A recorded history, with these limits.
fn served_of(history: &str, limits: &str) -> (TempDir, Served, String) {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of(history, dir.path());
    std::fs::write(dir.path().join("server.toml"), format!("[limits]\n{limits}\n")).expect("a file");
    let token = token(dir.path(), &["--role", "analyst", "--person", "ana"]);
    let served = Served::start(dir.path());
    (dir, served, token)
}

fn ask(served: &Served, token: &str, question: &str, format: &str) -> Answer {
    served.post(token, "/v1/sql", &json!({ "question": question, "format": format }).to_string())
}

/// The bytes that the command line gives.
fn asked(ledger: &Path, question: &str, more: &[&str]) -> Vec<u8> {
    let output = command(ledger, &[&["sql", question], more].concat()).output().expect("an end");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn answers_are_those_of_the_command_line_in_each_form() {
    let (dir, served, token) = served();
    let problem = ask(&served, &token, QUESTION, "json").is(404).json();
    assert_eq!(problem["code"], "question.no_read_models");
    run(dir.path(), &["project"]).exits(0);
    let json = ask(&served, &token, QUESTION, "json").is(200);
    let ours = run(dir.path(), &["--json", "sql", QUESTION]).exits(0);
    assert_eq!(json.text, ours.out.trim_end());
    let ours = ours.json();
    assert!(!ours["rows"].as_array().expect("rows").is_empty());
    assert_eq!(json.header("jejak-position"), ours["position"].to_string());
    assert_eq!(Value::from(json.header("jejak-root")), ours["root"]);
    let csv = ask(&served, &token, QUESTION, "csv").is(200);
    assert_eq!(csv.bytes, asked(dir.path(), QUESTION, &["--format", "csv"]));
    assert!(csv.header("content-type").starts_with("text/csv"));
    let arrow = ask(&served, &token, QUESTION, "arrow").is(200);
    assert_eq!(arrow.header("content-type"), ARROW);
    assert_eq!(arrow.bytes, asked(dir.path(), QUESTION, &["--format", "arrow"]));
    let auditor = served.token("auditor", "audi");
    ask(&served, &auditor, QUESTION, "csv").is(200);
}

#[test]
fn the_form_is_the_one_that_is_accepted_unless_the_question_says_it() {
    let (dir, served, token) = served();
    run(dir.path(), &["project"]).exits(0);
    let accepting =
        |body: Value, accepted| served.post_accepting(&token, "/v1/sql", &body.to_string(), accepted);
    for (accepted, kind) in [
        ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        (ARROW, ARROW),
        ("text/csv;q=0.2, application/vnd.apache.arrow.stream;q=0.9", ARROW),
    ] {
        let answer = accepting(json!({ "question": QUESTION }), accepted).is(200);
        assert_eq!(answer.header("content-type"), kind, "{accepted}");
    }
    let said = accepting(json!({ "question": QUESTION, "format": "json" }), "text/csv").is(200);
    assert_eq!(said.header("content-type"), "application/json");
    let refused = accepting(json!({ "question": QUESTION }), "text/html").is(406);
    assert_eq!(refused.json()["code"], "question.form");
}

#[test]
fn a_question_about_an_earlier_state_is_answered_as_the_command_line_does() {
    let (dir, served, token) = served_of("ineligible-repaid", "");
    let found = "SELECT rule, effective, known FROM findings ORDER BY position";
    let (known, effective) = ("2021-03-31T16:59:59.999Z", "2021-03-31");
    // A list of March that came in May is not known in March, and holds in March.
    for (question, part, options, rule) in [
        (QUESTION, json!({ "at": 60 }), vec!["--at", "60"], false),
        (found, json!({ "known": known }), vec!["--known", known], false),
        (found, json!({ "effective": effective }), vec!["--effective", effective], true),
        (
            found,
            json!({ "known": known, "effective": effective }),
            vec!["--known", known, "--effective", effective],
            false,
        ),
    ] {
        let mut body = json!({ "question": question, "format": "csv" });
        body.as_object_mut().expect("an object").extend(part.as_object().expect("an object").clone());
        // Nothing was projected: the service builds what it is asked for.
        let answer = served.post(&token, "/v1/sql", &body.to_string()).is(200);
        std::fs::remove_dir_all(dir.path().join("views")).expect("the command line builds its own");
        let ours = asked(dir.path(), question, &[&["--format", "csv"], &options[..]].concat());
        assert_eq!(answer.bytes, ours, "{part}");
        assert_eq!(answer.text.contains("listed-at-selection"), rule, "{part}: {}", answer.text);
        let position =
            run(dir.path(), &[&["--json", "sql", question], &options[..]].concat()).exits(0).json();
        assert_eq!(answer.header("jejak-position"), position["position"].to_string());
        assert_eq!(Value::from(answer.header("jejak-root")), position["root"]);
    }
    for (name, wrong) in
        [("at", json!(1_000_000)), ("known", json!("yesterday")), ("effective", json!("2021-02-30"))]
    {
        let body = json!({ "question": QUESTION, name: wrong });
        let problem = served.post(&token, "/v1/sql", &body.to_string()).is(400).json();
        assert_eq!(problem["code"], "input.invalid", "{problem}");
    }
}

#[test]
fn what_is_no_question_or_asks_too_much_is_refused_and_changes_nothing() {
    let (dir, served, token) = served_of("two-courses", "question_rows = 100\nquestion_seconds = 1");
    run(dir.path(), &["project"]).exits(0);
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT printf('%.*c', 1000000, 'x') AS x, i FROM n";
    // Its name comes again in each row.
    let named = format!("SELECT 1 AS \"{}\" FROM postings LIMIT 100", "x".repeat(60_000));
    for (question, code, detail) in [
        ("DELETE FROM postings", "question.refused", "only SELECT"),
        ("ATTACH DATABASE '/tmp/other' AS other", "question.refused", ""),
        ("SELECT datetime('now') AS now", "question.refused", "moment"),
        ("", "question.refused", ""),
        (many, "question.too_large", "more than 100 rows"),
        (ENDLESS, "question.too_large", "within 1 s"),
        (long, "question.too_large", "bytes"),
        (&named, "question.too_large", "bytes"),
    ] {
        let problem = ask(&served, &token, question, "json").is(400).json();
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["detail"].as_str().expect("a text").contains(detail), "{problem}");
    }
    served.post(&token, "/v1/sql", r#"{"question":"SELECT 1 AS one","format":"xml"}"#).is(400);
    served.post(&token, "/v1/sql", r#"{"ask":"SELECT 1"}"#).is(400);
    for role in ["operator", "platform"] {
        let more: &[&str] = if role == "platform" { &["--party", "mitra"] } else { &[] };
        let other = super::served::token(dir.path(), &[&["--role", role, "--person", role], more].concat());
        served.post(&other, "/v1/sql", r#"{"question":"SELECT 1 AS one"}"#).is(403);
    }
    let one = served.post(&token, "/v1/sql", r#"{"question":"SELECT 1 AS one"}"#).is(200).json();
    assert_eq!(one["rows"], json!([{ "one": 1 }]));
    run(dir.path(), &["project", "--check"]).exits(0);
}

#[test]
fn a_question_that_nobody_waits_for_ends_and_lets_the_next_one_in() {
    let (dir, served, token) = served_of("two-courses", "questions = 1\nquestion_seconds = 3600");
    run(dir.path(), &["project"]).exits(0);
    let mut endless = Asking::new(&served, &token, "/v1/sql", &json!({ "question": ENDLESS }).to_string());
    served.wait_for_figure("jejak_questions", Some(1));
    let busy = ask(&served, &token, QUESTION, "json").is(503);
    assert_eq!(busy.json()["code"], "service.busy");
    assert_eq!(busy.header("retry-after"), "1");
    endless.reset();
    served.wait_for_figure("jejak_questions", Some(0));
    ask(&served, &token, QUESTION, "json").is(200);
}
