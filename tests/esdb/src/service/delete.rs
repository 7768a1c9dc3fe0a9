//! `Delete` and `Tombstone`.

use super::{Call, errors, parse};
use crate::messages::{DeleteRequest, DeleteResponse, Position};
use crate::store::{Expected, Refusal, Text, Written};
use tonic::{Request, Response, Status};

pub(super) fn delete(
    call: &Call,
    request: Request<DeleteRequest>,
) -> Result<Response<DeleteResponse>, Status> {
    let (stream, expected) = target(request)?;
    answer(&stream, expected, &call.node.store.delete(&stream, expected))
}

pub(super) fn tombstone(
    call: &Call,
    request: Request<DeleteRequest>,
) -> Result<Response<DeleteResponse>, Status> {
    let (stream, expected) = target(request)?;
    answer(&stream, expected, &call.node.store.tombstone(&stream, expected))
}

fn target(request: Request<DeleteRequest>) -> Result<(Text, Expected), Status> {
    let options = request.into_inner().options.ok_or_else(|| errors::invalid("The options are missing."))?;
    Ok((parse::stream(options.stream)?, parse::expected(options.expected)?))
}

fn answer(
    stream: &Text,
    expected: Expected,
    result: &Result<Written, Refusal>,
) -> Result<Response<DeleteResponse>, Status> {
    match result {
        Ok(written) => {
            let position = written.position.map(|position| Position { commit: position, prepare: position });
            Ok(Response::new(DeleteResponse { position }))
        }
        Err(Refusal::NotStored(why)) => Err(errors::not_stored(why)),
        Err(Refusal::StreamDeleted) => Err(errors::stream_deleted(stream)),
        Err(Refusal::WrongRevision { current }) => Err(errors::wrong_revision(stream, expected, *current)),
    }
}
