//! What a service that stands by gives its readers: to whom, with which keys, under which head.

use super::standby::{machines, register, serve, token, until};
use super::{esdb, on};
use serde_json::json;

const PERSON: &str = "/v1/participants/0192f0c1-7a00-7000-8000-000000000001";

#[test]
fn a_token_that_the_writer_has_never_seen_reads_at_a_standby() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    let auditor = token(&esdb, &two, "auditor", "rini");
    until("the first at the standby", || second.get(&auditor, PERSON).status == 200);
    second.get(&auditor, "/v1/balances").is(200);
    // By the same rules as where it is recorded: roles that are apart stay apart, and no role allows more than it does.
    let second_role = token(&esdb, &two, "auditor", "budi");
    assert_eq!(second.get(&second_role, PERSON).is(403).json()["code"], "access.not_permitted");
    let operator = token(&esdb, &two, "operator", "sari");
    second.get(&operator, PERSON).is(403);
    let granted = on(&esdb, &one, &["events", "--type", "access.granted.v1"]).exits(0).rows();
    assert_eq!(granted.len(), 1, "nothing is recorded by reading: {granted:?}");
}

#[test]
fn keys_that_are_copied_at_the_start_make_tokens_of_either_machine_good_at_both() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    on(&esdb, &one, &["init"]).exits(0);
    std::fs::create_dir_all(two.join("keys")).unwrap();
    for file in std::fs::read_dir(one.join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), two.join("keys").join(file.file_name())).unwrap();
    }
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    first.post(&registrar, "/v1/commands", &register(1)).is(201);
    first.kill();
    let operator = token(&esdb, &one, "operator", "sari");
    second.post(&operator, "/v1/promote", "").is(200);
    second.post(&registrar, "/v1/commands", &register(1)).is(200);
    second.post(&registrar, "/v1/commands", &register(2)).is(201);
}

#[test]
fn keys_of_persons_that_are_copied_to_a_running_standby_open_there() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = machines(&esdb, dir.path());
    let (first, second) = (serve(&esdb, &one, &[]), serve(&esdb, &two, &["--standby"]));
    let registrar = token(&esdb, &one, "registrar", "budi");
    let look =
        |number: u32| format!("/v1/participants/0192f0c1-7a00-7000-8000-{number:012}/identity?purpose=check");
    // The first copy makes the files there, the second one replaces them.
    for number in 1..=2 {
        let mut item: serde_json::Value = serde_json::from_str(&register(number)).unwrap();
        item["data"]["identity"] = json!({ "name": format!("Contoh {number}") });
        first.post(&registrar, "/v1/commands", &item.to_string()).is(201);
        until("a key that is missing", || second.get(&registrar, &look(number)).status == 503);
        for file in ["personal.key", "persons.keys"] {
            let to = two.join("keys").join(file);
            std::fs::copy(one.join("keys").join(file), to.with_extension("new")).unwrap();
            std::fs::rename(to.with_extension("new"), to).unwrap();
        }
        let shown = second.get(&registrar, &look(number)).is(200).json();
        assert_eq!(shown["identity"]["name"], format!("Contoh {number}"), "{shown}");
    }
}
