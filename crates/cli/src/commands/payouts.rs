//! `jejak payouts`.

use super::{open, print, print_json};
use crate::Exit;
use crate::args::{Payouts as Arguments, RunName, Step, Who, payouts};
use crate::place::Ledger;
use crate::progress::bar;
use crate::table::{Columns, grouped};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::money::{Currency, Money};
use jejak_domain::programme::Programme;
use jejak_domain::run::{Approve, Cancelled, Command, Opened, Run};
use jejak_domain::state::State;
use jejak_ledger::payouts::{PayoutError, Payouts, Released};
use jejak_ledger::replay::Replay;
use jejak_ledger::{Home, Sequencer};
use serde_json::{Value, json};
use std::path::Path;

/// One step of one run, or where all stand.
pub(super) fn run(
    ledger: &Ledger,
    accept_loss: bool,
    json: bool,
    arguments: &Arguments,
) -> anyhow::Result<Exit> {
    let session = |who: &Who| -> anyhow::Result<(Sequencer, Actor)> {
        Ok((open(ledger, accept_loss)?, Actor { kind: ActorKind::User, id: who.actor }))
    };
    match &arguments.step {
        Step::Status(status) => self::status(&ledger.dir, json, status),
        Step::Export(export) => super::bank_files::run(ledger, accept_loss, json, export),
        Step::Prepare(prepare) => {
            let (mut sequencer, actor) = session(&prepare.who)?;
            let opened = Opened { batch: prepare.batch, partner: prepare.partner, payon: prepare.payon };
            let prepared = of(&mut sequencer, prepare.run, actor).prepare(&opened).map(drop);
            told(json, &sequencer, prepare.run, prepared, None)
        }
        Step::Approve(approve) => {
            let (mut sequencer, actor) = session(&approve.who)?;
            let command = Command::Approve(Approve { sha256: approve.sha256 });
            let approved = command_of(&mut sequencer, approve.run, actor, command);
            told(json, &sequencer, approve.run, approved, None)
        }
        Step::Cancel(cancel) => {
            let (mut sequencer, actor) = session(&cancel.who)?;
            let command = Command::Cancel(Cancelled { reason: cancel.reason });
            let cancelled = command_of(&mut sequencer, cancel.run, actor, command);
            told(json, &sequencer, cancel.run, cancelled, None)
        }
        Step::Release(release) => {
            let (mut sequencer, actor) = session(&release.who)?;
            let progress = bar("instructing", None);
            let released = of(&mut sequencer, release.run, actor)
                .release(release.limit, |instructed| progress.set_position(instructed.into()));
            progress.finish_and_clear();
            let (result, released) = match released {
                Ok(released) => (Ok(()), Some(released)),
                Err(problem) => (Err(problem), None),
            };
            told(json, &sequencer, release.run, result, released.as_ref())
        }
    }
}

pub(super) fn of(sequencer: &mut Sequencer, run: RunName, actor: Actor) -> Payouts<'_> {
    Payouts::new(sequencer, (run.programme, run.number), actor, crate::clock::now)
}

fn command_of(
    sequencer: &mut Sequencer,
    run: RunName,
    actor: Actor,
    command: Command,
) -> Result<(), PayoutError> {
    of(sequencer, run, actor).command(command)?;
    Ok(sequencer.flush()?)
}

/// Prints how the run stands after a step, or why the step was refused.
fn told(
    json: bool,
    sequencer: &Sequencer,
    name: RunName,
    done: Result<(), PayoutError>,
    released: Option<&Released>,
) -> anyhow::Result<Exit> {
    match done {
        Err(PayoutError::Refused(problem)) => {
            if json {
                print_json(&json!({ "problem": problem }))?;
            } else {
                print(&problem.detail)?;
            }
            return Ok(Exit::Finding);
        }
        done => done?,
    }
    let state = sequencer.image().read();
    let Some(run) = state.runs.get(name.programme, name.number) else { return Ok(Exit::Finding) };
    let left_out = released.map_or(&[][..], |released| &released.left_out);
    if json {
        let mut row = as_json(&state, run);
        if let (Some(released), Some(row)) = (released, row.as_object_mut()) {
            row.insert("now".into(), json!(released.instructed));
            row.insert("leftout".into(), left_out.iter().map(left_out_as_json).collect());
        }
        print_json(&row)?;
    } else {
        as_text(&state, run)?;
        for each in left_out {
            let (who, what) = (each.participant, each.benefit);
            print(format!("Left out   participant/{who} {what} {}: {}", each.number, each.problem.detail))?;
        }
    }
    Ok(if left_out.is_empty() { Exit::Good } else { Exit::Finding })
}

