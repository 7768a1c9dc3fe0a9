//! Personal data through the one writer: sealed, compared, repeated, erased; and crashes in between.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::{ActorId, ParticipantId};
use jejak_domain::line::Event;
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;
use jejak_journal::{Journal as _, Position};
use jejak_ledger::verify::verify;
use jejak_ledger::{Disclosed, Home, Item, Outcome, Randomness, Sequencer, Status};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const NIK: &str = "3273014101900000";
const KK: &str = "3273010101010000";
const NAME: &str = "Ani Contoh Sekali";
const PHONE: &str = "+628120000111";
const ACCOUNT: &str = "0099887766";

struct Ledger {
    dir: tempfile::TempDir,
    sequencer: Option<Sequencer>,
}

impl Ledger {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let random = &mut Randomness::system();
        let home = Home::create(dir.path(), "Test", "example.org/test", Currency::IDR, None, random).unwrap();
        let sequencer = Sequencer::begin(home, Randomness::system(), Timestamp::from_millisecond(1)).unwrap();
        Self { dir, sequencer: Some(sequencer) }
    }

    /// As after a crash: nothing is signed or written any more.
    fn reopened(mut self) -> Self {
        self.sequencer = None;
        let home = Home::open(self.dir.path()).unwrap();
        let (sequencer, _) = Sequencer::open(home, Randomness::system(), false).unwrap();
        Self { dir: self.dir, sequencer: Some(sequencer) }
    }

    fn sequencer(&mut self) -> &mut Sequencer {
        self.sequencer.as_mut().unwrap()
    }

    fn give(&mut self, who: &str, number: u64, kind: &str, data: &Value) -> Outcome {
        let item = json!({
            "type": kind, "subject": person(number), "data": data, "commandid": format!("{kind}-{number}"),
        });
        let item = Item::read(item.to_string().as_bytes()).unwrap();
        let actor = Actor { kind: ActorKind::User, id: ActorId::new(who).unwrap() };
        let outcome = self.sequencer().handle(&item, actor, Timestamp::from_millisecond(1_000)).unwrap();
        self.sequencer().flush().unwrap();
        outcome
    }

    fn register(&mut self, number: u64, identity: &Value) -> Outcome {
        let data = json!({
            "born": "1990-01", "education": "none", "employment": "laid-off", "identity": identity,
            "regency": "3273", "sex": "female",
        });
        self.give("registrar", number, "participant.register.v1", &data)
    }

    fn link(&mut self, number: u64) -> Outcome {
        let account = json!({ "holder": NAME, "number": ACCOUNT });
        let data = json!({ "account": account, "channel": "bank", "partner": "bni" });
        self.give("registrar", number, "participant.link_account.v1", &data)
    }

    fn erase(&mut self, number: u64) {
        let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
        recorded(&self.give("registrar", number, "participant.request_erasure.v1", &request));
        let approve = json!({ "reference": "L-1" });
        recorded(&self.give("custodian", number, "participant.approve_erasure.v1", &approve));
    }

    fn events(&self) -> Vec<Event> {
        let journal = Home::open(self.dir.path()).unwrap().read_journal().unwrap();
        let mut events = Vec::new();
        for batch in journal.read(Position(0)).unwrap() {
            let frame = batch.unwrap().unpack().unwrap();
            events.extend(frame.lines().map(|line| Event::read(line).unwrap()));
        }
        events
    }

    /// Data of the events of a type.
    fn data(&self, kind: &str) -> Vec<Value> {
        let events = self.events().into_iter().filter(|event| event.payload.name() == kind);
        events.map(|event| serde_json::to_value(&event.payload).unwrap()).collect()
    }

    fn disclosed(&mut self, number: u64) -> Disclosed {
        let events = self.events();
        self.sequencer().vault().disclose(id(number), &events).unwrap()
    }
}

fn person(number: u64) -> String {
    format!("participant/0192f0c1-7a00-7000-8000-{number:012}")
}

fn id(number: u64) -> ParticipantId {
    let Ok(Subject::Participant(id)) = Subject::parse(&person(number)) else { panic!() };
    id
}

fn ani() -> Value {
    json!({ "kk": KK, "name": NAME, "nik": NIK, "phone": PHONE })
}

fn recorded(outcome: &Outcome) {
    assert_eq!(outcome.status, Status::Recorded, "{outcome:?}");
}

