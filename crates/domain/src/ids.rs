//! One type for each kind of identifier, so that a platform can never be passed where a course is meant.
//!
//! Tokens are short ASCII words held in place, without allocation: a history has hundreds of millions of them.

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write as _};
use uuid::Uuid;

/// Why a text is not a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing between the quotes.
    #[error("{kind} is empty")]
    Empty {
        /// What the token names.
        kind: &'static str,
    },
    /// More bytes than the kind allows.
    #[error("{kind} has {length} bytes, at most {limit} are allowed")]
    Long {
        /// What the token names.
        kind: &'static str,
        /// Bytes found.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A byte outside `A-Z a-z 0-9 . _ : -`, or a capital letter where there are none.
    #[error("{kind} may hold only {letters}, digits, '.', '_', ':' and '-', but found {found:?}")]
    Character {
        /// What the token names.
        kind: &'static str,
        /// Which letters it may hold.
        letters: &'static str,
        /// The first character that is not allowed.
        found: char,
    },
}

macro_rules! letters {
    () => {
        "letters"
    };
    (small) => {
        "small letters"
    };
}

#[cfg(feature = "schema")]
macro_rules! pattern {
    () => {
        "^[A-Za-z0-9._:-]+$"
    };
    (small) => {
        "^[a-z0-9._:-]+$"
    };
}

fn token<const N: usize>(
    kind: &'static str,
    letters: &'static str,
    text: &str,
) -> Result<ArrayString<N>, TokenError> {
    if text.is_empty() {
        return Err(TokenError::Empty { kind });
    }
    let capitals = letters == letters!();
    let letter = |b: u8| b.is_ascii_lowercase() || (capitals && b.is_ascii_uppercase());
    let allowed = |b: u8| letter(b) || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b':' | b'-');
    if !text.bytes().all(allowed) {
        let found = text.chars().find(|c| !u8::try_from(*c).is_ok_and(allowed)).unwrap_or_default();
        return Err(TokenError::Character { kind, letters, found });
    }
    ArrayString::from(text).map_err(|_| TokenError::Long { kind, length: text.len(), limit: N })
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident $limit:literal $kind:literal $(($case:ident))?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(ArrayString<$limit>);

        impl $name {
            #[doc = concat!("Reads a token: 1 or more ", letters!($($case)?), ", digits and `. _ : -`, within the length of")]
            /// its kind.
            ///
            /// # Errors
            /// When the text is empty, too long, or has another character.
            pub fn new(text: &str) -> Result<Self, TokenError> {
                token($kind, letters!($($case)?), text).map(Self)
            }

            /// The token as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::text::Parsed($kind, Self::new))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "minLength": 1, "maxLength": $limit,
                    "pattern": pattern!($($case)?),
                })
            }
        }
    )*};
}

tokens! {
    /// A programme: `prakerja-2020`, `bt-pklwn-2022`.
    ProgrammeCode 24 "programme code";
    /// A benefit of a programme: `training`, `incentive`, `survey`, `cash`.
    BenefitCode 16 "benefit code";
    /// A platform, provider, payment partner or custody unit.
    PartyCode 24 "party code";
    /// A course of a provider.
    CourseCode 24 "course code";
    /// A session of a course.
    SessionCode 24 "session code";
    /// A vacancy.
    VacancyCode 24 "vacancy code";
    /// One purchase, unique within its participant.
    PurchaseCode 24 "purchase code";
    /// A document of the outside world: decree (SK), SPP, SPM, SP2D, NTPN, DIPA, bank reference.
    DocumentNumber 40 "document number";
    /// A list asked at screening: `dukcapil`, `dtks`, `bpjs-tk`, `emis`.
    RegisterCode 16 "register code";
    /// A reason, as a word of the programme's own list.
    Reason 32 "reason";
    /// A regency or city, by its official code.
    RegencyCode 8 "regency code";
    /// An occupation, by its classification code.
    OccupationCode 16 "occupation code";
    /// Idempotency key of a command, unique within its subject for ever.
    CommandId 64 "command id";
    /// Who acts: a person of the office, a platform, the system. In small letters, so that nobody is somebody else by
    /// another spelling.
    ActorId 40 "actor id" (small);
    /// A digest in hexadecimal, or another short proof.
    Digest 64 "digest";
}

impl Digest {
    /// SHA-256 over the parts one after the other, in hexadecimal.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        let mut hex = ArrayString::new();
        for byte in hasher.finalize() {
            // 32 bytes are 64 digits: the room that there is.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }
}

macro_rules! random_ids {
    ($($(#[$doc:meta])* $name:ident $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // A UUID has several spellings; a line has one.
                let parse = |text: &str| crate::subject::uuid(text).map(Self).ok_or("not a lower-case UUID");
                deserializer.deserialize_str(crate::text::Parsed($kind, parse))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": UUID_PATTERN })
            }
        }
    )*};
}

/// A UUID as lines have it.
#[cfg(feature = "schema")]
pub const UUID_PATTERN: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

random_ids! {
    /// A person in the ledger: random, and so without meaning.
    ParticipantId "participant id";
    /// A family card (KK) in the ledger: random, and so without meaning.
    HouseholdId "household id";
}

/// A line number in the journal, from 0. Not a count: the first line is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_refuse_what_could_mislead() {
        assert!(ProgrammeCode::new("prakerja-2020").is_ok());
        assert_eq!(ProgrammeCode::new(""), Err(TokenError::Empty { kind: "programme code" }));
        for text in ["a b", "a/b", "é", "a\"b", "a\nb"] {
            assert!(matches!(ProgrammeCode::new(text), Err(TokenError::Character { .. })), "{text:?}");
        }
        assert!(ProgrammeCode::new("Prakerja").is_ok() && ActorId::new("198501_ani").is_ok());
        let capital = ActorId::new("Ani").map_err(|error| error.to_string());
        assert!(capital.is_err_and(|text| text.contains("only small letters") && text.contains("'A'")));
        assert!(matches!(RegencyCode::new("123456789"), Err(TokenError::Long { length: 9, limit: 8, .. })));
    }
}
