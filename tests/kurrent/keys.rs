//! Keys of persons where two machines write to one server: shared, copied, or forgotten.

use super::standby::{machines, serve, token, until};
use super::{esdb, on};
use crate::service::served::{item, post};
use jejak_esdb::{AppendFault, Gate};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn subject(number: u32) -> String {
    format!("participants/0192f0c1-7a00-7000-8000-{number:012}")
}

/// A registration of a person with a NIK, which may be somebody else's.
fn register(number: u32, nik: u32) -> String {
    let identity = json!({ "name": format!("Contoh {number}"), "nik": format!("32730141{nik:02}900000") });
    let data = json!({
        "born": "1990-01", "education": "none", "employment": "laid-off", "identity": identity,
        "regency": "3273", "sex": "female",
    });
    let subject = subject(number).replace("participants", "participant");
    item("participant.register.v1", &subject, &data, &format!("r-{number}"))
}

fn identity(number: u32) -> String {
    format!("/v1/{}/identity?purpose=payout-complaint&case=T-1", subject(number))
}

#[test]
fn a_refused_writer_leaves_the_keys_of_others_as_they_are() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    fs::remove_dir_all(two.join("keys")).unwrap();
    std::os::unix::fs::symlink("../one/keys", two.join("keys")).unwrap();
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let operator = token(&esdb, &two, "operator", "sari");
    first.post(&registrar, "/v1/commands", &register(1, 1)).is(201);
    first.post(&registrar, "/v1/commands", &register(2, 2)).is(201);
    second.post(&operator, "/v1/promote", "").is(200);
    second.post(&registrar, "/v1/commands", &register(3, 3)).is(201);
    // Fenced, and with a key of its own for somebody else.
    first.post(&registrar, "/v1/commands", &register(4, 4)).is(503);
    until("standing by", || first.get("", "/readyz").json()["code"] == "ledger.standby");
    second.post(&registrar, "/v1/commands", &register(4, 4)).is(201);
    // Both at once for one person, after another change of places.
    first.post(&operator, "/v1/promote", "").is(200);
    first.post(&registrar, "/v1/commands", &register(5, 5)).is(201);
    second.post(&registrar, "/v1/commands", &register(5, 5)).is(503);
    until("standing by", || second.get("", "/readyz").json()["code"] == "ledger.standby");
    for number in 1..=5 {
        let shown = first.get(&registrar, &identity(number)).is(200).json();
        assert_eq!(shown["identity"]["name"], format!("Contoh {number}"), "{shown}");
    }
    first.stop();
    let verified = on(&esdb, &one, &["--json", "verify"]).exits(0).json();
    assert_eq!(verified["keys"], json!({ "opened": 5, "surviving": [], "without": [] }));
}

#[test]
fn a_machine_without_the_newest_keys_is_not_promoted() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    assert!(two.join("keys/personal.key").exists(), "made with the others");
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let operator = token(&esdb, &two, "operator", "sari");
    first.post(&registrar, "/v1/commands", &register(1, 1)).is(201);
    first.post(&registrar, "/v1/commands", &register(2, 2)).is(201);
    first.kill();
    let told = second.post(&operator, "/v1/promote", "").is(503).text;
    assert!(told.contains("copy persons.keys and personal.key"), "{told}");
    assert_eq!(second.get("", "/readyz").is(503).json()["code"], "ledger.standby");
    // No other verb writes there either, and no key is made in place of the one that is missing.
    let third = dir.path().join("third");
    fs::create_dir_all(third.join("keys")).unwrap();
    for name in ["signing.key", "command.key"] {
        fs::copy(two.join("keys").join(name), third.join("keys").join(name)).unwrap();
    }
    let told = on(&esdb, &third, &["checkpoint"]).exits(2).err;
    assert!(told.contains("--accept-loss"), "{told}");
    assert!(!third.join("keys/personal.key").exists());
    for name in ["personal.key", "persons.keys"] {
        fs::copy(one.join("keys").join(name), two.join("keys").join(name)).unwrap();
    }
    second.post(&operator, "/v1/promote", "").is(200);
    second.post(&registrar, "/v1/commands", &register(1, 1)).is(200);
    second.post(&registrar, "/v1/commands", &register(5, 1)).is(201);
    second.stop();
    let found = on(&esdb, &two, &["events", "--type", "participant.duplicate_found.v1"]).exits(0).rows();
    assert_eq!(found.len(), 1, "the same NIK is found");
}

