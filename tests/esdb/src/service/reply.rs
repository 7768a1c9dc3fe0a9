//! The messages of a read, sent one after the other until the reader leaves or a fault ends them.

use super::parse::uuid_message;
use super::{Call, errors};
use crate::faults::{End, ReadFault};
use crate::messages::{
    Confirmation, Position, Property, ReadContent, ReadEvent, ReadResponse, RecordedEvent, StreamIdentifier,
    StreamNotFound, UuidForm,
};
use crate::store::{Record, Text};
use bytes::Bytes;
use tokio::sync::mpsc;
use tonic::Status;

/// Messages that wait for a slow reader.
pub(super) const QUEUE: usize = 512;

/// Nothing more is to be sent.
pub(super) struct Ended;

pub(super) struct Replies {
    call: Call,
    sender: mpsc::Sender<Result<ReadResponse, Status>>,
    form: UuidForm,
    fault: Option<ReadFault>,
    events: u64,
}

impl Replies {
    pub(super) fn new(
        call: Call,
        sender: mpsc::Sender<Result<ReadResponse, Status>>,
        form: UuidForm,
        is_subscription: bool,
    ) -> Self {
        let fault = call.node.faults.next_read(is_subscription);
        Self { call, sender, form, fault, events: 0 }
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// Returns when the reader has left.
    pub(super) async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Sends nothing but a status, unless the reader has left.
    pub(super) async fn fail(&self, status: Status) -> Ended {
        let _ = self.sender.send(Err(status)).await;
        Ended
    }

    async fn send(&self, content: ReadContent) -> Result<(), Ended> {
        self.sender.send(Ok(ReadResponse { content: Some(content) })).await.map_err(|_| Ended)
    }

    /// Commits the fault that is due after as many events as were sent.
    pub(super) async fn check_fault(&self) -> Result<(), Ended> {
        let Some(fault) = self.fault.filter(|fault| fault.after <= self.events) else { return Ok(()) };
        match fault.end {
            End::Unavailable => Err(self.fail(errors::not_ready()).await),
            End::Drop => {
                self.call.connection.cut();
                Err(Ended)
            }
            End::Cleanly => Err(Ended),
        }
    }

    pub(super) async fn event(&mut self, record: &Record) -> Result<(), Ended> {
        let event =
            ReadEvent { event: Some(recorded(record, self.form)), commit_position: Some(record.position) };
        self.send(ReadContent::Event(event)).await?;
        self.events += 1;
        self.check_fault().await
    }

    pub(super) async fn confirm(&self) -> Result<(), Ended> {
        // Any text that is the subscription's own.
        let subscription = uuid::Uuid::from_u64_pair(self.call.node.store.len().try_into().unwrap_or(0), 1);
        self.send(ReadContent::Confirmation(Confirmation { subscription: subscription.to_string() })).await?;
        self.check_fault().await
    }

    pub(super) async fn checkpoint(&self, position: u64) -> Result<(), Ended> {
        self.send(ReadContent::Checkpoint(Position { commit: position, prepare: position })).await
    }

    pub(super) async fn caught_up(&self) -> Result<(), Ended> {
        self.send(ReadContent::CaughtUp(crate::messages::Empty {})).await
    }

    pub(super) async fn stream_not_found(&self, stream: &Text) -> Result<(), Ended> {
        let stream = Some(StreamIdentifier { name: stream.bytes() });
        self.send(ReadContent::StreamNotFound(StreamNotFound { stream })).await
    }

    pub(super) async fn first_position(&self, revision: u64) -> Result<(), Ended> {
        self.send(ReadContent::FirstStreamPosition(revision)).await
    }

    pub(super) async fn last_position(&self, revision: u64) -> Result<(), Ended> {
        self.send(ReadContent::LastStreamPosition(revision)).await
    }
}

fn recorded(record: &Record, form: UuidForm) -> RecordedEvent {
    let property =
        |key: &'static str, value: Bytes| Property { key: Bytes::from_static(key.as_bytes()), value };
    let content = if record.is_json { "application/json" } else { "application/octet-stream" };
    RecordedEvent {
        id: Some(uuid_message(record.id, form)),
        stream: Some(StreamIdentifier { name: record.stream.bytes() }),
        revision: record.revision,
        prepare_position: record.position,
        commit_position: record.position,
        properties: vec![
            property("type", record.kind.bytes()),
            property("created", record.created.to_string().into()),
            property("content-type", Bytes::from_static(content.as_bytes())),
        ],
        metadata: record.metadata.clone(),
        data: record.data.clone(),
    }
}
