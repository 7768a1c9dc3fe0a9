//! `jejak verify`.

use super::{print, print_json};
use crate::Exit;
use crate::args::Verify;
use crate::clock::now;
use crate::place::Ledger;
use crate::progress::bar;
use crate::table::grouped;
use jejak_domain::time::Timestamp;
use jejak_journal::checkpoint::Checkpoint;
use jejak_ledger::verify::{Segregation, Verification, Witnessed, Witnesses, verify, witnessed};
use jejak_ledger::{CheckpointFile, KeyCheck};
use serde_json::{Value, json};
use std::time::Instant;

/// Checks the ledger.
pub(super) fn run(ledger: &Ledger, json: bool, arguments: &Verify) -> anyhow::Result<Exit> {
    let home = ledger.home()?;
    let also =
        arguments.checkpoint.iter().map(|path| CheckpointFile::read(path)).collect::<Result<Vec<_>, _>>()?;
    let progress = bar("verifying", None);
    let start = Instant::now();
    let mut result = verify(&home, &also, |lines| progress.set_position(lines))?;
    let now = u64::try_from(now().as_millisecond() / 1000).unwrap_or_default();
    let mut witnesses = witnessed(&home, &also, &arguments.witness, now)?;
    result.failures.append(&mut witnesses.failures);
    // Who cosigned heads that are not of these lines vouches for nothing here.
    if !result.failures.is_empty() {
        witnesses.found.clear();
    }
    let seconds = start.elapsed().as_millis().max(1);
    progress.finish_and_clear();
    if json {
        as_json(&result, &witnesses)?;
    } else {
        as_text(&result, &witnesses, seconds)?;
    }
    let whole = result.failures.is_empty() && keys_open(result.keys.as_ref());
    Ok(match (whole, result.segregation.count) {
        (false, _) => Exit::Finding,
        (true, 0) => Exit::Good,
        (true, _) => Exit::Breach,
    })
}

/// In base64, as in every signed head.
fn root_text(result: &Verification) -> String {
    Checkpoint { origin: result.origin.clone(), size: result.lines, root: result.root }.root_text()
}

fn time_of(witnessed: &Witnessed) -> Timestamp {
    let milliseconds = witnessed.time.saturating_mul(1000);
    Timestamp::from_millisecond(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

fn as_json(result: &Verification, witnesses: &Witnesses) -> anyhow::Result<()> {
    let failures = result
        .failures
        .iter()
        .map(|failure| json!({ "position": failure.position(), "problem": failure.to_string() }));
    let rows = |all: &[Witnessed]| -> Vec<_> {
        let row =
            |each: &Witnessed| json!({ "witness": each.witness, "size": each.size, "time": time_of(each) });
        all.iter().map(row).collect()
    };
    let first = result.segregation.first.iter().map(|finding| {
        json!({
            "rule": finding.rule.as_str(), "position": finding.position, "subject": finding.subject,
            "sentence": finding.sentence,
        })
    });
    let keys = result.keys.as_ref().map(keys_as_json);
    let (lines, heads) = result.access;
    let access = (lines > 0).then(|| json!({ "access": { "lines": lines, "heads": heads } }));
    let mut said = json!({
        "origin": result.origin,
        "lines": result.lines,
        "root": root_text(result),
        "heads": result.heads,
        "newesthead": result.newest_head,
        "witnessed": !witnesses.found.is_empty(),
        "witnesses": rows(&witnesses.found),
        "cosignedahead": rows(&witnesses.ahead),
        "failures": failures.collect::<Vec<_>>(),
        "keys": keys,
        "segregation": { "count": result.segregation.count, "first": first.collect::<Vec<_>>() },
    });
    if let (Some(said), Some(Value::Object(access))) = (said.as_object_mut(), access) {
        said.extend(access);
    }
    print_json(&said)
}

fn as_text(result: &Verification, witnesses: &Witnesses, milliseconds: u128) -> anyhow::Result<()> {
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
    for each in &witnesses.ahead {
        let (name, time) = (&each.witness, time_of(each));
        print(format!(
            "Warning    {name} cosigned at {time}, which has not come: not counted, check both clocks"
        ))?;
    }
    for each in &witnesses.found {
        let (name, size) = (&each.witness, grouped(each.size));
        print(format!("Witness    the first {size} lines are witnessed by {name}, {}", time_of(each)))?;
    }
    let witnessed = witnesses.found.iter().map(|each| each.size).max().unwrap_or(0);
    if witnesses.found.is_empty() {
        print("Witness    not witnessed: whoever holds the signing key could have rewritten this")?;
    } else if witnessed < result.lines {
        let rest = grouped(result.lines - witnessed);
        print(format!("Witness    the last {rest} lines are not witnessed: they could have been rewritten"))?;
    }
    if let Some(keys) = &result.keys {
        keys_as_text(keys)?;
    }
    segregation(&result.segregation)?;
    if result.failures.is_empty() && !keys_open(result.keys.as_ref()) {
        return print(
            "Result     order, hashes, heads, cards and books agree, but not the keys: see Keys above",
        );
    }
    if result.failures.is_empty() {
        return print(match (result.newest_head, result.segregation.count) {
            (Some(_), 0) => "Result     good: order, hashes, heads, cards and books agree",
            (Some(_), _) => {
                "Result     whole: order, hashes, heads, cards and books agree; see Persons above"
            }
            (None, _) => {
                "Result     order, cards and books agree, but no signed head vouches for these lines"
            }
        });
    }
    print(format!("Result     {} failed", result.failures.len()))?;
    result.failures.iter().take(100).try_for_each(|failure| print(format!("  {failure}")))
}

/// Lines that are as they were written, and should not have been.
fn segregation(all: &Segregation) -> anyhow::Result<()> {
    if all.count == 0 {
        return print("Persons    nobody made and approved the same money, and nobody acted without right");
    }
    print(format!("Persons    {} acts of one person on both sides, or without right", grouped(all.count)))?;
    all.first.iter().take(10).try_for_each(|finding| {
        print(format!("  position {}: {}: {}", finding.position, finding.rule, finding.sentence))
    })?;
    match all.count {
        0..=10 => Ok(()),
        count => print(format!("  and {} more: jejak findings lists all", grouped(count - 10))),
    }
}

/// True when nothing that should open stays closed, and nothing opens that should not.
pub(super) fn keys_open(keys: Option<&KeyCheck>) -> bool {
    keys.is_none_or(|keys| keys.without.is_empty() && keys.surviving.is_empty())
}

pub(super) fn keys_as_json(keys: &KeyCheck) -> Value {
    json!({ "opened": keys.opened, "without": keys.without, "surviving": keys.surviving })
}

/// What the keys at hand open: persons by their ids, and never anything of theirs.
pub(super) fn keys_as_text(keys: &KeyCheck) -> anyhow::Result<()> {
    let KeyCheck { opened, without, surviving } = keys;
    if *opened == 0 && keys_open(Some(keys)) {
        return Ok(());
    }
    if *opened > 0 || without.is_empty() {
        print(format!("Keys       {} sealed values open with the keys at hand", grouped(*opened)))?;
    }
    let told = [
        (
            without,
            "persons have no key that opens their data: restore persons.keys and personal.key from one copy",
        ),
        (
            surviving,
            "persons are erased, and their keys are still here: open the ledger for writing, or copy the keys to here again",
        ),
    ];
    for (persons, what) in told.into_iter().filter(|(persons, _)| !persons.is_empty()) {
        print(format!("Keys       {} {what}", persons.len()))?;
        persons.iter().take(10).try_for_each(|id| print(format!("  participant/{id}")))?;
    }
    Ok(())
}
