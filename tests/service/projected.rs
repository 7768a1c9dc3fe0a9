//! How far the read models are, as the service and `jejak project --follow` tell it.

use super::served::Served;
use crate::process::binary::{run, spawn};
use crate::process::items::{empty, register};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::Command;

const POSITION: &str = "jejak_projection_position";
const LAG: &str = "jejak_projection_lag";

#[test]
fn metrics_tell_how_far_the_read_models_are_once_they_are_there() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    assert_eq!((served.figure(POSITION), served.figure(LAG)), (None, None));
    let lines = run(dir.path(), &["--json", "project"]).exits(0).json()["position"].as_u64();
    served.wait_for_figure(POSITION, lines);
    assert_eq!(served.figure(LAG), Some(0));
    served.post(&token, "/v1/commands", &(register(2) + "\n" + &register(3))).is(200);
    served.wait_for_figure(LAG, Some(2));
    assert_eq!(served.figure(POSITION), lines);
    std::fs::remove_dir_all(dir.path().join("views")).expect("the read models go");
    served.wait_for_figure(POSITION, None);
}

#[test]
fn who_follows_tells_rate_and_lag_each_time() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    let mut child = spawn(dir.path(), &["--json", "project", "--follow"]);
    let mut told = BufReader::new(child.stdout.take().expect("standard output")).lines();
    let mut next =
        || serde_json::from_str::<Value>(&told.next().expect("a line").expect("text")).expect("JSON");
    let mut said = String::new();
    // Whatever comes after this is something to follow.
    BufReader::new(child.stderr.take().expect("standard error")).read_line(&mut said).expect("text");
    assert!(said.contains("follows"), "{said}");
    for number in 2..=3 {
        served.post(&token, "/v1/commands", &register(number)).is(201);
        let length = served.figure("jejak_length").expect("a figure");
        let line = next();
        assert_eq!((&line["position"], &line["lines"], &line["lag"]), (&length.into(), &1.into(), &0.into()));
        assert!(line["linesasecond"].is_u64() && line["milliseconds"].is_u64(), "{line}");
    }
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(told.success());
    assert!(next()["rows"]["participants"].is_u64());
    assert!(child.wait().expect("an end").success());
}
