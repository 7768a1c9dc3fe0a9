//! `jejak copy`.

use super::{hex, print, print_json};
use crate::Exit;
use crate::args::Copy as Arguments;
use crate::progress::bar;
use crate::table::grouped;
use jejak_journal::checkpoint::Checkpoint;
use jejak_ledger::copying::{BadHead, Copied, CopyingError, copy};
use serde_json::json;

/// Brings one engine up to another.
pub(super) fn run(json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let (from, to) = (arguments.from.place()?.side()?, arguments.to.place()?.side()?);
    let copying = bar("copying", None);
    let copied = copy(&from, &to, |lines| copying.set_position(lines));
    copying.finish_and_clear();
    let copied = match copied {
        Err(CopyingError::Heads(bad)) => return refused(json, &bad),
        copied => copied?,
    };
    if json {
        as_json(&copied)?;
    } else {
        as_text(&copied, &to.to_string())?;
    }
    Ok(Exit::Good)
}

/// Nothing was copied.
fn refused(json: bool, bad: &[BadHead]) -> anyhow::Result<Exit> {
    if json {
        let failures: Vec<_> = bad.iter().map(|bad| json!({ "problem": bad.to_string() })).collect();
        print_json(&json!({ "failures": failures }))?;
    } else {
        print(format!("Result     {} signed heads do not hold: nothing was copied", bad.len()))?;
        bad.iter().take(100).try_for_each(|bad| print(format!("  {bad}")))?;
    }
    Ok(Exit::Finding)
}

fn as_json(copied: &Copied) -> anyhow::Result<()> {
    let standing = copied.lines.standing;
    print_json(&json!({
        "copiedlines": copied.lines.lines,
        "copiedheads": copied.heads,
        "lines": standing.lines,
        "root": root(copied),
        "commits": hex(&standing.commits),
        "accesslines": copied.access.map(|access| access.standing.lines),
        "failures": [],
    }))
}

fn root(copied: &Copied) -> String {
    let standing = copied.lines.standing;
    Checkpoint { origin: String::new(), size: standing.lines, root: standing.root }.root_text()
}

fn as_text(copied: &Copied, to: &str) -> anyhow::Result<()> {
    let standing = copied.lines.standing;
    print(format!("Copied     {} lines, {} signed heads", grouped(copied.lines.lines), copied.heads))?;
    print(format!("Tree head  {} at size {}, the same on both sides", root(copied), standing.lines))?;
    print(format!("Commits    {}", hex(&standing.commits)))?;
    if let Some(access) = copied.access {
        print(format!(
            "Access     {} lines of the access journal, the same on both sides",
            grouped(access.standing.lines)
        ))?;
    }
    print("Keys       not copied: they stay in files, see the README")?;
    print(format!("Result     good: {to} was read back and holds {} lines", grouped(standing.lines)))
}
