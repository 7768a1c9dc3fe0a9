//! A simulated ledger that grows when it is told to.

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use jejak_simulator::{Applicants, Settings, Simulation};
use std::iter::Peekable;
use std::path::Path;

pub(crate) struct Growing {
    pub(crate) home: Home,
    sequencer: Sequencer,
    simulation: Peekable<Simulation>,
}

impl Growing {
    pub(crate) fn new(dir: &Path, scale: u32) -> Self {
        let settings = Settings { scale, seed: "projections".to_owned(), applicants: Applicants::Summary };
        let mut simulation = Simulation::new(settings).peekable();
        let begins = Timestamp::from_millisecond(simulation.peek().unwrap().recorded);
        let mut random = Randomness::seeded("projections");
        let simulated = Some(Simulated { scale, seed: "projections".to_owned() });
        let home =
            Home::create(dir, "Test", "jejak.example/test", Currency::IDR, simulated, &mut random).unwrap();
        let sequencer = Sequencer::begin(home.clone(), random, begins).unwrap();
        Self { home, sequencer, simulation }
    }

    /// Carries out so many more commands, and tells how many lines there are.
    pub(crate) fn grow(&mut self, items: usize) -> u64 {
        let actor = Actor { kind: ActorKind::Service, id: ActorId::new("sim").unwrap() };
        for item in self.simulation.by_ref().take(items) {
            let read = Item::read(item.json.as_bytes()).unwrap();
            self.sequencer.handle(&read, actor, Timestamp::from_millisecond(item.recorded)).unwrap();
        }
        self.sequencer.flush().unwrap();
        self.sequencer.len()
    }

    pub(crate) fn grow_to_the_end(&mut self) -> u64 {
        self.grow(usize::MAX)
    }
}
