//! Two services on one stream: one writes, the other follows, and they change places without losing or repeating a command.

use super::{address, esdb, on};
use crate::service::served::{Served, item};
use jejak_esdb::Server as Esdb;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) fn register(number: u32) -> String {
    let subject = format!("participant/0192f0c1-7a00-7000-8000-{number:012}");
    let data = json!({ "born": "1990-01", "education": "none", "employment": "laid-off", "regency": "3273", "sex": "female" });
    item("participant.register.v1", &subject, &data, &format!("register-{number}"))
}

/// The ledger on the server, and two machines with its keys.
pub(super) fn machines(esdb: &Esdb, dir: &Path) -> (PathBuf, PathBuf) {
    let (one, two) = (dir.join("one"), dir.join("two"));
    on(esdb, &one, &["init"]).exits(0);
    // A token of either machine is one of the ledger.
    on(esdb, &one, &["token", "--role", "auditor", "--person", "rini"]).exits(0);
    std::fs::create_dir_all(&two).unwrap();
    std::fs::create_dir(two.join("keys")).unwrap();
    for file in std::fs::read_dir(one.join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), two.join("keys").join(file.file_name())).unwrap();
    }
    (one, two)
}

pub(super) fn serve(esdb: &Esdb, state: &Path, more: &[&str]) -> Served {
    let state = state.to_str().unwrap();
    Served::start_with(Path::new(&address(esdb)), &[&["--state", state], more].concat())
}

pub(super) fn token(esdb: &Esdb, state: &Path, role: &str, person: &str) -> String {
    on(esdb, state, &["token", "--role", role, "--person", person]).exits(0).out.trim().to_owned()
}

/// Asks until it is so.
pub(super) fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} never came");
    }
}

#[test]
fn a_standby_follows_takes_over_and_the_other_stands_by() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let operator = token(&esdb, &two, "operator", "sari");
    let auditor = token(&esdb, &one, "auditor", "rini");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    first.get(&auditor, "/v1/programmes").is(200);
    let person = "/v1/participants/0192f0c1-7a00-7000-8000-000000000001";
    until("the first line at the standby", || second.get(&auditor, person).status == 200);
    assert_eq!(second.get("", "/readyz").is(503).json()["code"], "ledger.standby");
    let refused = second.post(&registrar, "/v1/commands", &register(2)).is(503).json();
    assert_eq!(refused["code"], "ledger.standby", "{refused}");
    second.post(&registrar, "/v1/promote", "").is(403);

    second.post(&operator, "/v1/promote", "").is(200);
    second.get("", "/readyz").is(200);
    second.post(&registrar, "/v1/commands", &register(2)).is(201);
    // The first one learns it from the server, and stands by; nothing of what it was asked is recorded twice.
    let refused = first.post(&registrar, "/v1/commands", &register(3)).is(503).json();
    assert_eq!(refused["code"], "ledger.standby", "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains(&second.address), "{refused}");
    until("standing by", || first.get("", "/readyz").json()["code"] == "ledger.standby");
    second.post(&registrar, "/v1/commands", &register(3)).is(201);
    second.post(&registrar, "/v1/commands", &register(1)).is(200);
    let person = "/v1/participants/0192f0c1-7a00-7000-8000-000000000003";
    until("the third line at the first", || first.get(&auditor, person).status == 200);

    // And back, after the writer was killed.
    second.kill();
    first.post(&operator, "/v1/promote", "").is(200);
    first.post(&registrar, "/v1/commands", &register(3)).is(200);
    first.post(&registrar, "/v1/commands", &register(4)).is(201);
    first.stop();
    let verified = on(&esdb, &one, &["--json", "verify"]).exits(0).json();
    let registered = on(&esdb, &one, &["events", "--type", "participant.registered.v1"]).exits(0).rows();
    assert_eq!(registered.len(), 4, "{verified}");
}

#[test]
fn a_standby_without_a_server_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("ledger");
    crate::process::binary::run(&ledger, &["init"]).exits(0);
    let told = crate::process::binary::run(&ledger, &["serve", "--standby"]).exits(2).err;
    assert!(told.contains("only a ledger that a server keeps"), "{told}");
}
