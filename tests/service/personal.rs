//! Personal data through the service: given, looked at for a purpose, refused, erased by two persons, and nowhere left.

use super::served::{Answer, Served, item};
use crate::process::binary;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const ANI: &str = "participant/0192f0c1-7a00-7000-8000-000000000001";
const NIK: &str = "3273014101900000";
const KK: &str = "3273010101010000";
const NAME: &str = "Ani Contoh Sekali";
const PHONE: &str = "628120000111";
const ACCOUNT: &str = "0099887766";

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn holds_none(place: &str, bytes: &[u8]) {
    for text in [NIK, KK, NAME, PHONE, ACCOUNT] {
        assert!(!bytes.windows(text.len()).any(|each| each == text.as_bytes()), "{place} holds {text}");
    }
}

/// Every file, and what the compressed ones hold.
fn nothing_in_clear(ledger: &Path) {
    for path in files(ledger) {
        holds_none(&path.display().to_string(), &fs::read(&path).unwrap());
    }
    for arguments in [&["events"][..], &["access"]] {
        let printed = binary::run(ledger, arguments).exits(0).out;
        assert!(printed.len() > 500, "{printed}");
        holds_none(arguments[0], printed.as_bytes());
    }
}

fn about_ani(kind: &str, data: &Value) -> String {
    item(kind, ANI, data, kind)
}

/// Asks for a command.
fn ask(served: &Served, item: &str, token: &str) -> Answer {
    served.post(token, "/v1/commands", item)
}

fn register() -> String {
    let identity = json!({ "kk": KK, "name": NAME, "nik": NIK, "phone": PHONE });
    let data = json!({
        "born": "1990-01", "education": "none", "employment": "laid-off", "identity": identity,
        "regency": "3273", "sex": "female",
    });
    about_ani("participant.register.v1", &data)
}

fn link() -> String {
    let account = json!({ "holder": NAME, "number": ACCOUNT });
    let data = json!({ "account": account, "channel": "bank", "partner": "bni" });
    about_ani("participant.link_account.v1", &data)
}

/// A ledger with Ani in it, and its service.
fn served() -> (tempfile::TempDir, Served, String) {
    let dir = tempfile::tempdir().unwrap();
    binary::run(dir.path(), &["init"]).exits(0);
    let served = Served::start(dir.path());
    let registrar = served.token("registrar", "budi");
    ask(&served, &register(), &registrar).is(201);
    ask(&served, &link(), &registrar).is(201);
    (dir, served, registrar)
}

fn accesses(ledger: &Path) -> Vec<Value> {
    binary::run(ledger, &["access"]).exits(0).rows()
}

/// The access journal is read for a purpose too, and whoever read it is in it. Its head covers the lines.
fn read_by_an_auditor(served: &Served, auditor: &str) {
    assert_eq!(served.get(auditor, "/v1/access?limit=50").is(400).json()["code"], "access.purpose");
    let operator = served.token("operator", "ops");
    served.get(&operator, "/v1/access?purpose=curiosity").is(403);
    served.get(&operator, "/v1/access/checkpoint").is(403);
    let page = served.get(auditor, "/v1/access?limit=2&purpose=audit-2021&case=LHP-1").is(200).json();
    assert_eq!((page["events"].as_array().unwrap().len(), &page["next"]), (2, &json!(2)));
    let rows = accesses(&served.ledger);
    let mine = rows.iter().find(|row| row["access"]["type"] == "log-read").expect("the look is noted");
    let access =
        json!({ "case": "LHP-1", "count": 2, "from": 0, "purpose": "audit-2021", "type": "log-read" });
    assert_eq!((&mine["person"], &mine["access"]), (&json!("rini"), &access));
    let signed = served.post(auditor, "/v1/access/checkpoint", "").is(200).text;
    let head: Vec<_> = signed.lines().collect();
    assert!(head[0].ends_with("/access") && head[1].parse::<usize>().unwrap() >= rows.len(), "{signed}");
    assert_eq!(served.get(auditor, "/v1/access/checkpoint").is(200).text, signed);
}

