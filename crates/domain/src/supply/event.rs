//! Platforms, training providers and their courses.

use crate::ids::{OccupationCode, PartyCode, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::voucher::Mode;

types! {
    /// Events of the supply of training.
    Event {
        /// A platform may sell.
        PlatformRegistered(PlatformRegistered) = "platform.registered.v1";
        /// A provider may teach.
        ProviderRegistered(ProviderRegistered) = "provider.registered.v1";
        /// A provider may not teach for now.
        ProviderSuspended(ProviderSuspended) = "provider.suspended.v1";
        /// A suspension is over.
        ProviderReinstated(ProviderReinstated) = "provider.reinstated.v1";
        /// A course was judged before it could be listed.
        CourseAppraised(CourseAppraised) = "course.appraised.v1";
        /// A course can be bought.
        CourseListed(CourseListed) = "course.listed.v1";
        /// A course has a new price.
        CourseRepriced(CourseRepriced) = "course.repriced.v1";
        /// A course can no longer be bought.
        CourseDelisted(CourseDelisted) = "course.delisted.v1";
    }
}

payloads! {
    /// A platform.
    PlatformRegistered {
        /// Its name.
        name: String,
    }
    /// A provider.
    ProviderRegistered {
        /// Its name.
        name: String,
        /// A platform with the same owner, where there is one.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        ownedby: Option<PartyCode>,
    }
    /// A suspension.
    ProviderSuspended {
        /// Why.
        reason: Reason,
    }
    /// The end of a suspension.
    ProviderReinstated {
        /// Why.
        reason: Reason,
    }
    /// An appraisal.
    CourseAppraised {
        /// Whether it may be listed.
        approved: bool,
        /// The provider.
        provider: PartyCode,
    }
    /// A course for sale.
    CourseListed {
        /// Hours taught.
        hours: u16,
        /// How it is taught.
        mode: Mode,
        /// The occupation it prepares for.
        occupation: OccupationCode,
        /// The price.
        price: Money,
        /// The provider.
        provider: PartyCode,
        /// Sessions that must be attended; 0 when self-paced, at most 32.
        sessions: u8,
        /// Its title.
        title: String,
    }
    /// A new price.
    CourseRepriced {
        /// The price.
        price: Money,
    }
    /// The end of sale.
    CourseDelisted {
        /// Why.
        reason: Reason,
    }
}
