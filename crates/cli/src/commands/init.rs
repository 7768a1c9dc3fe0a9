//! `jejak init`.

use super::aside::make_in;
use super::{print, print_json};
use crate::Exit;
use crate::args::Init;
use jejak_ledger::{Home, Manifest, Randomness, Sequencer};
use serde_json::json;
use std::path::Path;

/// Makes an empty ledger.
pub(super) fn run(dir: &Path, json: bool, init: &Init) -> anyhow::Result<Exit> {
    let manifest = make_in(dir, |making| make(making, init))?;
    if json {
        print_json(&json!({ "ledger": dir, "origin": manifest.origin, "key": manifest.key }))?;
    } else {
        print(format!("A new ledger in {}.", dir.display()))?;
        print(format!("Public key, to be published: {}", manifest.key))?;
        print(format!(
            "Secrets are in {}: back them up apart from the journal.",
            dir.join("keys").display()
        ))?;
    }
    Ok(Exit::Good)
}

fn make(dir: &Path, init: &Init) -> anyhow::Result<Manifest> {
    let mut random = Randomness::system();
    let home = Home::create(dir, &init.name, &init.origin, init.currency, None, &mut random)?;
    let manifest = home.manifest.clone();
    Sequencer::begin(home, random, crate::clock::now())?.sign()?;
    Ok(manifest)
}
