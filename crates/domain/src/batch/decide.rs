//! Opening batches, joining, screening, drawing.

use super::{
    Asked, Closed, Drawn, Eligibility, Event, Joined, Opened, Phase, Screened, SeedCommitted, Standing,
    Summarised,
};
use super::{Batch, contradiction, eligibility, pool, unscreened};
use crate::decide::{Context, Draft};
use crate::participant::{Applied, Person};
use crate::programme::Programme;
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
        Command::Open(opened) => open(context, opened)?,
        Command::CommitSeed(committed) => {
            let batch = in_phase(context, &[Phase::Open])?;
            if batch.seed.is_some() {
                let sentence = "a seed is promised already: it cannot be exchanged";
                return Err(Refusal::new(RefusalCode::DrawMismatch, sentence));
            }
            before_the_end(context, batch)?;
            Event::SeedCommitted(committed.clone())
        }
        Command::Close(closed) => close(context, closed)?,
        Command::Draw(drawn) => draw(context, drawn)?,
        Command::Summarise(summarised) => summarise(context, summarised)?,
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
    batch_in(context, code, number, phases)
}

fn batch_in<'a>(
    context: &Context<'a>,
    code: crate::ids::ProgrammeCode,
    number: u16,
    phases: &[Phase],
) -> Result<&'a Batch, Refusal> {
    let problem = match context.state.batches.get(code, number) {
        Some(batch) if phases.contains(&batch.phase) => return Ok(batch),
        Some(batch) => format!("batch {number} of {code} is {}", batch.phase),
        None => format!("batch {number} of {code} was never opened"),
    };
    Err(Refusal::new(RefusalCode::BatchNotOpen, problem))
}

fn before_the_end(context: &Context<'_>, batch: &Batch) -> Result<(), Refusal> {
    if context.time <= batch.closes.ends() {
        return Ok(());
    }
    let sentence = format!("applications ended with {}: this comes after", batch.closes);
    Err(Refusal::new(RefusalCode::BatchNotOpen, sentence))
}

fn open(context: &Context<'_>, opened: &Opened) -> Result<Event, Refusal> {
    let (code, number) = subject(context)?;
    context.defined()?;
    if context.state.batches.get(code, number).is_some() {
        let sentence = format!("batch {number} of {code} is known already");
        return Err(Refusal::new(RefusalCode::BatchKnown, sentence));
    }
    if opened.closes < context.day() {
        let sentence = format!("the batch would end on {}, before it opens", opened.closes);
        return Err(Refusal::new(RefusalCode::TermPassed, sentence));
    }
    Ok(Event::Opened(opened.clone()))
}

/// Applications end when the batch says so or earlier, never before the newest of them and never in the future.
fn close(context: &Context<'_>, closed: &Closed) -> Result<Event, Refusal> {
    let batch = in_phase(context, &[Phase::Open])?;
    // Some write the end as the last instant of the day, some as the first after it.
    let latest = batch.closes.plus(1).begins().min(context.time);
    if (batch.newest..=latest).contains(&closed.at) {
        return Ok(Event::Closed(closed.clone()));
    }
    let sentence = format!(
        "applications ended at {}, but the newest came at {}, and it is {}: say an instant between, at the end of {} \
         at the latest",
        closed.at, batch.newest, context.time, batch.closes
    );
    Err(Refusal::new(RefusalCode::TermNotReached, sentence))
}

fn draw(context: &Context<'_>, drawn: &Drawn) -> Result<Event, Refusal> {
    let batch = in_phase(context, &[Phase::Closed])?;
    let (code, number) = subject(context)?;
    let unscreened = unscreened(context.state, code, number);
    if unscreened > 0 {
        let sentence =
            format!("{unscreened} persons joined batch {number} and are not screened: screen them first");
        return Err(Refusal::new(RefusalCode::DrawMismatch, sentence));
    }
    let pool = pool(context.state, code, number);
    match contradiction(&pool, batch, drawn) {
        Some(sentence) => Err(Refusal::new(RefusalCode::DrawMismatch, sentence)),
        None => Ok(Event::Drawn(drawn.clone())),
    }
}

