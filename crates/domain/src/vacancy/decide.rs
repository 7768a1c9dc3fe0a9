//! Posting vacancies, matching and hiring.

use super::{Closed, Event, Hired, Matched, Posted};
use crate::decide::{Context, Draft};
use crate::ids::VacancyCode;
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of vacancies.
    Command {
        /// Announce a vacancy.
        Post(Posted) = "vacancy.post.v1";
        /// Close it.
        Close(Closed) = "vacancy.close.v1";
        /// Match a participant.
        Match(Matched) = "vacancy.match.v1";
        /// Record a hire.
        Hire(Hired) = "vacancy.hire.v1";
    }
}

/// Decides a command of vacancies.
///
/// # Errors
/// When the vacancy is not open, or the person not registered.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::Post(posted) => {
            let code = vacancy(context)?;
            if context.state.supply.vacancy_is_open(code).is_some() {
                return Err(Refusal::new(RefusalCode::Known, format!("vacancy {code} is known already")));
            }
            Event::Posted(posted.clone())
        }
        Command::Close(closed) => {
            open(context, vacancy(context)?)?;
            Event::Closed(closed.clone())
        }
        Command::Match(matched) => {
            context.person()?;
            open(context, matched.vacancy)?;
            Event::Matched(matched.clone())
        }
        Command::Hire(hired) => {
            context.person()?;
            open(context, hired.vacancy)?;
            Event::Hired(hired.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

fn vacancy(context: &Context<'_>) -> Result<VacancyCode, Refusal> {
    match context.subject {
        Subject::Vacancy(code) => Ok(code),
        _ => Err(context.wrong_subject("vacancy/<code>")),
    }
}

fn open(context: &Context<'_>, code: VacancyCode) -> Result<(), Refusal> {
    if context.state.supply.vacancy_is_open(code) == Some(true) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::Unknown, format!("vacancy {code} is not open")))
}
