//! Items as text: one JSON object, its keys in alphabetical order.

use crate::Item;
use crate::day::{Date, Day, Instant, Time};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};

/// Money in minor units: a hundred to the rupiah.
pub(crate) type Minor = i64;

/// So many rupiah.
pub(crate) const fn rupiah(whole: i64) -> Minor {
    whole * 100
}

/// Writes an amount as the ledger reads it.
#[derive(Clone, Copy)]
pub(crate) struct Money(pub(crate) Minor);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minor = self.0.unsigned_abs();
        write!(f, r#"{{"currency":"IDR","value":"{sign}{}.{:02}"}}"#, minor / 100, minor % 100)
    }
}

/// Writes an id as a UUID.
#[derive(Clone, Copy)]
pub(crate) struct Id(pub(crate) u128);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = uuid::Uuid::encode_buffer();
        f.write_str(uuid::Uuid::from_u128(self.0).hyphenated().encode_lower(&mut room))
    }
}

/// A text inside a JSON string.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                c if u32::from(c) < 0x20 => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Who acts, where the ledger asks for it.
#[derive(Clone, Copy)]
pub(crate) enum Actor {
    User(&'static str),
}

/// What an item is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Person(u128),
    Named(fmt::Arguments<'a>),
}

/// One item before it is text.
pub(crate) struct Entry<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subject: Subject<'a>,
    pub(crate) programme: Option<&'a str>,
    pub(crate) id: Option<fmt::Arguments<'a>>,
    pub(crate) actor: Option<Actor>,
    /// Milliseconds by which it happened before it is recorded.
    pub(crate) before: u32,
    /// The day on which its source recorded it, for what is imported later.
    pub(crate) reported: Option<Day>,
    pub(crate) data: fmt::Arguments<'a>,
}

impl<'a> Entry<'a> {
    /// About a person.
    pub(crate) fn person(kind: &'a str, id: u128, data: fmt::Arguments<'a>) -> Self {
        Self {
            kind,
            subject: Subject::Person(id),
            programme: None,
            id: None,
            actor: None,
            before: 0,
            reported: None,
            data,
        }
    }

    /// About something with a name.
    pub(crate) fn named(kind: &'a str, subject: fmt::Arguments<'a>, data: fmt::Arguments<'a>) -> Self {
        Self {
            kind,
            subject: Subject::Named(subject),
            programme: None,
            id: None,
            actor: None,
            before: 0,
            reported: None,
            data,
        }
    }

    pub(crate) fn of(mut self, programme: &'a str) -> Self {
        self.programme = Some(programme);
        self
    }

    pub(crate) fn id(mut self, id: fmt::Arguments<'a>) -> Self {
        self.id = Some(id);
        self
    }

    pub(crate) fn by(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Imported from a source that recorded it on this day.
    pub(crate) fn reported(mut self, day: Day) -> Self {
        self.reported = Some(day);
        self
    }

    pub(crate) fn before(mut self, milliseconds: u32) -> Self {
        self.before = milliseconds;
        self
    }
}

/// The items that are written but not yet taken.
#[derive(Default)]
pub(crate) struct Out {
    ready: VecDeque<Item>,
    scratch: String,
}

impl Out {
    pub(crate) fn pop(&mut self) -> Option<Item> {
        self.ready.pop_front()
    }

    /// Writes an item recorded at `now`.
    pub(crate) fn write(&mut self, now: Instant, entry: &Entry<'_>) {
        self.scratch.clear();
        // Writing to a String cannot fail.
        let _ = put(&mut self.scratch, now - i64::from(entry.before), entry);
        self.ready.push_back(Item { recorded: now, json: self.scratch.clone() });
    }
}

fn put(text: &mut String, time: Instant, entry: &Entry<'_>) -> fmt::Result {
    text.push('{');
    match entry.actor {
        Some(Actor::User(id)) => write!(text, r#""actor":{{"id":"{id}","type":"user"}},"#)?,
        None => {}
    }
    if let Some(id) = entry.id {
        text.push_str(r#""commandid":""#);
        text.write_fmt(id)?;
        text.push_str("\",");
    }
    text.push_str(r#""data":"#);
    text.write_fmt(entry.data)?;
    if let Some(programme) = entry.programme {
        text.push_str(r#","programme":""#);
        text.push_str(programme);
        text.push('"');
    }
    if let Some(day) = entry.reported {
        write!(text, r#","reportedon":"{}""#, Date(day))?;
    }
    text.push_str(r#","subject":""#);
    match entry.subject {
        Subject::Person(id) => write!(text, "participant/{}", Id(id))?,
        Subject::Named(name) => text.write_fmt(name)?,
    }
    write!(text, r#"","time":"{}","type":"{}"}}"#, Time(time), entry.kind)
}
