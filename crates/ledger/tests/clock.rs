//! The clock is not trusted: one that is out of reason is refused, one that goes back or was fast once does no harm.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::line::Event;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_journal::{FileJournal, Journal as _, Position};
use jejak_ledger::verify::verify;
use jejak_ledger::{Home, Item, Outcome, Randomness, Sequencer, SequencerError, Status};
use tempfile::TempDir;

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn item(number: u32, at: Option<&str>) -> Item {
    let time = at.map_or_else(String::new, |at| format!(r#""time":"{at}","#));
    let text = format!(
        r#"{{"type":"participant.register.v1","subject":"participant/01790000-0000-7000-8000-{number:012}",{time}"data":{{"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"female"}}}}"#
    );
    Item::read(text.as_bytes()).unwrap()
}

struct World {
    dir: TempDir,
    sequencer: Sequencer,
}

impl World {
    fn begin() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut random = Randomness::seeded("clock");
        let home = Home::create(dir.path(), "Test", "jejak.example/clock", Currency::IDR, None, &mut random)
            .unwrap();
        let sequencer = Sequencer::begin(home, random, time("2022-01-01T00:00:00.000Z")).unwrap();
        Self { dir, sequencer }
    }

    fn handle(&mut self, item: &Item, clock: Timestamp) -> Result<Outcome, SequencerError> {
        let actor = Actor { kind: ActorKind::User, id: ActorId::new("operator").unwrap() };
        let outcome = self.sequencer.handle(item, actor, clock)?;
        self.sequencer.flush()?;
        Ok(outcome)
    }

    /// Recorded times of all lines, and a verification that finds nothing.
    fn recorded(&self) -> Vec<Timestamp> {
        let journal = FileJournal::open_read_only(self.dir.path()).unwrap();
        let mut all = Vec::new();
        for batch in journal.read(Position(0)).unwrap() {
            let frame = batch.unwrap().unpack().unwrap();
            all.extend(frame.lines().map(|line| Event::read(line).unwrap().recorded));
        }
        let failures = verify(self.sequencer.home(), &[], |_| {}).unwrap().failures;
        assert!(failures.is_empty(), "{failures:?}");
        all
    }
}

#[test]
fn a_clock_out_of_all_reason_records_nothing() {
    let mut world = World::begin();
    let before = world.recorded().len();
    let clocks = [i64::MIN, -1, 253_370_764_800_001, i64::MAX];
    for (number, clock) in (1..).zip(clocks) {
        let refused = world.handle(&item(number, None), Timestamp::from_millisecond(clock)).unwrap_err();
        assert!(matches!(refused, SequencerError::Clock(found) if found == clock), "{refused}");
        assert!(refused.to_string().contains("set the clock"), "{refused}");
    }
    assert_eq!(world.recorded().len(), before);
    // Nor is the ledger spoilt by it: with the clock set, it goes on.
    let answer = world.handle(&item(9, None), time("2022-01-02T00:00:00.000Z")).unwrap();
    assert_eq!(answer.status, Status::Recorded);
}

#[test]
fn a_clock_that_goes_back_does_not_take_recorded_time_back() {
    let mut world = World::begin();
    let (late, early) = (time("2022-06-01T00:00:00.000Z"), time("2022-03-01T00:00:00.000Z"));
    world.handle(&item(1, None), late).unwrap();
    world.handle(&item(2, None), early).unwrap();
    let recorded = world.recorded();
    assert!(recorded.is_sorted(), "{recorded:?}");
    assert_eq!(recorded.last(), Some(&late));
}

#[test]
fn a_clock_that_was_fast_once_lets_nothing_happen_early() {
    let mut world = World::begin();
    world.handle(&item(1, None), time("2030-01-01T00:00:00.000Z")).unwrap();
    let now = time("2022-03-01T00:00:00.000Z");
    // Before the newest recorded time, but after the clock: it has not come.
    let early = world.handle(&item(2, Some("2029-01-01T00:00:00.000Z")), now).unwrap();
    assert_eq!(early.problem.map(|problem| problem.code), Some("term.not_reached".to_owned()));
    let come = world.handle(&item(3, Some("2022-02-01T00:00:00.000Z")), now).unwrap();
    assert_eq!(come.status, Status::Recorded);
    assert!(world.recorded().is_sorted());
}