#[test]
fn a_look_needs_a_role_and_a_purpose_and_is_noted_before_it_is_answered() {
    let (dir, served, registrar) = served();
    let path = format!("/v1/{}/identity", ANI.replace("participant", "participants"));
    let asked = format!("{path}?purpose=payout-complaint&case=T-2021-17");
    let analyst = served.token("analyst", "dewi");
    assert_eq!(served.get(&registrar, &path).is(400).json()["code"], "access.purpose");
    served.get(&registrar, &format!("{path}?purpose=audit&case={NIK}")).is(400);
    served.get(&analyst, &asked).is(403);
    served.get("nobody", &asked).is(401);
    let reads = |row: &Value| row["access"]["type"] == "read";
    assert!(!accesses(dir.path()).iter().any(reads), "nothing was shown so far");
    let answer = served.get(&registrar, &asked).is(200);
    let rows = accesses(dir.path());
    assert_eq!(answer.header("cache-control"), "no-store");
    let expected = json!({
        "account": { "holder": NAME, "number": ACCOUNT }, "erased": false,
        "identity": { "kk": KK, "name": NAME, "nik": NIK, "phone": PHONE },
    });
    assert_eq!(answer.json(), expected);
    let read = rows.iter().find(|row| reads(row)).expect("the look is in the access journal");
    assert_eq!((&read["person"], &read["roles"]), (&json!("budi"), &json!(["registrar"])));
    let access = &read["access"];
    assert_eq!((&access["purpose"], &access["case"]), (&json!("payout-complaint"), &json!("T-2021-17")));
    assert_eq!(access["participants"], json!([ANI.trim_start_matches("participant/")]));
    assert_eq!(access["fields"].as_array().unwrap().len(), 6);
    // Those who were turned away are in it too, by the pattern of the route.
    served.get(&registrar, "/v1/access").is(403);
    let auditor = served.token("auditor", "rini");
    read_by_an_auditor(&served, &auditor);
    let log = served.stop();
    let rows = accesses(dir.path());
    for (person, code) in [(json!("dewi"), "access.not_permitted"), (Value::Null, "access.token")] {
        let away = |row: &&Value| row["person"] == person && row["access"]["code"] == code;
        let row = rows.iter().find(away).unwrap_or_else(|| panic!("{person} {code}: {rows:?}"));
        assert_eq!(row["access"]["route"], "/v1/participants/{id}/identity");
    }
    let verified = binary::run(dir.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!(verified["access"]["lines"], rows.len());
    assert!(verified["access"]["heads"].as_u64().unwrap() > 0, "{verified}");
    nothing_in_clear(dir.path());
    holds_none("the log", &log);
}

/// The registration with another NIK.
fn guess(nik: &str) -> String {
    register().replace(NIK, nik)
}

#[test]
fn nobody_finds_a_number_by_trying_and_who_tries_is_seen() {
    let (dir, served, registrar) = served();
    let right = register();
    let wrong = guess("3273014101910000");
    for role in ["analyst", "operator"] {
        let token = served.token(role, role);
        for item in [&right, &wrong, &link()] {
            assert_eq!(ask(&served, item, &token).is(403).json()["code"], "access.not_permitted");
        }
    }
    // Who may register may not try either: a repeat is confirmed only to whoever gave it.
    let other = served.token("registrar", "siti");
    let answers: Vec<_> =
        [&right, &wrong].iter().map(|item| ask(&served, item, &other).is(409).text).collect();
    assert_eq!(answers[0], answers[1]);
    let rows = served.post(&other, "/v1/commands", &format!("{right}\n{wrong}\n")).is(200).rows();
    assert!(rows.iter().all(|row| row["problem"]["code"] == "command.conflict"), "{rows:?}");
    for _ in 0..50 {
        assert_eq!(ask(&served, &right, &registrar).is(200).json()["status"], "repeated");
    }
    // Also with another token of the same person.
    assert_eq!(ask(&served, &right, &served.token("registrar", "budi")).is(200).json()["status"], "repeated");
    ask(&served, &wrong, &registrar).is(409);
    served.stop();
    let rows = accesses(dir.path());
    let count = |person: &str, kind: &str, code: &Value| {
        let fits = |row: &&Value| {
            row["person"] == person && row["access"]["type"] == kind && row["access"]["code"] == *code
        };
        rows.iter().filter(fits).count()
    };
    assert_eq!(count("analyst", "item-refused", &json!("access.not_permitted")), 3);
    assert_eq!(count("siti", "item-refused", &json!("command.conflict")), 4);
    assert_eq!(count("budi", "item-repeated", &Value::Null), 51);
    assert_eq!(count("budi", "item-refused", &json!("command.conflict")), 1);
    nothing_in_clear(dir.path());
}

#[test]
fn two_persons_erase_and_nothing_is_left_but_what_was_paid_and_proved() {
    let (dir, served, registrar) = served();
    let custodian = served.token("key-custodian", "wati");
    let path = format!("/v1/{}/identity?purpose=check", ANI.replace("participant", "participants"));
    // What is wrong is told without being repeated or kept.
    let mut wrong: Value = serde_json::from_str(&register()).unwrap();
    wrong["data"]["identity"]["nik"] = json!(format!("{NIK}9"));
    wrong["data"]["born"] = json!(NAME);
    let refused = ask(&served, &wrong.to_string(), &registrar).is(400);
    holds_none("an error", &refused.bytes);
    let conflict = ask(
        &served,
        &about_ani("participant.register.v1", &json!({ "born": NIK, "name": NAME })),
        &registrar,
    )
    .is(400);
    holds_none("an error", &conflict.bytes);
    assert_eq!(ask(&served, &register(), &registrar).is(200).json()["status"], "repeated");

    let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
    let approve = about_ani("participant.approve_erasure.v1", &json!({ "reference": "L-1" }));
    ask(&served, &about_ani("participant.request_erasure.v1", &request), &registrar).is(201);
    ask(&served, &approve, &registrar).is(403);
    ask(&served, &about_ani("participant.place_hold.v1", &json!({ "reference": "P-1" })), &custodian).is(201);
    assert_eq!(ask(&served, &approve, &custodian).is(422).json()["code"], "personal.on_hold");
    // Who destroys keys does not take away what stands in the way.
    let lift = about_ani("participant.lift_hold.v1", &json!({ "reference": "P-2" }));
    ask(&served, &lift, &custodian).is(403);
    ask(&served, &lift, &served.token("kpa", "kepala")).is(201);
    ask(&served, &approve, &custodian).is(201);
    assert_eq!(served.get(&registrar, &path).is(200).json(), json!({ "erased": true }));
    assert_eq!(ask(&served, &register(), &registrar).is(422).json()["code"], "personal.erased");
    let log = served.stop();

    let rows = accesses(dir.path());
    let attempt = |row: &&Value| row["access"]["name"] == "participant.approve_erasure.v1";
    let attempts: Vec<_> =
        rows.iter().filter(attempt).map(|row| (&row["person"], &row["access"]["code"])).collect();
    assert_eq!(
        attempts,
        [(&json!("budi"), &json!("access.not_permitted")), (&json!("wati"), &json!("personal.on_hold"))]
    );
    binary::run(dir.path(), &["verify"]).exits(0);
    let events =
        binary::run(dir.path(), &["events", "--type", "participant.registered.v1", "--json"]).exits(0);
    let position = events.rows()[0]["position"].to_string();
    let proof = binary::run(dir.path(), &["prove", &position]).exits(0);
    assert!(proof.out.contains("c2sp.org/tlog-proof"), "{}", proof.out);
    nothing_in_clear(dir.path());
    holds_none("the log", &log);
    // Neither the lines with yesterday's table, nor the whole service started again, bring it back.
    let served = Served::start(dir.path());
    assert_eq!(served.get(&registrar, &path).is(200).json(), json!({ "erased": true }));
    served.stop();
}

#[test]
fn the_ledger_itself_vouches_for_the_access_journal() {
    let (dir, served, registrar) = served();
    let look = format!("/v1/{}/identity?purpose=check", ANI.replace("participant", "participants"));
    served.get(&registrar, &look).is(200);
    let auditor = served.token("auditor", "rini");
    served.post(&auditor, "/v1/checkpoint", "").is(200);
    served.get(&registrar, &look).is(200);
    served.stop();
    binary::run(dir.path(), &["verify"]).exits(0);
    fs::remove_dir_all(dir.path().join("access")).unwrap();
    let found = binary::run(dir.path(), &["verify"]).exits(1).out;
    assert!(found.contains("access journal: the ledger's own lines vouch for"), "{found}");
    // More lines of another journal do not make up for it.
    let served = Served::start(dir.path());
    for _ in 0..9 {
        served.get(&registrar, &look).is(200);
    }
    served.stop();
    let found = binary::run(dir.path(), &["verify"]).exits(1).out;
    assert!(found.contains("access journal: the ledger's own lines vouch for"), "{found}");
}

#[test]
fn no_number_of_a_person_stays_in_a_word_that_a_client_chose() {
    let (dir, served, registrar) = served();
    let unlink =
        |id: &str, reason: &str| item("participant.unlink_account.v1", ANI, &json!({ "reason": reason }), id);
    let phone = format!("hp-{PHONE}");
    for wrong in [unlink(NIK, "lost"), unlink(&phone, "lost"), unlink("u-1", &format!("nik{NIK}"))] {
        let refused = ask(&served, &wrong, &registrar).is(400);
        assert!(refused.text.contains("looks like"), "{}", refused.text);
        holds_none("a refusal", &refused.bytes);
    }
    let rows = ask(&served, &format!("{}\n{}\n", unlink(NIK, "lost"), unlink("u-2", "lost")), &registrar);
    let status: Vec<_> = rows.rows().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(status, ["refused", "recorded"], "{}", rows.text);
    holds_none("a refusal", &rows.bytes);
    let path = format!("/v1/{}/identity", ANI.replace("participant", "participants"));
    for query in [format!("purpose=NIK-{NIK}"), format!("purpose=check&case={phone}")] {
        let refused = served.get(&registrar, &format!("{path}?{query}")).is(400);
        assert_eq!(refused.json()["code"], "access.purpose");
        holds_none("a refusal", &refused.bytes);
    }
    let log = served.stop();
    nothing_in_clear(dir.path());
    holds_none("the log", &log);
}
