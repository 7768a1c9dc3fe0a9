//! Announcing, moving and cancelling sessions.

use super::{Cancelled, Event, Moved, Scheduled, VenueInspected};
use crate::decide::{Context, Draft};
use crate::ids::SessionCode;
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of a session.
    Command {
        /// Announce a session.
        Schedule(Scheduled) = "session.schedule.v1";
        /// Move it.
        Move(Moved) = "session.move.v1";
        /// Cancel it.
        Cancel(Cancelled) = "session.cancel.v1";
        /// Record an inspection of the venue.
        InspectVenue(VenueInspected) = "session.inspect_venue.v1";
    }
}

/// Decides a command of a session.
///
/// # Errors
/// When the session or its course is not known, or it would end before it starts.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Subject::Session(code) = context.subject else { return Err(context.wrong_subject("session/<code>")) };
    let event = match command {
        Command::Schedule(scheduled) => {
            if context.state.supply.sessions.get(code).is_some() {
                return Err(Refusal::new(RefusalCode::Known, format!("session {code} is scheduled already")));
            }
            if context.state.supply.course(scheduled.course).is_none() {
                return Err(Refusal::new(
                    RefusalCode::Unknown,
                    format!("course {} is not listed", scheduled.course),
                ));
            }
            in_order(scheduled.starts, scheduled.ends)?;
            Event::Scheduled(scheduled.clone())
        }
        Command::Move(moved) => {
            known(context, code)?;
            if context.state.supply.sessions.get(code).is_some_and(|session| session.came() > 0) {
                let sentence = format!("people have come to session {code}: it can no longer be moved");
                return Err(Refusal::new(RefusalCode::StepDone, sentence));
            }
            in_order(moved.starts, moved.ends)?;
            Event::Moved(moved.clone())
        }
        Command::Cancel(cancelled) => {
            known(context, code)?;
            Event::Cancelled(cancelled.clone())
        }
        Command::InspectVenue(inspected) => {
            known(context, code)?;
            Event::VenueInspected(inspected.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

fn in_order(starts: crate::time::Timestamp, ends: crate::time::Timestamp) -> Result<(), Refusal> {
    if starts < ends {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::TermNotReached,
        format!("the session ends at {ends}, not after it starts at {starts}"),
    ))
}

fn known(context: &Context<'_>, code: SessionCode) -> Result<(), Refusal> {
    if context.state.supply.sessions.get(code).is_some_and(|session| !session.cancelled) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::Unknown, format!("session {code} is not scheduled, or is cancelled")))
}
