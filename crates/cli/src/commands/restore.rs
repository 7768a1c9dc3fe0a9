//! `jejak restore`.

use super::backup::signed;
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
use std::path::Path;

/// Restores, or only checks.
pub(super) fn run(json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let Some(to) = arguments.to.as_deref() else {
        return tell(&checked(&arguments.from)?, json, "good: the backup is what it says");
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
    let restored = match restored {
        // Reading the backup where it is names all that is wrong with it, not only what stopped the copying.
        Err(problem @ (BackupError::Copy(_) | BackupError::Home(HomeError::Journal(_)))) => {
            let check = checked(&arguments.from)?;
            if check.findings.is_empty() {
                return Err(problem.into());
            }
            return tell(&check, json, "");
        }
        other => other?,
    };
    let keys = match restored.keys {
        0 => "it can be read and verified; writing needs its keys",
        _ => "its keys are in place",
    };
    tell(&restored.check, json, &format!("good: {} is what the backup says; {keys}", restored.dir.display()))
}

fn checked(from: &Path) -> anyhow::Result<Check> {
    let reading = bar("checking", None);
    let result = check(from, from, |lines| reading.set_position(lines));
    reading.finish_and_clear();
    Ok(result?)
}

fn tell(check: &Check, json: bool, good: &str) -> anyhow::Result<Exit> {
    let exit = if check.findings.is_empty() { Exit::Good } else { Exit::Finding };
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
    if exit == Exit::Good {
        print(format!("Result     {good}"))?;
    } else {
        print(format!("Result     {} missing or altered", check.findings.len()))?;
        check.findings.iter().take(100).try_for_each(|finding| print(format!("  {finding}")))?;
    }
    Ok(exit)
}
