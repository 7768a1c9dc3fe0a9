//! Which schemas a ledger has registered. A type's schema is registered by its digest, one line, before the type's
//! first line: so a reader of any time knows what the lines were held to.

use jejak_domain::ids::Digest;
use jejak_domain::ledger::SchemaRegistered;
use std::collections::HashSet;

/// Digests of the files in `schemas/`, as `sha256sum` writes them.
const LOCK: &str = include_str!("../../../schemas/schemas.lock");

/// The types registered so far.
#[derive(Debug, Default)]
pub(crate) struct Schemas(HashSet<String>);

impl Schemas {
    /// Remembers a registered type.
    pub(crate) fn add(&mut self, registered: &SchemaRegistered) {
        self.0.insert(registered.name.clone());
    }

    /// The registration that a type still needs.
    pub(crate) fn missing(&self, name: &str) -> Option<SchemaRegistered> {
        if self.0.contains(name) {
            return None;
        }
        digest(name).map(|sha256| SchemaRegistered { name: name.to_owned(), sha256 })
    }
}

/// The digest of an event type's schema. Every type has one: a test of the domain holds the lock to the types.
fn digest(name: &str) -> Option<Digest> {
    let file = format!("event/{name}.schema.json");
    let line = LOCK.lines().find_map(|line| line.strip_suffix(file.as_str()))?;
    Digest::new(line.trim_end()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_digest() {
        for name in jejak_domain::catalogue::Payload::names() {
            assert!(digest(name).is_some_and(|digest| digest.as_str().len() == 64), "{name}");
        }
    }
}
