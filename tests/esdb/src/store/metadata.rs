//! What a stream's metadata say about which of its events are seen.

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// The settings that bear on reading, from the last event of `$$<stream>`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) max_count: Option<u64>,
    /// Seconds.
    pub(super) max_age: Option<u64>,
    /// The first revision that is seen.
    pub(super) truncate_before: Option<u64>,
}

impl Metadata {
    /// What is not understood sets nothing, as in the real server.
    pub(super) fn parse(data: &[u8]) -> Self {
        let fields: Map<String, Value> = serde_json::from_slice(data).unwrap_or_default();
        let number = |name: &str| fields.get(name).and_then(Value::as_u64);
        Self { max_count: number("$maxCount"), max_age: number("$maxAge"), truncate_before: number("$tb") }
    }
}

/// The old metadata with another beginning.
pub(super) fn truncated(old: Option<&[u8]>, before: u64) -> Bytes {
    let mut fields: Map<String, Value> =
        old.and_then(|data| serde_json::from_slice(data).ok()).unwrap_or_default();
    fields.insert("$tb".to_owned(), json!(before));
    Value::Object(fields).to_string().into()
}
