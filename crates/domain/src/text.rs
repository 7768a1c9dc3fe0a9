//! Reading a value out of a JSON string with a parser of our own, without copying the string.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// A serde visitor: the kind of value, for messages, and its parser.
pub(crate) struct Parsed<F>(pub(crate) &'static str, pub(crate) F);

impl<T, E: fmt::Display, F: Fn(&str) -> Result<T, E>> Visitor<'_> for Parsed<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} as a string", self.0)
    }

    fn visit_str<D: Error>(self, text: &str) -> Result<T, D> {
        (self.1)(text).map_err(D::custom)
    }
}

/// Reads an attribute that may be left out, but that is never `null` where it is written.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What to say of a word that is not in its list.
pub(crate) fn unknown_word(found: &str, words: &[&str]) -> String {
    let found: String = found.chars().take(40).collect();
    format!("{found:?} is not one of {}", words.join(", "))
}
