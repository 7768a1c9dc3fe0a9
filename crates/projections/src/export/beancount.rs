//! The books as a beancount file: `bean-check` takes it.

use super::books::{Name, accounts, assertions, currencies, transactions};
use super::hledger::last_day;
use super::reading::Source;
use super::{ExportError, file_error};
use jejak_domain::time::Day;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes the file.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn export(source: &Source, path: &Path) -> Result<(), ExportError> {
    let failed = file_error(path);
    let mut out = BufWriter::new(super::create(path)?);
    let standing = &source.standing;
    writeln!(out, "; {}", standing.origin).map_err(&failed)?;
    writeln!(out, "; position {}, root {}", standing.position, standing.root).map_err(&failed)?;
    writeln!(out, "option \"title\" \"{}\"", standing.origin).map_err(&failed)?;
    let opened = accounts(source)?;
    let names = names(opened.keys());
    for currency in currencies(opened.keys()) {
        writeln!(out, "option \"operating_currency\" \"{currency}\"").map_err(&failed)?;
    }
    let written = |name: &Name| names.get(name).cloned().unwrap_or_default();
    for (name, day) in &opened {
        writeln!(out, "{day} open {} {}", written(name), name.currency).map_err(&failed)?;
    }
    transactions(source, |each| {
        writeln!(out, "\n{} * \"{}\" \"{}\"", each.effective, each.subject, each.kind).map_err(&failed)?;
        writeln!(out, "  position: {}\n  known: \"{}\"", each.position, each.known).map_err(&failed)?;
        each.postings.iter().try_for_each(|posting| {
            let currency = &posting.name.currency;
            writeln!(out, "  {}  {} {currency}", written(&posting.name), posting.amount).map_err(&failed)
        })
    })?;
    writeln!(out).map_err(&failed)?;
    for each in assertions(source)? {
        // A balance is that of the morning.
        let next = last_day(&each.month).and_then(|day| Day::parse(&day).ok()).map(|day| day.plus(1));
        let Some(day) = next else { continue };
        let currency = &each.name.currency;
        writeln!(out, "{day} balance {}  {} {currency}", written(&each.name), each.balance)
            .map_err(&failed)?;
    }
    out.flush().map_err(&failed)
}

/// `Assets:Bank:Prakerja-2020:2020`, each another: what cannot stand in a name becomes a hyphen.
fn names<'a>(all: impl Iterator<Item = &'a Name>) -> BTreeMap<Name, String> {
    let (mut taken, mut names) = (HashSet::new(), BTreeMap::new());
    for name in all {
        let parts = [name.account.as_str(), &name.programme, &name.year.to_string()];
        let parts = parts.into_iter().chain(name.party.as_deref()).map(part);
        let text = format!("{}:{}", name.root.as_str(), parts.collect::<Vec<_>>().join(":"));
        let free = (1..).map(|number| if number == 1 { text.clone() } else { format!("{text}-{number}") });
        // There are fewer names than numbers.
        let free = free.into_iter().find(|text| !taken.contains(text)).unwrap_or_default();
        taken.insert(free.clone());
        names.insert(name.clone(), free);
    }
    names
}

fn part(text: &str) -> String {
    let mut part: String =
        text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    if part.starts_with('-') {
        part.insert(0, 'X');
    }
    if let Some(first) = part.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    part
}
