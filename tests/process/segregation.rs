//! `jejak verify` tells a history that is broken from one that is whole and not made as the law wants it.

use super::binary::{run, run_with};
use super::forge::with_lines;
use super::items::two_courses;
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const FUND: &str = "fund/prakerja-2020/2021";

fn send(ledger: &Path, door: &str, who: &str, name: &str, subject: &str, data: &serde_json::Value) {
    let item = json!({ "type": name, "subject": subject, "data": data }).to_string();
    let out = run_with(ledger, &[door, "-", "--as", who], item.as_bytes()).exits(0).out;
    assert!(out.contains("recorded"), "{out}");
}

/// Ani requests a payment, becomes the officer who orders, and another one orders it.
fn governed() -> TempDir {
    let ledger = two_courses();
    let dir = ledger.path();
    let role = |role: &str| json!({ "reference": "SK-1", "role": role });
    send(dir, "submit", "root", "access.grant.v1", "officer/kepala", &role("kpa"));
    send(dir, "submit", "kepala", "access.grant.v1", "officer/ani", &role("ppk"));
    send(dir, "submit", "kepala", "access.grant.v1", "officer/budi", &role("ppspm"));
    let amount = json!({ "currency": "IDR", "value": "10.00" });
    send(dir, "import", "ani", "fund.requested.v1", FUND, &json!({ "amount": amount, "spp": "SPP-91" }));
    let end = json!({ "reason": "moved", "role": "ppk" });
    send(dir, "submit", "kepala", "access.revoke.v1", "officer/ani", &end);
    send(dir, "submit", "kepala", "access.grant.v1", "officer/ani", &role("ppspm"));
    let order = json!({ "spm": "SPM-91", "spp": "SPP-91" });
    send(dir, "import", "budi", "fund.ordered.v1", FUND, &order);
    run(dir, &["checkpoint"]).exits(0);
    ledger
}

/// The same history, made anew with another person's name under the order, and signed by who holds the key.
fn ordered_by(ledger: &Path, who: &str) -> TempDir {
    let forged = with_lines(ledger, |lines| {
        let order = lines.iter_mut().find(|line| line.contains("\"spm\":\"SPM-91\"")).expect("the order");
        assert!(order.contains("\"authid\":\"budi\""), "{order}");
        *order = order.replace("\"authid\":\"budi\"", &format!("\"authid\":\"{who}\""));
    });
    fs::remove_dir_all(forged.path().join("checkpoints")).expect("no heads");
    run(forged.path(), &["checkpoint"]).exits(0);
    forged
}

#[test]
fn one_person_on_both_sides_is_told_apart_from_a_broken_history() {
    let ledger = governed();
    let good = run(ledger.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!(good["segregation"], json!({ "count": 0, "first": [] }));
    assert!(run(ledger.path(), &["verify"]).exits(0).out.contains("nobody made and approved the same money"));
    let lines = good["lines"].as_u64().expect("a count");
    for (who, rule, says) in [
        ("ani", "one-person", "ani requested payment SPP-91 and ordered it as SPM-91"),
        ("joko", "without-right", "joko recorded fund.ordered.v1 without a role for it"),
    ] {
        let forged = ordered_by(ledger.path(), who);
        let found = run(forged.path(), &["--json", "verify"]).exits(3).json();
        assert_eq!((&found["failures"], &found["segregation"]["count"]), (&json!([]), &json!(1)));
        let first = &found["segregation"]["first"][0];
        assert_eq!((&first["rule"], &first["subject"]), (&json!(rule), &json!(FUND)));
        assert_eq!(first["position"], json!(lines - 1));
        assert!(first["sentence"].as_str().expect("text").starts_with(says), "{first}");
        let text = run(forged.path(), &["verify"]).exits(3).out;
        assert!(text.contains(&format!("position {}: {rule}: {says}", lines - 1)), "{text}");
        assert!(text.contains("Result     whole:"), "{text}");
        // A broken history is that before anything else.
        let broken = with_lines(forged.path(), |lines| lines.swap(3, 4));
        let found = run(broken.path(), &["--json", "verify"]).exits(1).json();
        assert_ne!(found["failures"], json!([]));
    }
}
