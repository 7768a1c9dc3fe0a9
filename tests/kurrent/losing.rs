//! A server that is restored from an old copy, and one that stops answering.

use super::standby::{machines, register, serve, token, until};
use super::{address, esdb, on};
use crate::process::binary::run;
use crate::service::served::{Served, post};
use jejak_esdb::{AppendFault, Gate, Options, Server as Esdb};
use std::path::Path;
use std::time::{Duration, Instant};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// What `/readyz` says.
fn readiness(served: &Served) -> String {
    served.get("", "/readyz").text
}

#[test]
fn a_server_that_lost_acknowledged_lines_is_named_by_whoever_read_them() {
    let dir = tempfile::tempdir().unwrap();
    let (data, old) = (dir.path().join("data"), dir.path().join("old"));
    let esdb = Esdb::start(Options { data: Some(data.clone()), ..Options::default() }).unwrap();
    let listen = esdb.address();
    let (one, two) = machines(&esdb, dir.path());
    let registrar = token(&esdb, &one, "registrar", "budi");
    let first = serve(&esdb, &one, &[]);
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    copy(&data, &old);
    let had = esdb.events("benefits");
    first.post(&registrar, "/v1/commands", &register(2)).is(201);
    let second = serve(&esdb, &two, &["--standby"]);
    let auditor = token(&esdb, &one, "auditor", "rini");
    let person = "/v1/participants/0192f0c1-7a00-7000-8000-000000000002";
    until("the second at the standby", || second.get(&auditor, person).status == 200);
    esdb.stop();
    let esdb = Esdb::start(Options { listen, data: Some(old), ..Options::default() }).unwrap();
    let lost = format!("the server has {had} lines, but {} were read from it before", had + 1);
    let refused = first.post(&registrar, "/v1/commands", &register(3)).is(503).text;
    assert!(!refused.contains("stands by"), "{refused}");
    for served in [&first, &second] {
        until("the loss", || readiness(served).contains(&lost));
    }
    let refused = first.post(&registrar, "/v1/commands", &register(3)).is(503).text;
    assert!(refused.contains(&lost), "{refused}");
    assert_eq!(esdb.events("benefits"), had, "nothing is built on it");
    for served in [first, second] {
        let log = String::from_utf8(served.stop()).unwrap();
        assert!(log.contains(&lost), "{log}");
    }
    // What is lost there is here and nowhere else.
    let told = on(&esdb, &one, &["verify"]).exits(1).out;
    assert!(told.contains(&lost) && !told.contains("delete"), "{told}");
    // Nobody can give them up, and the files bring them back.
    let told = on(&esdb, &one, &["--accept-loss", "submit", "/dev/null"]).exits(2).err;
    assert!(told.contains(&lost) && told.contains("jejak copy --from"), "{told}");
    let files = one.to_str().unwrap();
    let told = run(Path::new("unused"), &["copy", "--from", files, "--to", &address(&esdb)]).exits(0).out;
    assert!(told.contains("Copied     1 lines"), "{told}");
    assert!(esdb.events("benefits") > had);
    on(&esdb, &one, &["verify"]).exits(0);
}

#[test]
fn a_server_that_does_not_answer_is_told_and_does_not_hold_up_the_end() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let one = dir.path().join("one");
    on(&esdb, &one, &["init"]).exits(0);
    std::fs::write(one.join("server.toml"), "[limits]\nstop_seconds = 1\n").unwrap();
    let served = serve(&esdb, &one, &[]);
    let registrar = token(&esdb, &one, "registrar", "budi");
    served.post(&registrar, "/v1/commands", &register(1)).is(201);
    served.get("", "/readyz").is(200);
    let gate = Gate::default();
    for _ in 0..20 {
        esdb.faults().on_append_to("benefits", 1, AppendFault::HoldBefore(gate.clone()));
    }
    let (url, token) = (served.url("/v1/commands"), registrar.clone());
    let waiting = std::thread::spawn(move || post(&url, &token, &register(2)));
    assert!(gate.wait_until_reached(Duration::from_mins(1)));
    until("the stall", || readiness(&served).contains("has not answered"));
    let begun = Instant::now();
    served.stop();
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
    assert!(waiting.join().unwrap().is_none_or(|answer| answer.status == 503));
    gate.open();
}
