//! Append, seal and read rates, and appending as a ratio to a bare writer of zstd frames in the same run.
//!
//! `cargo bench -p jejak-journal [-- LINES [DIR]]`: 1,000 lines a commit, each synced. Both writers get the same
//! commits, alternately in rounds, so that a disk that becomes slower hits both.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]
#![allow(unreachable_pub, missing_docs, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use jejak_journal::merkle::{CompactRange, TreeBuilder};
use jejak_journal::{Commit, FileJournal, GroupCommit, Journal, OpenOptions, Position, fold_in_order};
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

const LINES_PER_COMMIT: u64 = 1_000;
const COMMITS_PER_ROUND: u64 = 50;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let lines = args.next().map_or(1_000_000, |n| n.parse().unwrap());
    let dir = args.next().map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
    let bytes: usize = (0..1_000).map(|i| support::line(i, 100_000).len() + 1).sum();
    println!("{lines} lines of {} bytes on average, {LINES_PER_COMMIT} a commit, each synced", bytes / 1_000);
    append(dir.path(), lines);
    seal(dir.path());
    read(dir.path(), "sealed");
    append_and_seal(&dir.path().join("sealing"), lines);
    group_commit(&dir.path().join("group"), 50_000);
}

fn rate(lines: u64, time: Duration) -> String {
    format!("{:8.0} lines/s ({:.2} s)", lines as f64 / time.as_secs_f64(), time.as_secs_f64())
}

/// What one would write without any of this crate: compress, write, sync.
struct Bare {
    file: File,
    compressor: Compressor<'static>,
    joined: Vec<u8>,
    packed: Vec<u8>,
}

impl Bare {
    fn new(path: &Path) -> Self {
        let mut compressor = Compressor::new(1).unwrap();
        compressor.set_parameter(CParameter::ChecksumFlag(true)).unwrap();
        Self { file: File::create(path).unwrap(), compressor, joined: Vec::new(), packed: Vec::new() }
    }

    fn append(&mut self, commit: &Commit) {
        self.joined.clear();
        self.joined.extend_from_slice(commit.as_bytes());
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(self.joined.len()));
        self.compressor.compress_to_buffer(&self.joined, &mut self.packed).unwrap();
        self.file.write_all(&self.packed).unwrap();
        self.file.sync_data().unwrap();
    }
}

