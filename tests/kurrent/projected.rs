//! Read models of a ledger that a server keeps.

use super::standby::{machines, register, serve, token};
use super::{address, esdb, on};
use crate::process::binary::spawn;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;

#[test]
fn read_models_follow_what_another_machine_records() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let first = serve(&esdb, &one, &[]);
    let registrar = token(&esdb, &one, "registrar", "budi");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    let state = two.to_str().unwrap();
    let mut child = spawn(Path::new(&address(&esdb)), &["--state", state, "--json", "project", "--follow"]);
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("follows"), "{said}");
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in 2..=3 {
        first.post(&registrar, "/v1/commands", &register(number)).is(201);
        // A command can bring more than one line, and they need not be seen together.
        loop {
            let line: Value = serde_json::from_str(&told.next().unwrap().unwrap()).unwrap();
            if line["position"] == json!(esdb.events("benefits")) {
                break;
            }
        }
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success());
    first.stop();
    let told = on(&esdb, &two, &["--json", "project", "--check"]).exits(0).json();
    assert_eq!((&told["differences"], &told["rows"]["participants"]), (&json!([]), &json!(3)));
}
