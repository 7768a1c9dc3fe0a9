//! `kill -9` in a loop: a child appends and tells each acknowledged length through a pipe, the parent kills it at
//! some acknowledgement and looks at what is there. No sleeping, no guessing: only what was read counts.
#![expect(clippy::unwrap_used, clippy::as_conversions, reason = "tests")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jejak_journal::conformance::{commit_lengths, lines_from};
use jejak_journal::merkle::tree_of;
use jejak_journal::{Commit, FileJournal, Journal, OpenOptions, Position};

const DIR: &str = "JEJAK_KILL_TEST_DIR";
const ROUNDS: u64 = 25;

/// Small segments, so that kills also fall into sealing.
fn options() -> OpenOptions {
    OpenOptions { segment_lines: 400, keys_of: Some(support::keys_of), ..OpenOptions::default() }
}

/// How many lines the commit at this position has: both sides know it.
fn size_at(position: u64) -> u64 {
    1 + (position.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 60
}

fn commit_at(position: u64) -> Commit {
    Commit::from_lines((position..position + size_at(position)).map(|i| support::line(i, 11))).unwrap()
}

/// The child. Started as an ordinary test, it has nothing to do.
#[test]
fn child_appends_until_it_is_killed() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let (mut journal, _) = FileJournal::open(dir, options()).unwrap();
    let mut out = std::io::stdout();
    loop {
        let at = journal.len();
        // Sometimes several commits share a frame.
        let mut commits = vec![commit_at(at)];
        let mut next = at + u64::from(commits[0].len());
        for _ in 0..at % 3 {
            commits.push(commit_at(next));
            next += size_at(next);
        }
        journal.append(Position(at), &commits).unwrap();
        writeln!(out, "ack {next}").unwrap();
        out.flush().unwrap();
    }
}

/// Lets a child append, with a reader looking on, until `acks` acknowledgements were read, kills it, and returns the last one it gave.
fn killed_after(dir: &Path, acks: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child_appends_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut observer = FileJournal::open_read_only_with(dir, options()).unwrap();
    let mut seen = 0;
    let mut last = 0;
    while let Some(Ok(line)) = lines.next() {
        if let Some(length) = line.strip_prefix("ack ") {
            last = length.parse().unwrap();
            seen += 1;
            let seen_by_reader = observer.refresh().unwrap();
            assert!(
                seen_by_reader >= last,
                "a reader beside the writer sees {seen_by_reader} of {last} lines"
            );
        }
        if seen == acks {
            child.kill().unwrap();
            break;
        }
    }
    // What it still managed to say before it died counts as well.
    for line in lines.map_while(Result::ok) {
        last = line.strip_prefix("ack ").and_then(|length| length.parse().ok()).unwrap_or(last);
    }
    assert!(!child.wait().unwrap().success());
    assert_eq!(seen, acks, "the child stopped by itself");
    last
}

#[test]
fn no_acknowledged_line_is_lost_and_no_half_commit_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    drop(FileJournal::create(dir.path()).unwrap());
    let (mut cuts, mut root) = (0, None);
    for round in 0..ROUNDS {
        let acknowledged = killed_after(dir.path(), 1 + round * 7 % 40);
        let (journal, recovery) = FileJournal::open(dir.path(), options()).unwrap();
        cuts += u64::from(recovery.cut.is_some());
        assert!(journal.len() >= acknowledged, "round {round}: {} of {acknowledged} lines", journal.len());
        for (i, line) in lines_from(&journal, Position(0)).iter().enumerate() {
            assert_eq!(*line, support::line(i as u64, 11), "round {round}, line {i}");
        }
        let mut next = 0;
        for length in commit_lengths(&journal) {
            assert_eq!(u64::from(length), size_at(next), "round {round}: the commit at {next} is whole");
            next += u64::from(length);
        }
        if let Some((size, root)) = root {
            assert_eq!(tree_of(&journal, size).unwrap().root(), root, "round {round}: history is kept");
        }
        root = Some((journal.len(), tree_of(&journal, journal.len()).unwrap().root()));
    }
    println!("{ROUNDS} rounds, {} lines, {cuts} torn ends cut", root.unwrap().0);
}
