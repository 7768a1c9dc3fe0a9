//! The only place where the time of day is read.

use jejak_domain::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in whole milliseconds.
pub(crate) fn now() -> Timestamp {
    // A clock before 1970 is broken; the newest recorded time stands in for it.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millisecond(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
