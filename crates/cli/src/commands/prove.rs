//! `jejak prove` and `jejak check-proof`.

use super::{open, print, print_json};
use crate::Exit;
use crate::args::{CheckProof, Prove};
use crate::place::Ledger;
use anyhow::{Context as _, bail};
use jejak_journal::Journal as _;
use jejak_journal::checkpoint::{Note, VerifyingKey};
use jejak_ledger::Checkpoints;
use jejak_ledger::proof::Proof;
use serde_json::json;

/// Prints a proof against the newest head, signing one first when the line is not under it.
pub(super) fn run(ledger: &Ledger, accept_loss: bool, json: bool, prove: &Prove) -> anyhow::Result<Exit> {
    let home = ledger.home()?;
    let len = home.read_journal()?.len();
    if prove.position >= len {
        bail!("there is no line at position {}: the ledger has {len} lines, from position 0", prove.position);
    }
    let key = home.verifying_key()?;
    let checkpoints = Checkpoints::of(&home);
    let covered = checkpoints.newest(&key)?.is_some_and(|head| head.size > prove.position);
    if !covered {
        open(ledger, accept_loss)?.sign()?;
    }
    let files = checkpoints.all()?;
    let signed = files.iter().rev().find_map(|file| file.open(&key).ok().map(|head| (file, head.size)));
    let (file, size) = signed.context("no signed head: run `jejak checkpoint` first")?;
    let proof = Proof::of(&home.read_journal()?, prove.position, size, Note::parse(&file.bytes)?)?;
    if json {
        print_json(&json!({ "position": prove.position, "size": size, "proof": proof.text() }))?;
    } else {
        print(proof.text().trim_end())?;
    }
    Ok(Exit::Good)
}

/// Checks a proof with the public key alone.
pub(super) fn check(json: bool, check: &CheckProof) -> anyhow::Result<Exit> {
    let key = VerifyingKey::parse(&check.key).context("--key")?;
    let bytes = std::fs::read(&check.file).with_context(|| check.file.display().to_string())?;
    let checked = Proof::read(&bytes).and_then(|proof| proof.check(&key).map(|head| (proof, head)));
    match checked {
        Ok((proof, head)) if json => print_json(&json!({
            "proved": true, "position": proof.position(), "origin": head.origin, "size": head.size,
            "line": String::from_utf8_lossy(proof.line()),
        }))?,
        Ok((proof, head)) => {
            print(String::from_utf8_lossy(proof.line()))?;
            print(format!(
                "stands at position {} of {}, under the head over {} lines",
                proof.position(),
                head.origin,
                head.size
            ))?;
        }
        Err(problem) => {
            if json {
                print_json(&json!({ "proved": false, "problem": problem.to_string() }))?;
            } else {
                print(format!("not proved: {problem}"))?;
            }
            return Ok(Exit::Finding);
        }
    }
    Ok(Exit::Good)
}
