//! One file for each verb, or for a few that are two sides of one thing.

mod access;
mod aside;
mod backup;
mod balances;
mod bank_files;
mod checkpoint;
mod copy;
mod day;
mod demo;
mod events;
mod export;
mod findings;
mod follow;
mod init;
mod intake;
mod owed;
mod payouts;
mod project;
mod prove;
mod published;
mod rehearse;
mod replay;
mod restore;
mod serve;
mod show;
mod simulate;
mod sql;
mod token;
mod verify;

use crate::Exit;
use crate::args::{Arguments, Verb};
use crate::place::{Ledger, check_directory};
use anyhow::Context as _;
use jejak_journal::checkpoint::Checkpoint;
use jejak_ledger::backup::Standing;
use jejak_ledger::{Randomness, Sequencer};
use serde::Serialize;
use std::io::Write as _;

/// Carries out what was typed.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let (json, loss) = (arguments.json, arguments.accept_loss);
    for (option, path) in arguments.verb.directories() {
        check_directory(option, path)?;
    }
    if let Some(state) = &arguments.state {
        check_directory("--state", state)?;
    }
    let ledger = Ledger::at(&arguments.ledger.place()?, arguments.state.as_deref())?;
    let dir = ledger.dir.as_path();
    match &arguments.verb {
        Verb::Verify(_) => ledger.refresh_heads()?,
        verb if verb.reads() => ledger.refresh()?,
        _ => {}
    }
    match arguments.verb {
        Verb::Init(init) => init::run(&ledger, json, &init),
        Verb::Simulate(simulate) => simulate::run(&ledger, json, &simulate),
        Verb::Demo(demo) => demo::run(&ledger, &demo),
        Verb::Import(intake) => intake::run(&ledger, loss, &intake, jejak_ledger::intake::Door::Facts),
        Verb::Submit(intake) => intake::run(&ledger, loss, &intake, jejak_ledger::intake::Door::Commands),
        Verb::Replay(replay) => replay::run(dir, json, &replay),
        Verb::Findings(replay) => findings::run(dir, json, &replay),
        Verb::Owed(replay) => owed::run(dir, json, &replay),
        Verb::Rehearse(rehearse) => rehearse::run(dir, json, &rehearse),
        Verb::Verify(verify) => verify::run(&ledger, json, &verify),
        Verb::Access(access) => access::run(&ledger, &access),
        Verb::Checkpoint => checkpoint::run(&ledger, loss, json),
        Verb::Prove(prove) => prove::run(&ledger, loss, json, &prove),
        Verb::CheckProof(check) => prove::check(json, &check),
        Verb::Show(show) => show::run(dir, json, &show),
        Verb::Day(day) if day.dry_run => day::preview(dir, json, day.date),
        Verb::Day(day) => day::run(&ledger, loss, json, &day),
        Verb::Payouts(payouts) => payouts::run(&ledger, loss, json, &payouts),
        Verb::Balances(replay) => balances::run(dir, json, &replay),
        Verb::Project(project) => project::run(&ledger, json, &project),
        Verb::Export(export) => export::run(dir, json, &export),
        Verb::Sql(sql) => sql::run(dir, json, &sql),
        Verb::Backup(backup) => backup::run(dir, json, &backup),
        Verb::Restore(restore) => restore::run(json, &restore),
        Verb::Follow(follow) => follow::run(&ledger, json, &follow),
        Verb::Copy(copy) => copy::run(json, &copy),
        Verb::Serve(serve) => serve::run(&ledger, loss, &serve),
        Verb::Token(token) => token::run(dir, json, &token),
        Verb::Events(events) => events::run(&ledger, json, &events),
    }
}

/// Opens the ledger for writing, with the keys of everybody in it.
fn open(ledger: &Ledger, accept_loss: bool) -> anyhow::Result<Sequencer> {
    let sequencer = open_to_follow(ledger, accept_loss)?;
    if !accept_loss {
        sequencer.check_keys()?;
    }
    Ok(sequencer)
}

/// The same with the keys that there are, and tells what had to be repaired.
fn open_to_follow(ledger: &Ledger, accept_loss: bool) -> anyhow::Result<Sequencer> {
    let (sequencer, recovery) = Sequencer::open(ledger.home()?, Randomness::system(), accept_loss)?;
    if let Some(cut) = recovery.cut {
        note(&format!(
            "an interrupted write was cut off: {} bytes from {}, kept in {}; nothing acknowledged is lost",
            cut.bytes,
            cut.place,
            cut.kept_in.display()
        ))?;
    }
    Ok(sequencer)
}

/// A remark for people, beside the output.
fn note(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stderr(), "jejak: {text}").context("writing to standard error")
}

/// Prints text.
fn print(text: impl std::fmt::Display) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("writing to standard output")
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A root in base64, as in every signed head.
fn root_text(standing: &Standing) -> String {
    Checkpoint { origin: String::new(), size: standing.lines, root: standing.root }.root_text()
}

/// Prints a value as JSON, in one line.
fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(serde_json::to_string(value)?)
}
