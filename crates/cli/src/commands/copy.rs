//! `jejak copy`.

use super::{hex, print, print_json};
use crate::Exit;
use crate::args::Copy as Arguments;
use crate::progress::bar;
use crate::table::grouped;
use jejak_journal::checkpoint::Checkpoint;
use jejak_ledger::copying::{Copied, copy};
use serde_json::json;

/// Brings one engine up to another.
pub(super) fn run(json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let (from, to) = (arguments.from.side()?, arguments.to.side()?);
    let copying = bar("copying", None);
    let copied = copy(&from, &to, |lines| copying.set_position(lines))?;
    copying.finish_and_clear();
    if json {
        as_json(&copied)?;
    } else {
        as_text(&copied, &to.to_string())?;
    }
    Ok(Exit::Good)
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
        print(format!("Access     {} lines of the access journal", grouped(access.standing.lines)))?;
    }
    print("Keys       not copied: they stay in files, see the README")?;
    print(format!("Result     good: {to} was read back and holds {} lines", grouped(standing.lines)))
}
