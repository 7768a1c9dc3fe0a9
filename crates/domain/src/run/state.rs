//! Where payout runs stand, and which payments are on one that is not over.

use super::Event;
use crate::entitlement::Card;
use crate::ids::{ActorId, BenefitCode, Digest, DocumentNumber, PartyCode, ProgrammeCode};
use crate::line::Event as Line;
use crate::participant::Person;
use crate::payout::Instructed;
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use std::collections::HashMap;

words! {
    /// Where a run stands.
    Phase {
        /// Payments are being listed.
        Open = "open",
        /// Whole, and waiting for approvals.
        Prepared = "prepared",
        /// Payments are being instructed.
        Released = "released",
        /// Over.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
    }
}

/// One payment: an instalment of one person's card in the run's programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Number of the person.
    person: u32,
    /// Number of the benefit in the terms.
    place: u8,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// What it pays, in minor units.
    pub minor: i64,
}

impl Payment {
    /// Whose it is.
    pub fn card<'a>(&self, state: &'a State, run: &Run) -> Option<(&'a Person, Card<'a>)> {
        let person = state.people.at(self.person)?;
        Some((person, state.card(person, run.programme)?))
    }

    /// Which benefit it pays.
    pub fn benefit(&self, card: &Card<'_>) -> Option<BenefitCode> {
        card.terms()?.cash.get(usize::from(self.place)).map(|cash| cash.benefit)
    }
}

/// One run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which programme.
    pub programme: ProgrammeCode,
    /// Its number.
    pub number: DocumentNumber,
    /// The batch, where it is limited to one.
    pub batch: Option<u16>,
    /// The payment partner.
    pub partner: PartyCode,
    /// The day on which the partner shall pay.
    pub pay_on: Day,
    /// Where it stands.
    pub phase: Phase,
    /// Who prepared it.
    pub prepared_by: Option<ActorId>,
    /// What was prepared: totals and digest.
    pub content: Option<super::Content>,
    /// Who approved it.
    pub approved_by: Vec<ActorId>,
    /// Payments instructed so far.
    pub instructed: u32,
    /// Their sum, in minor units.
    pub instructed_minor: i64,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// Files that were made of it, with the digests of their bytes.
    pub files: Vec<(DocumentNumber, Digest)>,
    /// Its payments while it is not over.
    keys: Vec<Key>,
}

impl Run {
    /// Its payments that were not instructed yet, while it is not over.
    pub fn payments(&self, state: &State) -> impl Iterator<Item = Payment> {
        let of_it = |key: &Key| state.runs.listed.get(key).map(|listed| (*key, listed.minor));
        self.keys.iter().filter_map(of_it).map(|(key, minor)| Payment {
            person: key.person,
            place: key.place,
            number: key.number,
            minor,
        })
    }
}

/// An instalment of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    person: u32,
    programme: u16,
    place: u8,
    number: u8,
}

/// On which run an instalment is.
#[derive(Clone, Copy, Debug)]
struct OnRun {
    run: u32,
    minor: i64,
}

/// All runs.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    list: Vec<Run>,
    places: HashMap<(ProgrammeCode, DocumentNumber), u32>,
    listed: HashMap<Key, OnRun>,
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Runs {
    /// A run by its number.
    pub fn get(&self, programme: ProgrammeCode, number: DocumentNumber) -> Option<&Run> {
        self.list.get(at(*self.places.get(&(programme, number))?))
    }

    /// Every run in the order of opening.
    pub fn iter(&self) -> impl Iterator<Item = &Run> {
        self.list.iter()
    }

    fn get_mut(&mut self, line: &Line) -> Option<&mut Run> {
        let Subject::Run(programme, number) = line.subject else { return None };
        let place = *self.places.get(&(programme, number))?;
        self.list.get_mut(at(place))
    }
}

impl State {
    /// The run that is not over on which an instalment of a card is, with the amount that it has there.
    pub fn run_of(&self, card: &Card<'_>, benefit: BenefitCode, number: u8) -> Option<(&Run, i64)> {
        let listed = self.runs.listed.get(&self.key(card, benefit, number)?)?;
        Some((self.runs.list.get(at(listed.run))?, listed.minor))
    }

    fn key(&self, card: &Card<'_>, benefit: BenefitCode, number: u8) -> Option<Key> {
        let (place, _) = card.cash(benefit)?;
        let person = self.people.number(card.person.id)?;
        Some(Key { person, programme: card.entitlement.programme, place, number })
    }
}

