//! Publishing a year, and closing a day.

use super::{Event, Published};
use crate::decide::{Context, Draft};
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of the calendar.
    Command {
        /// Publish the holidays of a year.
        Publish(Published) = "calendar.publish.v1";
        /// Command what a day brings, and close it.
        CloseDay(CloseDay) = "day.close.v1";
    }
}

payloads! {
    /// Counts and sums follow from what was commanded.
    CloseDay {}
}

/// Decides a command of the calendar. A day can be closed once all that it brings has been commanded, which the
/// sequencer does first.
///
/// # Errors
/// When the day has not ended or is closed already.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    match command {
        Command::Publish(published) => match context.subject {
            Subject::Calendar(year) if year == published.year => {
                Ok(vec![context.draft(Event::Published(published.clone()))])
            }
            _ => Err(context.wrong_subject("calendar/<year> of the same year")),
        },
        Command::CloseDay(CloseDay {}) => {
            let Subject::Day(day) = context.subject else { return Err(context.wrong_subject("day/<date>")) };
            let refuse = |sentence| Err(Refusal::new(RefusalCode::DayClosed, sentence));
            if let Some(closed) = context.state.closed_day().filter(|closed| *closed >= day) {
                return refuse(format!("{closed} is closed: {day} cannot be closed again or later"));
            }
            if context.time < day.ends() {
                return refuse(format!("{day} has not ended"));
            }
            Ok(vec![context.draft(Event::DayClosed(context.state.calendar.tallies.closed()))])
        }
    }
}
