//! `jejak simulate`.

use super::aside::make_in;
use super::{print, print_json};
use crate::Exit;
use crate::args::Simulate;
use crate::progress::bar;
use crate::table::grouped;
use anyhow::{Context as _, bail};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use jejak_simulator::{Applicants, Oracle, Settings, Simulation};
use serde_json::json;
use std::path::Path;
use std::time::Instant;

/// What a simulation left behind.
pub(crate) struct Written {
    /// Lines of the journal.
    pub(crate) lines: u64,
    /// The simulator's own totals.
    pub(crate) oracle: Oracle,
    /// How long it took, in milliseconds.
    pub(crate) milliseconds: u128,
}

/// Writes the history into a new ledger and prints what was written.
pub(super) fn run(dir: &Path, json: bool, simulate: &Simulate) -> anyhow::Result<Exit> {
    let written = write(dir, simulate)?;
    if json {
        print_json(&json!({
            "simulated": true, "ledger": dir, "scale": simulate.scale, "seed": simulate.seed,
            "lines": written.lines,
        }))?;
    } else {
        let rate = u128::from(written.lines) * 1000 / written.milliseconds;
        print(format!(
            "Simulated: one {}-th of the programme, {} lines in {}, {} lines a second.",
            grouped(simulate.scale),
            grouped(written.lines),
            dir.display(),
            grouped(rate)
        ))?;
    }
    Ok(Exit::Good)
}

/// Writes the history into a new ledger, whole or not at all.
pub(crate) fn write(dir: &Path, simulate: &Simulate) -> anyhow::Result<Written> {
    make_in(dir, |making| write_all(making, simulate))
}

/// Every item goes through the public doors, at the simulator's time.
fn write_all(dir: &Path, simulate: &Simulate) -> anyhow::Result<Written> {
    let start = Instant::now();
    let applicants = if simulate.applicants == "full" { Applicants::Full } else { Applicants::Summary };
    let settings = Settings { scale: simulate.scale, seed: simulate.seed.clone(), applicants };
    let mut simulation = Simulation::new(settings);
    let first = simulation.next().context("the simulation is empty")?;
    let mut random = Randomness::seeded(&format!("{} {}", simulate.scale, simulate.seed));
    let simulated = Simulated { scale: simulate.scale, seed: simulate.seed.clone() };
    let home =
        Home::create(dir, "Simulated", "jejak.example/sim", Currency::IDR, Some(simulated), &mut random)?;
    let mut sequencer = Sequencer::begin(home, random, Timestamp::from_millisecond(first.recorded))?;
    let actor = Actor { kind: ActorKind::Service, id: ActorId::new("sim")? };
    let progress = bar("simulating", None);
    let (mut refused, mut first_refusal) = (0, None);
    let mut next = Some(first);
    while let Some(item) = next {
        let read = Item::read(item.json.as_bytes()).with_context(|| item.json.clone())?;
        let outcome = sequencer.handle(&read, actor, Timestamp::from_millisecond(item.recorded))?;
        if let Some(problem) = outcome.problem {
            refused += 1;
            first_refusal.get_or_insert_with(|| format!("{}: {}", item.json, problem.detail));
        }
        progress.set_position(sequencer.len());
        next = simulation.next();
    }
    sequencer.sign()?;
    progress.finish_and_clear();
    let lines = sequencer.len();
    let milliseconds = start.elapsed().as_millis().max(1);
    if let Some(refusal) = first_refusal {
        // The simulator asks only for what is allowed: a refusal means that the two have grown apart.
        bail!("{refused} commands of the simulation were refused, the first: {refusal}");
    }
    Ok(Written { lines, oracle: simulation.oracle().clone(), milliseconds })
}
