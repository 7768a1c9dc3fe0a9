//! What was handed in before is recognized, as fast on a subject with a long history as on a new one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Outcome, Randomness, Sequencer, Status};
use std::time::{Duration, Instant};

fn credited(year: u32, number: u32) -> Item {
    let text = format!(
        r#"{{"type":"fund.interest_credited.v1","subject":"fund/prakerja-2020/{year}","data":{{"amount":{{"currency":"IDR","value":"1.00"}},"reference":"B{number}"}},"commandid":"b-{number}"}}"#
    );
    Item::read(text.as_bytes()).unwrap()
}

fn give(sequencer: &mut Sequencer, item: &Item) -> Outcome {
    let actor = Actor { kind: ActorKind::User, id: ActorId::new("rini").unwrap() };
    sequencer.handle(item, actor, Timestamp::from_millisecond(1_000)).unwrap()
}

/// The fastest of some repeats: others use the machine too.
fn fastest(sequencer: &mut Sequencer, item: &Item) -> Duration {
    let times = (0..20).map(|_| {
        let started = Instant::now();
        assert_eq!(give(sequencer, item).status, Status::Repeated);
        started.elapsed()
    });
    times.min().unwrap()
}

#[test]
fn a_repeat_costs_the_same_however_long_the_history_of_its_subject_is() {
    const LINES: u32 = 4_000;
    let dir = tempfile::tempdir().unwrap();
    let random = &mut Randomness::system();
    let home = Home::create(dir.path(), "Test", "example.org/test", Currency::IDR, None, random).unwrap();
    let mut sequencer = Sequencer::begin(home, Randomness::system(), Timestamp::from_millisecond(1)).unwrap();
    let mut positions = Vec::new();
    for number in 0..LINES {
        positions = give(&mut sequencer, &credited(2021, number)).positions;
        if number % 100 == 0 {
            give(&mut sequencer, &credited(2022, number));
            sequencer.flush().unwrap();
        }
    }
    sequencer.flush().unwrap();
    // Lines of one subject, and one of forty in between: all are of about the same frames.
    let short = fastest(&mut sequencer, &credited(2022, 0));
    let long = fastest(&mut sequencer, &credited(2021, LINES - 1));
    assert!(long < short * 20, "{long:?} with {LINES} lines, {short:?} with {}", LINES / 100);
    let last = give(&mut sequencer, &credited(2021, LINES - 1));
    assert_eq!(last.positions, positions);
    // The same key on another subject is another key; the same on this one with other data is refused.
    assert_eq!(give(&mut sequencer, &credited(2023, 7)).status, Status::Recorded);
    let mut other = credited(2021, 7);
    other.request = credited(2021, 8).request;
    assert_eq!(give(&mut sequencer, &other).problem.unwrap().code, "command.conflict");
    // Also what is not durable yet is known.
    assert_eq!(give(&mut sequencer, &credited(2023, 8)).status, Status::Recorded);
    assert_eq!(give(&mut sequencer, &credited(2023, 8)).status, Status::Repeated);
}
