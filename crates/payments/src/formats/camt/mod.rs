//! `camt.053`, `camt.054` and `camt.052`: statements and booking notices of any version from .02 on (ISO 20022,
//! BankToCustomerStatement and its kin), read entry by entry.

mod entry;
#[cfg(test)]
mod tests;

use crate::amount;
use crate::formats::xml::{Element, Elements, Step};
use crate::place::{FileError, Place, Unreadable};
use crate::statement::{Balance, Closing, Control, Direction, Opening, Piece};
use entry::Entry;
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::{Day, Timestamp};
use std::io::BufRead;

/// What is kept of something that cannot be read, in bytes.
const KEPT: usize = 1 << 10;

/// Elements that hold one statement or notice.
const STATEMENTS: [&str; 3] = ["Stmt", "Ntfctn", "Rpt"];

/// Reads a file, and hands over what it says, piece by piece. Entries that are not booked (`PDNG`, `INFO`) are left out: they
/// come again when they are.
///
/// # Errors
/// When it is another file, or damaged. What was handed over before stands.
pub fn read(file: impl BufRead, mut take: impl FnMut(Piece)) -> Result<(), FileError> {
    let mut reading = Reading { elements: Elements::new(file), entries: 0, take: &mut take };
    reading.file()
}

struct Reading<'a, R> {
    elements: Elements<R>,
    entries: u64,
    take: &'a mut dyn FnMut(Piece),
}

