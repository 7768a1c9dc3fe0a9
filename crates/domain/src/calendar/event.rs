//! Working days and the passing of time.

use crate::money::Money;
use crate::record::{payloads, types};
use crate::time::Day;

types! {
    /// Events of the calendar.
    Event {
        /// The holidays of one year.
        Published(Published) = "calendar.published.v1";
        /// Everything that a day brings by itself has been commanded.
        DayClosed(DayClosed) = "day.closed.v1";
    }
}

payloads! {
    /// The days of a year that are not worked, beside Saturdays and Sundays.
    Published {
        /// Holidays, in order.
        holidays: Vec<Day>,
        /// The year they belong to.
        year: i16,
    }
    /// What the day brought: each count with its sum.
    DayClosed {
        /// Demands for repayment handed on after their term.
        escalated: Tally,
        /// Balances, instalments and unfinished courses released because a cut-off passed.
        lapsed: Tally,
        /// Cards revoked because a deadline passed.
        revoked: Tally,
        /// Instalments that became due.
        scheduled: Tally,
        /// Surveys opened; their sum is what they can earn.
        surveys: Tally,
    }
    /// A count and its sum. A day without any has no sum, since no currency is known.
    Tally {
        /// How many.
        count: u32,
        /// One sum a currency.
        sums: Vec<Money>,
    }
}
