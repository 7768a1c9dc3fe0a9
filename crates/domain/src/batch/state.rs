//! Where each batch stands, and where each person in it.

use super::{Drawn, Event, draw, list_digest, pool, unscreened};
use crate::ids::{Digest, ParticipantId, ProgrammeCode, RegisterCode};
use crate::line::Event as Line;
use crate::participant::{Applied, Person};
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use std::collections::{BTreeMap, HashMap};

words! {
    /// Where a batch stands.
    Phase {
        /// Takes applications.
        Open = "open",
        /// Takes no more.
        Closed = "closed",
        /// Drawn.
        Drawn = "drawn",
    }
    /// Where a person stands in a batch.
    Standing {
        /// Joined, not screened yet.
        Joined = "joined",
        /// Screened: in the pool.
        Eligible = "eligible",
        /// Screened: a rule is not met.
        Ineligible = "ineligible",
        /// Drawn.
        Selected = "selected",
        /// In the pool, and not drawn.
        Unselected = "unselected",
    }
}

/// One batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Where it stands.
    pub phase: Phase,
    /// Last day of applications.
    pub closes: Day,
    /// Places.
    pub quota: u32,
    /// The promised digest of the seed.
    pub seed: Option<Digest>,
    /// The day of the draw.
    pub drawn_on: Option<Day>,
    /// Persons whom the draw selected.
    pub selected: u32,
    /// Persons in the pool of the draw.
    pub pooled: u32,
    /// Persons who are recorded as having joined, counted at the draw.
    pub joined: u32,
    /// Of them, persons whom nobody had screened.
    pub unscreened: u32,
    /// The digest of that pool.
    pub pool_digest: Option<Digest>,
    /// True once the counts of all who applied are recorded.
    pub summarised: bool,
    /// When the newest application came, or the batch opened.
    pub newest: Timestamp,
    /// The newest date of each list that was asked.
    pub lists: BTreeMap<RegisterCode, Day>,
    /// Numbers of those who joined, until the draw.
    pub(super) members: Vec<u32>,
}

/// All batches.
#[derive(Clone, Debug, Default)]
pub struct Batches {
    list: HashMap<(ProgrammeCode, u16), Batch>,
    /// Applications of persons who have since joined a batch of another programme.
    elsewhere: HashMap<(ParticipantId, u16), Applied>,
}

impl Batches {
    /// A batch of a programme.
    pub fn get(&self, programme: ProgrammeCode, number: u16) -> Option<&Batch> {
        self.list.get(&(programme, number))
    }

    /// The batches of a programme, by number.
    pub fn of(&self, programme: ProgrammeCode) -> Vec<(u16, &Batch)> {
        let own = self.list.iter().filter(|((of, _), _)| *of == programme);
        let mut own: Vec<_> = own.map(|((_, number), batch)| (*number, batch)).collect();
        own.sort_unstable_by_key(|(number, _)| *number);
        own
    }
}

impl State {
    /// The newest application of a person in a programme.
    pub fn applied(&self, person: &Person, programme: ProgrammeCode) -> Option<Applied> {
        let number = self.programmes.number(programme)?;
        let newest = person.applied.filter(|each| each.programme == number);
        newest.or_else(|| self.batches.elsewhere.get(&(person.id, number)).copied())
    }
}

