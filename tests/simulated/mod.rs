//! A simulated history as an outsider sees it: every line is held to its schema and to its one canonical form, and
//! the whole is verified.

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::batch;
use jejak_domain::catalogue::{Payload, TYPE_PREFIX};
use jejak_domain::ids::{ActorId, Reason};
use jejak_domain::ledger::Simulated;
use jejak_domain::line::Event;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_journal::{Journal as _, Position};
use jejak_ledger::verify::verify;
use jejak_ledger::{Home, Item, Randomness, Sequencer, Status};
use jejak_simulator::{Applicants, Settings, Simulation};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The smallest history that still has every batch and every programme.
const SCALE: u32 = 40_000;
const SEED: &str = "simulated";

fn write(dir: &Path, scale: u32) -> Home {
    let simulation = Simulation::new(Settings { scale, seed: SEED.into(), applicants: Applicants::Summary });
    let mut random = Randomness::seeded(SEED);
    let simulated = Some(Simulated { scale, seed: SEED.into() });
    let home =
        Home::create(dir, "Simulated", "jejak.example/sim", Currency::IDR, simulated, &mut random).unwrap();
    let actor = Actor { kind: ActorKind::Service, id: ActorId::new("sim").unwrap() };
    let mut sequencer: Option<Sequencer> = None;
    for item in simulation {
        let now = Timestamp::from_millisecond(item.recorded);
        let sequencer = sequencer.get_or_insert_with(|| {
            Sequencer::begin(home.clone(), Randomness::seeded(SEED), now).expect("a first line")
        });
        let read = Item::read(item.json.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", item.json));
        let outcome = sequencer.handle(&read, actor, now).unwrap();
        assert_eq!(outcome.status, Status::Recorded, "seed {SEED}: {} {outcome:?}", item.json);
    }
    sequencer.expect("a history").sign().unwrap();
    home
}

fn validator(kind: &str) -> jsonschema::Validator {
    let name = kind.strip_prefix(TYPE_PREFIX).expect("a type of ours");
    let path = format!("{}/../schemas/event/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

#[test]
fn every_line_is_valid_canonical_and_vouched_for() {
    let dir = tempfile::tempdir().unwrap();
    let home = write(dir.path(), SCALE);
    let mut validators: BTreeMap<String, jsonschema::Validator> = BTreeMap::new();
    let mut registered = BTreeSet::new();
    for batch in home.read_journal().unwrap().read(Position(0)).unwrap() {
        let frame = batch.unwrap().unpack().unwrap();
        for line in frame.lines() {
            let text = std::str::from_utf8(line).unwrap();
            let value: Value = serde_json::from_str(text).unwrap();
            // Keys of a `Value` are sorted, and our lines hold neither floats nor keys beyond ASCII: this is RFC 8785.
            assert_eq!(value.to_string(), text, "not canonical");
            let kind = value["type"].as_str().unwrap().to_owned();
            let validator = validators.entry(kind.clone()).or_insert_with(|| validator(&kind));
            if let Err(error) = validator.validate(&value) {
                panic!("{error}: {text}");
            }
            if kind.ends_with("ledger.schema_registered.v1") {
                registered.insert(format!("{TYPE_PREFIX}{}", value["data"]["name"].as_str().unwrap()));
            } else if !kind.ends_with("ledger.opened.v1") {
                assert!(registered.contains(&kind), "{kind} is used before its schema is registered");
            }
        }
    }
    assert!(validators.len() > 60, "the history has {} types only", validators.len());
    let verified = verify(&home, &[], |_| {}).unwrap();
    assert!(verified.failures.is_empty(), "{:?}", verified.failures);
}

#[test]
fn the_same_seed_gives_the_same_head() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let head = |dir: &Path| verify(&write(dir, SCALE), &[], |_| {}).unwrap().root;
    assert_eq!(head(one.path()), head(two.path()));
}

const NO_OFFICE: &str = "a simulated history has no service whose users would need roles";
const NO_RUNS: &str =
    "the simulated programmes name no approvals, so their payments are instructed one by one";
const NO_IDENTITY: &str = "an invented person has neither name nor number that could be kept or erased";

/// Types that no simulated history has, each with its reason.
const NEVER: &[(&str, &str)] = &[
    ("access.granted.v1", NO_OFFICE),
    ("access.revoked.v1", NO_OFFICE),
    ("run.approved.v1", NO_RUNS),
    ("run.cancelled.v1", NO_RUNS),
    ("run.completed.v1", NO_RUNS),
    ("run.file_issued.v1", NO_RUNS),
    ("run.listed.v1", NO_RUNS),
    ("run.opened.v1", NO_RUNS),
    ("run.prepared.v1", NO_RUNS),
    ("run.released.v1", NO_RUNS),
    ("participant.erased.v1", NO_IDENTITY),
    ("participant.erasure_requested.v1", NO_IDENTITY),
    ("participant.hold_lifted.v1", NO_IDENTITY),
    ("participant.hold_placed.v1", NO_IDENTITY),
    (
        "entitlement.close_proposed.v1",
        "every last day is closed here, which leaves no card on which two persons could end anything",
    ),
    ("ledger.access_anchored.v1", "only a service has an access journal"),
    (
        "ledger.key_rotated.v1",
        "a simulated ledger keeps the key that its seed gives: another one could not be had again from the seed",
    ),
];

/// The scale of the demo, at which even what is rare happens.
#[test]
fn every_event_type_happens() {
    let dir = tempfile::tempdir().unwrap();
    let home = write(dir.path(), 5_000);
    let (mut kinds, mut imported, mut families) = (BTreeSet::new(), BTreeSet::new(), 0);
    for batch in home.read_journal().unwrap().read(Position(0)).unwrap() {
        let frame = batch.unwrap().unpack().unwrap();
        for line in frame.lines() {
            let event = Event::read(line).unwrap();
            let name = event.payload.name();
            kinds.insert(name);
            if event.reported_on.is_some() {
                imported.insert(name);
            }
            if let Payload::Batch(batch::Event::Screened(screened)) = &event.payload {
                let third = |rule: &Reason| rule.as_str() == "household-at-most";
                families += usize::from(screened.failed.iter().any(third));
            }
        }
    }
    let never: BTreeSet<&str> = NEVER.iter().map(|&(name, _)| name).collect();
    let missing: BTreeSet<&str> = Payload::names().filter(|name| !kinds.contains(name)).collect();
    assert_eq!(missing, never, "missing types, and those that are meant to be");
    assert!(families > 0, "no third recipient of a family was refused");
    for name in ["participant.register_reported.v1", "fund.bank_charged.v1", "loan.disbursed.v1"] {
        assert!(imported.contains(name), "{name} was never imported with the day of its source");
    }
}
