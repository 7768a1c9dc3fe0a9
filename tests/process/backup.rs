//! `jejak backup` of a ledger that is being written, and what `jejak restore` finds in what became of it.

use super::binary::{run, run_with, spawn};
use super::forge::segment;
use super::items::{copy, empty, register, seal, two_courses};
use super::seed::Seeded;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};
use tempfile::TempDir;

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// Backs a ledger up; it must succeed.
fn back_up(ledger: &Path, to: &Path) -> Value {
    run(ledger, &["--json", "backup", "--to", text(to)]).exits(0).json()
}

/// Checks a backup where it is.
fn check(backup: &Path, status: i32) -> Value {
    run(backup, &["--json", "restore", "--check", "--from", text(backup)]).exits(status).json()
}

/// A writer that is fed line by line.
pub(super) struct Feeding {
    child: Child,
    stdin: ChildStdin,
    out: BufReader<ChildStdout>,
}

impl Feeding {
    pub(super) fn new(ledger: &Path) -> Self {
        let mut child = spawn(ledger, &["submit", "-"]);
        let stdin = child.stdin.take().expect("standard input");
        let out = BufReader::new(child.stdout.take().expect("standard output"));
        Self { child, stdin, out }
    }

    /// Registers a person, and returns when that is durable.
    pub(super) fn register(&mut self, number: u32) {
        self.stdin.write_all((register(number) + "\n").as_bytes()).expect("a line");
        let mut answer = String::new();
        self.out.read_line(&mut answer).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["status"], "recorded");
    }

    pub(super) fn end(self) {
        let Self { mut child, stdin, out } = self;
        drop(stdin);
        assert!(child.wait().expect("an end").success());
        drop(out);
    }
}

/// Every file below, with what tells whether it was written again.
fn files(dir: &Path) -> BTreeMap<PathBuf, (u64, i64, i64, u64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let of = fs::metadata(&path).expect("a file");
            found.insert(path, (of.ino(), of.mtime(), of.mtime_nsec(), of.len()));
        }
    }
    found
}

fn same_history(one: &Path, other: &Path) {
    for verb in ["balances", "verify"] {
        let of = |ledger| {
            let mut said = run(ledger, &["--json", verb]).exits(0).json();
            // Not every copy has its keys.
            said.as_object_mut().and_then(|said| said.remove("keys"));
            said
        };
        assert_eq!(of(one), of(other), "{verb}");
    }
    assert_eq!(run(one, &["events"]).exits(0).out, run(other, &["events"]).exits(0).out);
}

/// A ledger with one sealed segment, lines behind it, and its backup.
fn backed_up() -> (TempDir, TempDir) {
    let ledger = two_courses();
    seal(ledger.path());
    let input: String = (1..=3).map(|number| register(number) + "\n").collect();
    run_with(ledger.path(), &["submit", "-"], input.as_bytes()).exits(0);
    let backup = tempfile::tempdir().expect("a directory");
    back_up(ledger.path(), backup.path());
    (ledger, backup)
}

#[test]
fn a_running_ledger_is_backed_up_and_restored_with_the_same_balances() {
    let (ledger, places) = (two_courses(), tempfile::tempdir().unwrap());
    let (backup, restored) = (places.path().join("backup"), places.path().join("restored"));
    let mut writer = Feeding::new(ledger.path());
    let mut lines = 0;
    for number in 1..=5 {
        writer.register(number);
        let made = back_up(ledger.path(), &backup);
        let now = made["lines"].as_u64().unwrap();
        assert_eq!(made["copiedlines"].as_u64().unwrap(), now - lines, "only what was not there");
        assert!(now > lines);
        lines = now;
        assert_eq!(check(&backup, 0)["findings"], json!([]));
    }
    writer.end();
    seal(ledger.path());
    let made = back_up(ledger.path(), &backup);
    assert_eq!((&made["copiedsegments"], &made["lines"]), (&json!(1), &json!(lines)));
    run(ledger.path(), &["restore", "--from", text(&backup), "--to", text(&restored)]).exits(0);
    assert!(!run(&restored, &["--json", "balances"]).exits(0).json().as_array().unwrap().is_empty());
    same_history(ledger.path(), &restored);
    assert!(!places.path().join("restored.restoring").exists());
}

