//! `jejak payouts export`.

use super::payouts::of;
use super::{open, print, print_json};
use crate::Exit;
use crate::args::payouts::Export;
use crate::place::Ledger;
use crate::progress::spinner;
use crate::table::grouped;
use anyhow::{Context as _, bail};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::{Digest, DocumentNumber, Reason};
use jejak_domain::money::Money;
use jejak_domain::run::{Command, FileIssued, Phase, Run};
use jejak_ledger::Sequencer;
use jejak_ledger::access_log::{Access, AccessLog, Shown};
use jejak_ledger::payouts::{Account, Instructed, accounts, instructed};
use jejak_payments::end_to_end::{EndToEndId, Payment};
use jejak_payments::formats::pain001;
use jejak_payments::instruction::{Heading, Instruction, Payee, Payer};
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Participants to a line of the access journal.
const LOOKED_AT: usize = 1_000;

/// Who pays, as it is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedPayer {
    name: String,
    account: String,
    bic: String,
}

/// One file that was written.
struct Written {
    name: DocumentNumber,
    path: PathBuf,
    count: u64,
    total: Money,
    sha256: Digest,
    is_new: bool,
}

/// Writes the files of a run, and records that they were made.
pub(super) fn run(ledger: &Ledger, accept_loss: bool, json: bool, export: &Export) -> anyhow::Result<Exit> {
    let text = std::fs::read_to_string(&export.payer)
        .with_context(|| format!("reading {}", export.payer.display()))?;
    let payer: TypedPayer = toml::from_str(&text).with_context(|| format!("{}", export.payer.display()))?;
    let payer = Payer { name: payer.name, account: payer.account, bic: payer.bic };
    let mut sequencer = open(ledger, accept_loss)?;
    let name = export.run;
    let found = sequencer.image().read().runs.get(name.programme, name.number).cloned();
    let Some(run) = found else { bail!("run {} of {} was never opened", name.number, name.programme) };
    if !matches!(run.phase, Phase::Released | Phase::Completed) {
        bail!("run {} is {}: release it first", run.number, run.phase);
    }
    let shown = spinner("writing");
    let home = sequencer.home().clone();
    let payments = instructed(&home, (run.programme, run.number))?;
    look(&sequencer, &run, export, &payments)?;
    let opened = accounts(&home, sequencer.vault(), &payments)?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (payment, account) in payments.into_iter().zip(opened) {
        match account {
            Some(account) => with.push((payment, account)),
            None => without.push(payment),
        }
    }
    std::fs::create_dir_all(&export.out).with_context(|| format!("making {}", export.out.display()))?;
    let mut files = Vec::new();
    for chunk in pain001::chunks(with.len(), export.most.get()) {
        let part = with.get(chunk.payments).unwrap_or_default();
        files.push(write(&run, &payer, chunk.number, part, &export.out)?);
    }
    record(&mut sequencer, export, &files)?;
    shown.finish_and_clear();
    tell(json, &files, &without)
}

/// The access journal says who opened whose account, and what for, before anything is opened.
fn look(sequencer: &Sequencer, run: &Run, export: &Export, payments: &[Instructed]) -> anyhow::Result<()> {
    let (log, thread) = AccessLog::start(sequencer.home())?;
    let (actor, now) = (export.who.actor, crate::clock::now());
    let roles: Vec<_> = sequencer.image().read().access.holding(actor, now).map(|grant| grant.role).collect();
    let written = payments.chunks(LOOKED_AT).try_for_each(|part| {
        let access = Access::Read {
            purpose: Reason::new("payout-file")?,
            case: Some(run.number),
            participants: part.iter().map(|payment| payment.participant).collect(),
            fields: vec!["account.holder".to_owned(), "account.number".to_owned()],
            result: Shown::Shown,
            lines: sequencer.len(),
        };
        anyhow::Ok(log.append(now, actor, roles.clone(), access)?)
    });
    log.finish();
    let ended = thread.join();
    written?;
    ended.map_err(|_| anyhow::anyhow!("the access journal was not closed: nothing is written"))
}

