//! `Streams/BatchAppend`.

use super::{AppendSuccess, Empty, ExpectedRevision, ProposedEvent, StreamIdentifier, Uuid};
use bytes::Bytes;
use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BatchRequest {
    #[prost(message, optional, tag = "1")]
    pub(crate) correlation: Option<Uuid>,
    #[prost(message, optional, tag = "2")]
    pub(crate) options: Option<BatchOptions>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) events: Vec<ProposedEvent>,
    #[prost(bool, tag = "4")]
    pub(crate) is_final: bool,
}

/// The deadline (fields 6 and 7) is not read: no write here takes long.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BatchOptions {
    #[prost(message, optional, tag = "1")]
    pub(crate) stream: Option<StreamIdentifier>,
    #[prost(oneof = "ExpectedRevision", tags = "2, 3, 4, 5")]
    pub(crate) expected: Option<ExpectedRevision>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BatchResponse {
    #[prost(message, optional, tag = "1")]
    pub(crate) correlation: Option<Uuid>,
    #[prost(oneof = "BatchResult", tags = "2, 3")]
    pub(crate) result: Option<BatchResult>,
    #[prost(message, optional, tag = "4")]
    pub(crate) stream: Option<StreamIdentifier>,
    #[prost(oneof = "BatchExpected", tags = "5, 6, 7, 8")]
    pub(crate) expected: Option<BatchExpected>,
}

#[derive(Clone, PartialEq, Eq, Oneof)]
pub(crate) enum BatchResult {
    #[prost(message, tag = "2")]
    Error(BatchError),
    #[prost(message, tag = "3")]
    Success(AppendSuccess),
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub(crate) enum BatchExpected {
    #[prost(uint64, tag = "5")]
    Revision(u64),
    #[prost(message, tag = "6")]
    NoStream(Empty),
    #[prost(message, tag = "7")]
    Any(Empty),
    #[prost(message, tag = "8")]
    StreamExists(Empty),
}

/// The protocol's own variant of `google.rpc.Status`: one detail, and not a list of them.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BatchError {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, optional, tag = "3")]
    pub(crate) details: Option<Detail>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Detail {
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) value: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct WrongExpectedDetail {
    #[prost(oneof = "super::CurrentRevision", tags = "1, 2")]
    pub(crate) current: Option<super::CurrentRevision>,
    #[prost(oneof = "DetailExpected", tags = "3, 4, 5, 6")]
    pub(crate) expected: Option<DetailExpected>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub(crate) enum DetailExpected {
    #[prost(uint64, tag = "3")]
    Revision(u64),
    #[prost(message, tag = "4")]
    Any(Empty),
    #[prost(message, tag = "5")]
    StreamExists(Empty),
    #[prost(message, tag = "6")]
    NoStream(Empty),
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct StreamDeletedDetail {
    #[prost(message, optional, tag = "1")]
    pub(crate) stream: Option<StreamIdentifier>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct MaximumAppendSizeDetail {
    #[prost(uint32, tag = "1")]
    pub(crate) maximum: u32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct BadRequestDetail {
    #[prost(string, tag = "1")]
    pub(crate) message: String,
}
