//! The draw: from the same pool, seed and places anyone draws the same persons.
//!
//! The pool is every eligible person of the batch, in the order of their ids. Each is ranked by the SHA-256 of
//! `seed:id`, the lowest first. Places are given in that order; where they are spread over regencies, a person whose
//! regency has none left is passed over.

use super::{Batch, Drawn, Standing};
use crate::ids::{Digest, ParticipantId, ProgrammeCode, RegencyCode};
use crate::participant::Person;
use crate::state::State;
use sha2::{Digest as _, Sha256};

/// One person of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The person.
    pub id: ParticipantId,
    /// Where the person lives, as known now.
    pub regency: Option<RegencyCode>,
}

/// The eligible persons of a batch who wait for its draw, in the order of their ids.
pub fn pool(state: &State, programme: ProgrammeCode, number: u16) -> Vec<Candidate> {
    let waiting = standing(state, programme, number, Standing::Eligible);
    let mut pool: Vec<_> =
        waiting.map(|person| Candidate { id: person.id, regency: person.regency() }).collect();
    pool.sort_unstable();
    pool.dedup();
    pool
}

/// How many persons joined a batch that waits for its draw, and were not screened.
pub(crate) fn unscreened(state: &State, programme: ProgrammeCode, number: u16) -> u32 {
    let mut ids: Vec<_> =
        standing(state, programme, number, Standing::Joined).map(|person| person.id).collect();
    ids.sort_unstable();
    ids.dedup();
    u32::try_from(ids.len()).unwrap_or(u32::MAX)
}

/// Those who joined a batch and stand in it so; who came twice comes twice.
fn standing(
    state: &State,
    programme: ProgrammeCode,
    number: u16,
    standing: Standing,
) -> impl Iterator<Item = &Person> {
    let members = state.batches.get(programme, number).into_iter().flat_map(|batch| &batch.members);
    members.filter_map(|person| state.people.at(*person)).filter(move |person| {
        let applied = state.applied(person, programme);
        applied.is_some_and(|each| each.batch == number && each.standing == standing)
    })
}

/// SHA-256 over the ids of a list in their order, each with a newline.
pub fn list_digest(ids: impl Iterator<Item = ParticipantId>) -> Digest {
    let lines: Vec<String> = ids.map(|id| format!("{id}\n")).collect();
    Digest::of(lines.iter().map(String::as_bytes))
}

/// Who is drawn from a pool, best rank first.
pub fn draw(pool: &[Candidate], drawn: &Drawn) -> Vec<ParticipantId> {
    let rank =
        |each: &Candidate| -> [u8; 32] { Sha256::digest(format!("{}:{}", drawn.seed, each.id)).into() };
    let mut ranked: Vec<_> = pool.iter().map(|each| (rank(each), each)).collect();
    ranked.sort_unstable();
    let mut left: Vec<_> = drawn.quotas.iter().map(|quota| (quota.regency, quota.places)).collect();
    let mut has_place = |regency: Option<RegencyCode>| {
        if drawn.quotas.is_empty() {
            return true;
        }
        let of_regency = left.iter_mut().find(|(code, places)| {
            *places > 0 && regency.is_some_and(|regency| regency.as_str().starts_with(code.as_str()))
        });
        of_regency.map(|(_, places)| *places -= 1).is_some()
    };
    let selected = usize::try_from(drawn.selected).unwrap_or(usize::MAX);
    let given = ranked.into_iter().filter(|(_, each)| has_place(each.regency));
    given.take(selected).map(|(_, each)| each.id).collect()
}

/// What contradicts the ledger in a draw; nothing when anyone can draw the same persons.
pub(crate) fn contradiction(pool: &[Candidate], batch: &Batch, drawn: &Drawn) -> Option<String> {
    let size = u32::try_from(pool.len()).unwrap_or(u32::MAX);
    let digest = list_digest(pool.iter().map(|each| each.id));
    let places = drawn.quotas.iter().fold(0_u32, |sum, quota| sum.saturating_add(quota.places));
    if batch.seed != Some(Digest::of([drawn.seed.as_bytes()])) {
        return Some("the seed's SHA-256 is not the one promised before the batch closed".to_owned());
    }
    if (size, digest) != (drawn.pool, drawn.poolsha256) {
        return Some(format!(
            "the pool has {} persons and the digest {}, but {size} are recorded as eligible, with the digest {digest}",
            drawn.pool, drawn.poolsha256
        ));
    }
    if drawn.selected > batch.quota || places > batch.quota {
        let most = drawn.selected.max(places);
        return Some(format!("{most} places are given, and the batch has {}", batch.quota));
    }
    // Nobody is left out while there is a place: as many are drawn as the pool and its places give.
    let given = draw(pool, &Drawn { selected: batch.quota, ..drawn.clone() }).len();
    let differs = u32::try_from(given).ok() != Some(drawn.selected);
    differs
        .then(|| format!("{} persons are selected, and the pool and its places give {given}", drawn.selected))
}
