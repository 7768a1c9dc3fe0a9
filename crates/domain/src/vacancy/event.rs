//! Demand for work: vacancies, matches, hires.

use crate::ids::{OccupationCode, PartyCode, Reason, RegencyCode, VacancyCode};
use crate::money::Money;
use crate::record::{payloads, types};

types! {
    /// Events of vacancies.
    Event {
        /// A vacancy is announced.
        Posted(Posted) = "vacancy.posted.v1";
        /// A vacancy is no longer open.
        Closed(Closed) = "vacancy.closed.v1";
        /// A participant fits a vacancy.
        Matched(Matched) = "vacancy.matched.v1";
        /// A participant was hired.
        Hired(Hired) = "vacancy.hired.v1";
    }
}

payloads! {
    /// A vacancy.
    Posted {
        /// The employer.
        employer: PartyCode,
        /// The occupation.
        occupation: OccupationCode,
        /// Places.
        places: u16,
        /// Where.
        regency: RegencyCode,
    }
    /// The end of a vacancy.
    Closed {
        /// Why.
        reason: Reason,
    }
    /// A match.
    Matched {
        /// The vacancy.
        vacancy: VacancyCode,
    }
    /// A hire.
    Hired {
        /// The vacancy.
        vacancy: VacancyCode,
        /// Wage a month, where told.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        wage: Option<Money>,
    }
}
