//! The files beside a server: shared by processes, tampered with, damaged.

use super::standby::register;
use super::{address, esdb, on};
use crate::process::binary::{command, run, spawn};
use jejak_esdb::Server as Esdb;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

/// A history on a server, and the files that a reader has of it.
fn mirrored() -> (tempfile::TempDir, Esdb, PathBuf) {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (ledger, state) = (dir.path().join("ledger"), dir.path().join("state"));
    run(&ledger, &["simulate", "--scale", "1000000"]).exits(0);
    run(Path::new("unused"), &["copy", "--from", ledger.to_str().unwrap(), "--to", &address(&esdb)]).exits(0);
    on(&esdb, &state, &["balances"]).exits(0);
    (dir, esdb, state)
}

/// Writes the files anew with an altered line that reads well.
fn tamper(state: &Path, at: usize) {
    use jejak_journal::{Commit, FileJournal, Journal as _, OpenOptions, Position};
    let journal = FileJournal::open_read_only(state).unwrap();
    let (mut commits, mut position) = (Vec::new(), 0);
    for batch in journal.read(Position(0)).unwrap() {
        let frame = batch.unwrap().unpack().unwrap();
        for range in frame.commits() {
            let mut lines: Vec<_> = range.map(|line| frame.line(line).unwrap().to_vec()).collect();
            for line in &mut lines {
                if position == at {
                    // The id of the event: nothing else depends on it.
                    let text = String::from_utf8(line.clone()).unwrap();
                    let id = text.find(r#""id":""#).unwrap() + 6 + 30;
                    line[id] = if line[id] == b'0' { b'1' } else { b'0' };
                }
                position += 1;
            }
            commits.push(Commit::from_lines(lines).unwrap());
        }
    }
    assert!(at < position, "{position} lines");
    drop(journal);
    fs::remove_dir_all(state.join("journal")).unwrap();
    let mut journal = FileJournal::create_with(state, OpenOptions::default()).unwrap();
    for commit in commits {
        journal.append(Position(journal.len()), &[commit]).unwrap();
    }
}

#[test]
fn files_that_were_tampered_with_are_believed_by_no_reader() {
    let (dir, esdb, state) = mirrored();
    tamper(&state, 40);
    for verb in [&["balances"][..], &["events"], &["project"]] {
        let told = on(&esdb, &state, verb).exits(2).err;
        assert!(told.contains("somebody changed lines") && told.contains("delete"), "{told}");
    }
    let found = on(&esdb, &state, &["--json", "verify"]).exits(1).json();
    assert_eq!(found["failures"][0]["position"], 40, "{found}");
    // Nor by who writes.
    fs::rename(dir.path().join("ledger/keys"), state.join("keys")).unwrap();
    let told = on(&esdb, &state, &["checkpoint"]).exits(2).err;
    assert!(told.contains("somebody changed lines"), "{told}");
    // It is as the message says.
    fs::remove_dir_all(state.join("journal")).unwrap();
    fs::remove_dir_all(state.join("views")).unwrap();
    on(&esdb, &state, &["balances"]).exits(0);
    on(&esdb, &state, &["verify"]).exits(0);
}

#[test]
fn who_follows_sees_what_another_machine_records() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (writer, reader) = (dir.path().join("writer"), dir.path().join("reader"));
    on(&esdb, &writer, &["init"]).exits(0);
    let follow = ["--state", reader.to_str().unwrap(), "events", "--follow"];
    let mut child = spawn(Path::new(&address(&esdb)), &follow);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
    let next = || told.recv_timeout(Duration::from_mins(1)).expect("a line within a minute");
    // It has read what there was, and follows.
    assert!(next().contains("ledger.opened"));
    let file = dir.path().join("one.ndjson");
    fs::write(&file, register(1)).unwrap();
    on(&esdb, &writer, &["submit", file.to_str().unwrap(), "--as", "officer-1"]).exits(0);
    while !next().contains("participant.registered") {}
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn damaged_files_are_deleted_and_not_restored() {
    let (_dir, esdb, state) = mirrored();
    let file = fs::read_dir(state.join("journal")).unwrap().map(|entry| entry.unwrap().path());
    let file = file.filter(|path| path.extension().is_some_and(|of| of == "zst")).min().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0x55;
    fs::write(&file, bytes).unwrap();
    for verb in ["balances", "verify"] {
        let told = on(&esdb, &state, &[verb]);
        let text = format!("{}{}", told.out, told.err);
        assert!(text.contains("delete it, and it is made again"), "{text}");
    }
}

#[test]
fn processes_that_share_an_empty_state_do_not_disturb_each_other() {
    let (dir, esdb, _state) = mirrored();
    for round in 0..3 {
        let state = dir.path().join(format!("shared-{round}"));
        let state = state.to_str().unwrap();
        let started: Vec<_> = ["verify", "balances", "verify", "events", "verify", "balances"]
            .into_iter()
            .map(|verb| {
                let mut command = command(Path::new(&address(&esdb)), &["--state", state, verb]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in started {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
