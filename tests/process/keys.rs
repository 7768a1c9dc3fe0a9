//! Keys of persons in copies: those of the erased go with every restore and every copying, and a key that is missing is told.

use super::binary::{run, run_with};
use super::items::empty;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

fn id(number: u32) -> String {
    format!("0192f0c1-7a00-7000-8000-{number:012}")
}

fn send(ledger: &Path, who: &str, name: &str, number: u32, data: &Value) {
    let item = json!({ "type": name, "subject": format!("participant/{}", id(number)), "data": data });
    let out = run_with(ledger, &["submit", "-", "--as", who], item.to_string().as_bytes()).exits(0).out;
    assert!(out.contains("recorded"), "{out}");
}

fn register(ledger: &Path, number: u32) {
    let identity = json!({ "name": "Ani Contoh Sekali", "nik": format!("32730141{number:02}900000") });
    let data = json!({
        "born": "1990-01", "education": "none", "employment": "laid-off", "identity": identity,
        "regency": "3273", "sex": "female",
    });
    send(ledger, "rini", "participant.register.v1", number, &data);
}

fn erase(ledger: &Path, number: u32) {
    let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
    send(ledger, "rini", "participant.request_erasure.v1", number, &request);
    send(ledger, "wati", "participant.approve_erasure.v1", number, &json!({ "reference": "L-1" }));
}

/// The nonce and the wrapped key of a person, as they lie in a key store.
fn key_of(keys: &Path, slot: usize) -> Vec<u8> {
    let bytes = fs::read(keys.join("persons.keys")).expect("keys");
    bytes[slot * 128 + 24..slot * 128 + 84].to_vec()
}

/// True when a file below holds any 20 bytes in a row of a key.
fn holds(dir: &Path, key: &[u8]) -> bool {
    fs::read_dir(dir).expect("a directory").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return holds(&path, key);
        }
        let bytes = fs::read(&path).expect("a file");
        key.windows(20).any(|part| bytes.windows(20).any(|window| window == part))
    })
}

/// Three persons, and a backup with keys from before the first is erased.
fn erased_after_backup() -> (TempDir, TempDir) {
    let (ledger, places) = (empty(), tempfile::tempdir().expect("a directory"));
    (1..=3).for_each(|number| register(ledger.path(), number));
    let (backup, safe) = (places.path().join("backup"), places.path().join("safe"));
    let arguments = ["backup", "--to", text(&backup), "--with-keys", text(&safe)];
    run(ledger.path(), &arguments).exits(0);
    erase(ledger.path(), 1);
    (ledger, places)
}

#[test]
fn old_keys_do_not_bring_back_who_is_erased() {
    let (ledger, places) = erased_after_backup();
    let at = |name: &str| places.path().join(name);
    let (backup, safe, to) = (at("backup"), at("safe"), at("restored"));
    let key = key_of(&safe, 1);
    assert!(holds(&safe, &key) && !holds(ledger.path(), &key));
    // The lines are newer than the keys.
    run(ledger.path(), &["backup", "--to", text(&backup)]).exits(0);
    let check = ["--json", "restore", "--from", text(&backup), "--check", "--keys", text(&safe)];
    let found = run(ledger.path(), &check).exits(1).json();
    assert_eq!(found["keys"], json!({ "opened": 3, "surviving": [id(1)], "without": [] }));
    let restore = ["restore", "--from", text(&backup), "--to", text(&to), "--keys", text(&safe)];
    let out = run(ledger.path(), &restore).exits(0).out;
    assert!(out.contains("1 of erased persons were in the copy of the keys"), "{out}");
    assert!(!holds(&to, &key), "the key of the erased is in the restored ledger");
    assert!(holds(&to, &key_of(&safe, 2)), "the keys of others are there");
    let verified = run(&to, &["--json", "verify"]).exits(0).json();
    assert_eq!(verified["keys"], json!({ "opened": 2, "surviving": [], "without": [] }));
    // It goes on, and says of the erased what the first ledger says.
    register(&to, 4);
    let again = json!({
        "type": "participant.change_profile.v1", "subject": format!("participant/{}", id(1)),
        "data": { "identity": { "name": "Ani Contoh" } },
    });
    let out = run_with(&to, &["submit", "-"], again.to_string().as_bytes()).exits(1).out;
    assert!(out.contains("personal.erased"), "{out}");
}

#[test]
fn copying_keys_again_overwrites_those_of_the_erased_and_never_loses_one() {
    let (ledger, places) = erased_after_backup();
    let (to, old) = (places.path().join("backup"), places.path().join("safe"));
    let key = key_of(&old, 1);
    let store = old.join("persons.keys");
    let whole = fs::read(&store).expect("keys");
    let backup = ["--json", "backup", "--to", text(&to), "--with-keys", text(&old)];
    // An open file shows what is overwritten where it lies, before a new one takes its name.
    let mut there = fs::File::open(&store).expect("keys");
    let made = run(ledger.path(), &backup).exits(0).json();
    assert_eq!(made["keysdestroyed"], 1);
    assert!(!holds(&old, &key));
    let mut before = Vec::new();
    std::io::Read::read_to_end(&mut there, &mut before).expect("bytes");
    assert!(before.len() == whole.len() && !before.windows(20).any(|window| window == &key[..20]));
    // A ledger that lost keys, or got others, replaces no good copy of them.
    let own = ledger.path().join("keys/persons.keys");
    let good = (fs::read(&own).expect("keys"), fs::read(&store).expect("keys"));
    fs::write(&own, &good.0[..3 * 128]).expect("a shorter one");
    let refused = run(ledger.path(), &backup).exits(2).err;
    assert!(refused.contains("nothing was replaced"), "{refused}");
    assert_eq!(fs::read(&store).expect("keys"), good.1);
    // An old copy of the keys in the ledger brings nothing back to where it is overwritten already.
    fs::write(&own, &whole).expect("an old one");
    run(ledger.path(), &backup).exits(0);
    assert!(!holds(&old, &key));
}

#[test]
fn a_person_whose_key_is_missing_is_named_and_nothing_is_printed_of_them() {
    let (ledger, _places) = erased_after_backup();
    run(ledger.path(), &["verify"]).exits(0);
    let own = ledger.path().join("keys/persons.keys");
    let mut keys = fs::read(&own).expect("keys");
    keys[2 * 128 + 40] ^= 1;
    fs::write(&own, &keys).expect("a spoilt one");
    let found = run(ledger.path(), &["--json", "verify"]).exits(1).json();
    assert_eq!(found["failures"], json!([]));
    assert_eq!(found["keys"], json!({ "opened": 1, "surviving": [], "without": [id(2)] }));
    let out = run(ledger.path(), &["verify"]).exits(1).out;
    assert!(out.contains(&id(2)) && !out.contains("Ani") && !out.contains("3273"), "{out}");
    fs::remove_file(&own).expect("no keys");
    let found = run(ledger.path(), &["--json", "verify"]).exits(1).json();
    assert_eq!(found["keys"]["without"], json!([id(2), id(3)]));
    // Who has no keys at all verifies the history all the same.
    fs::remove_dir_all(ledger.path().join("keys")).expect("no secrets");
    let found = run(ledger.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!(found["keys"], Value::Null);
}