fn left_out_as_json(each: &jejak_ledger::payouts::LeftOut) -> Value {
    json!({
        "participant": each.participant, "benefit": each.benefit, "number": each.number, "problem": each.problem,
    })
}

fn status(dir: &Path, json: bool, status: &payouts::Status) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let mut state = State::new();
    Replay::new(&home.manifest.origin).without_hashes().run(&home.read_journal()?, |decoded| {
        decoded.events().for_each(|(_, event)| drop(state.apply(event)));
        Ok(())
    })?;
    if let Some(name) = status.run {
        let Some(run) = state.runs.get(name.programme, name.number) else {
            print(format!("run {} of {} was never opened", name.number, name.programme))?;
            return Ok(Exit::Finding);
        };
        if json {
            print_json(&as_json(&state, run))?;
        } else {
            as_text(&state, run)?;
        }
        return Ok(Exit::Good);
    }
    if json {
        let runs: Vec<_> = state.runs.iter().map(|run| as_json(&state, run)).collect();
        print_json(&runs)?;
        return Ok(Exit::Good);
    }
    if state.runs.iter().next().is_none() {
        print("no payout run was opened")?;
        return Ok(Exit::Good);
    }
    let words = ["Run", "Partner", "Pay on", "Phase", "Approved"];
    let mut table = Columns::new(&words, &["Payments", "Sum", "Instructed"]);
    for run in state.runs.iter() {
        let figures = Figures::of(&state, run);
        table.row([
            format!("{}/{}", run.programme, run.number),
            run.partner.to_string(),
            run.pay_on.to_string(),
            run.phase.to_string(),
            format!("{} of {}", run.approved_by.len(), figures.needed),
            grouped(figures.count),
            grouped(figures.total),
            grouped(run.instructed),
        ]);
    }
    print(table)?;
    Ok(Exit::Good)
}

/// What is shown of a run beside what it says of itself.
struct Figures {
    count: u64,
    total: String,
    instructed: String,
    needed: u8,
    currency: Currency,
}

impl Figures {
    fn of(state: &State, run: &Run) -> Self {
        let programme = state.programmes.get(run.programme);
        let currency = programme.map_or(Currency::IDR, Programme::currency);
        let (count, total) = run.content.map_or_else(
            || {
                run.payments(state)
                    .fold((0, 0), |(count, sum), each| (count + 1, each.minor.saturating_add(sum)))
            },
            |content| (u64::from(content.count), content.total),
        );
        Self {
            count,
            total: Money::of_minor(total, currency).text(),
            instructed: Money::of_minor(run.instructed_minor, currency).text(),
            needed: programme.map_or(1, |programme| programme.approvals_needed(run.pay_on, total)),
            currency,
        }
    }
}

fn as_json(state: &State, run: &Run) -> Value {
    let Figures { count, total, instructed, needed, currency } = Figures::of(state, run);
    json!({
        "run": format!("{}/{}", run.programme, run.number), "partner": run.partner, "payon": run.pay_on,
        "batch": run.batch, "phase": run.phase, "currency": currency, "count": count, "total": total,
        "sha256": run.content.map(|content| content.sha256), "preparedby": run.prepared_by,
        "approvedby": run.approved_by, "approvalsneeded": needed,
        "instructed": { "count": run.instructed, "total": instructed }, "files": run.files.iter().map(|(name, digest)| json!({ "file": name, "sha256": digest })).collect::<Vec<_>>(),
    })
}

fn as_text(state: &State, run: &Run) -> anyhow::Result<()> {
    let Figures { count, total, instructed, needed, currency } = Figures::of(state, run);
    let batch = run.batch.map_or_else(String::new, |batch| format!(", batch {batch}"));
    print(format!("Run        {}/{} is {}", run.programme, run.number, run.phase))?;
    print(format!("Partner    {}, to pay on {}{batch}", run.partner, run.pay_on))?;
    print(format!("Payments   {} of {currency} {} together", grouped(count), grouped(total)))?;
    if let Some(content) = run.content {
        print(format!("Digest     {}", content.sha256))?;
    }
    if let Some(by) = run.prepared_by {
        print(format!("Prepared   by {by}"))?;
    }
    let by: Vec<_> = run.approved_by.iter().map(ToString::to_string).collect();
    let by = if by.is_empty() { String::new() } else { format!(": {}", by.join(", ")) };
    print(format!("Approved   by {} of {needed} persons{by}", run.approved_by.len()))?;
    if run.instructed > 0 {
        let figures = (grouped(run.instructed), grouped(instructed));
        print(format!("Instructed {} of {currency} {} together", figures.0, figures.1))?;
    }
    Ok(())
}
