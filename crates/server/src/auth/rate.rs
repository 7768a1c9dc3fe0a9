//! How many requests one person may make: a bucket that fills with time.

use crate::config::Limits;
use crate::problem::Problem;
use axum::http::StatusCode;
use jejak_domain::ids::ActorId;
use jejak_domain::time::Timestamp;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Persons that are remembered; beyond that full buckets are forgotten.
const PERSONS: usize = 100_000;

/// The buckets of all persons.
#[derive(Debug)]
pub(crate) struct Rates {
    a_second: i64,
    at_once: i64,
    buckets: Mutex<HashMap<ActorId, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request.
    left: i64,
    at: Timestamp,
}

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            a_second: limits.requests_a_second.into(),
            at_once: limits.requests_at_once.into(),
            buckets: Mutex::default(),
        }
    }

    /// Takes one request out of the person's bucket.
    pub(crate) fn take(&self, person: ActorId, now: Timestamp) -> Result<(), Problem> {
        let full = self.at_once.saturating_mul(1_000);
        let mut buckets = self.buckets.lock();
        if buckets.len() >= PERSONS {
            buckets.retain(|_, bucket| self.filled(*bucket, now) < full);
        }
        let bucket = buckets.entry(person).or_insert(Bucket { left: full, at: now });
        let left = self.filled(*bucket, now);
        let (left, enough) = if left >= 1_000 { (left - 1_000, true) } else { (left, false) };
        *bucket = Bucket { left, at: now };
        if enough {
            return Ok(());
        }
        let detail = format!(
            "more than {} requests a second of {person}: wait a second, or send many items as one stream",
            self.a_second
        );
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "access.rate", detail))
    }

    fn filled(&self, bucket: Bucket, now: Timestamp) -> i64 {
        let passed = now.as_millisecond().saturating_sub(bucket.at.as_millisecond()).max(0);
        let filled = bucket.left.saturating_add(passed.saturating_mul(self.a_second));
        filled.min(self.at_once.saturating_mul(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limits = Limits { requests_a_second: 10, requests_at_once: 2, ..Limits::default() };
        let rates = Rates::new(&limits);
        let (ani, budi) = (ActorId::new("ani").unwrap(), ActorId::new("budi").unwrap());
        let at = Timestamp::from_millisecond;
        assert!(rates.take(ani, at(0)).is_ok());
        assert!(rates.take(ani, at(0)).is_ok());
        assert!(rates.take(ani, at(99)).is_err());
        assert!(rates.take(budi, at(99)).is_ok());
        assert!(rates.take(ani, at(100)).is_ok());
        // A clock that goes back gives nothing and takes nothing.
        assert!(rates.take(ani, at(50)).is_err());
    }
}
