//! `jejak init`.

use super::{print, print_json};
use crate::Exit;
use crate::args::Init;
use anyhow::{Context as _, bail};
use jejak_ledger::{Home, Manifest, Randomness, Sequencer};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Makes an empty ledger.
pub(super) fn run(dir: &Path, json: bool, init: &Init) -> anyhow::Result<Exit> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} already holds a ledger, or something else: name an empty or new directory", dir.display());
    }
    // Made aside and moved in one step, so that an interrupted init leaves nothing half made under the name.
    let making = dir.with_extension("making");
    if making.exists() {
        fs::remove_dir_all(&making).with_context(|| format!("clearing {}", making.display()))?;
    }
    let manifest = match make(&making, init) {
        Ok(manifest) => manifest,
        Err(error) => {
            // The cause matters, not what is left aside.
            let _ = fs::remove_dir_all(&making);
            return Err(error);
        }
    };
    fs::rename(&making, dir).with_context(|| format!("moving {} to {}", making.display(), dir.display()))?;
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