fn write(
    run: &Run,
    payer: &Payer,
    number: usize,
    part: &[(Instructed, Account)],
    out: &Path,
) -> anyhow::Result<Written> {
    let name = format!("{}-{number}", run.number);
    let message = DocumentNumber::new(&name).with_context(|| format!("the file's name {name}"))?;
    let Some((first, _)) = part.first() else { bail!("a file without payments") };
    let zero = Money::zero(first.amount.currency());
    let total = part.iter().try_fold(zero, |sum, (payment, _)| sum.plus(payment.amount))?;
    let heading = Heading {
        message: name.clone(),
        released: run.released_at.context("the run was not released")?,
        pay_on: run.pay_on,
        count: u64::try_from(part.len())?,
        total,
        partner: run.partner,
        payer: payer.clone(),
    };
    let instructions = part.iter().map(|(payment, account)| instruction(run, payment, account));
    let mut bytes = Vec::new();
    pain001::write(&heading, instructions, &mut bytes)?;
    let sha256 = Digest::of([bytes.as_slice()]);
    let before = run.files.iter().find(|(issued, _)| *issued == message).map(|(_, digest)| *digest);
    if let Some(before) = before.filter(|before| *before != sha256) {
        bail!(
            "{name} was issued with the digest {before}, and would have {sha256} now: somebody's account was erased since, \
             or another payer or size of files is given; nothing was written"
        );
    }
    let path = out.join(format!("{name}.xml"));
    std::fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
    Ok(Written { name: message, path, count: heading.count, total, sha256, is_new: before.is_none() })
}

fn instruction(run: &Run, payment: &Instructed, account: &Account) -> Instruction {
    let Instructed { participant, benefit, number, attempt, amount, .. } = *payment;
    let of = Payment { participant, programme: run.programme, benefit, number, attempt };
    // The account is kept at the partner itself.
    let payee = Payee { holder: account.holder.clone(), account: account.number.clone(), bic: None };
    Instruction { reference: EndToEndId::of(&of), amount, payee }
}

fn record(sequencer: &mut Sequencer, export: &Export, files: &[Written]) -> anyhow::Result<()> {
    let actor = Actor { kind: ActorKind::User, id: export.who.actor };
    for file in files.iter().filter(|file| file.is_new) {
        let issued = FileIssued {
            count: u32::try_from(file.count)?,
            file: file.name,
            format: Reason::new(pain001::NAME)?,
            sha256: file.sha256,
            total: file.total,
        };
        of(sequencer, export.run, actor).command(Command::IssueFile(issued))?;
    }
    Ok(sequencer.flush()?)
}

fn tell(json: bool, files: &[Written], without: &[Instructed]) -> anyhow::Result<Exit> {
    if json {
        let rows: Vec<_> = files
            .iter()
            .map(|file| {
                json!({
                    "file": file.path, "count": file.count, "total": file.total.text(), "sha256": file.sha256,
                    "currency": file.total.currency(), "new": file.is_new,
                })
            })
            .collect();
        let left: Vec<_> = without.iter().map(|each| each.participant).collect();
        print_json(&json!({ "files": rows, "withoutaccount": left }))?;
    } else {
        for file in files {
            let figures = (grouped(file.count), file.total.currency(), grouped(file.total.text()));
            let (count, currency, total) = figures;
            print(format!(
                "{}: {count} payments of {currency} {total}, SHA-256 {}",
                file.path.display(),
                file.sha256
            ))?;
        }
        for each in without {
            print(format!(
                "Left out   participant/{} {} {}: no account number is known, report the payment as failed",
                each.participant, each.benefit, each.number
            ))?;
        }
    }
    Ok(if without.is_empty() { Exit::Good } else { Exit::Finding })
}
