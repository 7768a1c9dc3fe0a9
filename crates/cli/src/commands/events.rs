//! `jejak events`.

use crate::Exit;
use crate::args::Events;
use crate::place::Ledger;
use anyhow::{Context as _, bail};
use jejak_domain::catalogue::{Payload, TYPE_PREFIX};
use jejak_journal::{Journal as _, Position};
use jejak_ledger::Home;
use jejak_ledger::envelope::subject_of;
use std::io::Write as _;
use std::time::Duration;

/// How often a follower looks for new lines.
const LOOK: Duration = Duration::from_millis(200);

/// Prints lines as they are; with `--json`, each with its position.
pub(super) fn run(ledger: &Ledger, json: bool, arguments: &Events) -> anyhow::Result<Exit> {
    let home = Home::open(&ledger.dir)?;
    let mut from = arguments.from;
    let filter = Filter::of(arguments)?;
    loop {
        let journal = home.read_journal()?;
        if from < journal.len() {
            from = print_from(&journal, from, json, &filter)?;
        }
        if !arguments.follow {
            return Ok(Exit::Good);
        }
        std::thread::sleep(LOOK);
        ledger.refresh()?;
    }
}

struct Filter {
    /// The end of a canonical line of the type.
    ending: Option<Vec<u8>>,
    subject: Option<String>,
}

impl Filter {
    fn of(arguments: &Events) -> anyhow::Result<Self> {
        let kind = arguments.kind.as_deref().map(|kind| kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind));
        if let Some(kind) = kind.filter(|kind| Payload::names().all(|name| name != *kind)) {
            bail!("there is no event type {kind:?}{}", suggestion(kind));
        }
        Ok(Self {
            ending: kind.map(|kind| format!(",\"type\":\"{TYPE_PREFIX}{kind}\"}}").into_bytes()),
            subject: arguments.subject.map(|subject| subject.to_string()),
        })
    }

    fn takes(&self, line: &[u8]) -> bool {
        self.ending.as_ref().is_none_or(|ending| line.ends_with(ending))
            && self.subject.as_ref().is_none_or(|subject| subject_of(line) == Some(subject.as_bytes()))
    }
}

/// Types of the same subject, or where all of them are listed.
fn suggestion(kind: &str) -> String {
    let subject = kind.split('.').next().unwrap_or(kind);
    let same = Payload::names().filter(|name| name.split('.').next() == Some(subject));
    let same = same.collect::<Vec<_>>().join(", ");
    if same.is_empty() {
        ": schemas/event has one file for each".to_owned()
    } else {
        format!(": there are {same}")
    }
}

fn print_from(
    journal: &jejak_journal::FileJournal,
    from: u64,
    json: bool,
    filter: &Filter,
) -> anyhow::Result<u64> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut next = from;
    for batch in journal.read(Position(from))? {
        let frame = batch?.unpack()?;
        for (position, line) in (frame.first().0..).zip(frame.lines()) {
            next = position + 1;
            if !filter.takes(line) {
                continue;
            }
            if json {
                write!(out, "{{\"position\":{position},\"event\":")?;
                out.write_all(line)?;
                out.write_all(b"}\n")?;
            } else {
                out.write_all(line)?;
                out.write_all(b"\n")?;
            }
        }
    }
    out.flush().context("writing to standard output")?;
    Ok(next)
}
