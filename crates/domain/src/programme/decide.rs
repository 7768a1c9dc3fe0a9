//! Proposing a definition, and a second person putting it in force.

use super::state::{assemble, split};
use super::{Definition, Event, PartRecorded, Programme, Proposed, Published};
use crate::decide::{Context, Draft};
use crate::ids::Digest;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of a programme.
    Command {
        /// Propose a definition.
        Propose(Propose) = "programme.propose.v1";
        /// Put a proposed definition in force, by a second person.
        Publish(Publish) = "programme.publish.v1";
    }
}

payloads! {
    /// A definition file, whole.
    Propose {
        /// Its text, in TOML.
        definition: String,
    }
    /// The revision to put in force.
    Publish {
        /// Its number, from 1.
        revision: u16,
    }
}

/// Decides a command of a programme.
///
/// # Errors
/// When the definition cannot be read, or one person proposes and publishes.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Subject::Programme(code) = context.subject else {
        return Err(context.wrong_subject("programme/<code>"));
    };
    let programme = context.state.programmes.get(code);
    let invalid = |sentence: String| Refusal::new(RefusalCode::ProgrammeInvalid, sentence);
    match command {
        Command::Propose(propose) => {
            let definition =
                Definition::read(&propose.definition).map_err(|problem| invalid(problem.to_string()))?;
            if definition.programme.code != code {
                let named = definition.programme.code;
                return Err(invalid(format!(
                    "the definition names {named}, the subject {code}: make them agree"
                )));
            }
            keeps_promises(context, programme, &definition)?;
            let last = programme.map_or(0, |each| {
                each.revision.max(each.proposed.as_ref().map_or(0, |proposed| proposed.revision))
            });
            let revision = last
                .checked_add(1)
                .ok_or_else(|| invalid(format!("{code} has {last} revisions, as many as can be counted")))?;
            let parts = split(&definition).map_err(|problem| invalid(problem.to_string()))?;
            let of = u16::try_from(parts.len())
                .map_err(|_| invalid("the definition has too many parts".into()))?;
            let parts = parts.into_iter().zip(1..).map(|((component, content), number)| {
                context.draft(Event::PartRecorded(PartRecorded { component, content, number, of, revision }))
            });
            Ok(parts.collect())
        }
        Command::Publish(publish) => {
            let proposed = programme.and_then(|each| each.proposed.as_ref());
            let Some(Proposed { by, at, parts, .. }) =
                proposed.filter(|proposed| proposed.revision == publish.revision)
            else {
                return Err(invalid(format!(
                    "revision {} of {code} is not proposed: propose it first",
                    publish.revision
                )));
            };
            if *by == context.actor.id {
                let sentence = format!("{by} proposed this definition: another person must publish it");
                return Err(Refusal::new(RefusalCode::SamePerson, sentence));
            }
            if context.time < *at {
                let sentence = format!("it was proposed at {at}: it cannot be in force before");
                return Err(Refusal::new(RefusalCode::TermNotReached, sentence));
            }
            let whole = parts.first().is_some_and(|part| usize::from(part.of) == parts.len());
            if !whole || assemble(parts).is_none() {
                return Err(invalid(format!(
                    "revision {} of {code} is not whole: propose it again",
                    publish.revision
                )));
            }
            if let Some(definition) = assemble(parts) {
                definition.check().map_err(|problem| invalid(problem.to_string()))?;
                keeps_promises(context, programme, &definition)?;
            }
            let published = Published {
                parts: u16::try_from(parts.len()).unwrap_or(u16::MAX),
                revision: publish.revision,
                sha256: Digest::of(parts.iter().flat_map(|part| [part.content.as_bytes(), b"\n"])),
            };
            Ok(vec![context.draft(Event::Published(published))])
        }
    }
}

/// Whoever was decreed under terms keeps them: a later revision can only add terms behind, and change cut-offs.
fn keeps_promises(
    context: &Context<'_>,
    programme: Option<&Programme>,
    next: &Definition,
) -> Result<(), Refusal> {
    let Some(now) = programme.and_then(|programme| programme.definition.as_ref()) else { return Ok(()) };
    let code = next.programme.code;
    let invalid = |sentence: String| Err(Refusal::new(RefusalCode::ProgrammeInvalid, sentence));
    if now.programme.currency != next.programme.currency {
        let sentence =
            format!("{code} pays in {}: give another currency another programme", now.programme.currency);
        return invalid(sentence);
    }
    let changed = now.terms.iter().zip(next.terms.iter().map(Some).chain(std::iter::repeat(None)));
    let changed = changed.filter(|(now, next)| Some(*now) != *next).map(|(now, _)| now).next();
    match changed {
        Some(terms) if context.state.decrees.any_of(code) => invalid(format!(
            "persons are decreed under {code}: leave the terms {:?} as they are and add new ones behind",
            terms.version
        )),
        _ => Ok(()),
    }
}
