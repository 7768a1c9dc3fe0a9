//! What a kill or a crash leaves half made: a new ledger, a simulation, a signed head.

use super::binary::{run, run_with, spawn};
use super::forge::heads;
use super::items::{empty, register, two_courses};
use serde_json::json;
use std::fs;
use std::path::Path;

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_init_that_fails_or_was_killed_leaves_nothing_in_the_way() {
    let parent = tempfile::tempdir().unwrap();
    let ledger = parent.path().join("ledger");
    let refused = run(&ledger, &["init", "--origin", "http://jejak.example/test"]).exits(2).err;
    assert!(refused.contains("without scheme"), "{refused}");
    assert!(names(parent.path()).is_empty());
    // As a kill leaves it: keys, and no manifest yet.
    let making = parent.path().join("ledger.making");
    fs::create_dir_all(making.join("keys")).unwrap();
    fs::write(making.join("keys/signing.key"), "half").unwrap();
    run(&ledger, &["init"]).exits(0);
    assert_eq!(names(parent.path()), ["ledger"]);
    run(&ledger, &["verify"]).exits(0);
}

#[test]
fn a_simulation_that_is_killed_leaves_no_half_ledger() {
    let parent = tempfile::tempdir().unwrap();
    let ledger = parent.path().join("ledger");
    let written = parent.path().join("ledger.making/journal/000000000000.jsonl.zst");
    let mut child = spawn(&ledger, &["simulate", "--scale", "1000"]);
    while fs::metadata(&written).map_or(0, |file| file.len()) == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it could be killed");
        std::thread::yield_now();
    }
    // Meanwhile nobody else makes the same one.
    let second = run(&ledger, &["simulate", "--scale", "400000"]).exits(2).err;
    assert!(second.contains("another command"), "{second}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!ledger.exists());
    assert!(run(&ledger, &["verify"]).exits(2).err.contains("no ledger in"));
    run(&ledger, &["simulate", "--scale", "400000"]).exits(0);
    assert_eq!(names(parent.path()), ["ledger"]);
    run(&ledger, &["verify"]).exits(0);
}

#[test]
fn a_head_that_is_half_written_is_signed_again() {
    let dir = two_courses();
    let (_, newest) = heads(dir.path()).pop().unwrap();
    let whole = fs::read(&newest).unwrap();
    for half in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&newest, &whole[..half]).unwrap();
        run(dir.path(), &["verify"]).exits(1);
        run(dir.path(), &["checkpoint"]).exits(0);
        assert_eq!(fs::read(&newest).unwrap(), whole, "{half} bytes were left");
        run(dir.path(), &["verify"]).exits(0);
    }
    // What this program itself leaves when it is killed between writing and renaming.
    fs::remove_file(&newest).unwrap();
    fs::write(newest.with_extension("1-1.unfinished"), &whole[..10]).unwrap();
    run(dir.path(), &["verify"]).exits(0);
    run(dir.path(), &["checkpoint"]).exits(0);
    assert_eq!(fs::read(&newest).unwrap(), whole);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn the_command_key_of_another_ledger_is_told() {
    let (dir, other) = (empty(), empty());
    run_with(dir.path(), &["submit", "-"], register(1).as_bytes()).exits(0);
    let key = |ledger: &Path| ledger.join("keys/command.key");
    let own = fs::read(key(dir.path())).unwrap();
    fs::copy(key(other.path()), key(dir.path())).unwrap();
    let refused = run_with(dir.path(), &["submit", "-"], register(1).as_bytes()).exits(2).err;
    assert!(refused.contains("command.key") && refused.contains("restore the right one"), "{refused}");
    fs::write(key(dir.path()), own).unwrap();
    let again = run_with(dir.path(), &["submit", "-"], register(1).as_bytes()).exits(0);
    assert_eq!(again.rows()[0]["status"], json!("repeated"));
}

#[test]
fn the_demo_tells_its_story_and_can_be_told_again() {
    let parent = tempfile::tempdir().unwrap();
    let ledger = parent.path().join("demo");
    // What an interrupted demo leaves.
    fs::create_dir_all(ledger.join("all.making/keys")).unwrap();
    for _ in 0..2 {
        let told = run(&ledger, &["demo", "--scale", "400000"]).exits(0).out;
        for says in [
            "1. The history of Kartu Prakerja",
            "counted the same for",
            "spent 950,000 + paid 2,550,000 + released 50,000 + still open 0 = granted 3,550,000",
            "spent 3,400,000 + paid 700,000 + released 100,000 + still open 0 = granted 4,200,000",
            "NTPN-",
            "As known on 30 March 2021: 0 findings.",
            "lines are missing at the end",
            "9. A sum by zstd and jq alone",
        ] {
            assert!(told.contains(says), "{says} is not in\n{told}");
        }
        // Each step names a command, and each of these can be given.
        let commands: Vec<&str> =
            told.lines().filter_map(|line| line.trim().strip_prefix("$ jejak ")).collect();
        assert!(commands.len() >= 8, "{commands:?}");
        for line in commands {
            let arguments: Vec<&str> = line.split(' ').collect();
            let output = std::process::Command::new(super::binary::path()).args(&arguments).output().unwrap();
            let code = output.status.code();
            assert!(
                matches!(code, Some(0 | 1)),
                "{line}: {code:?} {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    // Only what a demo has written is removed by one.
    fs::create_dir(ledger.join("mine")).unwrap();
    let refused = run(&ledger, &["demo"]).exits(2).err;
    assert!(refused.contains("is not of a demo"), "{refused}");
    assert!(ledger.join("mine").exists() && ledger.join("all").exists());
}