impl<R: BufRead> Reading<'_, R> {
    fn file(&mut self) -> Result<(), FileError> {
        let mut inside = false;
        loop {
            match self.elements.step()? {
                Step::Open(element) if STATEMENTS.contains(&element.name.as_str()) => {
                    inside = true;
                    self.statement()?;
                }
                Step::Open(element) => match element.name.as_str() {
                    "BkToCstmrStmt" | "BkToCstmrDbtCdtNtfctn" | "BkToCstmrAcctRpt" => inside = true,
                    "GrpHdr" | "SplmtryData" | "AppHdr" => self.elements.skip()?,
                    // Some banks wrap the document.
                    _ if !inside => {}
                    _ => self.elements.skip()?,
                },
                Step::Close => {}
                Step::End if inside => return Ok(()),
                Step::End => {
                    let found = "no statement (camt.052, camt.053 or camt.054) is in it".to_owned();
                    return Err(FileError::Other { expected: "camt file", found });
                }
            }
        }
    }

    /// One statement. What stands before its entries is its opening; balances are told before them too.
    fn statement(&mut self) -> Result<(), FileError> {
        let mut head = Head { place: self.place(), ..Head::default() };
        let mut opened = false;
        loop {
            match self.elements.step()? {
                Step::Open(element) if element.name == "Ntry" => {
                    if !opened {
                        opened = true;
                        (self.take)(Piece::Opening(head.opening()));
                    }
                    self.entries += 1;
                    self.entry(element, &head)?;
                }
                Step::Open(element) => {
                    let place = self.place();
                    let element = self.elements.whole(element)?;
                    if let Err(problem) = head.add(&element) {
                        self.unreadable(place, problem, &element);
                    }
                }
                Step::Close | Step::End => break,
            }
        }
        if !opened {
            (self.take)(Piece::Opening(head.opening()));
        }
        (self.take)(Piece::Closing(Closing { balance: head.closing, control: head.control }));
        Ok(())
    }

    fn entry(&mut self, element: Element, head: &Head) -> Result<(), FileError> {
        let place = self.place();
        let (element, details) = self.elements.until(element, &["NtryDtls"])?;
        let mut entry = Entry::read(&element, head.currency, place);
        let mut found = Details::default();
        if details.is_some() {
            self.details(&entry, &mut found)?;
            loop {
                match self.elements.step()? {
                    Step::Open(more) if more.name == "NtryDtls" => self.details(&entry, &mut found)?,
                    Step::Open(more) => {
                        let more = self.elements.whole(more)?;
                        if let Ok(Some(entry)) = &mut entry {
                            entry.add(&more);
                        }
                    }
                    Step::Close | Step::End => break,
                }
            }
        }
        match entry {
            Ok(Some(entry)) => self.finish(&entry, found, &element),
            Ok(None) => {}
            Err(problem) => self.unreadable(place, problem, &element),
        }
        Ok(())
    }

    /// The transactions of an entry, each a line of its own. The first waits: where it is the only one, the entry's amount
    /// is its own.
    fn details(
        &mut self,
        entry: &Result<Option<Entry>, String>,
        found: &mut Details,
    ) -> Result<(), FileError> {
        loop {
            match self.elements.step()? {
                Step::Open(part) => {
                    let place = self.place();
                    let part = self.elements.whole(part)?;
                    let Ok(Some(entry)) = entry else { continue };
                    match part.name.as_str() {
                        "Btch" => {
                            found.announced = part.text_at("NbOfTxs").and_then(|text| text.parse().ok());
                        }
                        "TxDtls" if found.transactions == 0 => {
                            found.transactions = 1;
                            found.first = Some((place, part));
                        }
                        "TxDtls" => {
                            if let Some((place, first)) = found.first.take() {
                                self.transaction(entry, place, &first, found);
                            }
                            found.transactions += 1;
                            self.transaction(entry, place, &part, found);
                        }
                        _ => {}
                    }
                }
                Step::Close | Step::End => return Ok(()),
            }
        }
    }

    fn transaction(&mut self, entry: &Entry, place: Place, part: &Element, found: &mut Details) {
        match entry.transaction(part, place, None) {
            Ok(line) => {
                let signed = if line.direction == entry.direction { 1 } else { -1 };
                found.sum = found.sum.saturating_add(signed * line.amount.minor());
                (self.take)(Piece::Line(Box::new(line)));
            }
            Err(problem) => {
                found.unread = true;
                self.unreadable(place, problem, part);
            }
        }
    }

    /// What is left of an entry once its transactions are read: itself where it has none, or what they do not explain.
    fn finish(&mut self, entry: &Entry, found: Details, element: &Element) {
        if let Some((place, only)) = found.first {
            match entry.transaction(&only, place, Some(entry.amount)) {
                Ok(line) => (self.take)(Piece::Line(Box::new(line))),
                Err(problem) => self.unreadable(place, problem, &only),
            }
        } else if found.transactions == 0 {
            let mut line = entry.line();
            line.count = found.announced;
            (self.take)(Piece::Line(Box::new(line)));
        } else if !found.unread && found.sum != entry.amount.minor() {
            let sum = Money::of_minor(found.sum, entry.amount.currency());
            let problem = format!(
                "its {} transactions are {sum:?} together, and the entry is {:?}",
                found.transactions, entry.amount
            );
            self.unreadable(entry.place, problem, element);
        }
    }

    fn place(&self) -> Place {
        Place { entry: self.entries, ..self.elements.place() }
    }

    fn unreadable(&mut self, place: Place, problem: String, element: &Element) {
        (self.take)(Piece::Unreadable(Unreadable { place, problem, raw: element.raw(KEPT) }));
    }
}

/// What the details of an entry have come to.
#[derive(Default)]
struct Details {
    transactions: u64,
    first: Option<(Place, Element)>,
    announced: Option<u64>,
    sum: i64,
    unread: bool,
}

/// What stands before the entries.
#[derive(Default)]
struct Head {
    place: Place,
    account: Option<String>,
    currency: Option<Currency>,
    id: Option<String>,
    number: Option<u64>,
    opening: Option<Balance>,
    closing: Option<Balance>,
    control: Option<Control>,
}

impl Head {
    fn add(&mut self, element: &Element) -> Result<(), String> {
        let text = element.text.trim();
        match element.name.as_str() {
            "Id" => self.id = Some(text.to_owned()),
            "LglSeqNb" => self.number = text.parse().ok(),
            "ElctrncSeqNb" => self.number = self.number.or(text.parse().ok()),
            "Acct" => {
                let account = element.text_at_one_of(&["Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id"]);
                self.account = account.map(str::to_owned);
                self.currency = element.text_at("Ccy").map(currency).transpose()?;
            }
            "Bal" => self.balance(element)?,
            "TxsSummry" => self.control = Some(self.summary(element)?),
            _ => {}
        }
        Ok(())
    }

