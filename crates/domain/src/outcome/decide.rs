//! Inviting and answering.

use super::{Event, Invited, Reported};
use crate::decide::{Context, Draft};
use crate::record::types;
use crate::refusal::Refusal;

types! {
    /// Commands of outcome tracking.
    Command {
        /// Ask a person in a wave.
        Invite(Invited) = "outcome.invite.v1";
        /// Record an answer.
        Report(Reported) = "outcome.report.v1";
    }
}

/// Decides a command of outcome tracking. Alumni and comparison group alike: no entitlement is needed.
///
/// # Errors
/// When the person is not registered.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    context.person()?;
    Ok(vec![match command {
        Command::Invite(invited) => context.draft(Event::Invited(invited.clone())),
        Command::Report(reported) => context.draft(Event::Reported(reported.clone())),
    }])
}
