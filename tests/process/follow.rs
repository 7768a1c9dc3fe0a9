//! `jejak follow`: a copy that is a ledger at every moment.

use super::backup::Feeding;
use super::binary::{run, spawn};
use super::items::{seal, two_courses};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command};

fn follow(ledger: &Path, to: &Path) -> Child {
    spawn(ledger, &["--json", "follow", "--to", to.to_str().expect("text")])
}

/// Lines of a copy, which must verify.
fn verified(copy: &Path) -> u64 {
    run(copy, &["--json", "verify"]).exits(0).json()["lines"].as_u64().expect("a number")
}

/// Looks until the copy has so many lines; what it is meanwhile verifies each time.
fn wait_for(copy: &Path, lines: u64) {
    while !copy.join("ledger.toml").exists() || !copy.join("journal").exists() {
        std::thread::yield_now();
    }
    while verified(copy) < lines {}
}

fn length(ledger: &Path) -> u64 {
    u64::try_from(run(ledger, &["events"]).exits(0).out.lines().count()).expect("small")
}

fn is_prefix(copy: &Path, ledger: &Path) {
    let all = run(ledger, &["events"]).exits(0).out;
    let part = run(copy, &["events"]).exits(0).out;
    assert!(all.starts_with(&part), "the copy is no prefix");
}

#[test]
fn a_copy_follows_survives_a_kill_and_ends_when_told() {
    let (ledger, places) = (two_courses(), tempfile::tempdir().unwrap());
    let copy = places.path().join("standby");
    let mut writer = Feeding::new(ledger.path());
    let mut number = 0;
    for _ in 0..2 {
        let mut child = follow(ledger.path(), &copy);
        wait_for(&copy, length(ledger.path()));
        for _ in 0..3 {
            number += 1;
            writer.register(number);
            wait_for(&copy, length(ledger.path()));
        }
        (0..5).for_each(|more| writer.register(1_000 * number + more));
        child.kill().unwrap();
        child.wait().unwrap();
        verified(&copy);
        is_prefix(&copy, ledger.path());
    }
    writer.end();
    seal(ledger.path());
    let mut child = follow(ledger.path(), &copy);
    wait_for(&copy, length(ledger.path()));
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(child.wait().unwrap().success(), "{out}{err}");
    assert!(out.contains("\"behind\":0"), "{out}");
    assert_eq!(verified(&copy), length(ledger.path()));
    is_prefix(ledger.path(), &copy);
}

#[test]
fn two_cannot_copy_into_one_place() {
    let (ledger, places) = (two_courses(), tempfile::tempdir().unwrap());
    let copy = places.path().join("standby");
    let mut child = follow(ledger.path(), &copy);
    wait_for(&copy, length(ledger.path()));
    let refused = run(ledger.path(), &["backup", "--to", copy.to_str().unwrap()]).exits(2);
    assert!(refused.err.contains("another writer"), "{}", refused.err);
    child.kill().unwrap();
    child.wait().unwrap();
}
