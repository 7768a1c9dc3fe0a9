//! Event ids: UUIDv7 with the millisecond of the recorded time and 74 random bits, which also blind the leaf hash.

use crate::randomness::{Randomness, RandomnessError};
use jejak_domain::time::Timestamp;
use uuid::Uuid;

/// The id of an event recorded at `recorded`.
pub(crate) fn event_id(recorded: Timestamp, random: &mut Randomness) -> Result<Uuid, RandomnessError> {
    let bits: [u8; 10] = random.bytes()?;
    // Before 1970 nothing is recorded.
    let millisecond = u64::try_from(recorded.as_millisecond()).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millisecond, &bits).into_uuid())
}
