//! Opening is done once, by the shell. A key cannot be rotated yet: a line that says so while heads are still signed with
//! the old one would mislead.

use super::KeyRotated;
use crate::decide::{Context, Draft};
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of the ledger itself.
    Command {
        /// Have another signing key take over; refused until this program can sign with it.
        RotateKey(KeyRotated) = "ledger.rotate_key.v1";
    }
}

/// Decides a command of the ledger itself.
///
/// # Errors
/// Always: what is asked cannot be done yet.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Command::RotateKey(_) = command;
    if context.subject != Subject::Ledger {
        return Err(context.wrong_subject("ledger"));
    }
    let sentence = "the signing key cannot be rotated yet: heads go on under the key of the opening, and nothing is recorded";
    Err(Refusal::new(RefusalCode::KeyFixed, sentence))
}