#[test]
fn a_second_backup_writes_only_what_is_new() {
    let (ledger, backup) = backed_up();
    let before = files(backup.path());
    let made = back_up(ledger.path(), backup.path());
    assert_eq!((&made["copiedlines"], &made["copiedbytes"]), (&json!(0), &json!(0)));
    let told = |path: &Path| path.ends_with("backup.toml") || path.ends_with("backup.sha256");
    let kept = |files: &BTreeMap<PathBuf, _>| -> BTreeMap<PathBuf, (u64, i64, i64, u64)> {
        files.clone().into_iter().filter(|(path, _)| !told(path)).collect()
    };
    assert_eq!(kept(&before), kept(&files(backup.path())));
    run_with(ledger.path(), &["submit", "-"], register(9).as_bytes()).exits(0);
    assert!(back_up(ledger.path(), backup.path())["copiedlines"].as_u64().unwrap() > 0);
    let after = files(backup.path());
    let sealed = segment(backup.path());
    assert_eq!(before[&sealed], after[&sealed], "the sealed segment was written again");
    for (path, of) in
        kept(&before).iter().filter(|(path, _)| path.extension().unwrap_or_default() == "checkpoint")
    {
        assert_eq!(after[path], *of, "{} was written again", path.display());
    }
}

#[test]
fn a_backup_that_was_killed_goes_on() {
    let ledger = empty();
    let input: String = (1..=1_500).map(|number| register(number) + "\n").collect();
    run_with(ledger.path(), &["submit", "-"], input.as_bytes()).exits(0);
    seal(ledger.path());
    let more: String = (2_000..=3_500).map(|number| register(number) + "\n").collect();
    run_with(ledger.path(), &["submit", "-"], more.as_bytes()).exits(0);
    let mut random = Seeded::new("a_backup_that_was_killed_goes_on");
    for _ in 0..3 {
        let backup = tempfile::tempdir().unwrap();
        for _ in 0..3 {
            let mut child = spawn(ledger.path(), &["backup", "--to", text(backup.path())]);
            // Time enough for a process to get somewhere, measured by how often it was looked at.
            for _ in 0..random.below(400) {
                let _ = fs::read_dir(backup.path().join("journal")).map(Iterator::count);
                std::thread::yield_now();
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
        back_up(ledger.path(), backup.path());
        assert_eq!(check(backup.path(), 0)["findings"], json!([]));
        same_history(ledger.path(), backup.path());
    }
}

#[test]
fn keys_are_nowhere_in_a_backup_and_only_apart_when_asked_for() {
    let (ledger, backup) = backed_up();
    let places = tempfile::tempdir().unwrap();
    let (safe, restored) = (places.path().join("safe"), places.path().join("restored"));
    let within = backup.path().join("safe");
    for wrong in [&within, &ledger.path().join("safe"), backup.path().parent().unwrap()] {
        let refused =
            run(ledger.path(), &["backup", "--to", text(backup.path()), "--with-keys", text(wrong)]).exits(2);
        assert!(refused.err.contains("a place of its own"), "{}", refused.err);
    }
    run(ledger.path(), &["backup", "--to", text(backup.path()), "--with-keys", text(&safe)]).exits(0);
    let mut names = 0;
    for key in files(&ledger.path().join("keys")).keys() {
        names += 1;
        let secret = fs::read(key).unwrap();
        let secret = secret.trim_ascii();
        assert_eq!(fs::read(safe.join(key.file_name().unwrap())).unwrap().trim_ascii(), secret);
        // The last part alone is the secret itself.
        let part = &secret[secret.len() - 40..];
        for file in files(backup.path()).keys() {
            let bytes = fs::read(file).unwrap();
            assert!(!bytes.windows(part.len()).any(|window| window == part), "{}", file.display());
        }
    }
    assert!(names >= 2);
    run(ledger.path(), &["restore", "--from", text(backup.path()), "--to", text(&restored)]).exits(0);
    run(&restored, &["verify"]).exits(0);
    assert!(run(&restored, &["checkpoint"]).exits(2).err.contains("signing.key"));
    let whole = places.path().join("whole");
    let arguments = ["restore", "--from", text(backup.path()), "--to", text(&whole), "--keys", text(&safe)];
    run(ledger.path(), &arguments).exits(0);
    run_with(&whole, &["submit", "-"], register(77).as_bytes()).exits(0);
    run(&whole, &["checkpoint"]).exits(0);
    run(&whole, &["verify"]).exits(0);
    assert!(run(ledger.path(), &arguments).exits(2).err.contains("restore into a new directory"));
}

/// Spoils a copy of a good backup, and returns what the check finds first.
fn found(good: &Path, spoil: impl FnOnce(&Path)) -> Value {
    let spoilt = tempfile::tempdir().unwrap();
    copy(good, spoilt.path());
    spoil(spoilt.path());
    let before = files(spoilt.path());
    let found = check(spoilt.path(), 1)["findings"][0].clone();
    assert_eq!(before, files(spoilt.path()), "a check changes nothing");
    let to = spoilt.path().with_extension("restored");
    let status = run(spoilt.path(), &["restore", "--from", text(spoilt.path()), "--to", text(&to)]);
    assert_eq!(status.code, Some(1), "{}{}", status.out, status.err);
    assert!(!to.exists(), "a bad backup became a ledger");
    let _ = fs::remove_dir_all(spoilt.path().with_extension("restored.restoring"));
    found
}

fn overwrite(path: &Path, bytes: &[u8]) {
    // A sealed segment is read-only.
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The segment behind the sealed one.
fn last_segment(backup: &Path) -> (PathBuf, u64) {
    let journal = fs::read_dir(backup.join("journal")).unwrap().map(|entry| entry.unwrap().path());
    let last = journal.filter(|path| path.extension().unwrap_or_default() == "zst").max().unwrap();
    let name = last.file_name().unwrap().to_str().unwrap();
    let first = name.split('.').next().unwrap().parse().unwrap();
    (last, first)
}

#[test]
fn what_is_missing_or_altered_in_a_backup_is_found_and_named() {
    let (_ledger, backup) = backed_up();
    let good = backup.path();
    let (last, first) = last_segment(good);
    assert!(first > 0, "two segments");
    let last = last.file_name().unwrap().to_owned();
    let mut random = Seeded::new("what_is_missing_or_altered_in_a_backup_is_found_and_named");
    for _ in 0..12 {
        let (at, bit) = (random.next(), random.below(8));
        let spoil = |path: PathBuf| {
            let mut bytes = fs::read(&path).unwrap();
            // Not in the seek table, which is derived: a fifth of the file at its start is frames.
            let at = usize::try_from(at).unwrap() % (bytes.len() / 5);
            bytes[at] ^= 1 << bit;
            overwrite(&path, &bytes);
        };
        let flipped = found(good, |dir| spoil(segment(dir)));
        assert!(flipped["position"].as_u64().unwrap() < first, "{flipped}");
        let flipped = found(good, |dir| spoil(dir.join("journal").join(&last)));
        assert!(flipped["position"].as_u64().unwrap() >= first, "{flipped}");
    }
    let missing = found(good, |dir| fs::remove_file(segment(dir)).unwrap());
    assert_eq!(missing["position"], 0, "{missing}");
    let missing = found(good, |dir| fs::remove_file(dir.join("journal").join(&last)).unwrap());
    assert_eq!(missing["position"], json!(first), "{missing}");
    // Torn within a frame, and cut at the end of one while the heads behind it are gone too.
    let torn = found(good, |dir| {
        let path = dir.join("journal").join(&last);
        let bytes = fs::read(&path).unwrap();
        overwrite(&path, &bytes[..bytes.len() - 1]);
    });
    assert!(torn["position"].as_u64().unwrap() >= first, "{torn}");
    let head = |dir: &Path| {
        let mut heads: Vec<_> = files(&dir.join("checkpoints")).into_keys().collect();
        heads.sort();
        heads.pop().unwrap()
    };
    let altered = found(good, |dir| overwrite(&head(dir), b"nothing\n"));
    assert!(altered["problem"].as_str().unwrap().contains("checkpoint"), "{altered}");
    let missing = found(good, |dir| fs::remove_file(head(dir)).unwrap());
    assert!(missing["problem"].as_str().unwrap().ends_with("is missing"), "{missing}");
}

#[test]
fn a_tail_behind_the_newest_head_is_missed_too() {
    let (ledger, backup) = (two_courses(), tempfile::tempdir().unwrap());
    let mut writer = Feeding::new(ledger.path());
    writer.register(1);
    back_up(ledger.path(), backup.path());
    writer.register(2);
    let lines = back_up(ledger.path(), backup.path())["lines"].as_u64().unwrap();
    writer.end();
    let cut = found(backup.path(), |dir| {
        let path = segment(dir);
        let bytes = fs::read(&path).unwrap();
        let magic = bytes.windows(4).rposition(|window| window == b"JEJK").unwrap();
        overwrite(&path, &bytes[..magic - 8]);
    });
    assert_eq!(cut["position"], json!(lines - 1), "{cut}");
    assert!(cut["problem"].as_str().unwrap().contains("the backup says that it holds"), "{cut}");
}

#[test]
fn what_says_nothing_of_itself_is_no_backup() {
    let (_ledger, backup) = backed_up();
    let silent = |dir: &Path| {
        fs::remove_file(dir.join("backup.toml")).unwrap();
        fs::remove_file(dir.join("backup.sha256")).unwrap();
    };
    let whole = found(backup.path(), silent);
    assert!(whole["problem"].as_str().unwrap().contains("no finished backup"), "{whole}");
    // Lines that no head covers are cut off, and all that is left agrees with the heads.
    let cut = found(backup.path(), |dir| {
        silent(dir);
        fs::remove_file(dir.join("journal").join(last_segment(dir).0.file_name().unwrap())).unwrap();
        let covered = last_segment(dir).1;
        for head in files(&dir.join("checkpoints")).into_keys() {
            let size: u64 = head.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            if size > covered {
                let _ = fs::remove_file(head);
            }
        }
    });
    assert!(cut["problem"].as_str().unwrap().contains("no finished backup"), "{cut}");
    // What can be proved is told all the same, and what is derived is not looked at.
    silent(backup.path());
    fs::create_dir_all(backup.path().join("views")).unwrap();
    fs::write(backup.path().join("views/fingerprints"), "stale").unwrap();
    let told = check(backup.path(), 1);
    assert!(told["lines"].as_u64() > Some(0) && told["newesthead"].is_u64(), "{told}");
    assert_eq!((&told["said"], told["findings"].as_array().unwrap().len()), (&Value::Null, 1));
}

#[test]
fn what_a_backup_says_of_balances_is_compared() {
    let (_ledger, backup) = backed_up();
    let altered = found(backup.path(), |dir| {
        let path = dir.join("backup.toml");
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once("balances = \"").unwrap();
        let digit = if rest.starts_with('0') { '1' } else { '0' };
        fs::write(&path, format!("{before}balances = \"{digit}{}", &rest[1..])).unwrap();
    });
    assert!(altered["problem"].as_str().unwrap().starts_with("the balances at position"), "{altered}");
}

#[test]
fn the_backup_of_another_ledger_is_not_overwritten() {
    let (_ledger, backup) = backed_up();
    let other = empty();
    let refused = run(other.path(), &["backup", "--to", text(backup.path())]).exits(2);
    assert!(refused.err.contains("holds a copy of"), "{}", refused.err);
    assert_eq!(check(backup.path(), 0)["findings"], json!([]));
}

#[test]
fn files_beside_the_lines_are_copied_once_and_checked() {
    let (ledger, backup) = backed_up();
    let name = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let blob = |dir: &Path| dir.join("blobs").join("9f").join(name);
    fs::create_dir_all(blob(ledger.path()).parent().unwrap()).unwrap();
    fs::write(blob(ledger.path()), "test").unwrap();
    let mut access = jejak_journal::FileJournal::create(ledger.path().join("access")).unwrap();
    let line = |number: u8| {
        let access = json!({ "code": "access.token", "route": "/v1/events", "type": "request-denied" });
        let id = format!("0192f0c1-7a00-7000-8000-00000000000{number}");
        json!({ "access": access, "id": id, "time": "2021-03-30T02:00:00.000Z" }).to_string()
    };
    let commit = jejak_journal::Commit::from_lines([line(1), line(2)]).unwrap();
    jejak_journal::Journal::append(&mut access, jejak_journal::Position(0), &[commit]).unwrap();
    back_up(ledger.path(), backup.path());
    assert_eq!(fs::read(blob(backup.path())).unwrap(), b"test");
    assert_eq!(check(backup.path(), 0)["findings"], json!([]));
    let altered = found(backup.path(), |dir| overwrite(&blob(dir), b"tesT"));
    assert!(altered["problem"].as_str().unwrap().contains(name), "{altered}");
    let missing = found(backup.path(), |dir| fs::remove_file(blob(dir)).unwrap());
    assert!(missing["problem"].as_str().unwrap().ends_with("is missing"), "{missing}");
    let cut = found(backup.path(), |dir| {
        let path = segment(&dir.join("access"));
        let bytes = fs::read(&path).unwrap();
        overwrite(&path, &bytes[..bytes.len() - 3]);
    });
    assert!(cut["problem"].as_str().unwrap().starts_with("access:"), "{cut}");
}
