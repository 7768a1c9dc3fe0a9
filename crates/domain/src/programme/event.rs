//! A programme's definition, recorded whole before it is used.

use crate::ids::Digest;
use crate::record::{payloads, types};

types! {
    /// Events of a programme.
    Event {
        /// One part of a proposed definition.
        PartRecorded(PartRecorded) = "programme.part_recorded.v1";
        /// A second person puts the recorded parts in force.
        Published(Published) = "programme.published.v1";
    }
}

payloads! {
    /// One part of a definition: its head, one set of terms, of cut-offs or of approvals.
    PartRecorded {
        /// `head`, `terms`, `cutoffs` or `approvals`.
        component: crate::programme::Component,
        /// The part itself: JSON text in canonical form.
        content: String,
        /// Number of the part, from 1.
        number: u16,
        /// How many parts the definition has.
        of: u16,
        /// Number of the revision of the whole definition, from 1.
        revision: u16,
    }
    /// The definition made of the parts is in force.
    Published {
        /// How many parts it has.
        parts: u16,
        /// The revision put in force.
        revision: u16,
        /// SHA-256 in hexadecimal over the parts' contents, each followed by a newline.
        sha256: Digest,
    }
}