/// Those not recorded one by one are counted here, so that the counts can only be more than what is recorded.
fn summarise(context: &Context<'_>, summarised: &Summarised) -> Result<Event, Refusal> {
    let batch = in_phase(context, &[Phase::Drawn])?;
    let Summarised { applied, eligible, selected } = *summarised;
    let problem = if batch.summarised {
        "the counts of this batch are recorded already".to_owned()
    } else if selected != batch.selected {
        format!("{selected} are said to be selected, and the draw selected {}", batch.selected)
    } else if eligible < batch.pooled || applied < eligible {
        format!(
            "{applied} applied and {eligible} eligible do not agree with the {} in the pool of the draw",
            batch.pooled
        )
    } else if applied < batch.joined {
        format!("{applied} are said to have applied, and {} are recorded as having joined", batch.joined)
    } else {
        return Ok(Event::Summarised(summarised.clone()));
    };
    Err(Refusal::new(RefusalCode::SummaryMismatch, problem))
}

fn join(context: &Context<'_>, joined: &Joined) -> Result<Event, Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let batch = batch_in(context, programme.code, joined.batch, &[Phase::Open])?;
    before_the_end(context, batch)?;
    let Some(before) = context.state.applied(person, programme.code) else {
        return Ok(Event::Joined(joined.clone()));
    };
    if before.batch == joined.batch {
        let sentence = format!("{} has joined batch {} already", context.subject, joined.batch);
        return Err(Refusal::new(RefusalCode::BatchJoined, sentence));
    }
    if is_undecided(context, person, programme, before) {
        let sentence = format!(
            "{} has joined batch {}, which is not decided: join another one after its draw and decree",
            context.subject, before.batch
        );
        return Err(Refusal::new(RefusalCode::ApplicationUndecided, sentence));
    }
    Ok(Event::Joined(joined.clone()))
}

/// One batch of a programme at a time: until the draw for who may be drawn, until the decree for who was.
fn is_undecided(context: &Context<'_>, person: &Person, programme: &Programme, before: Applied) -> bool {
    match before.standing {
        Standing::Joined | Standing::Eligible => {
            let batch = context.state.batches.get(programme.code, before.batch);
            batch.is_some_and(|batch| batch.phase != Phase::Drawn)
        }
        Standing::Selected => {
            let is_decreed = context.state.card(person, programme.code).is_some();
            !is_decreed && !context.state.decrees.any_closed(programme.code, before.batch)
        }
        Standing::Ineligible | Standing::Unselected => false,
    }
}

fn screen(context: &Context<'_>, screen: &Screen) -> Result<Event, Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let applied = context.state.applied(person, programme.code).filter(|each| each.batch == screen.batch);
    let Some(applied) = applied else {
        let sentence = format!("{} has not joined batch {}", context.subject, screen.batch);
        return Err(Refusal::new(RefusalCode::BatchNotJoined, sentence));
    };
    let batch = batch_in(context, programme.code, screen.batch, &[Phase::Open, Phase::Closed])?;
    if applied.standing != Standing::Joined {
        none_older(batch, screen)?;
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

/// Who is screened again is held against lists at least as new as any that the batch has been held against: an older
/// one could only undo what a newer one has shown.
fn none_older(batch: &Batch, screen: &Screen) -> Result<(), Refusal> {
    let older = screen.registers.iter().find_map(|asked| {
        let newest = batch.lists.get(&asked.register).filter(|newest| asked.asof < **newest)?;
        Some((asked, newest))
    });
    let Some((asked, newest)) = older else { return Ok(()) };
    let sentence = format!(
        "{} as of {} is older than the one of {newest} that this batch was held against: ask the newer one",
        asked.register, asked.asof
    );
    Err(Refusal::new(RefusalCode::ListOutdated, sentence))
}
