//! Reading a value out of a JSON string with a parser of our own, without copying the string.

use serde::de::{Error, Visitor};
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
