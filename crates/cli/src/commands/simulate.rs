//! `jejak simulate`.

use super::aside::make_in;
use super::{print, print_json};
use crate::Exit;
use crate::args::Simulate;
use crate::place::Ledger;
use crate::progress::bar;
use crate::table::grouped;
use anyhow::{Context as _, bail};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use jejak_projections::balances::decimal_text;
use jejak_simulator::{Applicants, Oracle, Revocations, Settings, Simulation};
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

/// Origin of a ledger that simulates the whole programme.
pub(super) const WHOLE: &str = "jejak.example/sim";
/// Origin of a ledger that simulates the case of revocations.
const REVOCATIONS: &str = "jejak.example/revocations";

/// Writes the history into a new ledger and prints what was written.
pub(super) fn run(ledger: &Ledger, json: bool, simulate: &Simulate) -> anyhow::Result<Exit> {
    if simulate.case.is_some() {
        return run_case(ledger, json, simulate);
    }
    let written = write(ledger, simulate)?;
    if json {
        print_json(&json!({
            "simulated": true, "ledger": ledger.to_string(), "scale": simulate.scale, "seed": simulate.seed,
            "lines": written.lines,
        }))?;
    } else {
        print(format!(
            "Simulated: one {}-th of the programme, {}.",
            grouped(simulate.scale),
            told(ledger, written.lines, written.milliseconds)
        ))?;
    }
    Ok(Exit::Good)
}

fn told(ledger: &Ledger, lines: u64, milliseconds: u128) -> String {
    let rate = u128::from(lines) * 1000 / milliseconds;
    format!("{} lines in {ledger}, {} lines a second", grouped(lines), grouped(rate))
}

/// Writes the case of revocations, and says what its books must show.
fn run_case(ledger: &Ledger, json: bool, simulate: &Simulate) -> anyhow::Result<Exit> {
    let mut case = Revocations::new(&simulate.seed, simulate.persons);
    let (persons, minor) = case.expected().no_purchase;
    let simulated = Simulated { scale: 1, seed: simulate.seed.clone() };
    let (lines, milliseconds) = write_items(ledger, REVOCATIONS, simulated, &mut case)?;
    let amount = decimal_text(minor.into(), Currency::IDR);
    if json {
        print_json(&json!({
            "simulated": true, "ledger": ledger.to_string(), "case": simulate.case, "persons": persons, "seed": simulate.seed,
            "lines": lines, "released": amount,
        }))?;
    } else {
        print(format!("Simulated: {}.", told(ledger, lines, milliseconds)))?;
        print(format!(
            "{} persons are revoked for want of a purchase, and that must release Rp{}: `jejak replay` sums it.",
            grouped(persons),
            grouped(amount)
        ))?;
    }
    Ok(Exit::Good)
}

/// Writes the history of the whole programme.
pub(crate) fn write(ledger: &Ledger, simulate: &Simulate) -> anyhow::Result<Written> {
    let applicants = if simulate.applicants == "full" { Applicants::Full } else { Applicants::Summary };
    let settings = Settings { scale: simulate.scale, seed: simulate.seed.clone(), applicants };
    let mut simulation = Simulation::new(settings);
    let simulated = Simulated { scale: simulate.scale, seed: simulate.seed.clone() };
    let (lines, milliseconds) = write_items(ledger, WHOLE, simulated, &mut simulation)?;
    Ok(Written { lines, oracle: simulation.oracle().clone(), milliseconds })
}

/// Writes a history into a new ledger, whole or not at all. Gives the lines of the journal, and the milliseconds that it
/// took.
fn write_items(
    ledger: &Ledger,
    origin: &str,
    simulated: Simulated,
    items: &mut impl Iterator<Item = jejak_simulator::Item>,
) -> anyhow::Result<(u64, u128)> {
    make_in(&ledger.dir, |making| write_all((making, ledger), origin, simulated, items))
}

/// Every item goes through the public doors, at the simulator's time.
fn write_all(
    (dir, ledger): (&Path, &Ledger),
    origin: &str,
    simulated: Simulated,
    items: &mut impl Iterator<Item = jejak_simulator::Item>,
) -> anyhow::Result<(u64, u128)> {
    let start = Instant::now();
    let first = items.next().context("the simulation is empty")?;
    let mut random = Randomness::seeded(&format!("{} {}", simulated.scale, simulated.seed));
    let home = Home::create(dir, "Simulated", origin, Currency::IDR, Some(simulated), &mut random)?;
    let mut sequencer =
        Sequencer::begin(ledger.kept(home), random, Timestamp::from_millisecond(first.recorded))?;
    let actor = Actor { kind: ActorKind::Service, id: ActorId::new("sim")? };
    let progress = bar("simulating", None);
    let (mut refused, mut first_refusal) = (0, None);
    for item in std::iter::once(first).chain(items) {
        let read = Item::read(item.json.as_bytes()).with_context(|| item.json.clone())?;
        let outcome = sequencer.handle(&read, actor, Timestamp::from_millisecond(item.recorded))?;
        if let Some(problem) = outcome.problem {
            refused += 1;
            first_refusal.get_or_insert_with(|| format!("{}: {}", item.json, problem.detail));
        }
        progress.set_position(sequencer.len());
    }
    sequencer.sign()?;
    progress.finish_and_clear();
    if let Some(refusal) = first_refusal {
        // The simulator asks only for what is allowed: a refusal means that the two have grown apart.
        bail!("{refused} commands of the simulation were refused, the first: {refusal}");
    }
    Ok((sequencer.len(), start.elapsed().as_millis().max(1)))
}
