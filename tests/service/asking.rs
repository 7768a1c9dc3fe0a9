//! Questions in SQL over HTTP.

use super::served::{Answer, Served, token};
use crate::process::binary::run;
use crate::replay::ledger_of;
use serde_json::{Value, json};
use tempfile::TempDir;

const QUESTION: &str = "SELECT account, money(sum(debit_minor), currency) AS debits FROM postings GROUP BY account, currency ORDER BY account";

fn served() -> (TempDir, Served, String) {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of("two-courses", dir.path());
    let token = token(dir.path(), &["--role", "analyst", "--person", "ana"]);
    let served = Served::start(dir.path());
    (dir, served, token)
}

fn ask(served: &Served, token: &str, question: &str, format: &str) -> Answer {
    served.post(token, "/v1/sql", &json!({ "question": question, "format": format }).to_string())
}

#[test]
fn answers_are_those_of_the_command_line_in_each_form() {
    let (dir, served, token) = served();
    let problem = ask(&served, &token, QUESTION, "json").is(404).json();
    assert_eq!(problem["code"], "question.no_read_models");
    run(dir.path(), &["project"]).exits(0);
    let json = ask(&served, &token, QUESTION, "json").is(200);
    let ours = run(dir.path(), &["--json", "sql", QUESTION]).exits(0).json();
    assert_eq!(json.json(), ours);
    assert!(!ours["rows"].as_array().expect("rows").is_empty());
    assert_eq!(json.header("jejak-position"), ours["position"].to_string());
    assert_eq!(Value::from(json.header("jejak-root")), ours["root"]);
    let csv = ask(&served, &token, QUESTION, "csv").is(200);
    assert_eq!(csv.text, run(dir.path(), &["sql", QUESTION, "--format", "csv"]).exits(0).out);
    assert!(csv.header("content-type").starts_with("text/csv"));
    let arrow = ask(&served, &token, QUESTION, "arrow").is(200);
    assert_eq!(arrow.header("content-type"), "application/vnd.apache.arrow.stream");
}

#[test]
fn what_is_no_question_or_asks_too_much_is_refused_and_changes_nothing() {
    let (dir, served, token) = served();
    run(dir.path(), &["project"]).exits(0);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT printf('%.*c', 1000000, 'x') AS x, i FROM n";
    for (question, code) in [
        ("DELETE FROM postings", "question.refused"),
        ("ATTACH DATABASE '/tmp/other' AS other", "question.refused"),
        ("SELECT datetime('now') AS now", "question.refused"),
        ("", "question.refused"),
        (endless, "question.too_large"),
        (long, "question.too_large"),
    ] {
        let problem = ask(&served, &token, question, "json").is(400).json();
        assert_eq!(problem["code"], code, "{question}: {problem}");
    }
    served.post(&token, "/v1/sql", r#"{"question":"SELECT 1 AS one","format":"xml"}"#).is(400);
    served.post(&token, "/v1/sql", r#"{"ask":"SELECT 1"}"#).is(400);
    served.post(&served.token("operator", "oki"), "/v1/sql", r#"{"question":"SELECT 1 AS one"}"#).is(403);
    let one = served.post(&token, "/v1/sql", r#"{"question":"SELECT 1 AS one"}"#).is(200).json();
    assert_eq!(one["rows"], json!([{ "one": 1 }]));
    run(dir.path(), &["project", "--check"]).exits(0);
}