/// Folds an event of a run.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Opened(opened) => {
            let Subject::Run(programme, number) = line.subject else { return };
            let place = u32::try_from(state.runs.list.len()).unwrap_or(u32::MAX);
            // A second opening is a fact that says nothing new.
            if state.runs.places.contains_key(&(programme, number)) {
                return;
            }
            state.runs.places.insert((programme, number), place);
            state.runs.list.push(Run {
                programme,
                number,
                batch: opened.batch,
                partner: opened.partner,
                pay_on: opened.payon,
                phase: Phase::Open,
                prepared_by: None,
                content: None,
                approved_by: Vec::new(),
                instructed: 0,
                instructed_minor: 0,
                released_at: None,
                files: Vec::new(),
                keys: Vec::new(),
            });
        }
        Event::Listed(listed) => self::listed(state, line, listed),
        Event::Prepared(prepared) => {
            let by = line.actor.id;
            let content = super::Content {
                count: prepared.count,
                total: prepared.total.minor(),
                sha256: prepared.sha256,
            };
            if let Some(run) = state.runs.get_mut(line).filter(|run| run.phase == Phase::Open) {
                (run.phase, run.prepared_by, run.content) = (Phase::Prepared, Some(by), Some(content));
            }
        }
        Event::Approved(approved) => {
            let by = line.actor.id;
            let fits = |run: &&mut Run| is_content(run, approved.sha256) && !run.approved_by.contains(&by);
            if let Some(run) = state.runs.get_mut(line).filter(fits) {
                run.approved_by.push(by);
            }
        }
        Event::Cancelled(_) => end(state, line, Phase::Cancelled),
        Event::Released(_) => {
            if let Some(run) = state.runs.get_mut(line).filter(|run| run.phase == Phase::Prepared) {
                (run.phase, run.released_at) = (Phase::Released, Some(line.time));
            }
        }
        Event::FileIssued(file) => {
            if let Some(run) = state.runs.get_mut(line) {
                run.files.push((file.file, file.sha256));
            }
        }
        Event::Completed(_) => end(state, line, Phase::Completed),
    }
}

pub(super) fn is_content(run: &Run, sha256: Digest) -> bool {
    run.content.is_some_and(|content| content.sha256 == sha256)
}

fn listed(state: &mut State, line: &Line, listed: &super::Listed) {
    let Subject::Run(programme, number) = line.subject else { return };
    let Some(place) = state.runs.places.get(&(programme, number)).copied() else { return };
    let of = |id| {
        let card = state.card(state.people.get(id)?, programme)?;
        (card.currency() == listed.amount.currency()).then_some(())?;
        state.key(&card, listed.benefit, listed.number)
    };
    let keys: Vec<_> = listed.participants.iter().filter_map(|id| of(*id)).collect();
    let Runs { list, listed: on, .. } = &mut state.runs;
    let Some(run) = list.get_mut(at(place)).filter(|run| run.phase == Phase::Open) else { return };
    for key in keys {
        // An instalment is on one run at a time: the first stays.
        if let std::collections::hash_map::Entry::Vacant(free) = on.entry(key) {
            free.insert(OnRun { run: place, minor: listed.amount.minor() });
            run.keys.push(key);
        }
    }
}

/// Nothing is on a run that is over.
fn end(state: &mut State, line: &Line, phase: Phase) {
    let Some(run) = state.runs.get_mut(line) else { return };
    if matches!(run.phase, Phase::Completed | Phase::Cancelled) {
        return;
    }
    run.phase = phase;
    for key in std::mem::take(&mut run.keys) {
        state.runs.listed.remove(&key);
    }
}

/// Takes an instalment off its run when a partner is told to pay it.
pub(crate) fn instructed(state: &mut State, line: &Line, instructed: &Instructed) {
    if state.runs.listed.is_empty() {
        return;
    }
    let key = state.card_of(line).and_then(|card| state.key(&card, instructed.benefit, instructed.number));
    let Some(listed) = key.and_then(|key| state.runs.listed.remove(&key)) else { return };
    if let Some(run) = state.runs.list.get_mut(at(listed.run)) {
        run.instructed = run.instructed.saturating_add(1);
        run.instructed_minor = run.instructed_minor.saturating_add(listed.minor);
    }
}
