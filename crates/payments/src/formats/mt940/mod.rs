//! MT940 and MT942, as banks really write them: with or without SWIFT's envelope, in lines of any length, with tags of their
//! own, in capital or small letters.

mod fields;
#[cfg(test)]
mod tests;

use crate::place::{FileError, Place, Unreadable};
use crate::statement::{Balance, Closing, Control, Line, Opening, Piece};
use fields::{balance, entry, remark, statement_number, sum};
use std::io::BufRead;

/// What is kept of something that cannot be read, in bytes.
const KEPT: usize = 1 << 10;
/// Bytes of one field; the longest that SWIFT allows has some 800.
const LONGEST: usize = 64 << 10;

/// Reads a file, and hands over what it says, piece by piece.
///
/// # Errors
/// When it is another file, or cannot be read. What was handed over before stands.
pub fn read(file: impl BufRead, mut take: impl FnMut(Piece)) -> Result<(), FileError> {
    let mut reading = Reading { take: &mut take, statement: None, entries: 0 };
    let mut fields = Fields { file, line: 0, next: None, ended: false };
    let mut any = false;
    while let Some(field) = fields.next()? {
        any = true;
        reading.field(&field);
    }
    if !any {
        let found = "no field such as :20: is in it".to_owned();
        return Err(FileError::Other { expected: "MT940 file", found });
    }
    reading.end();
    Ok(())
}

/// One field: its tag, and its lines without line ends.
struct Field {
    place: u64,
    tag: String,
    lines: Vec<String>,
}

impl Field {
    fn first(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    fn raw(&self) -> Vec<u8> {
        let mut raw = format!(":{}:{}", self.tag, self.lines.join("\n")).into_bytes();
        raw.truncate(KEPT);
        raw
    }
}

/// The fields of a file, one after the other.
struct Fields<R> {
    file: R,
    line: u64,
    next: Option<Field>,
    ended: bool,
}

impl<R: BufRead> Fields<R> {
    fn next(&mut self) -> Result<Option<Field>, FileError> {
        while !self.ended {
            let Some(line) = self.read_line()? else {
                self.ended = true;
                break;
            };
            // The envelope of SWIFT stands before the first field of a message.
            let line = line.rsplit_once("{4:").map_or(line.as_str(), |(_, rest)| rest);
            if let Some((tag, rest)) = tag_of(line) {
                let field =
                    Field { place: self.line, tag: tag.to_ascii_uppercase(), lines: vec![rest.to_owned()] };
                if let Some(before) = self.next.replace(field) {
                    return Ok(Some(before));
                }
            } else if matches!(line.trim(), "-" | "-}") || line.trim_start().starts_with("-}") {
                if let Some(before) = self.next.take() {
                    return Ok(Some(before));
                }
            } else if let Some(field) = &mut self.next {
                let length: usize = field.lines.iter().map(String::len).sum();
                if length + line.len() > LONGEST {
                    let place = Place { line: self.line, entry: 0 };
                    return Err(FileError::Refused { place, what: "a field of more than 65,536 bytes" });
                }
                field.lines.push(line.to_owned());
            }
        }
        Ok(self.next.take())
    }

    /// A line without its end; in UTF-8, or else as Latin-1, in which every byte is a letter.
    fn read_line(&mut self) -> Result<Option<String>, FileError> {
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut self.file, 1 << 20);
        if limited.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|other| other.into_bytes().into_iter().map(char::from).collect());
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        Ok(Some(text))
    }
}

/// `:61:`, `:28C:`, `:NS:`: a tag of two to four letters and digits.
fn tag_of(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    let good = (2..=4).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then_some((tag, rest))
}

/// What was read so far.
struct Reading<'a> {
    take: &'a mut dyn FnMut(Piece),
    statement: Option<Statement>,
    entries: u64,
}

/// A statement as its fields come.
struct Statement {
    opening: Opening,
    is_told: bool,
    /// The line that waits for its remark.
    line: Option<Line>,
    closing: Option<Balance>,
    control: Option<Control>,
}

impl Statement {
    fn new(place: Place) -> Self {
        let opening = Opening {
            place,
            account: String::new(),
            currency: None,
            id: None,
            number: None,
            page: None,
            balance: None,
        };
        Self { opening, is_told: false, line: None, closing: None, control: None }
    }
}

impl Reading<'_> {
    fn field(&mut self, field: &Field) {
        let place = Place { line: field.place, entry: self.entries };
        if field.tag == "20" {
            self.end();
        }
        let statement = self.statement.get_or_insert_with(|| Statement::new(place));
        let text = field.first().trim();
        let read = match field.tag.as_str() {
            "20" => {
                statement.opening.id = (!text.is_empty()).then(|| text.to_owned());
                Ok(())
            }
            "25" | "25P" => {
                text.clone_into(&mut statement.opening.account);
                Ok(())
            }
            "28" | "28C" => {
                (statement.opening.number, statement.opening.page) = statement_number(text);
                Ok(())
            }
            "60F" | "60M" => balance(text).map(|balance| {
                statement.opening.currency = Some(balance.amount.currency());
                statement.opening.balance = Some(balance);
            }),
            "62F" | "62M" => balance(text).map(|balance| statement.closing = Some(balance)),
            "90C" | "90D" => sum(text, statement.opening.currency).map(|(lines, sum)| {
                let control =
                    statement.control.get_or_insert(Control { lines: Some(0), credits: None, debits: None });
                control.lines = control.lines.map(|count| count + lines);
                let of_side = if field.tag == "90C" { &mut control.credits } else { &mut control.debits };
                *of_side = Some(sum);
            }),
            "61" => return self.entry(field),
            "86" => {
                if let Some(line) = &mut statement.line {
                    remark(line, &field.lines);
                }
                Ok(())
            }
            // Fields of the bank's own, and what a statement needs no more.
            _ => Ok(()),
        };
        if let Err(problem) = read {
            (self.take)(Piece::Unreadable(Unreadable { place, problem, raw: field.raw() }));
        }
    }

    fn entry(&mut self, field: &Field) {
        self.entries += 1;
        self.tell_line();
        let place = Place { line: field.place, entry: self.entries };
        let Some(statement) = &mut self.statement else { return };
        let currency = statement.opening.currency;
        if !statement.is_told {
            statement.is_told = true;
            (self.take)(Piece::Opening(statement.opening.clone()));
        }
        match entry(&field.lines, currency, place) {
            Ok(line) => statement.line = line,
            Err(problem) => {
                (self.take)(Piece::Unreadable(Unreadable { place, problem, raw: field.raw() }));
            }
        }
    }

    fn tell_line(&mut self) {
        if let Some(line) = self.statement.as_mut().and_then(|statement| statement.line.take()) {
            (self.take)(Piece::Line(Box::new(line)));
        }
    }

    fn end(&mut self) {
        self.tell_line();
        let Some(statement) = self.statement.take() else { return };
        if !statement.is_told {
            (self.take)(Piece::Opening(statement.opening));
        }
        (self.take)(Piece::Closing(Closing { balance: statement.closing, control: statement.control }));
    }
}