/// Folds an event of a batch or of joining one.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match (line.subject, event) {
        (Subject::Participant(id), Event::Joined(joined)) => {
            stand(state, line, id, joined.batch, Standing::Joined);
        }
        (Subject::Participant(id), Event::Screened(screened)) => {
            let eligible = screened.eligibility == super::Eligibility::Eligible;
            let standing = if eligible { Standing::Eligible } else { Standing::Ineligible };
            stand(state, line, id, screened.batch, standing);
            let batch = line.programme.and_then(|code| state.batches.list.get_mut(&(code, screened.batch)));
            let Some(batch) = batch else { return };
            for asked in &screened.registers {
                let newest = batch.lists.entry(asked.register).or_insert(asked.asof);
                *newest = asked.asof.max(*newest);
            }
        }
        (Subject::Batch(programme, number), Event::Opened(opened)) => {
            // A fact that opens a batch again changes nothing of the first.
            state.batches.list.entry((programme, number)).or_insert_with(|| Batch {
                phase: Phase::Open,
                closes: opened.closes,
                quota: opened.quota,
                seed: None,
                drawn_on: None,
                selected: 0,
                pooled: 0,
                joined: 0,
                unscreened: 0,
                pool_digest: None,
                summarised: false,
                newest: line.time,
                lists: BTreeMap::new(),
                members: Vec::new(),
            });
        }
        (Subject::Batch(programme, number), Event::Drawn(drawn)) => {
            drawn_from(state, (programme, number), line.time.day(), drawn);
        }
        (Subject::Batch(programme, number), _) => {
            let Some(batch) = state.batches.list.get_mut(&(programme, number)) else { return };
            match event {
                // What was promised first stands.
                Event::SeedCommitted(committed) => batch.seed = batch.seed.or(Some(committed.sha256)),
                Event::Closed(_) if batch.phase == Phase::Open => batch.phase = Phase::Closed,
                Event::Summarised(_) => batch.summarised = true,
                _ => {}
            }
        }
        _ => {}
    }
}

/// Sets where a person stands in a batch. After its draw nothing but the draw decides that.
fn stand(state: &mut State, line: &Line, id: ParticipantId, number: u16, standing: Standing) {
    let Some(code) = line.programme else { return };
    let programme = state.programmes.appear(code);
    let State { people, batches, .. } = state;
    let Some(person) = people.appear(id) else { return };
    let before = person.applied;
    let same = before.filter(|each| each.programme == programme && each.batch == number);
    let is_drawn = |each: Applied| matches!(each.standing, Standing::Selected | Standing::Unselected);
    if same.is_some_and(is_drawn) {
        return;
    }
    person.applied = Some(Applied { programme, batch: number, standing });
    if let Some(other) = before.filter(|each| each.programme != programme) {
        batches.elsewhere.insert((id, other.programme), other);
    }
    batches.elsewhere.remove(&(id, programme));
    let batch = batches.list.get_mut(&(code, number)).filter(|batch| batch.phase != Phase::Drawn);
    let Some(batch) = batch else { return };
    if standing == Standing::Joined {
        batch.newest = batch.newest.max(line.time);
    }
    if same.is_none() {
        batch.members.extend(people.number(id));
    }
}

/// Draws the batch again from what is recorded: whoever is drawn here can be decreed, and nobody else.
fn drawn_from(state: &mut State, (code, number): (ProgrammeCode, u16), day: Day, drawn: &Drawn) {
    if state.batches.get(code, number).is_none_or(|batch| batch.phase == Phase::Drawn) {
        return;
    }
    let pool = pool(state, code, number);
    let selected = draw(&pool, drawn);
    let unscreened = unscreened(state, code, number);
    let programme = state.programmes.number(code);
    let State { people, batches, .. } = state;
    if let Some(batch) = batches.list.get_mut(&(code, number)) {
        batch.phase = Phase::Drawn;
        batch.drawn_on = Some(day);
        batch.selected = u32::try_from(selected.len()).unwrap_or(u32::MAX);
        batch.pooled = u32::try_from(pool.len()).unwrap_or(u32::MAX);
        batch.pool_digest = Some(list_digest(pool.iter().map(|each| each.id)));
        let mut joined = std::mem::take(&mut batch.members);
        joined.sort_unstable();
        joined.dedup();
        batch.joined = u32::try_from(joined.len()).unwrap_or(u32::MAX);
        batch.unscreened = unscreened;
    }
    let losers = pool.iter().map(|each| (each.id, Standing::Unselected));
    for (id, standing) in losers.chain(selected.into_iter().map(|id| (id, Standing::Selected))) {
        let newest = people.get_mut(id).and_then(|person| person.applied.as_mut());
        let newest = newest.filter(|each| Some(each.programme) == programme);
        let applied = match (newest, programme) {
            (None, Some(programme)) => batches.elsewhere.get_mut(&(id, programme)),
            (newest, _) => newest,
        };
        if let Some(applied) = applied.filter(|each| each.batch == number) {
            applied.standing = standing;
        }
    }
}
