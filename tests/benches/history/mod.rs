//! A simulated history to measure with.

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use jejak_simulator::{Applicants, Settings, Simulation};
use std::path::Path;

/// One n-th of the real programme, as `SCALE` says.
pub fn scale(usual: u32) -> u32 {
    std::env::var("SCALE").map_or(usual, |text| text.parse().expect("SCALE is a number"))
}

/// Writes it as a ledger in an empty directory, and gives the number of its lines.
pub fn write(dir: &Path, scale: u32) -> u64 {
    let settings = Settings { scale, seed: "bench".to_owned(), applicants: Applicants::Summary };
    let mut simulation = Simulation::new(settings);
    let first = simulation.next().expect("a first item");
    let mut random = Randomness::seeded("bench");
    let simulated = Some(Simulated { scale, seed: "bench".to_owned() });
    let home =
        Home::create(dir, "Bench", "jejak.example/sim", Currency::IDR, simulated, &mut random).expect("new");
    let begins = Timestamp::from_millisecond(first.recorded);
    let mut sequencer = Sequencer::begin(home, random, begins).expect("a first line");
    let actor = Actor { kind: ActorKind::Service, id: ActorId::new("sim").expect("a word") };
    for item in std::iter::once(first).chain(simulation) {
        let read = Item::read(item.json.as_bytes()).expect("an item");
        let recorded = Timestamp::from_millisecond(item.recorded);
        let outcome = sequencer.handle(&read, actor, recorded).expect("an answer");
        assert!(outcome.problem.is_none(), "{}: {:?}", item.json, outcome.problem);
    }
    sequencer.sign().expect("a head");
    sequencer.len()
}
