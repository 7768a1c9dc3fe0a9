//! Personal data as a command hands it in, and as a line keeps it: sealed.
//!
//! A decision sees neither names nor numbers. The shell takes them out of the command, seals them with the person's own
//! key, and tells only what it found out: [`Sealing`].

use crate::ids::{Digest, HouseholdId, ParticipantId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::value::RawValue;
use std::fmt;
use zeroize::Zeroizing;

/// Most characters of a name.
const NAME_LIMIT: usize = 120;
/// Digits of base64url of a sealed value: 12 bytes of nonce, 16 of tag, and at least `{}`.
const SEALED_DIGITS: std::ops::RangeInclusive<usize> = 40..=2_000;

/// A text that names a person. It is wiped when dropped, and never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Private(Zeroizing<String>);

impl Private {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Written in clear: into what is sealed, hashed with the person's key, or shown to who may see it. No event has it.
impl Serialize for Private {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Declares an object of private texts, each optional, at least one there. What is wrong is told without repeating it.
macro_rules! private {
    ($($(#[$doc:meta])* $name:ident as $word:literal { $($(#[$field_doc:meta])* $field:ident: $check:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct $name {$(
            $(#[$field_doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $field: Option<Private>,
        )*}

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Wire {$(
                    #[serde(default, deserialize_with = "crate::text::present")]
                    $field: Option<Private>,
                )*}
                let raw = Box::<RawValue>::deserialize(deserializer)?;
                if !raw.get().starts_with('{') {
                    return Err(D::Error::custom(concat!($word, ": not an object")));
                }
                // The reader's own message would repeat what it found.
                let wire: Wire = serde_json::from_str(raw.get()).map_err(|problem| {
                    let place = problem.column();
                    D::Error::custom(format!("{}: not as its schema says, at character {place} of it", $word))
                })?;
                $(if let Some(problem) = wire.$field.as_ref().and_then(|text| $check(text.expose())) {
                    return Err(D::Error::custom(format!("{}.{}: {problem}", $word, stringify!($field))));
                })*
                let read = Self { $($field: wire.$field,)* };
                if read == Self::default() {
                    return Err(D::Error::custom(format!("{}: nothing in it: leave it out", $word)));
                }
                Ok(read)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut properties = serde_json::Map::new();
                $(properties.insert(stringify!($field).to_owned(), schema_of($check));)*
                schemars::json_schema!({
                    "type": "object", "additionalProperties": false, "minProperties": 1, "properties": properties,
                })
            }
        }
    )*};
}

private! {
    /// Who a person is.
    Identity as "identity" {
        /// Number of the family card.
        kk: number,
        /// Full name.
        name: name,
        /// Number in the register of residents.
        nik: number,
        /// Phone.
        phone: phone,
    }
    /// A payout account.
    PayoutAccount as "account" {
        /// In whose name it is kept.
        holder: name,
        /// Its number.
        number: account,
    }
}

#[cfg(feature = "schema")]
type Check = fn(&str) -> Option<&'static str>;

fn number(text: &str) -> Option<&'static str> {
    let good = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    (!good).then_some("not 16 digits")
}

fn name(text: &str) -> Option<&'static str> {
    let length = text.chars().count();
    let good = length <= NAME_LIMIT && !text.trim().is_empty() && !text.chars().any(char::is_control);
    (!good).then_some("not 1 to 120 characters of text")
}

fn phone(text: &str) -> Option<&'static str> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let good = (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (!good).then_some("not 8 to 15 digits, with or without + before them")
}

fn account(text: &str) -> Option<&'static str> {
    let good = (5..=34).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!good).then_some("not 5 to 34 letters and digits")
}

#[cfg(feature = "schema")]
fn schema_of(check: Check) -> serde_json::Value {
    let rules: [(Check, serde_json::Value); 4] = [
        (number, serde_json::json!({ "type": "string", "pattern": "^[0-9]{16}$" })),
        (name, serde_json::json!({ "type": "string", "minLength": 1, "maxLength": NAME_LIMIT })),
        (phone, serde_json::json!({ "type": "string", "pattern": "^\\+?[0-9]{8,15}$" })),
        (account, serde_json::json!({ "type": "string", "pattern": "^[0-9A-Za-z]{5,34}$" })),
    ];
    let found = rules.into_iter().find(|(each, _)| std::ptr::fn_addr_eq(*each, check));
    found.map(|(_, schema)| schema).unwrap_or_default()
}

/// Personal data as a line has it: base64url of nonce, ciphertext and tag. Without the person's key it is noise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed(Box<str>);

impl Sealed {
    /// Reads a token.
    ///
    /// # Errors
    /// When it is not digits of base64url in the length of one.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let good = SEALED_DIGITS.contains(&text.len()) && text.bytes().all(digit);
        good.then(|| Self(text.into())).ok_or("not a sealed value in base64url")
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(crate::text::Parsed("sealed value", Self::new))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Sealed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sealed".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (least, most) = (SEALED_DIGITS.start(), SEALED_DIGITS.end());
        schemars::json_schema!({
            "type": "string", "minLength": least, "maxLength": most, "pattern": "^[A-Za-z0-9_-]+$"
        })
    }
}

/// What the shell found out with the keys, which a decision never holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    /// The command's personal data, sealed for the first event that follows.
    pub sealed: Option<Sealed>,
    /// The household of the family card: the same card has always the same.
    pub household: Option<HouseholdId>,
    /// Another participant with the same NIK.
    pub same_nik: Option<ParticipantId>,
    /// Another participant with the same account.
    pub same_account: Option<ParticipantId>,
    /// The name of the person's key, where there is one.
    pub key: Option<Digest>,
}

impl Sealing {
    /// For commands without personal data.
    pub const NONE: &'static Self =
        &Self { sealed: None, household: None, same_nik: None, same_account: None, key: None };
}