fn append(dir: &Path, lines: u64) {
    let options = OpenOptions { seal_when_full: false, ..OpenOptions::default() };
    let mut journal = FileJournal::create_with(dir, options).unwrap();
    let mut bare = Bare::new(&dir.join("bare.zst"));
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    while journal.len() < lines {
        let begin = journal.len();
        let commits: Vec<Commit> = (0..COMMITS_PER_ROUND)
            .map(|c| begin + c * LINES_PER_COMMIT)
            .map(|at| {
                Commit::from_lines((at..at + LINES_PER_COMMIT).map(|i| support::line(i, 100_000))).unwrap()
            })
            .collect();
        let start = Instant::now();
        for commit in &commits {
            bare.append(commit);
        }
        theirs += start.elapsed();
        let start = Instant::now();
        for commit in &commits {
            journal.append(Position(journal.len()), std::slice::from_ref(commit)).unwrap();
        }
        ours += start.elapsed();
    }
    let len = journal.len();
    drop(journal);
    println!("append, bare zstd frames  {}", rate(len, theirs));
    println!("append, journal           {}", rate(len, ours));
    println!(
        "ratio                     {:8.2} (goal: at least 0.65)",
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    println!("on disk, appended         {:8.1} bytes/line", bytes_on_disk(dir) as f64 / len as f64);
    let start = Instant::now();
    drop(FileJournal::open(dir, OpenOptions::default()).unwrap());
    println!("open, unsealed            {}", rate(len, start.elapsed()));
    read(dir, "appended");
}

/// Bulk loading as it is: segments of a quarter are sealed and indexed beside the appending.
fn append_and_seal(dir: &Path, lines: u64) {
    let keys_of = Some(support::keys_of as jejak_journal::KeysOf);
    let options = OpenOptions { segment_lines: lines / 4, keys_of, ..OpenOptions::default() };
    let mut journal = FileJournal::create_with(dir, options).unwrap();
    let mut busy = Duration::ZERO;
    while journal.len() < lines {
        let at = journal.len();
        let commit =
            Commit::from_lines((at..at + LINES_PER_COMMIT).map(|i| support::line(i, 100_000))).unwrap();
        let start = Instant::now();
        journal.append(Position(at), &[commit]).unwrap();
        busy += start.elapsed();
    }
    println!("append, sealing beside    {}", rate(journal.len(), busy));
    let start = Instant::now();
    journal.seal().unwrap();
    println!("  and until all is sealed {:8.2} s more", start.elapsed().as_secs_f64());
}

/// Commands as they come from people: one line each, every submitter waits for its own sync.
fn group_commit(dir: &Path, lines: u64) {
    const SUBMITTERS: u64 = 64;
    let group = GroupCommit::start(FileJournal::create(dir).unwrap(), 1_024).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for n in 0..SUBMITTERS {
            let submitter = group.submitter();
            scope.spawn(move || {
                for i in 0..lines / SUBMITTERS {
                    let commit = Commit::from_lines([support::line(n * lines + i, 100_000)]).unwrap();
                    submitter.submit(commit).unwrap().wait().unwrap();
                }
            });
        }
    });
    let time = start.elapsed();
    let len = group.stop().unwrap().len();
    println!("{SUBMITTERS} submitters, 1 line each {}", rate(len, time));
}

fn bytes_on_disk(dir: &Path) -> u64 {
    fs::read_dir(dir.join("journal")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

fn seal(dir: &Path) {
    for level in [1, 3, 6] {
        let copy = tempfile::tempdir_in(dir).unwrap();
        fs::create_dir(copy.path().join("journal")).unwrap();
        for entry in fs::read_dir(dir.join("journal")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path().join("journal").join(entry.file_name())).unwrap();
        }
        seal_at(copy.path(), level);
    }
    seal_at(dir, OpenOptions::default().sealed_level);
}

fn seal_at(dir: &Path, level: i32) {
    let options = OpenOptions { sealed_level: level, seal_when_full: false, ..OpenOptions::default() };
    let (mut journal, _) = FileJournal::open(dir, options).unwrap();
    let start = Instant::now();
    journal.seal().unwrap();
    let per_line = bytes_on_disk(dir) as f64 / journal.len() as f64;
    println!(
        "seal, level {level}             {}, {per_line:.1} bytes/line",
        rate(journal.len(), start.elapsed())
    );
}

fn read(dir: &Path, what: &str) {
    let journal = FileJournal::open_read_only(dir).unwrap();
    let start = Instant::now();
    let mut lines = 0_u64;
    for batch in journal.read(Position(0)).unwrap() {
        lines += u64::from(batch.unwrap().unpack().unwrap().len());
    }
    println!("unpack, {what:8}, 1 thread  {}", rate(lines, start.elapsed()));
    for threads in [1, 2] {
        let start = Instant::now();
        let tree = hash(&journal, threads);
        println!("unpack and hash, {what:8}, {threads} thread(s) {}", rate(tree.size(), start.elapsed()));
    }
}

fn hash(journal: &FileJournal, threads: usize) -> TreeBuilder {
    let mut tree = TreeBuilder::new();
    let ranges = |frame| CompactRange::of_frame(&frame);
    let batches = journal.read(Position(0)).unwrap();
    let folded = fold_in_order(batches, threads, ranges, |range| {
        tree.append(&range).unwrap();
        ControlFlow::<()>::Continue(())
    });
    assert!(folded.unwrap().is_continue());
    tree
}
