//! `BatchAppend`: many appends on one stream of messages, each answered by its correlation.

use super::append::{Append, Rejection, current_revision, success, write};
use super::{Call, parse};
use crate::messages::{
    BadRequestDetail, BatchError, BatchExpected, BatchOptions, BatchRequest, BatchResponse, BatchResult,
    Detail, DetailExpected, Empty, MaximumAppendSizeDetail, StreamDeletedDetail, StreamIdentifier, Uuid,
    WrongExpectedDetail,
};
use crate::store::{Expected, Proposal, Refusal};
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, Streaming};

/// Answers that wait for a slow client.
const QUEUE: usize = 64;

/// An append of which not all events have come.
struct Unfinished {
    correlation: Option<Uuid>,
    stream: Option<StreamIdentifier>,
    /// What was wrong with it, from the first fault on.
    append: Result<Append, BatchError>,
    size: usize,
}

pub(super) fn batch(
    call: Call,
    request: Request<Streaming<BatchRequest>>,
) -> Response<ReceiverStream<Result<BatchResponse, Status>>> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let mut messages = request.into_inner();
    tokio::spawn(async move {
        let mut unfinished: Vec<Unfinished> = Vec::new();
        // A client that leaves, or breaks off, ends the stream.
        while let Ok(Some(message)) = messages.message().await {
            let is_final = message.is_final;
            let place = gather(&call, &mut unfinished, message);
            if !is_final {
                continue;
            }
            let answer = finish(&call, unfinished.swap_remove(place)).await;
            let is_error = answer.is_err();
            if sender.send(answer).await.is_err() || is_error {
                return;
            }
        }
    });
    Response::new(ReceiverStream::new(receiver))
}

/// Adds a message to the append that it belongs to, and tells which that is.
fn gather(call: &Call, unfinished: &mut Vec<Unfinished>, message: BatchRequest) -> usize {
    let known = unfinished.iter().position(|it| it.correlation == message.correlation);
    let place = known.unwrap_or_else(|| {
        let options = message.options.unwrap_or_default();
        let stream = options.stream.clone();
        let append = begin(options).map_err(|status| bad_request(&status));
        unfinished.push(Unfinished { correlation: message.correlation, stream, append, size: 0 });
        unfinished.len() - 1
    });
    if let Some(unfinished) = unfinished.get_mut(place) {
        for event in message.events {
            unfinished.add(parse::event(event), call.node.append_limit);
        }
    }
    place
}

fn begin(options: BatchOptions) -> Result<Append, Status> {
    let stream = parse::stream(options.stream)?;
    Ok(Append { stream, expected: parse::expected(options.expected)?, events: Vec::new() })
}

impl Unfinished {
    fn add(&mut self, event: Result<Proposal, Status>, limit: usize) {
        let Ok(append) = &mut self.append else { return };
        match event {
            Ok(event) => {
                self.size += event.size();
                append.events.push(event);
            }
            Err(status) => self.append = Err(bad_request(&status)),
        }
        if self.size > limit {
            self.append = Err(too_large(limit));
        }
    }
}

async fn finish(call: &Call, unfinished: Unfinished) -> Result<BatchResponse, Status> {
    let Unfinished { correlation, stream, append, .. } = unfinished;
    let (result, expected) = match append {
        Ok(append) => {
            let expected = append.expected;
            let result = match write(call, append).await? {
                Ok(written) => BatchResult::Success(success(written)),
                Err(rejection) => BatchResult::Error(refused(expected, &rejection)),
            };
            (result, Some(echo(expected)))
        }
        Err(error) => (BatchResult::Error(error), None),
    };
    Ok(BatchResponse { correlation, result: Some(result), stream, expected })
}

fn echo(expected: Expected) -> BatchExpected {
    match expected {
        Expected::Any => BatchExpected::Any(Empty {}),
        Expected::StreamExists => BatchExpected::StreamExists(Empty {}),
        Expected::NoStream => BatchExpected::NoStream(Empty {}),
        Expected::Revision(revision) => BatchExpected::Revision(revision),
    }
}

fn refused(expected: Expected, rejection: &Rejection) -> BatchError {
    match &rejection.refusal {
        Refusal::WrongRevision { current } => {
            let expected = match expected {
                Expected::Any => DetailExpected::Any(Empty {}),
                Expected::StreamExists => DetailExpected::StreamExists(Empty {}),
                Expected::NoStream => DetailExpected::NoStream(Empty {}),
                Expected::Revision(revision) => DetailExpected::Revision(revision),
            };
            let detail =
                WrongExpectedDetail { current: Some(current_revision(*current)), expected: Some(expected) };
            error(Code::AlreadyExists, "WrongExpectedVersion", "WrongExpectedVersion", &detail)
        }
        Refusal::StreamDeleted => {
            let stream = Some(StreamIdentifier { name: rejection.stream.bytes() });
            error(Code::NotFound, "StreamDeleted", "StreamDeleted", &StreamDeletedDetail { stream })
        }
        Refusal::NotStored(why) => error(Code::Unavailable, why, "Unknown", &Empty {}),
    }
}

fn too_large(limit: usize) -> BatchError {
    let maximum = u32::try_from(limit).unwrap_or(u32::MAX);
    let name = "MaximumAppendSizeExceeded";
    error(Code::InvalidArgument, "Maximum Append Size Exceeded", name, &MaximumAppendSizeDetail { maximum })
}

fn bad_request(status: &Status) -> BatchError {
    let detail = BadRequestDetail { message: status.message().to_owned() };
    error(Code::InvalidArgument, status.message(), "BadRequest", &detail)
}

fn error(code: Code, message: &str, name: &str, detail: &impl Message) -> BatchError {
    let details = Detail {
        type_url: format!("type.googleapis.com/event_store.client.{name}"),
        value: detail.encode_to_vec().into(),
    };
    BatchError { code: code.into(), message: message.to_owned(), details: Some(details) }
}
