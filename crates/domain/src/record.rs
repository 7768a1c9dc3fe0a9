//! The macros with which each subject lists its payloads, events and commands.
//!
//! A payload's fields stand in alphabetical order, so that serde writes them in the canonical order of RFC 8785;
//! a test compares. Type names are written by hand, once, and never follow a rename.

use serde::Deserialize;

/// Declares payload structs: strict when read, canonical when written, described in the schema by their comments.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, remote = "Self")]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        $crate::object::objects!($name);
    )*};
}

/// Declares the enum `$list` of a subject's events or commands with their type names.
macro_rules! types {
    ($(#[$list_doc:meta])* $list:ident { $($(#[$doc:meta])* $variant:ident($payload:ty) = $name:literal;)* }) => {
        $(#[$list_doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $list { $($(#[$doc])* $variant($payload),)* }

        impl $list {
            /// Every type name, in the order of declaration.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The type name with its version.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// Reads the payload of the type `name` at the beginning of `text`, and tells its length in bytes; `None` when
            /// the subject has no such type.
            ///
            /// # Errors
            /// When the payload is not exactly of its type.
            pub fn read_first(name: &str, text: &str) -> Result<Option<(Self, usize)>, serde_json::Error> {
                match name {
                    $($name => $crate::record::first(text).map(|(payload, length)| Some((Self::$variant(payload), length))),)*
                    _ => Ok(None),
                }
            }
        }

        impl serde::Serialize for $list {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(payload) => payload.serialize(serializer),)* }
            }
        }

        #[cfg(feature = "schema")]
        impl $list {
            /// The JSON Schema of every payload, by type name.
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![$(($name, schemars::SchemaGenerator::default().into_root_schema_for::<$payload>()),)*]
            }
        }
    };
}

/// Declares a closed list of words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$word_doc])* #[serde(rename = $text)] $word,)* }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// The word as written in lines.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)* }
            }

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$word),)*
                    _ => Err($crate::text::unknown_word(text, &[$($text),*])),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::text::Parsed("word of the list", Self::parse))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

/// Reads the JSON value at the beginning of a text, and tells its length in bytes.
pub(crate) fn first<'a, T: Deserialize<'a>>(text: &'a str) -> Result<(T, usize), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match values.next() {
        Some(value) => value.map(|value| (value, values.byte_offset())),
        None => Err(serde::de::Error::custom("no data")),
    }
}

/// A value must be all that there is.
pub(crate) fn whole<T>(read: Option<(T, usize)>, text: &str) -> Result<Option<T>, serde_json::Error> {
    match read {
        Some((_, length))
            if text.len() > length && !text.get(length..).unwrap_or_default().trim().is_empty() =>
        {
            Err(serde::de::Error::custom(format!("more text after byte {length}")))
        }
        read => Ok(read.map(|(value, _)| value)),
    }
}

pub(crate) use {payloads, types, words};
