//! Opening is done once, by the shell; a key rotation is recorded by command.

use super::{Event, KeyRotated};
use crate::decide::{Context, Draft};
use crate::record::types;
use crate::refusal::Refusal;
use crate::subject::Subject;

types! {
    /// Commands of the ledger itself.
    Command {
        /// Record a new signing key.
        RotateKey(KeyRotated) = "ledger.rotate_key.v1";
    }
}

/// Decides a command of the ledger itself.
///
/// # Errors
/// When the subject is another.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Command::RotateKey(rotated) = command;
    if context.subject != Subject::Ledger {
        return Err(context.wrong_subject("ledger"));
    }
    Ok(vec![context.draft(Event::KeyRotated(rotated.clone()))])
}
