//! A batch from its opening to its draw.

use super::moment;
use crate::agenda::What;
use crate::day::{Date, HOUR, Time};
use crate::line::{Actor, Entry, Id};
use crate::people::Role;
use crate::plan::{BATCHES, Batch};
use crate::simulation::{FIRST_DAY, Round};
use crate::{Applicants, Simulation};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Days before the opening on which people begin to register for a batch.
const LEAD: i32 = 5;
/// One in so many of the unselected and ineligible is told of one by one when only a summary is asked for.
const SAMPLE: u32 = 250;
pub(crate) const SELECTOR: Actor = Actor::User("pmo.selection");

/// A digest in hexadecimal.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// SHA-256 over the ids of a pool in ascending order, each followed by a newline.
pub(crate) fn pool_digest(mut ids: Vec<u128>) -> [u8; 32] {
    ids.sort_unstable();
    list_digest(ids.into_iter())
}

/// SHA-256 over ids in order, each followed by a newline.
pub(crate) fn list_digest(ids: impl Iterator<Item = u128>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut room = uuid::Uuid::encode_buffer();
    for id in ids {
        hash.update(uuid::Uuid::from_u128(id).hyphenated().encode_lower(&mut room).as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().into()
}

/// Whoever has the seed can draw again: the pool by SHA-256 of `seed:id`, the lowest first.
fn rank(seed: &str, id: u128) -> [u8; 32] {
    Sha256::digest(format!("{seed}:{}", Id(id)).as_bytes()).into()
}

fn found(place: u32) -> Option<&'static Batch> {
    usize::try_from(place).ok().and_then(|place| BATCHES.get(place))
}

impl Simulation {
    pub(crate) fn plan_batches(&mut self) {
        for (place, batch) in (0u32..).zip(BATCHES) {
            self.rounds.push(Round::default());
            self.oracle.add_batch(batch.terms.programme, batch.year(), batch.number);
            let recruiting = (batch.opens - LEAD).max(FIRST_DAY);
            // The site opened with the first batch.
            let recruiting = if batch.number == 1 { batch.opens } else { recruiting };
            let decreed = crate::day::working(batch.decree + 1);
            for (day, at, what) in [
                (recruiting, 0, What::Recruit),
                (batch.opens, 8 * HOUR, What::Open),
                (batch.closes, 23 * HOUR + HOUR / 2, What::Close),
                (batch.closes + 1, 7 * HOUR, What::Draw),
                (batch.decree, 9 * HOUR, What::Decree),
                (batch.decree, 14 * HOUR, What::Request),
                (decreed, 10 * HOUR, What::Order),
                (decreed, 15 * HOUR, What::Disburse),
            ] {
                self.agenda.plan(day, at, what, place);
            }
        }
    }

    /// How many applied, and how many of them were eligible.
    fn applicants(&self, batch: &Batch) -> [u32; 2] {
        let eligible = self.scaled(batch.eligible).max(self.size(batch).selected);
        [self.scaled(batch.applied).max(eligible), eligible]
    }

    /// Numbers of persons told of one by one: eligible, ineligible, and those who never join.
    fn crowd(&self, batch: &Batch) -> [u32; 3] {
        let selected = self.size(batch).selected;
        let [applied, eligible] = self.applicants(batch);
        let (unselected, ineligible) = (eligible - selected, applied - eligible);
        // 22 M of 40 M accounts never came as far as joining, against 18 M who could: about half as many as
        // applied in a batch, since most apply more than once.
        let visitors = self.scaled(batch.applied / 2);
        match self.settings.applicants {
            Applicants::Full => [selected + unselected, ineligible, visitors],
            Applicants::Summary => {
                let sample = selected.div_ceil(SAMPLE);
                [selected + unselected.min(sample), ineligible.min(sample), visitors.min(sample)]
            }
        }
    }

    /// People begin to register.
    pub(crate) fn recruit(&mut self, place: u32) {
        let Some(batch) = found(place) else { return };
        let (today, index) = (self.agenda.today(), u16::try_from(place).unwrap_or(0));
        for (count, role) in
            self.crowd(batch).into_iter().zip([Role::Member, Role::Ineligible, Role::Visitor])
        {
            for _ in 0..count {
                let who = self.people.add(self.root, role, index);
                let Some(mut person) = self.people.get(who) else { continue };
                let day = person.random.between(today, batch.closes);
                let at = moment(&mut person.random, 9, 22);
                self.plan(&mut person, who, day, at, What::Register);
                self.people.put(who, person);
            }
        }
    }

    /// The text whose digest is promised before the batch closes.
    fn seed_text(&self, batch: &Batch) -> String {
        let text = format!("{}:{}:{}", self.settings.seed, batch.terms.programme, batch.number);
        Hex(Sha256::digest(text.as_bytes()).get(..16).unwrap_or_default()).to_string()
    }

    pub(crate) fn open_batch(&mut self, place: u32) {
        let Some(batch) = found(place) else { return };
        let (number, programme) = (batch.number, batch.terms.programme);
        let (closes, quota) = (Date(batch.closes), self.size(batch).selected);
        let data = format_args!(r#"{{"closes":"{closes}","quota":{quota}}}"#);
        let subject = format_args!("batch/{programme}/{number}");
        let entry = Entry::named("batch.open.v1", subject, data);
        self.emit(&entry.id(format_args!("open")).by(SELECTOR));
        let digest = Sha256::digest(self.seed_text(batch).as_bytes());
        let promise = Hex(&digest);
        let data = format_args!(r#"{{"sha256":"{promise}"}}"#);
        let subject = format_args!("batch/{programme}/{number}");
        let entry = Entry::named("batch.commit_seed.v1", subject, data);
        self.emit(&entry.id(format_args!("seed")).by(SELECTOR));
    }

    pub(crate) fn close_batch(&mut self, place: u32) {
        let Some(batch) = found(place) else { return };
        let (number, programme) = (batch.number, batch.terms.programme);
        let at = Time(self.agenda.now());
        let data = format_args!(r#"{{"at":"{at}"}}"#);
        let subject = format_args!("batch/{programme}/{number}");
        let entry = Entry::named("batch.close.v1", subject, data);
        self.emit(&entry.id(format_args!("close")).by(SELECTOR));
    }

    /// Draws the batch, and lets go who was not drawn.
    pub(crate) fn draw(&mut self, place: u32) {
        let Some(batch) = found(place) else { return };
        let slot = usize::try_from(place).unwrap_or(0);
        let members =
            self.rounds.get_mut(slot).map(|round| std::mem::take(&mut round.members)).unwrap_or_default();
        let ids: Vec<u128> =
            members.iter().filter_map(|&who| self.people.get(who)).map(|person| person.id).collect();
        let digest = pool_digest(ids.clone());
        let seed = self.seed_text(batch);
        let mut ranked: Vec<([u8; 32], u32)> =
            ids.iter().zip(&members).map(|(&id, &who)| (rank(&seed, id), who)).collect();
        ranked.sort_unstable();
        let selected = usize::try_from(self.size(batch).selected).unwrap_or(0).min(ranked.len());
        let losers = ranked.split_off(selected);
        self.write_draw(batch, &seed, &digest, (ids.len(), selected));
        for (_, who) in losers {
            self.keep_for_comparison(who);
            self.people.leave(who);
        }
        if let Some(round) = self.rounds.get_mut(slot) {
            round.members = ranked.into_iter().map(|(_, who)| who).collect();
        }
        let [applied, eligible] = self.applicants(batch);
        let totals = self.oracle.batch(u16::try_from(place).unwrap_or(0));
        totals.applied = i64::from(applied);
        totals.eligible = i64::from(eligible);
        totals.selected = i64::try_from(selected).unwrap_or(0);
    }

    fn write_draw(&mut self, batch: &Batch, seed: &str, digest: &[u8], (pool, selected): (usize, usize)) {
        let (number, programme, digest) = (batch.number, batch.terms.programme, Hex(digest));
        let data = format_args!(
            r#"{{"pool":{pool},"poolsha256":"{digest}","seed":"{seed}","selected":{selected}}}"#
        );
        let subject = format_args!("batch/{programme}/{number}");
        let entry = Entry::named("batch.draw.v1", subject, data);
        self.emit(&entry.id(format_args!("draw")).by(SELECTOR));
        let [applied, eligible] = self.applicants(batch);
        let data = format_args!(r#"{{"applied":{applied},"eligible":{eligible},"selected":{selected}}}"#);
        let subject = format_args!("batch/{programme}/{number}");
        let entry = Entry::named("batch.summarise.v1", subject, data);
        self.emit(&entry.id(format_args!("summarise")).by(SELECTOR));
    }
}
