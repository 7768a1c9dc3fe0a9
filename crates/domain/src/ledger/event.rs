//! What the ledger says of itself.

use crate::ids::{Digest, DocumentNumber};
use crate::record::{payloads, types};

types! {
    /// Events of the ledger itself.
    Event {
        /// The first line of every journal.
        Opened(Opened) = "ledger.opened.v1";
        /// A new signing key takes over.
        KeyRotated(KeyRotated) = "ledger.key_rotated.v1";
        /// How far the access journal has come.
        AccessAnchored(AccessAnchored) = "ledger.access_anchored.v1";
        /// A schema is used for the first time.
        SchemaRegistered(SchemaRegistered) = "ledger.schema_registered.v1";
    }
}

payloads! {
    /// What this ledger is.
    Opened {
        /// ISO 4217 code of the currency in which the ledger is kept; programmes may add others.
        currency: crate::money::Currency,
        /// Version of the line and journal format.
        format: u16,
        /// Public key as a C2SP verifier key.
        key: String,
        /// Name under which tree heads are signed: a host and a path, without scheme.
        origin: String,
        /// Present when every person and payment in this ledger is invented.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        simulated: Option<Simulated>,
    }
    /// How an invented history can be written again.
    Simulated {
        /// One N-th of the real programme.
        scale: u32,
        /// Seed of the random numbers, as text.
        seed: String,
    }
    /// The signing key changes; heads carry both signatures from here on.
    KeyRotated {
        /// New public key as a C2SP verifier key.
        key: String,
        /// Decision that ordered the change.
        reference: DocumentNumber,
    }
    /// What the access journal comes to: from here on it cannot be cut below this, or altered, without breaking the ledger.
    AccessAnchored {
        /// Lines of the access journal.
        lines: u64,
        /// Root of its tree over them, in hexadecimal.
        root: Digest,
    }
    /// The schema that lines of a type obey from here on.
    SchemaRegistered {
        /// Type name with version.
        name: String,
        /// SHA-256 of the schema file, in hexadecimal.
        sha256: Digest,
    }
}
