//! What an event or command is about.

use crate::ids::{
    ActorId, CourseCode, DocumentNumber, ParticipantId, PartyCode, ProgrammeCode, SessionCode, TokenError,
    VacancyCode,
};
use crate::time::{Day, TimeError};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The subject of an event, written as `kind/name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// `participant/<uuid>`: a person.
    Participant(ParticipantId),
    /// `programme/<code>`.
    Programme(ProgrammeCode),
    /// `batch/<programme>/<number>`.
    Batch(ProgrammeCode, u16),
    /// `decree/<programme>/<number>`.
    Decree(ProgrammeCode, DocumentNumber),
    /// `run/<programme>/<number>`: payments that are approved together.
    Run(ProgrammeCode, DocumentNumber),
    /// `fund/<programme>/<year>`: one programme's money of one year.
    Fund(ProgrammeCode, i16),
    /// `custody/<programme>/<year>`: cash of one fund year in the hands of units.
    Custody(ProgrammeCode, i16),
    /// `platform/<code>`.
    Platform(PartyCode),
    /// `provider/<code>`.
    Provider(PartyCode),
    /// `course/<code>`.
    Course(CourseCode),
    /// `session/<code>`.
    Session(SessionCode),
    /// `vacancy/<code>`.
    Vacancy(VacancyCode),
    /// `calendar/<year>`.
    Calendar(i16),
    /// `day/<YYYY-MM-DD>`.
    Day(Day),
    /// `officer/<id>`: a person of an office, or a service.
    Officer(ActorId),
    /// `ledger`.
    Ledger,
}

/// Why a text is not a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The word before the first slash is not known.
    #[error(
        "{found:?} is not a subject: write kind/name, such as participant/<uuid> or fund/<programme>/<year>"
    )]
    Kind {
        /// What was given.
        found: String,
    },
    /// The participant is not a UUID.
    #[error("{found:?} is not a participant: write its UUID in lower case with hyphens")]
    Uuid {
        /// What was given.
        found: String,
    },
    /// A number or year is not one.
    #[error("{found:?} is not a number without leading zeros")]
    Number {
        /// What was given.
        found: String,
    },
    /// A name is not a token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A day is not one.
    #[error(transparent)]
    Day(#[from] TimeError),
}

/// Reads a UUID in exactly its lower-case hyphenated form.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    let lower = text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase());
    lower.then(|| Uuid::try_parse(text).ok()).flatten()
}

fn number<N: std::str::FromStr + fmt::Display>(text: &str) -> Result<N, SubjectError> {
    let number = text.parse::<N>().ok().filter(|number| number.to_string() == text);
    number.ok_or_else(|| SubjectError::Number { found: text.chars().take(40).collect() })
}

impl Subject {
    /// Reads `kind/name`.
    ///
    /// # Errors
    /// When the kind is unknown or the name is not of its kind.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        let unknown = || SubjectError::Kind { found: text.chars().take(80).collect() };
        if text == "ledger" {
            return Ok(Self::Ledger);
        }
        let (kind, name) = text.split_once('/').ok_or_else(unknown)?;
        let of_programme = || {
            let (programme, rest) = name.split_once('/').ok_or_else(unknown)?;
            Ok::<_, SubjectError>((ProgrammeCode::new(programme)?, rest))
        };
        Ok(match kind {
            "participant" => match uuid(name) {
                Some(id) => Self::Participant(ParticipantId(id)),
                None => return Err(SubjectError::Uuid { found: name.chars().take(80).collect() }),
            },
            "programme" => Self::Programme(ProgrammeCode::new(name)?),
            "batch" => of_programme().and_then(|(code, rest)| Ok(Self::Batch(code, number(rest)?)))?,
            "decree" => {
                of_programme().and_then(|(code, rest)| Ok(Self::Decree(code, DocumentNumber::new(rest)?)))?
            }
            "run" => {
                of_programme().and_then(|(code, rest)| Ok(Self::Run(code, DocumentNumber::new(rest)?)))?
            }
            "fund" => of_programme().and_then(|(code, rest)| Ok(Self::Fund(code, number(rest)?)))?,
            "custody" => of_programme().and_then(|(code, rest)| Ok(Self::Custody(code, number(rest)?)))?,
            "platform" => Self::Platform(PartyCode::new(name)?),
            "provider" => Self::Provider(PartyCode::new(name)?),
            "course" => Self::Course(CourseCode::new(name)?),
            "session" => Self::Session(SessionCode::new(name)?),
            "vacancy" => Self::Vacancy(VacancyCode::new(name)?),
            "calendar" => Self::Calendar(number(name)?),
            "day" => Self::Day(Day::parse(name)?),
            "officer" => Self::Officer(ActorId::new(name)?),
            _ => return Err(unknown()),
        })
    }

    /// The programme that the subject itself names.
    pub fn programme(&self) -> Option<ProgrammeCode> {
        match *self {
            Self::Programme(code)
            | Self::Batch(code, _)
            | Self::Decree(code, _)
            | Self::Run(code, _)
            | Self::Fund(code, _)
            | Self::Custody(code, _) => Some(code),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Participant(id) => write!(f, "participant/{id}"),
            Self::Programme(code) => write!(f, "programme/{code}"),
            Self::Batch(code, number) => write!(f, "batch/{code}/{number}"),
            Self::Decree(code, number) => write!(f, "decree/{code}/{number}"),
            Self::Run(code, number) => write!(f, "run/{code}/{number}"),
            Self::Fund(code, year) => write!(f, "fund/{code}/{year}"),
            Self::Custody(code, year) => write!(f, "custody/{code}/{year}"),
            Self::Platform(code) => write!(f, "platform/{code}"),
            Self::Provider(code) => write!(f, "provider/{code}"),
            Self::Course(code) => write!(f, "course/{code}"),
            Self::Session(code) => write!(f, "session/{code}"),
            Self::Vacancy(code) => write!(f, "vacancy/{code}"),
            Self::Calendar(year) => write!(f, "calendar/{year}"),
            Self::Day(day) => write!(f, "day/{day}"),
            Self::Officer(who) => write!(f, "officer/{who}"),
            Self::Ledger => f.write_str("ledger"),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::text::Parsed("subject", Self::parse))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_have_one_spelling() {
        for text in [
            "participant/0192f0c1-7a00-7000-8000-000000000001",
            "programme/prakerja-2020",
            "batch/prakerja-2020/16",
            "decree/prakerja-2020/SK-16",
            "run/prakerja-2020/R-1",
            "fund/prakerja-2020/2020",
            "custody/bt-pklw-2021/2021",
            "platform/tokopedia",
            "day/2021-04-29",
            "calendar/2021",
            "officer/ani",
            "ledger",
        ] {
            assert_eq!(Subject::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "participant",
            "participant/0192F0C1-7A00-7000-8000-000000000001",
            "participant/{0192f0c1-7a00-7000-8000-000000000001}",
            "batch/prakerja-2020/016",
            "batch/prakerja-2020/+16",
            "fund/prakerja-2020",
            "moon/1",
        ] {
            assert!(Subject::parse(text).is_err(), "{text}");
        }
    }
}
