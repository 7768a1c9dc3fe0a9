//! `jejak init`.

use super::aside::make_in;
use super::{print, print_json};
use crate::Exit;
use crate::args::Init;
use crate::place::Ledger;
use jejak_ledger::{Home, Manifest, Randomness, Sequencer};
use serde_json::json;
use std::path::Path;

/// Makes an empty ledger.
pub(super) fn run(ledger: &Ledger, json: bool, init: &Init) -> anyhow::Result<Exit> {
    let dir = ledger.dir.as_path();
    let manifest = make_in(dir, |making| make(making, ledger, init))?;
    if json {
        print_json(&json!({ "ledger": ledger.to_string(), "origin": manifest.origin, "key": manifest.key }))?;
    } else {
        print(format!("A new ledger in {ledger}."))?;
        print(format!("Public key, to be published: {}", manifest.key))?;
        print(format!(
            "Secrets are in {}: back them up apart from the journal.",
            dir.join("keys").display()
        ))?;
    }
    Ok(Exit::Good)
}

fn make(dir: &Path, ledger: &Ledger, init: &Init) -> anyhow::Result<Manifest> {
    let mut random = Randomness::system();
    let home = Home::create(dir, &init.name, &init.origin, init.currency, None, &mut random)?;
    let manifest = home.manifest.clone();
    Sequencer::begin(ledger.kept(home), random, crate::clock::now())?.sign()?;
    Ok(manifest)
}