    fn balance(&mut self, element: &Element) -> Result<(), String> {
        let kind = element.text_at_one_of(&["Tp/CdOrPrtry/Cd", "Tp/Cd"]);
        let of_kind = match kind {
            Some("OPBD") => &mut self.opening,
            // The closing balance of the day before, which begins this one where nothing else is said.
            Some("PRCD") if self.opening.is_none() => &mut self.opening,
            Some("CLBD") => &mut self.closing,
            _ => return Ok(()),
        };
        let (amount, direction) = (money(element, "Amt", self.currency)?, direction(element)?);
        let minor = if direction == Direction::Credit { amount.minor() } else { -amount.minor() };
        let amount = Money::of_minor(minor, amount.currency());
        *of_kind = Some(Balance { day: day(element, "Dt")?, amount });
        Ok(())
    }

    fn summary(&self, element: &Element) -> Result<Control, String> {
        let sum = |path: &str| {
            let (text, currency) = (element.text_at(path), self.currency);
            let read = text.zip(currency).map(|(text, currency)| amount::read(text, currency));
            read.transpose().map_err(|problem| problem.to_string())
        };
        Ok(Control {
            lines: element.text_at("TtlNtries/NbOfNtries").and_then(|text| text.parse().ok()),
            credits: sum("TtlCdtNtries/Sum")?,
            debits: sum("TtlDbtNtries/Sum")?,
        })
    }

    fn opening(&self) -> Opening {
        Opening {
            place: self.place,
            account: self.account.clone().unwrap_or_default(),
            currency: self.currency,
            id: self.id.clone(),
            number: self.number,
            page: None,
            balance: self.opening,
        }
    }
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::new(code).map_err(|problem| problem.to_string())
}

/// An amount with its own currency, or the account's.
fn money(element: &Element, path: &str, account: Option<Currency>) -> Result<Money, String> {
    let missing = || format!("{} has no amount", element.name);
    let found = element.at(path).ok_or_else(missing)?;
    let currency = match found.attribute("Ccy") {
        Some(code) => currency(code)?,
        None => account.ok_or_else(|| "an amount has no currency".to_owned())?,
    };
    amount::read(found.text.trim(), currency).map_err(|problem| problem.to_string())
}

fn direction(element: &Element) -> Result<Direction, String> {
    match element.text_at("CdtDbtInd") {
        Some("CRDT") => Ok(Direction::Credit),
        Some("DBIT") => Ok(Direction::Debit),
        found => Err(format!("CdtDbtInd is {found:?}: CRDT or DBIT is expected")),
    }
}

/// The day of a date, or of an instant in Jakarta.
fn day(element: &Element, path: &str) -> Result<Day, String> {
    let found = element.at(path).ok_or_else(|| format!("{} has no {path}", element.name))?;
    let text = found.text_at_one_of(&["Dt", "DtTm"]).unwrap_or(found.text.trim());
    day_of(text).ok_or_else(|| format!("{text:?} is no date"))
}

fn day_of(text: &str) -> Option<Day> {
    let (date, rest) = text.split_at_checked(10)?;
    let day = Day::parse(date).ok()?;
    let Some(time) = rest.strip_prefix('T') else {
        // A date may have an offset, which moves no day here.
        return Some(day);
    };
    let clock = time.get(..8)?;
    let offset = time.get(8..)?.trim_start_matches(|each: char| each == '.' || each.is_ascii_digit());
    let instant = Timestamp::parse(&format!("{date}T{clock}.000Z")).ok()?;
    let minutes = match offset {
        // Without an offset it is the bank's own time.
        "" => return Some(day),
        "Z" => 0,
        other => {
            let sign = if other.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = other.get(1..)?.split_once(':')?;
            sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
        }
    };
    Some(Timestamp::from_millisecond(instant.as_millisecond() - minutes * 60_000).day())
}
