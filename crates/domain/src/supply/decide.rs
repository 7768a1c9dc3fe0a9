//! Registering platforms and providers, and listing courses.

use super::{
    CourseAppraised, CourseDelisted, CourseListed, CourseRepriced, Event, PlatformRegistered,
    ProviderRegistered, ProviderReinstated, ProviderSuspended,
};
use crate::decide::{Context, Draft};
use crate::ids::{CourseCode, PartyCode};
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of the supply of training.
    Command {
        /// Register a platform.
        RegisterPlatform(PlatformRegistered) = "platform.register.v1";
        /// Register a provider.
        RegisterProvider(ProviderRegistered) = "provider.register.v1";
        /// Suspend a provider.
        SuspendProvider(ProviderSuspended) = "provider.suspend.v1";
        /// End the suspension of a provider.
        ReinstateProvider(ProviderReinstated) = "provider.reinstate.v1";
        /// Record the appraisal of a course.
        AppraiseCourse(CourseAppraised) = "course.appraise.v1";
        /// List a course.
        ListCourse(CourseListed) = "course.list.v1";
        /// Change the price of a course.
        RepriceCourse(CourseRepriced) = "course.reprice.v1";
        /// Take a course off the list.
        DelistCourse(CourseDelisted) = "course.delist.v1";
    }
}

/// Decides a command of the supply of training.
///
/// # Errors
/// When something is registered twice, or what it builds on is not registered.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::RegisterPlatform(registered) => {
            let Subject::Platform(code) = context.subject else {
                return Err(context.wrong_subject("platform/<code>"));
            };
            not_known(context, context.state.supply.is_platform(code))?;
            Event::PlatformRegistered(registered.clone())
        }
        Command::RegisterProvider(registered) => {
            let code = provider(context)?;
            not_known(context, context.state.supply.is_provider(code))?;
            Event::ProviderRegistered(registered.clone())
        }
        Command::SuspendProvider(suspended) => {
            let code = provider(context)?;
            known_provider(context, code)?;
            not_known(context, context.state.supply.is_suspended(code))?;
            Event::ProviderSuspended(suspended.clone())
        }
        Command::ReinstateProvider(reinstated) => {
            let code = provider(context)?;
            if !context.state.supply.is_suspended(code) {
                return Err(Refusal::new(RefusalCode::Unknown, format!("provider {code} is not suspended")));
            }
            Event::ProviderReinstated(reinstated.clone())
        }
        Command::AppraiseCourse(appraised) => {
            course(context)?;
            known_provider(context, appraised.provider)?;
            Event::CourseAppraised(appraised.clone())
        }
        Command::ListCourse(listed) => list(context, listed)?,
        Command::RepriceCourse(repriced) => {
            let known = listed(context, course(context)?)?;
            Context::positive(repriced.price, known)?;
            Event::CourseRepriced(repriced.clone())
        }
        Command::DelistCourse(delisted) => {
            listed(context, course(context)?)?;
            Event::CourseDelisted(delisted.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

fn not_known(context: &Context<'_>, known: bool) -> Result<(), Refusal> {
    if known {
        Err(Refusal::new(RefusalCode::Known, format!("of {}, this is recorded already", context.subject)))
    } else {
        Ok(())
    }
}

fn provider(context: &Context<'_>) -> Result<PartyCode, Refusal> {
    match context.subject {
        Subject::Provider(code) => Ok(code),
        _ => Err(context.wrong_subject("provider/<code>")),
    }
}

fn course(context: &Context<'_>) -> Result<CourseCode, Refusal> {
    match context.subject {
        Subject::Course(code) => Ok(code),
        _ => Err(context.wrong_subject("course/<code>")),
    }
}

fn known_provider(context: &Context<'_>, code: PartyCode) -> Result<(), Refusal> {
    if context.state.supply.is_provider(code) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::Unknown, format!("provider {code} is not registered: register it first")))
}

fn listed(context: &Context<'_>, code: CourseCode) -> Result<crate::money::Currency, Refusal> {
    let course = context.state.supply.course(code).filter(|course| course.is_listed);
    let unlisted = || Refusal::new(RefusalCode::CourseNotListed, format!("course {code} is not listed"));
    course.map(|course| course.price.currency()).ok_or_else(unlisted)
}

fn list(context: &Context<'_>, listed: &CourseListed) -> Result<Event, Refusal> {
    let code = course(context)?;
    known_provider(context, listed.provider)?;
    not_known(context, context.state.supply.course(code).is_some_and(|course| course.is_listed))?;
    if context.state.supply.is_rejected(code) {
        let sentence = format!("course {code} was not approved: have it appraised again");
        return Err(Refusal::new(RefusalCode::CourseNotAllowed, sentence));
    }
    Context::positive(listed.price, listed.price.currency())?;
    if listed.sessions > 32 {
        return Err(Refusal::new(RefusalCode::CourseNotAllowed, "a course has at most 32 sessions"));
    }
    Ok(Event::CourseListed(listed.clone()))
}
