//! `jejak verify`.

use super::{print, print_json};
use crate::Exit;
use crate::args::Verify;
use crate::progress::bar;
use crate::table::grouped;
use jejak_ledger::verify::{Verification, verify};
use jejak_ledger::{CheckpointFile, Home};
use serde_json::json;
use std::path::Path;
use std::time::Instant;

/// Checks the ledger.
pub(super) fn run(dir: &Path, json: bool, arguments: &Verify) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let also =
        arguments.checkpoint.iter().map(|path| CheckpointFile::read(path)).collect::<Result<Vec<_>, _>>()?;
    let progress = bar("verifying", None);
    let start = Instant::now();
    let result = verify(&home, &also, |lines| progress.set_position(lines))?;
    let seconds = start.elapsed().as_millis().max(1);
    progress.finish_and_clear();
    if json {
        as_json(&result)?;
    } else {
        as_text(&result, seconds)?;
    }
    Ok(if result.failures.is_empty() { Exit::Good } else { Exit::Finding })
}

fn root_text(result: &Verification) -> String {
    use std::fmt::Write as _;
    result.root.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn as_json(result: &Verification) -> anyhow::Result<()> {
    let failures = result
        .failures
        .iter()
        .map(|failure| json!({ "position": failure.position(), "problem": failure.to_string() }));
    print_json(&json!({
        "origin": result.origin,
        "lines": result.lines,
        "root": root_text(result),
        "heads": result.heads,
        "newesthead": result.newest_head,
        "access": { "lines": result.access.0, "heads": result.access.1 },
        "witnessed": false,
        "failures": failures.collect::<Vec<_>>(),
    }))
}

fn as_text(result: &Verification, milliseconds: u128) -> anyhow::Result<()> {
    let rate = u128::from(result.lines) * 1000 / milliseconds;
    print(format!(
        "Lines      {} ({} bytes), {} lines a second",
        grouped(result.lines),
        grouped(result.bytes),
        grouped(rate)
    ))?;
    print(format!("Tree head  {} at size {}", root_text(result), result.lines))?;
    match result.newest_head {
        Some(size) => {
            print(format!("Heads      {} signed heads agree, the newest at size {size}", result.heads))?;
        }
        None => print("Heads      no signed head agrees: nothing vouches for these lines")?,
    }
    let (lines, heads) = result.access;
    if lines > 0 {
        print(format!(
            "Access     {} lines of the access journal, {heads} signed heads agree",
            grouped(lines)
        ))?;
    }
    print("Witness    not witnessed: whoever holds the signing key could have rewritten this")?;
    if result.failures.is_empty() {
        return print(match result.newest_head {
            Some(_) => "Result     good: order, hashes, heads, cards and books agree",
            None => "Result     order, cards and books agree, but no signed head vouches for these lines",
        });
    }
    print(format!("Result     {} failed", result.failures.len()))?;
    result.failures.iter().take(100).try_for_each(|failure| print(format!("  {failure}")))
}
