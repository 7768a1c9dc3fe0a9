//! `jejak restore`.

use super::backup::signed;
use super::verify::{keys_as_json, keys_as_text, keys_open};
use super::{hex, print, print_json, root_text};
use crate::Exit;
use crate::args::Restore as Arguments;
use crate::progress::bar;
use crate::table::grouped;
use jejak_ledger::HomeError;
use jejak_ledger::backup::check::check;
use jejak_ledger::backup::restore::restore;
use jejak_ledger::backup::{BackupError, Check};
use serde_json::json;
use std::ops::ControlFlow;

/// Restores, or only checks.
pub(super) fn run(json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let Some(to) = arguments.to.as_deref() else {
        return tell(&checked(arguments)?, json, "good: the backup is what it says");
    };
    let (copying, reading) = (bar("copying", None), bar("reading back", None));
    let restored = restore(
        &arguments.from,
        to,
        arguments.keys.as_deref(),
        &mut |lines| {
            copying.set_position(lines);
            ControlFlow::Continue(())
        },
        |lines| reading.set_position(lines),
    );
    copying.finish_and_clear();
    reading.finish_and_clear();
    let mut destroyed = 0;
    let mut restored = match restored {
        // Reading the backup where it is names all that is wrong with it, not only what stopped the copying.
        Err(problem @ (BackupError::Copy(_) | BackupError::Home(HomeError::Journal(_)))) => {
            let check = checked(arguments)?;
            if check.findings.is_empty() {
                return Err(problem.into());
            }
            return tell(&check, json, "");
        }
        other => other?,
    };
    // What the copy of the keys held of the erased was not put back.
    if restored.check.findings.is_empty()
        && let Some(keys) = &mut restored.check.keys
    {
        destroyed = std::mem::take(&mut keys.surviving).len();
    }
    if destroyed > 0 && !json {
        print(format!(
            "Keys       {destroyed} of erased persons were in the copy of the keys, and are destroyed here: destroy them there too, \
             with jejak backup --with-keys"
        ))?;
    }
    let keys = match restored.keys {
        0 => "it can be read and verified; writing needs its keys",
        _ => "its keys are in place",
    };
    tell_of(
        &restored.check,
        json,
        Some(destroyed),
        &format!("good: {} is what the backup says; {keys}", restored.dir.display()),
    )
}

fn checked(arguments: &Arguments) -> anyhow::Result<Check> {
    let (from, reading) = (&arguments.from, bar("checking", None));
    let result = check(from, from, arguments.keys.as_deref(), |lines| reading.set_position(lines));
    reading.finish_and_clear();
    Ok(result?)
}

fn tell(check: &Check, json: bool, good: &str) -> anyhow::Result<Exit> {
    tell_of(check, json, None, good)
}

fn tell_of(check: &Check, json: bool, destroyed: Option<usize>, good: &str) -> anyhow::Result<Exit> {
    let whole = check.findings.is_empty() && keys_open(check.keys.as_ref());
    let exit = if whole { Exit::Good } else { Exit::Finding };
    let standing = &check.standing;
    if json {
        let findings = check
            .findings
            .iter()
            .map(|finding| json!({ "position": finding.position(), "problem": finding.to_string() }));
        print_json(&json!({
            "lines": standing.lines,
            "root": root_text(standing),
            "balances": hex(&standing.balances),
            "said": check.said,
            "newesthead": check.newest_head,
            "keys": check.keys.as_ref().map(keys_as_json),
            "keysdestroyed": destroyed,
            "findings": findings.collect::<Vec<_>>(),
        }))?;
        return Ok(exit);
    }
    print(format!("Tree head  {} at size {}", root_text(standing), standing.lines))?;
    print(format!("Balances   {}", hex(&standing.balances)))?;
    print(signed(check.newest_head, standing.lines))?;
    match check.said {
        None => print("Backup     says nothing of itself: only signed heads vouch for it")?,
        Some(said) if said < standing.lines => print(format!(
            "Backup     speaks for {} lines, and holds {}",
            grouped(said),
            grouped(standing.lines)
        ))?,
        Some(said) => print(format!("Backup     speaks for {} lines", grouped(said)))?,
    }
    if let Some(keys) = &check.keys {
        keys_as_text(keys)?;
    }
    if check.findings.is_empty() {
        print(format!("Result     {good}"))?;
    } else {
        print(format!("Result     {} missing or altered", check.findings.len()))?;
        check.findings.iter().take(100).try_for_each(|finding| print(format!("  {finding}")))?;
    }
    Ok(exit)
}
