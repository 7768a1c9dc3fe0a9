//! Which definitions are in force, and which version rules a decree or a day.

use super::{Approvals, Band, Component, Cutoffs, Definition, Event, Head, PartRecorded, Terms};
use crate::ids::{ActorId, ProgrammeCode};
use crate::money::{Currency, Money};
use crate::time::{Day, Timestamp};
use std::collections::HashMap;

/// One programme: the definition in force and the parts of the next one.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Its code.
    pub code: ProgrammeCode,
    /// The definition in force.
    pub definition: Option<Definition>,
    /// Revision in force; 0 before the first.
    pub revision: u16,
    /// Who proposed the revision in force: another person must have published it.
    pub proposer: Option<ActorId>,
    /// The proposed revision.
    pub proposed: Option<Proposed>,
}

/// A revision that is proposed and not in force.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Its number.
    pub revision: u16,
    /// Who proposed it.
    pub by: ActorId,
    /// When its newest part was proposed.
    pub at: Timestamp,
    /// Its parts.
    pub parts: Vec<PartRecorded>,
}

impl Programme {
    /// The terms for a batch decreed on a day: the last that cover both.
    pub fn terms_for(&self, batch: u16, decreed: Day) -> Option<usize> {
        let terms = &self.definition.as_ref()?.terms;
        terms
            .iter()
            .rposition(|each| each.from <= decreed && (each.batches[0]..=each.batches[1]).contains(&batch))
    }

    /// Terms by their number.
    pub fn terms(&self, number: usize) -> Option<&Terms> {
        self.definition.as_ref()?.terms.get(number)
    }

    /// The cut-offs in force on a day for a batch: the last that cover both.
    pub fn cutoffs(&self, batch: u16, day: Day) -> Option<&Cutoffs> {
        let cutoffs = &self.definition.as_ref()?.cutoffs;
        let covers =
            |each: &&Cutoffs| each.from <= day && (each.batches[0]..=each.batches[1]).contains(&batch);
        cutoffs.iter().rev().find(covers)
    }

    /// The approvals in force on a day: the last that cover it.
    pub fn approvals(&self, day: Day) -> Option<&Approvals> {
        self.definition.as_ref()?.approvals.iter().rev().find(|each| each.from <= day)
    }

    /// How many persons must approve a payout run of this sum on a day, beside the one who prepared it.
    pub fn approvals_needed(&self, day: Day, minor: i64) -> u8 {
        let bands = self.approvals(day).map_or(&[][..], |approvals| &approvals.bands);
        // Checked when the definition was read.
        let above = |band: &Band| Money::parse(&band.above, self.currency()).map_or(i64::MIN, Money::minor);
        bands.iter().rev().find(|band| above(band) < minor).map_or(1, |band| band.persons)
    }

    /// The currency in which it pays.
    pub fn currency(&self) -> Currency {
        self.definition.as_ref().map_or(Currency::IDR, |definition| definition.programme.currency)
    }
}

/// All programmes, found by code or by their number in order of appearance.
#[derive(Clone, Debug, Default)]
pub struct Programmes {
    list: Vec<Programme>,
    numbers: HashMap<ProgrammeCode, u16>,
}

impl Programmes {
    /// The number of a programme.
    pub fn number(&self, code: ProgrammeCode) -> Option<u16> {
        // Histories name one programme again and again: the first few are found without hashing.
        let near = self.list.iter().take(8).position(|each| each.code == code);
        near.and_then(|index| u16::try_from(index).ok()).or_else(|| self.numbers.get(&code).copied())
    }

    /// A programme by number.
    pub fn at(&self, number: u16) -> Option<&Programme> {
        self.list.get(usize::from(number))
    }

    /// A programme by code.
    pub fn get(&self, code: ProgrammeCode) -> Option<&Programme> {
        self.number(code).and_then(|number| self.at(number))
    }

    /// Every programme in order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Programme> {
        self.list.iter()
    }

    /// The number of a programme, which appears now if it has not before.
    pub(crate) fn appear(&mut self, code: ProgrammeCode) -> u16 {
        if let Some(number) = self.number(code) {
            return number;
        }
        // A ledger with 65,536 programmes keeps the last number for all beyond: they still post by code.
        let number = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        self.list.push(Programme { code, definition: None, revision: 0, proposer: None, proposed: None });
        self.numbers.insert(code, number);
        number
    }

    pub(crate) fn evolve(&mut self, code: ProgrammeCode, actor: ActorId, at: Timestamp, event: &Event) {
        let number = self.appear(code);
        let Some(programme) = self.list.get_mut(usize::from(number)) else { return };
        match event {
            Event::PartRecorded(part) => {
                let proposed =
                    programme.proposed.take().filter(|proposed| proposed.revision == part.revision);
                let new = || Proposed { revision: part.revision, by: actor, at, parts: Vec::new() };
                let mut proposed = proposed.unwrap_or_else(new);
                proposed.at = proposed.at.max(at);
                proposed.parts.push(part.clone());
                programme.proposed = Some(proposed);
            }
            Event::Published(published) => {
                let proposed = programme.proposed.as_ref();
                let proposed = proposed.filter(|proposed| proposed.revision == published.revision);
                // Amounts on cards are counted in the first currency: a fact cannot turn them into another.
                let currency = programme.definition.as_ref().map(|now| now.programme.currency);
                let definition = proposed.and_then(|proposed| assemble(&proposed.parts));
                let same = |next: &Definition| currency.is_none_or(|now| now == next.programme.currency);
                if let Some(definition) = definition.filter(same) {
                    programme.definition = Some(definition);
                    programme.revision = published.revision;
                    programme.proposer = proposed.map(|proposed| proposed.by);
                    programme.proposed = None;
                }
            }
        }
    }
}

/// Splits a definition into its parts, as canonical JSON.
///
/// # Errors
/// When a part cannot be written, which none that was read is.
pub fn split(definition: &Definition) -> Result<Vec<(Component, String)>, serde_json::Error> {
    // Through a value, whose keys are sorted, since these structs are ordered for readers of TOML.
    let canonical =
        |value: Result<serde_json::Value, serde_json::Error>| value.map(|value| value.to_string());
    let mut parts = vec![(Component::Head, canonical(serde_json::to_value(&definition.programme))?)];
    for terms in &definition.terms {
        parts.push((Component::Terms, canonical(serde_json::to_value(terms))?));
    }
    for cutoffs in &definition.cutoffs {
        parts.push((Component::Cutoffs, canonical(serde_json::to_value(cutoffs))?));
    }
    for approvals in &definition.approvals {
        parts.push((Component::Approvals, canonical(serde_json::to_value(approvals))?));
    }
    Ok(parts)
}

/// Puts a definition together again from its recorded parts.
pub(super) fn assemble(parts: &[PartRecorded]) -> Option<Definition> {
    let mut head: Option<Head> = None;
    let (mut terms, mut cutoffs, mut approvals) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part.component {
            Component::Head => head = serde_json::from_str(&part.content).ok(),
            Component::Terms => terms.push(serde_json::from_str(&part.content).ok()?),
            Component::Cutoffs => cutoffs.push(serde_json::from_str(&part.content).ok()?),
            Component::Approvals => approvals.push(serde_json::from_str(&part.content).ok()?),
        }
    }
    Some(Definition { programme: head?, terms, cutoffs, approvals })
}
