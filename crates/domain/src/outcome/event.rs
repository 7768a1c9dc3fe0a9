//! What became of people: waves of tracking, alumni and comparison group alike.

use crate::ids::{Digest, OccupationCode};
use crate::money::Money;
use crate::record::{payloads, types, words};

types! {
    /// Events of outcome tracking.
    Event {
        /// A wave begins: how many are to be asked, and who, by the digest of the list.
        WaveOpened(WaveOpened) = "outcome.wave_opened.v1";
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
    /// The base of every share of a wave.
    WaveOpened {
        /// Persons to be asked.
        count: u32,
        /// SHA-256 over their ids in ascending order, each with a newline, in hexadecimal.
        listsha256: Digest,
        /// The wave: year and number, such as 202301.
        wave: u32,
    }
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
