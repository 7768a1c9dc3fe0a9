//! `jejak follow`.

use super::{note, print, print_json};
use crate::Exit;
use crate::args::Follow;
use crate::place::Ledger;
use crate::progress::spinner;
use crate::stop::Stop;
use crate::table::grouped;
use jejak_journal::CopyError;
use jejak_ledger::Home;
use jejak_ledger::backup::{BackupError, LedgerCopy};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;

/// How often it looks for new lines.
const LOOK: Duration = Duration::from_millis(200);

/// Copies until it is told to stop.
pub(super) fn run(ledger: &Ledger, json: bool, arguments: &Follow) -> anyhow::Result<Exit> {
    let stop = Stop::listen()?;
    let mut copy = LedgerCopy::open(&Home::open(&ledger.dir)?, &arguments.to)?;
    let before = copy.len();
    let shown = spinner("following");
    let mut caught_up = false;
    loop {
        let end = copy.len() + copy.lag()?;
        let copied = copy.advance(&mut |lines| {
            shown.set_message(format!("{} lines behind", grouped(end.saturating_sub(lines))));
            if stop.asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match copied {
            Err(BackupError::Copy(CopyError::Stopped)) => break,
            other => other?,
        };
        shown.set_message(format!("{} lines, {} behind", grouped(copy.len()), copy.lag()?));
        if !caught_up {
            caught_up = true;
            shown.suspend(|| {
                note(&format!("{} holds {} lines and follows", arguments.to.display(), grouped(copy.len())))
            })?;
        }
        if stop.asked_within(LOOK) {
            break;
        }
        ledger.refresh()?;
    }
    shown.finish_and_clear();
    let (lines, behind) = (copy.len(), copy.lag()?);
    if json {
        print_json(&json!({ "copiedlines": lines - before, "lines": lines, "behind": behind }))?;
    } else {
        print(format!(
            "{} lines copied; {} holds {}, {} behind the ledger",
            grouped(lines - before),
            arguments.to.display(),
            grouped(lines),
            grouped(behind)
        ))?;
    }
    Ok(Exit::Good)
}
