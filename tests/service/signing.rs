//! Heads that are signed by the clock.

use super::served::Served;
use crate::process::items::{empty, register};
use std::time::{Duration, Instant};

/// Lines under the newest signed head.
fn signed(served: &Served, token: &str) -> u64 {
    let head = served.get(token, "/v1/checkpoint").is(200).text;
    head.lines().nth(1).expect("a size").parse().expect("a number")
}

#[test]
fn a_head_is_signed_by_the_clock_though_nobody_asks_and_no_more_lines_come() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[checkpoints]\nevery_seconds = 1\n").expect("a file");
    let served = Served::start(dir.path());
    let (registrar, auditor) = (served.token("registrar", "rini"), served.token("auditor", "adi"));
    served.get(&auditor, "/v1/programmes").is(200);
    for number in 1..=2 {
        let answer = served.post(&registrar, "/v1/commands", &register(number)).is(201);
        let position = answer.json()["positions"][0].as_u64().expect("a position");
        let until = Instant::now() + Duration::from_mins(1);
        while signed(&served, &auditor) <= position {
            assert!(Instant::now() < until, "position {position} is under no head after a minute");
        }
    }
}

#[test]
fn a_clock_that_never_rests_is_refused() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[checkpoints]\nevery_seconds = 0\n").expect("a file");
    let refused = crate::process::binary::run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(refused.err.contains("every_seconds"), "{}", refused.err);
}
