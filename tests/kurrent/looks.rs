//! The access journal of a ledger on a server: one, whichever service notes a look, and read where it counts.

use super::standby::{machines, register, serve, token, until};
use super::{esdb, on};

#[test]
fn a_service_starts_again_after_looks_were_noted() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let served = serve(&esdb, &one, &[]);
    served.get("nobody", "/v1/events").is(401);
    served.stop();
    assert!(esdb.events("benefits_access") > 0);
    // With files that know of it, with files that do not, and beside another.
    let served = serve(&esdb, &one, &[]);
    served.get("nobody", "/v1/programmes").is(401);
    let standby = serve(&esdb, &two, &["--standby"]);
    standby.get("nobody", "/v1/balances").is(401);
    standby.stop();
    served.stop();
    serve(&esdb, &one, &[]).stop();
    on(&esdb, &one, &["verify"]).exits(0);
    assert!(on(&esdb, &one, &["access"]).exits(0).rows().len() >= 3);
}

#[test]
fn looks_noted_by_one_service_are_verified_and_read_beside_the_other() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let auditor = token(&esdb, &one, "auditor", "rini");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    first.get("nobody", "/v1/events").is(401);
    first.get(&auditor, "/v1/access?purpose=audit").is(200);
    // The ledger's own lines vouch for these looks from here on.
    let head = first.post(&auditor, "/v1/checkpoint", "").is(200).text;
    until("the head at the standby", || second.get("", "/v1/checkpoint").text == head);
    let verified = on(&esdb, &two, &["--json", "verify"]).exits(0).json();
    assert!(verified["access"]["lines"].as_u64().unwrap() >= 2, "{verified}");
    let here = on(&esdb, &one, &["access"]).exits(0).rows();
    assert!(here.len() >= 2, "{here:?}");
    assert_eq!(on(&esdb, &two, &["access"]).exits(0).rows(), here);
    let page = second.get(&auditor, "/v1/access?purpose=audit").is(200).json();
    assert!(page["events"].as_array().unwrap().len() >= here.len(), "{page}");
    // The look at the standby is one more line of the same journal.
    let after = on(&esdb, &one, &["access"]).exits(0).rows();
    assert_eq!(after.last().unwrap()["person"], "rini");
    assert!(after.len() > here.len());
    drop((first, second));
    on(&esdb, &one, &["verify"]).exits(0);
}
