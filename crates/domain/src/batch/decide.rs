//! Opening batches, joining, screening, drawing.

use super::{
    Asked, Closed, Drawn, Eligibility, Event, Joined, Opened, Phase, Screened, SeedCommitted, Summarised,
};
use super::{Batch, eligibility};
use crate::decide::{Context, Draft};
use crate::ids::Digest;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of a batch.
    Command {
        /// Open a batch.
        Open(Opened) = "batch.open.v1";
        /// Promise a seed by its digest.
        CommitSeed(SeedCommitted) = "batch.commit_seed.v1";
        /// Join a batch.
        Join(Joined) = "batch.join.v1";
        /// Hold a participant against the rules.
        Screen(Screen) = "batch.screen.v1";
        /// Close a batch.
        Close(Closed) = "batch.close.v1";
        /// Record the draw.
        Draw(Drawn) = "batch.draw.v1";
        /// Record the counts of all who applied.
        Summarise(Summarised) = "batch.summarise.v1";
    }
}

payloads! {
    /// The lists that were asked; the ledger knows the rest.
    Screen {
        /// Number of the batch.
        batch: u16,
        /// What each list said.
        registers: Vec<Asked>,
    }
}

/// Decides a command of a batch.
///
/// # Errors
/// When the batch is not in the phase that the command needs.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::Join(joined) => join(context, joined)?,
        Command::Screen(screen) => self::screen(context, screen)?,
        Command::Open(opened) => {
            let (code, number) = subject(context)?;
            context.defined()?;
            if context.state.batches.get(code, number).is_some() {
                return Err(Refusal::new(
                    RefusalCode::BatchKnown,
                    format!("batch {number} of {code} is known already"),
                ));
            }
            Event::Opened(opened.clone())
        }
        Command::CommitSeed(committed) => {
            in_phase(context, &[Phase::Open])?;
            Event::SeedCommitted(committed.clone())
        }
        Command::Close(closed) => {
            in_phase(context, &[Phase::Open])?;
            Event::Closed(closed.clone())
        }
        Command::Draw(drawn) => {
            let batch = in_phase(context, &[Phase::Closed])?;
            if batch.seed != Some(Digest::of([drawn.seed.as_bytes()])) {
                let sentence =
                    "the seed's SHA-256 is not the one promised before the batch closed".to_owned();
                return Err(Refusal::new(RefusalCode::SeedMismatch, sentence));
            }
            Event::Drawn(drawn.clone())
        }
        Command::Summarise(summarised) => {
            in_phase(context, &[Phase::Closed, Phase::Drawn])?;
            Event::Summarised(summarised.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

fn subject(context: &Context<'_>) -> Result<(crate::ids::ProgrammeCode, u16), Refusal> {
    match context.subject {
        Subject::Batch(code, number) => Ok((code, number)),
        _ => Err(context.wrong_subject("batch/<programme>/<number>")),
    }
}

fn in_phase<'a>(context: &Context<'a>, phases: &[Phase]) -> Result<&'a Batch, Refusal> {
    let (code, number) = subject(context)?;
    let batch = context.state.batches.get(code, number);
    match batch {
        Some(batch) if phases.contains(&batch.phase) => Ok(batch),
        Some(batch) => {
            let sentence = format!("batch {number} of {code} is {}", batch.phase);
            Err(Refusal::new(RefusalCode::BatchNotOpen, sentence))
        }
        None => {
            Err(Refusal::new(RefusalCode::BatchNotOpen, format!("batch {number} of {code} was never opened")))
        }
    }
}

fn join(context: &Context<'_>, joined: &Joined) -> Result<Event, Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let open = context
        .state
        .batches
        .get(programme.code, joined.batch)
        .is_some_and(|batch| batch.phase == Phase::Open);
    if !open {
        let sentence = format!("batch {} of {} is not open", joined.batch, programme.code);
        return Err(Refusal::new(RefusalCode::BatchNotOpen, sentence));
    }
    let number = context.state.programmes.number(programme.code);
    let again = |applied: crate::participant::Applied| {
        number == Some(applied.programme) && applied.batch == joined.batch
    };
    if person.applied.is_some_and(again) {
        let sentence = format!("{} has joined batch {} already", context.subject, joined.batch);
        return Err(Refusal::new(RefusalCode::BatchJoined, sentence));
    }
    Ok(Event::Joined(joined.clone()))
}

fn screen(context: &Context<'_>, screen: &Screen) -> Result<Event, Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let number = context.state.programmes.number(programme.code);
    let joined = person.applied.filter(|each| number == Some(each.programme) && each.batch == screen.batch);
    if joined.is_none() {
        let sentence = format!("{} has not joined batch {}", context.subject, screen.batch);
        return Err(Refusal::new(RefusalCode::BatchNotJoined, sentence));
    }
    let terms = programme.terms_for(screen.batch, context.day()).and_then(|number| programme.terms(number));
    let Some(terms) = terms else {
        let sentence =
            format!("no terms of {} cover batch {} on {}", programme.code, screen.batch, context.day());
        return Err(Refusal::new(RefusalCode::TermsMissing, sentence));
    };
    let failed = eligibility::unmet(context.state, person, terms, &screen.registers, context.day());
    let eligibility = if failed.is_empty() { Eligibility::Eligible } else { Eligibility::Ineligible };
    Ok(Event::Screened(Screened {
        batch: screen.batch,
        eligibility,
        failed,
        registers: screen.registers.clone(),
    }))
}
