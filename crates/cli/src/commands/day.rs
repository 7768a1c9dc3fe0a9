//! `jejak day`.

use super::{open, print, print_json};
use crate::Exit;
use crate::args::DayArguments;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar::{CloseDay, Command as DayCommand};
use jejak_domain::catalogue::Command;
use jejak_domain::ids::ActorId;
use jejak_domain::subject::Subject;
use jejak_ledger::{Item, Request, Status};
use std::path::Path;

/// Lists what the day brings, or commands it and closes the day.
pub(super) fn run(
    dir: &Path,
    accept_loss: bool,
    json: bool,
    arguments: &DayArguments,
) -> anyhow::Result<Exit> {
    let mut sequencer = open(dir, accept_loss)?;
    if arguments.dry_run {
        if let Some(closed) = sequencer.image().read().closed_day().filter(|closed| *closed >= arguments.date)
        {
            print(format!("{closed} is closed: {} cannot be closed again or later.", arguments.date))?;
            return Ok(Exit::Finding);
        }
        if crate::clock::now() < arguments.date.ends() {
            print(format!("{} has not ended; this is what it would bring if it ended now.", arguments.date))?;
        }
        let drafts = sequencer.preview(arguments.date);
        for draft in &drafts {
            print(format!(
                "{}  {}  {}",
                draft.payload.name(),
                draft.subject,
                serde_json::to_string(&draft.payload)?
            ))?;
        }
        print(format!("{} would be recorded on {}; nothing was.", drafts.len(), arguments.date))?;
        return Ok(Exit::Good);
    }
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
