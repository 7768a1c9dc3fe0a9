//! Opening a wave, inviting and answering.

use super::{Event, Invited, Reported, Wave, WaveOpened};
use crate::decide::{Context, Draft};
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of outcome tracking.
    Command {
        /// Fix the list of those who are to be asked.
        OpenWave(WaveOpened) = "outcome.open_wave.v1";
        /// Ask a person in a wave.
        Invite(Invited) = "outcome.invite.v1";
        /// Record an answer.
        Report(Reported) = "outcome.report.v1";
    }
}

/// Decides a command of outcome tracking. Alumni and comparison group alike: no entitlement is needed.
///
/// # Errors
/// When the wave is not open or all of its list are asked, or the person is not registered or was not asked.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::OpenWave(opened) => open(context, opened)?,
        Command::Invite(invited) => {
            let (wave, person) = of(context, invited.wave)?;
            if wave.has_answered(person).is_some() {
                let sentence = format!("{} was asked in wave {} already", context.subject, invited.wave);
                return Err(Refusal::new(RefusalCode::StepDone, sentence));
            }
            if wave.asked() >= usize::try_from(wave.count).unwrap_or(usize::MAX) {
                let sentence = format!("all {} of wave {} are asked", wave.count, invited.wave);
                return Err(Refusal::new(RefusalCode::NothingDue, sentence));
            }
            Event::Invited(invited.clone())
        }
        Command::Report(reported) => {
            let (wave, person) = of(context, reported.wave)?;
            let refuse = |code, what| {
                let sentence = format!("{} {what} in wave {}", context.subject, reported.wave);
                Err(Refusal::new(code, sentence))
            };
            match wave.has_answered(person) {
                None => return refuse(RefusalCode::StepMissing, "was not asked"),
                Some(true) => return refuse(RefusalCode::StepDone, "has answered already"),
                Some(false) => Event::Reported(reported.clone()),
            }
        }
    };
    Ok(vec![context.draft(event)])
}

fn open(context: &Context<'_>, opened: &WaveOpened) -> Result<Event, Refusal> {
    let Subject::Programme(code) = context.subject else {
        return Err(context.wrong_subject("programme/<code>"));
    };
    context.defined()?;
    if context.state.waves.get(code, opened.wave).is_some() {
        let sentence = format!("wave {} of {code} is open already: its list stays as it is", opened.wave);
        return Err(Refusal::new(RefusalCode::Known, sentence));
    }
    Ok(Event::WaveOpened(opened.clone()))
}

fn of<'a>(context: &Context<'a>, number: u32) -> Result<(&'a Wave, u32), Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let wave = context.state.waves.get(programme.code, number);
    wave.zip(context.state.people.number(person.id)).ok_or_else(|| {
        let sentence =
            format!("wave {number} of {} is not open: open it with its list first", programme.code);
        Refusal::new(RefusalCode::Unknown, sentence)
    })
}
