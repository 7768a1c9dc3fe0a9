//! Batches (gelombang): opening, joining, screening, the draw.

use crate::ids::{Digest, Reason, RegencyCode, RegisterCode};
use crate::record::{payloads, types, words};
use crate::time::{Day, Timestamp};

types! {
    /// Events of a batch and of joining it.
    Event {
        /// A batch takes applications.
        Opened(Opened) = "batch.opened.v1";
        /// The seed of the draw is fixed, by its digest, before the batch closes.
        SeedCommitted(SeedCommitted) = "batch.seed_committed.v1";
        /// A participant joins.
        Joined(Joined) = "batch.joined.v1";
        /// A participant was held against the eligibility rules.
        Screened(Screened) = "batch.screened.v1";
        /// No more applications.
        Closed(Closed) = "batch.closed.v1";
        /// The draw took place.
        Drawn(Drawn) = "batch.drawn.v1";
        /// Counts of all who applied, for those not recorded one by one.
        Summarised(Summarised) = "batch.summarised.v1";
    }
}

words! {
    /// The result of screening.
    Eligibility {
        /// Every rule is met.
        Eligible = "eligible",
        /// At least one rule is not met.
        Ineligible = "ineligible",
    }
}

payloads! {
    /// A batch and its room.
    Opened {
        /// Last day of applications.
        closes: Day,
        /// Places.
        quota: u32,
    }
    /// The promise of a seed.
    SeedCommitted {
        /// SHA-256 of the seed's text, in hexadecimal.
        sha256: Digest,
    }
    /// A click on *join*.
    Joined {
        /// Number of the batch.
        batch: u16,
    }
    /// What the rules said, and which lists they asked.
    Screened {
        /// Number of the batch.
        batch: u16,
        /// The result.
        eligibility: Eligibility,
        /// Names of the rules that were not met.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<Reason>,
        /// The lists that were asked, with their dates.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        registers: Vec<Asked>,
    }
    /// One list that was asked.
    Asked {
        /// Date of the list.
        asof: Day,
        /// True when the person is on it.
        listed: bool,
        /// Which list.
        register: RegisterCode,
    }
    /// The batch is closed.
    Closed {
        /// When applications ended: not before the newest of them, nor after the last day or this record.
        at: Timestamp,
    }
    /// The draw: from the same pool, seed and quotas anyone draws the same persons.
    Drawn {
        /// Eligible persons in the pool.
        pool: u32,
        /// SHA-256 over the pool's ids in ascending order, each with a newline, in hexadecimal.
        poolsha256: Digest,
        /// Places by regency, where the quota is spread.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        quotas: Vec<RegionalQuota>,
        /// The seed that was promised. Persons are ranked by the SHA-256 of `seed:id`, the lowest first.
        seed: String,
        /// Persons selected.
        selected: u32,
    }
    /// Places of one regency.
    RegionalQuota {
        /// Places.
        places: u32,
        /// The regency.
        regency: RegencyCode,
    }
    /// All who applied, as counts.
    Summarised {
        /// Persons who joined.
        applied: u32,
        /// Of them eligible.
        eligible: u32,
        /// Of them selected.
        selected: u32,
    }
}
