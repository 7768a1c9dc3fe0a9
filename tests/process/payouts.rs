//! A payout run from the list to the instructions, typed by two persons.

use super::binary::{run, run_with};
use super::items::{empty, participant};
use jejak_domain::batch::list_digest;
use jejak_domain::ids::{Digest, ParticipantId};
use jejak_domain::subject::Subject;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Rice money, invented for tests: once, to the account, for whoever is decreed. Above 500 two persons approve.
const DEFINITION: &str = r#"
[programme]
code = "rice"
name = "Rice money"
currency = "PHP"
source = "invented for tests"

[[terms]]
version = "2026"
source = "invented for tests"
from = "2026-01-01"
batches = [1, 9]

[[terms.cash]]
benefit = "rice"
amount = "200.50"
count = 1
requires = "decree"
payment = "account"

[[approvals]]
version = "2026"
source = "invented for tests"
from = "2026-01-01"
bands = [{ above = "0.00", persons = 1 }, { above = "500.00", persons = 2 }]
"#;

const RUN: &str = "rice/R-1";

fn id(number: u32) -> ParticipantId {
    match Subject::parse(&participant(number)) {
        Ok(Subject::Participant(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// Everybody is decreed; the last has an account with another partner.
fn decreed(persons: u32) -> TempDir {
    let ledger = empty();
    let mut items = Vec::new();
    let mut send = |subject: &str, name: &str, who: &str, data: Value| {
        let mut item = json!({
            "type": format!("{name}.v1"), "subject": subject, "time": "2026-01-05T03:00:00.000Z", "data": data,
            "actor": { "type": "user", "id": who },
        });
        let personal = name.starts_with("participant.");
        if subject.starts_with("participant/") && !personal {
            item["programme"] = "rice".into();
        }
        items.push(item.to_string());
    };
    let everybody: Vec<_> = (1..=persons).collect();
    send("programme/rice", "programme.propose", "drafter", json!({ "definition": DEFINITION }));
    send("programme/rice", "programme.publish", "head", json!({ "revision": 1 }));
    let money = |value: String| json!({ "currency": "PHP", "value": value });
    let sum =
        money(format!("{}.{:02}", u64::from(persons) * 20_050 / 100, u64::from(persons) * 20_050 % 100));
    send("fund/rice/2026", "fund.appropriate", "head", json!({ "amount": sum, "document": "DIPA-1" }));
    send("batch/rice/1", "batch.open", "office", json!({ "closes": "2026-01-05", "quota": persons }));
    let seed = Digest::of(["dice".as_bytes()]);
    send("batch/rice/1", "batch.commit_seed", "office", json!({ "sha256": seed }));
    for number in &everybody {
        let who = participant(*number);
        let data = json!({
            "born": "1990-05", "education": "primary", "employment": "job-seeker", "regency": "3171", "sex": "female",
        });
        send(&who, "participant.register", "office", data);
        let partner = if *number == persons { "gcash" } else { "landbank" };
        let account = json!({ "holder": format!("Contoh {number}"), "number": format!("70000{number:05}") });
        let link = json!({ "account": account, "channel": "bank", "partner": partner });
        send(&who, "participant.link_account", "office", link);
        send(&who, "participant.verify_account", "office", json!({ "verdict": "passed" }));
        send(&who, "batch.join", "office", json!({ "batch": 1 }));
        send(&who, "batch.screen", "office", json!({ "batch": 1, "registers": [] }));
    }
    send("batch/rice/1", "batch.close", "office", json!({ "at": "2026-01-05T03:00:00.000Z" }));
    let list = list_digest(everybody.iter().map(|number| id(*number)));
    let drawn = json!({ "pool": persons, "poolsha256": list, "seed": "dice", "selected": persons });
    send("batch/rice/1", "batch.draw", "office", drawn);
    let opened =
        json!({ "batch": 1, "count": persons, "date": "2026-01-05", "listsha256": list, "sum": sum });
    send("decree/rice/SK-1", "decree.open", "ppk", opened);
    for number in &everybody {
        send(&participant(*number), "entitlement.decree", "ppk", json!({ "decree": "SK-1" }));
    }
    send("decree/rice/SK-1", "decree.close", "ppk", json!({}));
    for number in &everybody {
        send(&participant(*number), "instalment.schedule", "ppk", json!({ "benefit": "rice" }));
    }
    run_with(ledger.path(), &["submit", "-"], items.join("\n").as_bytes()).exits(0);
    ledger
}

fn payouts(ledger: &Path, arguments: &[&str]) -> super::binary::Run {
    run(ledger, &[&["--json", "payouts"], arguments].concat())
}

fn prepare(ledger: &Path) -> super::binary::Run {
    let today = ["--partner", "landbank", "--payon", "2999-01-04", "--as", "treasurer"];
    payouts(ledger, &[&["prepare", RUN], &today[..]].concat())
}

#[test]
fn a_run_is_prepared_approved_released_and_told() {
    let ledger = decreed(5);
    let dir = ledger.path();
    let told = prepare(dir).exits(0).json();
    assert_eq!(
        (&told["count"], &told["total"], &told["phase"]),
        (&json!(4), &json!("802.00"), &json!("prepared"))
    );
    assert_eq!(told["approvalsneeded"], 2);
    let digest = told["sha256"].as_str().expect("a digest").to_owned();
    let approve = |who: &str, digest: &str| payouts(dir, &["approve", RUN, "--sha256", digest, "--as", who]);
    assert_eq!(approve("treasurer", &digest).exits(1).json()["problem"]["code"], "actor.same_person");
    assert_eq!(approve("ppk", &"0".repeat(64)).exits(1).json()["problem"]["code"], "run.content_differs");
    approve("ppk", &digest).exits(0);
    let release = |more: &[&str]| payouts(dir, &[&["release", RUN, "--as", "treasurer"], more].concat());
    assert_eq!(release(&[]).exits(1).json()["problem"]["code"], "run.not_approved");
    approve("head", &digest).exits(0);
    let hold = json!({
        "type": "instalment.hold.v1", "subject": participant(2), "programme": "rice",
        "data": { "benefit": "rice", "number": 1, "reason": "review" },
    });
    run_with(dir, &["submit", "-"], hold.to_string().as_bytes()).exits(0);
    assert_eq!(release(&["--limit", "1"]).exits(0).json()["instructed"]["count"], 1);
    let ended = release(&[]).exits(1).json();
    assert_eq!((&ended["now"], &ended["phase"]), (&json!(2), &json!("completed")));
    assert_eq!(ended["leftout"][0]["participant"], id(2).to_string());
    assert_eq!(ended["instructed"], json!({ "count": 3, "total": "601.50" }));
    let shown = payouts(dir, &["status", RUN]).exits(0).json();
    assert_eq!(shown["approvedby"], json!(["ppk", "head"]));
    let text = run(dir, &["payouts", "status"]).exits(0).out;
    assert!(text.contains("rice/R-1") && text.contains("2 of 2"), "{text}");
    let events = run(dir, &["events"]).exits(0).out;
    assert_eq!(events.matches("\"run\":\"R-1\"").count(), 3, "each instruction says its run");
    run(dir, &["verify"]).exits(0);
}

#[test]
fn a_released_run_becomes_files_that_are_written_alike_again() {
    let ledger = decreed(6);
    let dir = ledger.path();
    let digest = prepare(dir).exits(0).json()["sha256"].as_str().expect("a digest").to_owned();
    let payer = dir.join("payer.toml");
    fs::write(&payer, "name = \"Rice office\"\naccount = \"0012345678\"\nbic = \"LBPHPHMM\"\n")
        .expect("a file");
    let export = |out: &str, more: &[&str]| {
        let out = dir.join(out);
        let fixed = ["export", RUN, "--payer", payer.to_str().unwrap(), "--out", out.to_str().unwrap()];
        payouts(dir, &[&fixed[..], &["--as", "treasurer"], more].concat())
    };
    assert!(export("early", &[]).exits(2).err.contains("release it first"));
    for who in ["ppk", "head"] {
        payouts(dir, &["approve", RUN, "--sha256", &digest, "--as", who]).exits(0);
    }
    payouts(dir, &["release", RUN, "--as", "treasurer"]).exits(0);
    let told = export("bank", &["--most", "3"]).exits(0).json();
    let files = told["files"].as_array().expect("files");
    let counts: Vec<_> = files.iter().map(|file| (&file["count"], &file["total"], &file["new"])).collect();
    assert_eq!(
        counts,
        [(&json!(3), &json!("601.50"), &json!(true)), (&json!(2), &json!("401.00"), &json!(true))]
    );
    let first = fs::read_to_string(dir.join("bank/R-1-1.xml")).expect("a file");
    assert!(first.contains("<NbOfTxs>3</NbOfTxs>") && first.contains("<Nm>Contoh 1</Nm>"), "{first}");
    assert!(first.contains("<Id>7000000001</Id>") && first.contains("<CtrlSum>601.50</CtrlSum>"), "{first}");
    let again = export("again", &["--most", "3"]).exits(0).json();
    assert_eq!(
        (&again["files"][0]["sha256"], &again["files"][0]["new"]),
        (&files[0]["sha256"], &json!(false))
    );
    assert_eq!(fs::read_to_string(dir.join("again/R-1-1.xml")).expect("a file"), first);
    let other = export("other", &[]).exits(2).err;
    assert!(other.contains("was issued with the digest"), "{other}");
    let events = run(dir, &["events"]).exits(0).out;
    assert_eq!(
        events.matches("run.file_issued.v1").count(),
        2 + 1,
        "two files, and the schema of their event"
    );
    assert!(!events.contains("Contoh") && !events.contains("7000000001"), "nobody is named in a line");
    let looks = run(dir, &["access", "--json"]).exits(0).out;
    assert!(looks.contains("payout-file") && looks.contains(&id(1).to_string()), "{looks}");
    run(dir, &["verify"]).exits(0);
}

#[test]
fn a_list_that_was_interrupted_is_gone_on_with() {
    let ledger = decreed(4);
    let dir = ledger.path();
    let opened = json!({
        "type": "run.open.v1", "subject": format!("run/{RUN}"), "actor": { "type": "user", "id": "treasurer" },
        "data": { "partner": "landbank", "payon": "2999-01-04" },
    });
    run_with(dir, &["submit", "-"], opened.to_string().as_bytes()).exits(0);
    assert_eq!(prepare(dir).exits(0).json()["count"], 3);
    assert_eq!(prepare(dir).exits(1).json()["problem"]["code"], "register.known");
    let gone = run(dir, &["payouts", "cancel", RUN, "--reason", "mistake", "--as", "treasurer"]).exits(0).out;
    assert!(gone.contains("cancelled"), "{gone}");
    let none = run(dir, &["payouts", "status", "rice/R-9"]).exits(1).out;
    assert!(none.contains("never opened"), "{none}");
}