fn code(outcome: &Outcome) -> &str {
    outcome.problem.as_ref().map_or("none", |problem| &problem.code)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Fails when a file of the ledger, or a line of its journal, holds one of Ani's texts.
fn nothing_in_clear(ledger: &Ledger) {
    let files = files(ledger.dir.path()).into_iter();
    let contents = files.map(|path| (path.display().to_string(), fs::read(path).unwrap()));
    let lines = ledger.events().into_iter().map(|event| ("a line".to_owned(), event.write("x").unwrap()));
    let mut searched = 0;
    for (place, bytes) in contents.chain(lines) {
        searched += bytes.len();
        for text in [NIK, KK, NAME, PHONE, &PHONE[1..], ACCOUNT] {
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{place} holds {text}");
        }
    }
    assert!(searched > 1_000);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn what_is_sealed_opens_again_and_is_nowhere_in_clear() {
    let mut ledger = Ledger::new();
    recorded(&ledger.register(1, &ani()));
    recorded(&ledger.link(1));
    let changed = json!({ "identity": { "phone": "+628120000222" } });
    recorded(&ledger.give("registrar", 1, "participant.change_profile.v1", &changed));
    nothing_in_clear(&ledger);
    let mut ledger = ledger.reopened();
    let shown = serde_json::to_value(ledger.disclosed(1)).unwrap();
    let expected = json!({
        "account": { "holder": NAME, "number": ACCOUNT }, "erased": false,
        "identity": { "kk": KK, "name": NAME, "nik": NIK, "phone": "+628120000222" },
    });
    assert_eq!(shown, expected);
    // A repeat is known again, and another command under its id is not taken for it.
    assert_eq!(ledger.register(1, &ani()).status, Status::Repeated);
    assert_eq!(code(&ledger.register(1, &json!({ "nik": NIK }))), "command.conflict");
}

#[test]
fn the_same_nik_card_and_account_are_found_also_when_the_table_is_made_again() {
    for lose_table in [false, true] {
        let mut ledger = Ledger::new();
        recorded(&ledger.register(1, &ani()));
        recorded(&ledger.link(1));
        ledger.sequencer().sign().unwrap();
        let table = ledger.dir.path().join("views/duplicates");
        assert!(table.exists());
        if lose_table {
            fs::remove_file(&table).unwrap();
        }
        let mut ledger = ledger.reopened();
        recorded(&ledger.register(2, &ani()));
        recorded(&ledger.link(2));
        recorded(&ledger.register(3, &json!({ "kk": KK, "nik": "3273014101910000" })));
        recorded(&ledger.register(4, &json!({ "kk": "3273010101020000" })));
        let other = id(1).to_string();
        let found = json!([{ "other": other, "reason": "nik" }, { "other": other, "reason": "account" }]);
        assert_eq!(json!(ledger.data("participant.duplicate_found.v1")), found);
        let registered = ledger.data("participant.registered.v1");
        let households: Vec<_> = registered.iter().map(|data| data["household"].as_str().unwrap()).collect();
        assert_eq!(households[0], households[1]);
        assert_eq!(households[0], households[2]);
        assert_ne!(households[0], households[3]);
        let image = ledger.sequencer().image().clone();
        assert!(image.read().people.get(id(2)).unwrap().is_duplicate());
    }
}

#[test]
fn erased_is_erased_and_everything_else_stays() {
    let mut ledger = Ledger::new();
    recorded(&ledger.register(1, &ani()));
    recorded(&ledger.link(1));
    recorded(&ledger.register(2, &json!({ "name": "Budi Contoh", "nik": "3273014101920000" })));
    ledger.sequencer().sign().unwrap();
    let before = ledger.events();
    ledger.erase(1);
    // At once, before anything else is signed or written.
    assert!(ledger.disclosed(1).erased);
    ledger.sequencer().sign().unwrap();
    nothing_in_clear(&ledger);
    let erased = ledger.data("participant.erased.v1");
    assert_eq!(erased[0]["requestedby"], "registrar");
    assert_eq!(erased[0]["key"].as_str().unwrap().len(), 32);
    assert_eq!(before[..], ledger.events()[..before.len()]);
    let mut ledger = ledger.reopened();
    assert_eq!(serde_json::to_value(ledger.disclosed(1)).unwrap(), json!({ "erased": true }));
    let budi = serde_json::to_value(ledger.disclosed(2)).unwrap();
    assert_eq!(budi["identity"]["name"], "Budi Contoh");
    // The same NIK is not found any more, neither from the table nor from lines.
    recorded(&ledger.register(3, &ani()));
    assert!(ledger.data("participant.duplicate_found.v1").is_empty());
    // Neither a repeat nor anything new is kept of the erased person.
    assert_eq!(code(&ledger.register(1, &ani())), "personal.erased");
    let changed = json!({ "identity": { "name": NAME } });
    let outcome = ledger.give("registrar", 1, "participant.change_profile.v1", &changed);
    assert_eq!(code(&outcome), "personal.erased");
    let checked = verify(ledger.sequencer().home(), &[], |_| {}).unwrap();
    assert!(checked.failures.is_empty(), "{:?}", checked.failures);
    assert!(checked.heads >= 2);
    // The lines from before the erasure open nothing under today's keys.
    assert_eq!(ledger.sequencer().vault().disclose(id(1), &before).unwrap().identity, None);
}

#[test]
fn a_key_that_survived_a_crash_or_came_back_from_a_copy_is_destroyed_at_the_next_opening() {
    let mut ledger = Ledger::new();
    recorded(&ledger.register(1, &ani()));
    ledger.sequencer().sign().unwrap();
    let (keys, table) =
        (ledger.dir.path().join("keys/persons.keys"), ledger.dir.path().join("views/duplicates"));
    let old = (fs::read(&keys).unwrap(), fs::read(&table).unwrap());
    ledger.erase(1);
    let mut after = ledger;
    after.sequencer = None;
    fs::write(&keys, &old.0).unwrap();
    fs::write(&table, &old.1).unwrap();
    let mut ledger = after.reopened();
    assert!(ledger.disclosed(1).erased);
    assert_ne!(fs::read(&keys).unwrap(), old.0);
    assert_ne!(fs::read(&table).unwrap(), old.1);
    recorded(&ledger.register(2, &ani()));
    assert!(ledger.data("participant.duplicate_found.v1").is_empty());
}

#[test]
fn a_key_without_its_line_does_no_harm() {
    let mut ledger = Ledger::new();
    recorded(&ledger.register(2, &json!({ "name": "Budi Contoh" })));
    let before = tempfile::tempdir().unwrap();
    copy(&ledger.dir.path().join("journal"), before.path());
    recorded(&ledger.register(1, &ani()));
    // The keys were synced, the frame was not.
    ledger.sequencer = None;
    fs::remove_dir_all(ledger.dir.path().join("journal")).unwrap();
    copy(before.path(), &ledger.dir.path().join("journal"));
    let mut ledger = ledger.reopened();
    assert_eq!(ledger.disclosed(1), Disclosed::default());
    recorded(&ledger.register(1, &ani()));
    assert_eq!(ledger.disclosed(1).identity.unwrap().nik.unwrap().expose(), NIK);
    // A refused command leaves no key behind.
    let keys = ledger.dir.path().join("keys/persons.keys");
    let size = fs::metadata(&keys).unwrap().len();
    let unknown = ledger.give("x", 7, "participant.change_profile.v1", &json!({ "identity": ani() }));
    assert_eq!(code(&unknown), "participant.unknown");
    assert_eq!(fs::metadata(keys).unwrap().len(), size);
}

#[test]
fn without_its_key_data_is_said_to_be_missing_and_a_sealed_value_is_not_taken_from_outside() {
    let mut ledger = Ledger::new();
    recorded(&ledger.register(1, &ani()));
    let events = ledger.events();
    ledger.sequencer = None;
    fs::remove_file(ledger.dir.path().join("keys/persons.keys")).unwrap();
    let mut ledger = ledger.reopened();
    let problem = ledger.sequencer().vault().disclose(id(1), &events).unwrap_err().to_string();
    assert!(problem.contains("is missing"), "{problem}");
    let changed = json!({ "identity": { "name": NAME } });
    let outcome = ledger.give("registrar", 1, "participant.change_profile.v1", &changed);
    assert!(outcome.problem.unwrap().detail.contains("is missing"));
    let sealed = ledger.data("participant.registered.v1").remove(0);
    for (kind, data) in [
        ("participant.registered.v1", sealed),
        ("participant.hold_placed.v1", json!({ "reference": "P-1" })),
        ("participant.erased.v1", json!({ "basis": "x", "key": "00", "reference": "L", "requestedby": "a" })),
    ] {
        let item = json!({ "type": kind, "subject": person(2), "data": data });
        assert!(Item::read(item.to_string().as_bytes()).is_err(), "{kind}");
    }
    for data in [json!({ "born": NIK, "identity": ani() }), json!({ NAME: 1 }), json!({ "identity": NIK })] {
        let wrong = json!({ "type": "participant.register.v1", "subject": person(2), "data": data });
        let problem = Item::read(wrong.to_string().as_bytes()).unwrap_err().to_string();
        assert!(!problem.contains(NIK) && !problem.contains(NAME), "{problem}");
    }
}
