//! `jejak day`.

use super::{open, print, print_json};
use crate::Exit;
use crate::args::DayArguments;
use crate::place::Ledger;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar::{CloseDay, Command as DayCommand};
use jejak_domain::catalogue::Command;
use jejak_domain::ids::ActorId;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::Day;
use jejak_ledger::replay::Replay;
use jejak_ledger::{Home, Item, Request, Status, preview_day};
use serde_json::json;
use std::path::Path;

/// Lists what the day would bring. It reads only, and so can be asked beside a writer.
pub(super) fn preview(dir: &Path, json: bool, date: Day) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let mut state = State::new();
    Replay::new(&home.manifest.origin).without_hashes().run(&home.read_journal()?, |decoded| {
        decoded.events().for_each(|(_, event)| {
            state.apply(event);
        });
        Ok(())
    })?;
    let closed = state.closed_day().filter(|closed| *closed >= date);
    let ended = crate::clock::now() >= date.ends();
    let drafts = if closed.is_some() { Vec::new() } else { preview_day(&state, date) };
    if json {
        let rows = drafts.iter().map(
            |draft| json!({ "type": draft.payload.name(), "subject": draft.subject, "data": draft.payload }),
        );
        let rows = rows.collect::<Vec<_>>();
        print_json(&json!({ "date": date, "closed": closed.is_some(), "ended": ended, "would": rows }))?;
    } else if let Some(closed) = closed {
        print(format!("{closed} is closed: {date} cannot be closed again or later."))?;
    } else {
        if !ended {
            print(format!("{date} has not ended; this is what it would bring if it ended now."))?;
        }
        for draft in &drafts {
            let data = serde_json::to_string(&draft.payload)?;
            print(format!("{}  {}  {data}", draft.payload.name(), draft.subject))?;
        }
        print(format!("{} would be recorded on {date}; nothing was.", drafts.len()))?;
    }
    Ok(if closed.is_some() { Exit::Finding } else { Exit::Good })
}

/// Commands what the day brings, and closes it.
pub(super) fn run(
    ledger: &Ledger,
    accept_loss: bool,
    json: bool,
    arguments: &DayArguments,
) -> anyhow::Result<Exit> {
    let mut sequencer = open(ledger, accept_loss)?;
    let first = sequencer.len();
    let item = Item {
        request: Request::Command(Command::Calendar(DayCommand::CloseDay(CloseDay {}))),
        subject: Subject::Day(arguments.date),
        programme: None,
        time: Some(arguments.date.ends()),
        command_id: None,
        actor: None,
        reported_on: None,
    };
    let actor = Actor { kind: ActorKind::User, id: ActorId::new("operator")? };
    let outcome = sequencer.handle(&item, actor, crate::clock::now())?;
    sequencer.flush()?;
    if json {
        print_json(&outcome)?;
    } else if let Some(problem) = &outcome.problem {
        print(&problem.detail)?;
    } else {
        let brought = sequencer.len() - first - 1;
        print(format!(
            "{} is closed: {brought} events brought by it, positions {first} to {}",
            arguments.date,
            sequencer.len() - 1
        ))?;
    }
    Ok(if outcome.status == Status::Refused { Exit::Finding } else { Exit::Good })
}
