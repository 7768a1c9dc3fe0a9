//! A backup of a running service that takes personal data and erases some: whole at its length, keys and looks with it.

use super::served::{Served, item};
use crate::process::binary::run;
use crate::process::items::{empty, participant, register_with_identity};
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn a_service_under_load_is_copied_with_keys_and_looks_and_its_erasures() {
    let (dir, places) = (empty(), tempfile::tempdir().expect("a directory"));
    let at = |name: &str| places.path().join(name);
    let (backup, safe, to) = (at("backup"), at("safe"), at("restored"));
    let served = Served::start(dir.path());
    let (registrar, custodian) = (served.token("registrar", "rini"), served.token("key-custodian", "wati"));
    let send = |first: u32, count: u32| {
        let body: String = (first..first + count).map(|each| register_with_identity(each) + "\n").collect();
        served.post(&registrar, "/v1/commands", &body).is(200);
    };
    send(0, 50);
    let copy = ["--json", "backup", "--to", text(&backup), "--with-keys", text(&safe)];
    let (stop, next) = (AtomicBool::new(false), AtomicU32::new(50));
    let erased = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                send(next.fetch_add(50, Ordering::SeqCst), 50);
            }
        });
        let mut lines = 0;
        for number in 0..4 {
            let subject = participant(number);
            let look = subject.replace("participant/", "");
            served.get(&registrar, &format!("/v1/participants/{look}/identity?purpose=check")).is(200);
            let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
            let request = item("participant.request_erasure.v1", &subject, &request, &format!("r-{number}"));
            served.post(&registrar, "/v1/commands", &request).is(201);
            let approve = json!({ "reference": "L-1" });
            let approve = item("participant.approve_erasure.v1", &subject, &approve, &format!("a-{number}"));
            served.post(&custodian, "/v1/commands", &approve).is(201);
            let made = run(dir.path(), &copy).exits(0).json();
            let now = made["lines"].as_u64().expect("a count");
            assert!(now > lines, "{made}");
            lines = now;
            // The copy alone, and with its keys: all that is sealed opens, save of the erased.
            let check = ["--json", "restore", "--check", "--from", text(&backup), "--keys", text(&safe)];
            let checked = run(dir.path(), &check).exits(0).json();
            assert_eq!((&checked["findings"], &checked["lines"]), (&json!([]), &json!(now)));
            assert_eq!(checked["keys"]["surviving"], json!([]));
            assert!(checked["keys"]["opened"].as_u64().expect("a count") >= 50);
        }
        stop.store(true, Ordering::SeqCst);
        4
    });
    served.stop();
    run(dir.path(), &copy).exits(0);
    let restore = ["restore", "--from", text(&backup), "--to", text(&to), "--keys", text(&safe)];
    run(dir.path(), &restore).exits(0);
    let of = |ledger: &Path| run(ledger, &["--json", "verify"]).exits(0).json();
    let (here, there) = (of(dir.path()), of(&to));
    assert_eq!(here, there, "lines, root, heads, keys and looks");
    assert_eq!(there["keys"]["opened"], json!(next.load(Ordering::SeqCst) - erased));
    let access = |ledger: &Path| run(ledger, &["access"]).exits(0).out;
    assert_eq!(access(dir.path()), access(&to));
    assert!(access(&to).matches("\"type\":\"read\"").count() >= 4);
    // It is a ledger that goes on.
    let served = Served::start(&to);
    served.post(&registrar, "/v1/commands", &register_with_identity(900_000)).is(201);
    served.stop();
}
