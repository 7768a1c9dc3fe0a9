//! What became of people: waves of tracking, alumni and comparison group alike.

use crate::ids::OccupationCode;
use crate::money::Money;
use crate::record::{payloads, types, words};

types! {
    /// Events of outcome tracking.
    Event {
        /// A person was asked in a wave.
        Invited(Invited) = "outcome.invited.v1";
        /// A person answered.
        Reported(Reported) = "outcome.reported.v1";
    }
}

words! {
    /// Work after the programme.
    Work {
        /// Employed for a wage.
        Employed = "employed",
        /// Runs a business.
        Entrepreneur = "entrepreneur",
        /// Neither.
        Without = "without",
    }
}

payloads! {
    /// An invitation.
    Invited {
        /// The wave: year and number, such as 202301.
        wave: u32,
    }
    /// An answer.
    Reported {
        /// Income a month, where told.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        income: Option<Money>,
        /// Occupation, where told.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        occupation: Option<OccupationCode>,
        /// The wave.
        wave: u32,
        /// Work.
        work: Work,
    }
}
