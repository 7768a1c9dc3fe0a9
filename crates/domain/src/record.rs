//! The macros with which each subject lists its payloads, events and commands.
//!
//! A payload's fields stand in alphabetical order, so that serde writes them in the canonical order of RFC 8785;
//! a test compares. Type names are written by hand, once, and never follow a rename.

/// Declares payload structs: strict when read, canonical when written, described in the schema by their comments.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
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

            /// Reads the payload of the type `name`; `None` when the subject has no such type.
            ///
            /// # Errors
            /// When the payload is not exactly of its type.
            pub fn read(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                match name {
                    $($name => serde_json::from_str(data).map(|payload| Some(Self::$variant(payload))),)*
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
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$word_doc])* #[serde(rename = $text)] $word,)* }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// The word as written in lines.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

pub(crate) use {payloads, types, words};
