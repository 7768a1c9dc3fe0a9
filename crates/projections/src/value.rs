//! Cells and rows, as models make them.

use arrayvec::ArrayString;
use jejak_domain::ids::{
    BenefitCode, CourseCode, DocumentNumber, OccupationCode, ParticipantId, PartyCode, ProgrammeCode,
    PurchaseCode, Reason, RegencyCode, SessionCode, VacancyCode,
};
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// One cell. Words, ids and times are held as they are and written out only when they are stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// What stands in the table already: in a change of some cells of a row.
    Same,
    /// A position, count, amount or flag.
    Integer(i64),
    /// A word of a list.
    Word(&'static str),
    /// A code, or any other short text.
    Code(ArrayString<24>),
    /// A longer text.
    Text(Box<str>),
    /// A person, written `participant/<uuid>`.
    Participant(ParticipantId),
    /// An instant.
    Time(Timestamp),
    /// A day.
    Day(Day),
}

impl Value {
    /// Writes a text out as it is stored; nothing for what is no text.
    pub fn write(&self, text: &mut String) {
        let written = match self {
            Self::Null | Self::Same | Self::Integer(_) => Ok(()),
            Self::Word(word) => text.write_str(word),
            Self::Code(code) => text.write_str(code),
            Self::Text(own) => text.write_str(own),
            Self::Participant(id) => write!(text, "{}", Subject::Participant(*id)),
            Self::Time(time) => write!(text, "{time}"),
            Self::Day(day) => write!(text, "{day}"),
        };
        debug_assert!(written.is_ok(), "a string takes whatever is written");
    }

    /// The order in which SQLite keeps them: nothing, then numbers, then texts by their bytes.
    pub fn stored_order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(one), Self::Integer(two)) => one.cmp(two),
            // As their texts are, without writing them out.
            (Self::Participant(one), Self::Participant(two)) => one.cmp(two),
            (Self::Time(one), Self::Time(two)) => one.cmp(two),
            (Self::Day(one), Self::Day(two)) => one.cmp(two),
            (Self::Code(one), Self::Code(two)) => one.cmp(two),
            _ => self.class().cmp(&other.class()).then_with(|| self.written().cmp(&other.written())),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Null | Self::Same => 0,
            Self::Integer(_) => 1,
            Self::Word(_)
            | Self::Code(_)
            | Self::Text(_)
            | Self::Participant(_)
            | Self::Time(_)
            | Self::Day(_) => 2,
        }
    }

    fn written(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Any text.
    pub fn text(text: &str) -> Self {
        ArrayString::from(text).map_or_else(|_| Self::Text(text.into()), Self::Code)
    }

    /// A subject of any kind.
    pub fn subject(subject: Subject) -> Self {
        match subject {
            Subject::Participant(id) => Self::Participant(id),
            other => Self::text(&other.to_string()),
        }
    }

    /// A position or a number that is never near the limit.
    pub fn number(number: impl TryInto<i64>) -> Self {
        Self::Integer(number.try_into().unwrap_or(i64::MAX))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Integer(yes.into())
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<ParticipantId> for Value {
    fn from(id: ParticipantId) -> Self {
        Self::Participant(id)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl From<Currency> for Value {
    fn from(currency: Currency) -> Self {
        Self::text(currency.code())
    }
}

macro_rules! codes {
    ($($code:ident)*) => {$(
        impl From<$code> for Value {
            fn from(code: $code) -> Self {
                Self::text(code.as_str())
            }
        }
    )*};
}

codes! {
    BenefitCode CourseCode DocumentNumber OccupationCode PartyCode ProgrammeCode PurchaseCode Reason RegencyCode SessionCode
    VacancyCode
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
