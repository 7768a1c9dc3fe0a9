//! Who caused an event.

use crate::ids::ActorId;
use crate::record::words;

words! {
    /// Kinds of actors, after the CloudEvents *auth context* extension.
    ActorKind {
        /// A person of an office.
        User = "user",
        /// A platform, provider or payment partner.
        Service = "service",
        /// The ledger itself, when time passes.
        System = "system",
    }
}

/// Who caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// Kind of actor.
    pub kind: ActorKind,
    /// Which one.
    pub id: ActorId,
}
