//! `jejak checkpoint`.

use super::{open, print, print_json};
use crate::Exit;
use crate::place::Ledger;
use anyhow::Context as _;
use serde_json::json;

/// Signs the head and prints it.
pub(super) fn run(ledger: &Ledger, accept_loss: bool, json: bool) -> anyhow::Result<Exit> {
    let mut sequencer = open(ledger, accept_loss)?;
    let file = sequencer.sign()?;
    let note = String::from_utf8_lossy(&file.bytes);
    if json {
        let head = file.open(&sequencer.home().verifying_key()?).context("the head just signed")?;
        print_json(&json!({
            "origin": head.origin, "size": head.size, "root": head.root_text(), "file": file.path, "note": note,
        }))?;
    } else {
        print(note.trim_end())?;
    }
    Ok(Exit::Good)
}
