//! `Append`, and what it shares with the other writes.

use super::{Call, errors, parse};
use crate::faults::AppendFault;
use crate::messages::{
    AppendContent, AppendRequest, AppendResponse, AppendResult, AppendSuccess, CurrentRevision, Empty,
    OldExpectedRevision, Position, WrittenPosition, WrongCurrent, WrongExpected, WrongRevision,
};
use crate::store::{Expected, Proposal, Refusal, Text, Written};
use tonic::{Request, Response, Status, Streaming};

/// The events of one append, and where they are to go.
pub(super) struct Append {
    pub(super) stream: Text,
    pub(super) expected: Expected,
    pub(super) events: Vec<Proposal>,
}

pub(super) async fn append(
    call: Call,
    request: Request<Streaming<AppendRequest>>,
) -> Result<Response<AppendResponse>, Status> {
    let mut messages = request.into_inner();
    let Some(AppendContent::Options(options)) = messages.message().await?.and_then(|it| it.content) else {
        return Err(errors::invalid("The first message must be the options."));
    };
    let mut append = Append {
        stream: parse::stream(options.stream)?,
        expected: parse::expected(options.expected)?,
        events: Vec::new(),
    };
    let mut size = 0;
    while let Some(message) = messages.message().await? {
        let Some(AppendContent::Event(event)) = message.content else {
            return Err(errors::invalid("After the options only events may come."));
        };
        let event = parse::event(event)?;
        size += event.size();
        if size > call.node.append_limit {
            return Err(errors::append_too_large(call.node.append_limit));
        }
        append.events.push(event);
    }
    let expected = append.expected;
    let result = match write(&call, append).await? {
        Ok(written) => AppendResult::Success(success(written)),
        Err(Rejection { refusal: Refusal::WrongRevision { current }, .. }) => {
            AppendResult::WrongRevision(wrong_revision(expected, current))
        }
        Err(Rejection { refusal: Refusal::StreamDeleted, stream }) => {
            return Err(errors::stream_deleted(&stream));
        }
        Err(Rejection { refusal: Refusal::NotStored(why), .. }) => return Err(errors::not_stored(&why)),
    };
    Ok(Response::new(AppendResponse { result: Some(result) }))
}

/// A refusal, and the stream that it is about.
pub(super) struct Rejection {
    pub(super) refusal: Refusal,
    pub(super) stream: Text,
}

/// Writes, and commits the fault that is planned for this append, if any. The outer error is a fault's.
pub(super) async fn write(call: &Call, append: Append) -> Result<Result<Written, Rejection>, Status> {
    let apply = |call: &Call, append: Append| {
        let result = call.node.store.append(&append.stream, append.expected, &append.events);
        result.map_err(|refusal| Rejection { refusal, stream: append.stream })
    };
    let Some(fault) = call.node.faults.next_append(append.stream.as_str()) else {
        return Ok(apply(call, append));
    };
    match fault {
        AppendFault::DropBefore => Err(call.connection.drop_without_answer().await),
        AppendFault::DropAfter => {
            let _ = apply(call, append);
            Err(call.connection.drop_without_answer().await)
        }
        AppendFault::HoldBefore(gate) => {
            // A task of its own, so that the events are written even when the client has left.
            let call = call.clone();
            let held = tokio::spawn(async move {
                gate.pass().await;
                apply(&call, append)
            });
            held.await.map_err(|_| errors::not_ready())
        }
        AppendFault::HoldAfter(gate) => {
            let result = apply(call, append);
            gate.pass().await;
            Ok(result)
        }
        AppendFault::NotLeader(leader) => Err(errors::not_leader(leader)),
        AppendFault::Unavailable => Err(errors::not_ready()),
        AppendFault::TimeOutBefore => Err(errors::timed_out()),
        AppendFault::TimeOutAfter => {
            let _ = apply(call, append);
            Err(errors::timed_out())
        }
    }
}

pub(super) fn success(written: Written) -> AppendSuccess {
    let position = written.position.map_or(WrittenPosition::None(Empty {}), |position| {
        WrittenPosition::Position(Position { commit: position, prepare: position })
    });
    AppendSuccess { current: Some(current_revision(written.revision)), position: Some(position) }
}

pub(super) fn current_revision(revision: Option<u64>) -> CurrentRevision {
    revision.map_or(CurrentRevision::NoStream(Empty {}), CurrentRevision::Revision)
}

fn wrong_revision(expected: Expected, current: Option<u64>) -> WrongRevision {
    let (old_expected, expected) = match expected {
        Expected::Any => (Some(OldExpectedRevision::Any(Empty {})), WrongExpected::Any(Empty {})),
        Expected::StreamExists => {
            (Some(OldExpectedRevision::StreamExists(Empty {})), WrongExpected::StreamExists(Empty {}))
        }
        Expected::NoStream => (None, WrongExpected::NoStream(Empty {})),
        Expected::Revision(revision) => {
            (Some(OldExpectedRevision::Revision(revision)), WrongExpected::Revision(revision))
        }
    };
    WrongRevision {
        old_current: Some(current_revision(current)),
        old_expected,
        current: Some(current.map_or(WrongCurrent::NoStream(Empty {}), WrongCurrent::Revision)),
        expected: Some(expected),
    }
}