fn copy_keys(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in ["personal.key", "persons.keys"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[test]
fn a_key_of_a_command_that_was_lost_takes_the_place_of_no_other() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let registrar = token(&esdb, &one, "registrar", "budi");
    let operator = token(&esdb, &two, "operator", "sari");
    let first = serve(&esdb, &one, &[]);
    first.post(&registrar, "/v1/commands", &register(1, 1)).is(201);
    copy_keys(&one.join("keys"), &two.join("keys"));
    let second = serve(&esdb, &two, &["--standby"]);
    // Its key is written, its line stays on the way, and the machine is lost.
    let gate = Gate::default();
    esdb.faults().on_append_to("benefits", 1, AppendFault::HoldBefore(gate.clone()));
    let (url, asked) = (first.url("/v1/commands"), registrar.clone());
    let waiting = std::thread::spawn(move || post(&url, &asked, &register(2, 2)));
    assert!(gate.wait_until_reached(Duration::from_mins(1)));
    first.kill();
    assert!(waiting.join().unwrap().is_none());
    second.post(&operator, "/v1/promote", "").is(200);
    second.post(&registrar, "/v1/commands", &register(2, 2)).is(201);
    gate.open();
    let good = dir.path().join("good");
    let backup = |state: &Path| {
        let to = dir.path().join("backup");
        let arguments = ["backup", "--to", to.to_str().unwrap(), "--with-keys", good.to_str().unwrap()];
        on(&esdb, state, &arguments)
    };
    backup(&two).exits(0);
    // The first is there again: it shows no data, and does not write, before it has the keys of the second.
    let first = serve(&esdb, &one, &["--standby"]);
    let told = first.get(&registrar, &identity(2)).is(503).text;
    assert!(told.contains("does not open with the person's key"), "{told}");
    let told = first.post(&operator, "/v1/promote", "").is(503).text;
    assert!(told.contains("other keys for 1 persons") && told.contains(&subject(2)[13..]), "{told}");
    let kept = fs::read(good.join("persons.keys")).unwrap();
    let refused = backup(&one).exits(2).err;
    assert!(refused.contains("different keys of") && refused.contains("nothing was replaced"), "{refused}");
    assert_eq!(fs::read(good.join("persons.keys")).unwrap(), kept);
    second.stop();
    copy_keys(&two.join("keys"), &one.join("keys"));
    first.post(&operator, "/v1/promote", "").is(200);
    let shown = first.get(&registrar, &identity(2)).is(200).json();
    assert_eq!(shown["identity"]["name"], "Contoh 2");
    first.post(&registrar, "/v1/commands", &register(2, 2)).is(200);
    first.post(&registrar, "/v1/commands", &register(3, 2)).is(201);
    first.stop();
    let found = on(&esdb, &one, &["events", "--type", "participant.duplicate_found.v1"]).exits(0).rows();
    assert_eq!(found.len(), 1, "the same NIK is found");
    backup(&one).exits(0);
}

#[test]
fn a_service_under_which_keys_are_lost_records_nothing_until_they_are_back() {
    let dir = tempfile::tempdir().unwrap();
    let esdb = esdb();
    let (one, _) = machines(&esdb, dir.path());
    let registrar = token(&esdb, &one, "registrar", "budi");
    let first = serve(&esdb, &one, &[]);
    first.post(&registrar, "/v1/commands", &register(1, 1)).is(201);
    let (store, aside) = (one.join("keys/persons.keys"), dir.path().join("aside"));
    fs::copy(&store, &aside).unwrap();
    first.post(&registrar, "/v1/commands", &register(2, 2)).is(201);
    let newest = fs::read(&store).unwrap();
    fs::copy(&aside, &store).unwrap();
    let told = || first.get("", "/readyz").text;
    until("the loss is seen", || told().contains("no keys any more") || told().contains("has no key for"));
    first.post(&registrar, "/v1/commands", &register(3, 3)).is(503);
    fs::write(&store, newest).unwrap();
    until("it goes on", || first.get("", "/readyz").status == 200);
    first.post(&registrar, "/v1/commands", &register(3, 3)).is(201);
    for number in 1..=3 {
        first.get(&registrar, &identity(number)).is(200);
    }
    first.stop();
}
