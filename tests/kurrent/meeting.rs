//! Others write between two commands of a service: a command line, or a service that was promoted without its knowing.

use super::standby::{machines, register, serve, token, until};
use super::{address, esdb, on};
use crate::process::binary::run_with;
use crate::service::served::item;
use jejak_esdb::Server as Esdb;
use serde_json::json;
use std::path::Path;

/// Hands commands in by the command line, with the keys and files of another machine.
fn submit(esdb: &Esdb, state: &Path, items: &str) {
    let arguments = ["--state", state.to_str().unwrap(), "submit", "--as", "budi", "-"];
    run_with(Path::new(&address(esdb)), &arguments, items.as_bytes()).exits(0);
}

#[test]
fn a_service_goes_on_after_a_command_line_has_written() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let first = serve(&esdb, &one, &[]);
    let registrar = token(&esdb, &one, "registrar", "budi");
    for number in 1..=4 {
        first.post(&registrar, "/v1/commands", &register(2 * number - 1)).is(201);
        submit(&esdb, &two, &register(2 * number));
        // At once, before the service can have looked; and what the command line did is known.
        first.post(&registrar, "/v1/commands", &register(2 * number)).is(200);
        first.get("", "/readyz").is(200);
    }
    // A service that is idle sees it too.
    submit(&esdb, &two, &register(9));
    let person = "/v1/participants/0192f0c1-7a00-7000-8000-000000000009";
    until("the ninth at the service", || first.get(&registrar, person).status == 200);
    first.get("", "/readyz").is(200);
    first.stop();
    let registered = on(&esdb, &one, &["events", "--type", "participant.registered.v1"]).exits(0).rows();
    assert_eq!(registered.len(), 9);
    on(&esdb, &one, &["verify"]).exits(0);
}

#[test]
fn promoting_a_service_that_was_superseded_reads_what_the_other_wrote_first() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let operator = token(&esdb, &two, "operator", "sari");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    let before = first.post(&operator, "/v1/promote", "").is(200).json()["lines"].as_u64().unwrap();
    until("a standby", || second.get("", "/readyz").json()["code"] == "ledger.standby");
    second.post(&operator, "/v1/promote", "").is(200);
    second.post(&registrar, "/v1/commands", &register(2)).is(201);
    let after = first.post(&operator, "/v1/promote", "").is(200).json()["lines"].as_u64().unwrap();
    assert!(after > before, "{after} lines, {before} before the other wrote");
    first.post(&registrar, "/v1/commands", &register(2)).is(200);
    first.get("", "/readyz").is(200);
    until("standing by", || second.get("", "/readyz").json()["code"] == "ledger.standby");
    second.post(&registrar, "/v1/commands", &register(3)).is(503);
    first.post(&registrar, "/v1/commands", &register(3)).is(201);
}

#[test]
fn an_idle_service_steps_down_by_itself_and_an_erasure_elsewhere_reaches_it() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let first = serve(&esdb, &one, &[]);
    let registrar = token(&esdb, &one, "registrar", "budi");
    let custodian = token(&esdb, &one, "key-custodian", "wati");
    let operator = token(&esdb, &one, "operator", "sari");
    let mut ani: serde_json::Value = serde_json::from_str(&register(1)).unwrap();
    ani["data"]["identity"] = json!({ "name": "Ani Contoh", "nik": "3273014101900000" });
    first.post(&registrar, "/v1/commands", &ani.to_string()).is(201);
    first.get(&custodian, "/v1/access?purpose=audit").is(200);
    let look = "/v1/participants/0192f0c1-7a00-7000-8000-000000000001/identity?purpose=check";
    assert_eq!(first.get(&registrar, look).is(200).json()["erased"], false);
    for file in ["personal.key", "persons.keys"] {
        std::fs::copy(one.join("keys").join(file), two.join("keys").join(file)).unwrap();
    }
    let old = one.join("keys/persons.old");
    std::fs::copy(one.join("keys/persons.keys"), &old).unwrap();
    let second = serve(&esdb, &two, &["--standby"]);
    second.post(&operator, "/v1/promote", "").is(200);
    let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
    let ani = ani["subject"].as_str().unwrap();
    let request = item("participant.request_erasure.v1", ani, &request, "request");
    let approve = item("participant.approve_erasure.v1", ani, &json!({ "reference": "L-1" }), "approve");
    second.post(&registrar, "/v1/commands", &request).is(201);
    second.post(&custodian, "/v1/commands", &approve).is(201);
    // Nothing is written at the first.
    until("standing by", || first.get("", "/readyz").json()["code"] == "ledger.standby");
    until("the erasure", || first.get(&registrar, look).json() == json!({ "erased": true }));
    let keys = std::fs::read(one.join("keys/persons.keys")).unwrap();
    assert_eq!(keys[128], 2, "the slot says erased");
    // An old copy of the keys brings nothing back, once it is read: when a key is missed.
    let mut budi: serde_json::Value = serde_json::from_str(&register(2)).unwrap();
    budi["data"]["identity"] = json!({ "name": "Budi Contoh" });
    second.post(&registrar, "/v1/commands", &budi.to_string()).is(201);
    std::fs::rename(&old, one.join("keys/persons.keys")).unwrap();
    let missed = "/v1/participants/0192f0c1-7a00-7000-8000-000000000002/identity?purpose=check";
    until("the second", || first.get(&registrar, missed).status == 503);
    until("the erasure again", || std::fs::read(one.join("keys/persons.keys")).unwrap()[128] == 2);
    first.stop();
    second.stop();
    on(&esdb, &two, &["verify"]).exits(0);
}
