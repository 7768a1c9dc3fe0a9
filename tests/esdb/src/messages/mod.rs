//! The messages on the wire. Field numbers are facts of the protocol; the types are our own.
//!
//! Properties of an event are a protobuf map, which on the wire is a list of key and value; kept as one, they need no
//! allocation.

mod append;
mod batch;
mod node;
mod read;
mod shared;

pub(crate) use self::append::*;
pub(crate) use self::batch::*;
pub(crate) use self::node::*;
pub(crate) use self::read::*;
pub(crate) use self::shared::*;
