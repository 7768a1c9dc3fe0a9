//! Cells and rows, as models make them.

use jejak_domain::ids::{
    BenefitCode, CourseCode, DocumentNumber, OccupationCode, ParticipantId, PartyCode, ProgrammeCode,
    PurchaseCode, Reason, RegencyCode, SessionCode, VacancyCode,
};
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use std::borrow::Cow;

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
    /// A code or any other text.
    Text(Box<str>),
    /// A person, written `participant/<uuid>`.
    Participant(ParticipantId),
    /// An instant.
    Time(Timestamp),
    /// A day.
    Day(Day),
}

/// A row has a cell for each column of its table.
pub type Row = Box<[Value]>;

/// A cell as SQLite keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stored<'a> {
    /// NULL.
    Null,
    /// INTEGER.
    Integer(i64),
    /// TEXT.
    Text(Cow<'a, str>),
}

impl Value {
    /// How it is stored. [`Value::Same`] is never stored.
    pub fn stored(&self) -> Stored<'_> {
        match self {
            Self::Null | Self::Same => Stored::Null,
            Self::Integer(number) => Stored::Integer(*number),
            Self::Word(word) => Stored::Text(Cow::Borrowed(word)),
            Self::Text(text) => Stored::Text(Cow::Borrowed(text)),
            Self::Participant(id) => Stored::Text(Cow::Owned(Subject::Participant(*id).to_string())),
            Self::Time(time) => Stored::Text(Cow::Owned(time.to_string())),
            Self::Day(day) => Stored::Text(Cow::Owned(day.to_string())),
        }
    }

    /// A subject of any kind.
    pub fn subject(subject: Subject) -> Self {
        match subject {
            Subject::Participant(id) => Self::Participant(id),
            other => Self::Text(other.to_string().into()),
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
        Self::Text(currency.code().into())
    }
}

macro_rules! codes {
    ($($code:ident)*) => {$(
        impl From<$code> for Value {
            fn from(code: $code) -> Self {
                Self::Text(code.as_str().into())
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
