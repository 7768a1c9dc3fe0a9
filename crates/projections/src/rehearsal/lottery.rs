//! A draw from another pool: who is drawn with the recorded seed, and how likely everybody was to be.

use super::Pair;
use jejak_domain::batch::{Candidate, Drawn};
use jejak_domain::ids::{ParticipantId, RegencyCode};
use std::collections::BTreeSet;

/// A batch whose pool the change alters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    /// The batch.
    pub batch: u16,
    /// The recorded seed: with it anyone draws again.
    pub seed: String,
    /// Places of the batch.
    pub places: u32,
    /// Persons in the pool.
    pub pool: Pair<usize>,
    /// Persons drawn.
    pub drawn: Pair<usize>,
    /// Drawn now, and not before.
    pub newly: Vec<ParticipantId>,
    /// Drawn before, and not now.
    pub no_more: Vec<ParticipantId>,
    /// What a decree of the batch grants one person, in minor units.
    pub grant: Pair<i64>,
    /// How likely a person was drawn; empty where the places of regencies overlap, so that no fraction says it.
    pub chances: Vec<Chance>,
}

/// The chance of everybody whose residence begins alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// The regency, where places are spread; `None` for the whole pool.
    pub regency: Option<RegencyCode>,
    /// Places.
    pub places: u32,
    /// Persons in the pool who can have them.
    pub pool: Pair<usize>,
}

impl Chance {
    /// What a person in the pool could expect before and after: probability times grant, in minor units, rounded down;
    /// `None` where nobody is in the pool.
    pub fn expected(&self, grant: Pair<i64>) -> Pair<Option<i128>> {
        let one = |pool: usize, grant: i64| {
            let pool = i128::try_from(pool).ok().filter(|pool| *pool > 0)?;
            Some(i128::from(grant) * i128::from(self.places).min(pool) / pool)
        };
        Pair { before: one(self.pool.before, grant.before), after: one(self.pool.after, grant.after) }
    }
}

/// Two pools and who is drawn from them.
pub(super) struct Pools {
    pub(super) before: Vec<Candidate>,
    pub(super) after: Vec<Candidate>,
}

impl Pools {
    /// True for who is in both.
    pub(super) fn keep(&self, id: ParticipantId) -> bool {
        // A pool is in the order of ids.
        let is_in = |pool: &[Candidate]| pool.binary_search_by_key(&id, |each| each.id).is_ok();
        is_in(&self.before) && is_in(&self.after)
    }
}

impl Lottery {
    pub(super) fn of(
        batch: u16,
        pools: &Pools,
        drawn: Pair<&Drawn>,
        winners: &Pair<Vec<ParticipantId>>,
        grant: Pair<i64>,
    ) -> Self {
        Self {
            batch,
            seed: drawn.before.seed.clone(),
            places: drawn.after.selected,
            pool: Pair { before: pools.before.len(), after: pools.after.len() },
            drawn: Pair { before: winners.before.len(), after: winners.after.len() },
            newly: without(&winners.after, &winners.before),
            no_more: without(&winners.before, &winners.after),
            grant,
            chances: chances(pools, drawn.after),
        }
    }
}

/// Those of a list who are not in another.
pub(super) fn without(list: &[ParticipantId], other: &[ParticipantId]) -> Vec<ParticipantId> {
    let other: BTreeSet<_> = other.iter().collect();
    list.iter().filter(|id| !other.contains(id)).copied().collect()
}

fn chances(pools: &Pools, drawn: &Drawn) -> Vec<Chance> {
    if drawn.quotas.is_empty() {
        let pool = Pair { before: pools.before.len(), after: pools.after.len() };
        return vec![Chance { regency: None, places: drawn.selected, pool }];
    }
    let begins = |one: RegencyCode, other: RegencyCode| one.as_str().starts_with(other.as_str());
    let overlaps = |(place, quota): (usize, &jejak_domain::batch::RegionalQuota)| {
        let others = drawn.quotas.iter().enumerate().filter(|(other, _)| *other != place);
        others.into_iter().any(|(_, other)| begins(quota.regency, other.regency))
    };
    if drawn.quotas.iter().enumerate().any(overlaps) {
        return Vec::new();
    }
    let of = |pool: &[Candidate], regency| {
        pool.iter().filter(|each| each.regency.is_some_and(|home| begins(home, regency))).count()
    };
    let one = |quota: &jejak_domain::batch::RegionalQuota| Chance {
        regency: Some(quota.regency),
        places: quota.places,
        pool: Pair { before: of(&pools.before, quota.regency), after: of(&pools.after, quota.regency) },
    };
    drawn.quotas.iter().map(one).collect()
}
