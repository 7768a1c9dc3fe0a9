//! The books as an hledger journal: `hledger check --strict` takes it.

use super::books::{Name, accounts, assertions, currencies, text, transactions};
use super::reading::Source;
use super::{ExportError, file_error};
use jejak_domain::time::Day;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the journal.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn export(source: &Source, path: &Path) -> Result<(), ExportError> {
    let file = super::create(path)?;
    let mut out = BufWriter::new(file);
    write(source, &mut out, path)?;
    out.flush().map_err(file_error(path))
}

fn write(source: &Source, out: &mut BufWriter<File>, path: &Path) -> Result<(), ExportError> {
    let failed = file_error(path);
    head(source, out).map_err(&failed)?;
    let accounts = accounts(source)?;
    for currency in currencies(accounts.keys()) {
        let example = text(1_000, currency);
        // A commodity without decimals is declared with the mark alone.
        let mark = if example.contains('.') { "" } else { "." };
        writeln!(out, "commodity {example}{mark} {currency}").map_err(&failed)?;
    }
    for name in accounts.keys() {
        writeln!(out, "account {}", account(name)).map_err(&failed)?;
    }
    transactions(source, |each| {
        let tags = format!("position:{}, known:{}, subject:{}", each.position, each.known, each.subject);
        writeln!(out, "\n{} * {}  ; {tags}", each.effective, each.kind).map_err(&failed)?;
        let line = |posting: &super::books::Posting| {
            format!("    {}  {} {}", account(&posting.name), posting.amount, posting.name.currency)
        };
        each.postings.iter().try_for_each(|posting| writeln!(out, "{}", line(posting))).map_err(&failed)
    })?;
    // Of one day hledger counts what stands before.
    let mut all = assertions(source)?;
    all.sort_by(|one, two| (&one.month, &one.name).cmp(&(&two.month, &two.name)));
    let mut month = None;
    for each in all {
        if month.as_ref() != Some(&each.month) {
            let day = last_day(&each.month).unwrap_or_else(|| format!("{}-28", each.month));
            writeln!(out, "\n{day} * balances at the end of {}", each.month).map_err(&failed)?;
            month = Some(each.month.clone());
        }
        let currency = &each.name.currency;
        writeln!(
            out,
            "    {}  {} {currency} = {} {currency}",
            account(&each.name),
            text(0, currency),
            each.balance
        )
        .map_err(&failed)?;
    }
    Ok(())
}

fn head(source: &Source, out: &mut impl Write) -> io::Result<()> {
    let standing = &source.standing;
    writeln!(out, "; {}", standing.origin)?;
    writeln!(out, "; position {}, root {}", standing.position, standing.root)?;
    writeln!(out, "; One transaction for each event that moved money. Debits are above zero.")?;
    writeln!(out, "decimal-mark .")
}

/// `assets:bank:prakerja-2020:2020`.
fn account(name: &Name) -> String {
    let mut text = format!("{}:{}:{}:{}", name.root.as_str(), name.account, name.programme, name.year);
    text.make_ascii_lowercase();
    if let Some(party) = &name.party {
        text.push(':');
        text.push_str(party);
    }
    text
}

/// The last day of a month, `YYYY-MM`.
pub(super) fn last_day(month: &str) -> Option<String> {
    let first = Day::parse(&format!("{month}-01")).ok()?;
    let next = first.plus(31).to_string();
    let next = Day::parse(&format!("{}-01", next.get(..7)?)).ok()?;
    Some(next.plus(-1).to_string())
}
