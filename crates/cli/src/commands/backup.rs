//! `jejak backup`.

use super::{hex, print, print_json, root_text};
use crate::Exit;
use crate::args::Backup as Arguments;
use crate::progress::bar;
use crate::table::grouped;
use jejak_ledger::Home;
use jejak_ledger::backup::keep::{Backup, keep};
use jejak_ledger::backup::keys::{self, Saved};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;

/// Brings a backup up to the ledger, and reads it back.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    if let Some(place) = &arguments.with_keys {
        keys::check_place(&home, &arguments.to, place)?;
    }
    let (copying, reading) = (bar("copying", None), bar("reading back", None));
    let backup = keep(
        &home,
        &arguments.to,
        &mut |lines| {
            copying.set_position(lines);
            ControlFlow::Continue(())
        },
        |lines| reading.set_position(lines),
    )?;
    copying.finish_and_clear();
    reading.finish_and_clear();
    let secrets =
        arguments.with_keys.as_ref().map(|place| keys::save(&home, &arguments.to, place, &backup.erased));
    let secrets = secrets.transpose()?;
    if json {
        as_json(&backup, secrets)?;
    } else {
        as_text(&backup, arguments, secrets)?;
    }
    Ok(if backup.failures.is_empty() { Exit::Good } else { Exit::Finding })
}

fn as_json(backup: &Backup, secrets: Option<Saved>) -> anyhow::Result<()> {
    let failures = backup
        .failures
        .iter()
        .map(|failure| json!({ "position": failure.position(), "problem": failure.to_string() }));
    print_json(&json!({
        "copiedlines": backup.copied.lines,
        "copiedbytes": backup.copied.bytes,
        "copiedsegments": backup.copied.segments,
        "lines": backup.standing.lines,
        "root": root_text(&backup.standing),
        "balances": hex(&backup.standing.balances),
        "newesthead": backup.newest_head,
        "keyfiles": secrets.map(|secrets| secrets.files),
        "keysdestroyed": secrets.map(|secrets| secrets.destroyed),
        "failures": failures.collect::<Vec<_>>(),
    }))
}

fn as_text(backup: &Backup, arguments: &Arguments, secrets: Option<Saved>) -> anyhow::Result<()> {
    let (copied, standing) = (&backup.copied, &backup.standing);
    print(format!(
        "Copied     {} lines, {} bytes, {} sealed segments",
        grouped(copied.lines),
        grouped(copied.bytes),
        copied.segments
    ))?;
    print(format!("Tree head  {} at size {}", root_text(standing), standing.lines))?;
    print(format!("Balances   {}", hex(&standing.balances)))?;
    print(signed(backup.newest_head, standing.lines))?;
    print(match &arguments.with_keys {
        Some(place) => format!("Keys       in {}: keep them apart from the backup", place.display()),
        None => "Keys       not copied: without them the ledger can be read, but not written to".to_owned(),
    })?;
    if let Some(destroyed) = secrets.map(|secrets| secrets.destroyed).filter(|count| *count > 0) {
        print(format!(
            "Keys       {} of erased persons were there, and are overwritten",
            grouped(destroyed)
        ))?;
    }
    let to = arguments.to.display();
    if backup.failures.is_empty() {
        return print(format!(
            "Result     good: {to} was read back and holds {} lines",
            grouped(standing.lines)
        ));
    }
    print(format!("Result     {} failed: {to} is no backup of this state", backup.failures.len()))?;
    backup.failures.iter().take(100).try_for_each(|failure| print(format!("  {failure}")))
}

/// How far the newest signed head reaches.
pub(super) fn signed(newest_head: Option<u64>, lines: u64) -> String {
    match newest_head {
        None => "Heads      no signed head: nothing vouches for these lines".to_owned(),
        Some(size) if size == lines => "Heads      the newest signed head covers all lines".to_owned(),
        Some(size) => format!(
            "Heads      the newest signed head covers {} lines; the {} after it are not signed yet",
            grouped(size),
            grouped(lines - size)
        ),
    }
}
