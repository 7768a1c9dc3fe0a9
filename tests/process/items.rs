//! Items to hand in, and ledgers to hand them to.

use super::binary::run;
use crate::replay::ledger_of;
use std::path::Path;
use tempfile::TempDir;

/// A participant's id by number.
pub(crate) fn participant(number: u32) -> String {
    format!("participant/01790000-0000-7000-8000-{number:012}")
}

/// The command that registers a person, with an idempotency key.
pub(crate) fn register(number: u32) -> String {
    let subject = participant(number);
    format!(
        r#"{{"type":"participant.register.v1","subject":"{subject}","time":"2022-01-03T02:00:00.000Z","data":{{"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"female"}},"commandid":"register-{number}"}}"#
    )
}

/// The same with a name and a number of the register of residents, both invented.
pub(crate) fn register_with_identity(number: u32) -> String {
    let mut item: serde_json::Value = serde_json::from_str(&register(number)).expect("an item");
    item["data"]["identity"] = serde_json::json!({ "name": format!("Contoh {number}"), "nik": nik(number) });
    item.to_string()
}

/// An invented NIK: no register gives the serial 0000.
pub(crate) fn nik(number: u32) -> String {
    let (day, month, year) = (number % 28 + 1, number / 28 % 12 + 1, number / 336 % 100);
    format!("327301{day:02}{month:02}{year:02}0000")
}

/// The fact that a list has a person.
pub(crate) fn reported(number: u32) -> String {
    let subject = participant(number);
    format!(
        r#"{{"type":"participant.register_reported.v1","subject":"{subject}","time":"2022-01-04T02:00:00.000Z","data":{{"asof":"2022-01-01","listed":true,"register":"dtks"}},"commandid":"report-{number}"}}"#
    )
}

/// How many lines a ledger has beside those that it writes of itself: its opening and its schemas.
pub(crate) fn recorded(ledger: &Path) -> usize {
    let events = run(ledger, &["events"]).exits(0).out;
    events.lines().filter(|line| !line.contains("\"type\":\"id.jejak.ledger.")).count()
}

/// An empty ledger with its own keys.
pub(crate) fn empty() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    run(dir.path(), &["init", "--origin", "jejak.example/test"]).exits(0);
    dir
}

/// The ledger of the two courses: some hundred lines, a dozen signed heads.
pub(crate) fn two_courses() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of("two-courses", dir.path());
    dir
}

/// Copies a ledger, so that it can be spoilt.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Seals all lines so far, as a long ledger does by itself. Nobody else may have it open for writing.
pub(crate) fn seal(ledger: &Path) {
    let home = jejak_ledger::Home::open(ledger).expect("a ledger");
    let (mut journal, _) = home.open_journal(None, false).expect("a journal");
    journal.seal().expect("a sealed segment");
}
