//! A client, and events that are told apart by a number.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only tests call it")]

use eventstore::{
    AppendToStreamOptions, CurrentRevision, Error, EventData, ExpectedRevision, ReadStreamOptions,
    ResolvedEvent, StreamPosition,
};
use jejak_esdb::Server;
use uuid::Uuid;

pub(crate) struct Client(eventstore::Client);

/// The same number makes the same event, with the same id.
pub(crate) fn event(number: u32) -> EventData {
    let data = format!("{{\"number\":{number}}}");
    EventData::binary("numbered", data.into()).id(Uuid::from_u128(number.into()))
}

pub(crate) fn number(event: &ResolvedEvent) -> u32 {
    let id = event.get_original_event().id.as_u128();
    id.try_into().unwrap()
}

/// The revision that a refusal tells.
pub(crate) fn current(error: &Error) -> Option<u64> {
    match error {
        Error::WrongExpectedVersion { current: CurrentRevision::Current(revision), .. } => Some(*revision),
        Error::WrongExpectedVersion { current: CurrentRevision::NoStream, .. } => None,
        other => panic!("{other}"),
    }
}

impl Client {
    pub(crate) fn of(server: &Server) -> Self {
        Self::at(&server.connection_string())
    }

    pub(crate) fn at(connection: &str) -> Self {
        Self(eventstore::Client::new(connection.parse().unwrap()).unwrap())
    }

    /// With the events from 0 to below `count` in the stream `a`.
    pub(crate) async fn filled(server: &Server, count: u32) -> Self {
        let client = Self::of(server);
        let events: Vec<_> = (0..count).map(event).collect();
        client.append("a", ExpectedRevision::NoStream, &events).await.unwrap();
        client
    }

    pub(crate) fn raw(&self) -> &eventstore::Client {
        &self.0
    }

    pub(crate) async fn append(
        &self,
        stream: &str,
        expected: ExpectedRevision,
        events: &[EventData],
    ) -> eventstore::Result<u64> {
        let options = AppendToStreamOptions::default().expected_revision(expected);
        let result = self.0.append_to_stream(stream, &options, events.to_vec()).await?;
        Ok(result.next_expected_version)
    }

    pub(crate) async fn read(
        &self,
        stream: &str,
        options: &ReadStreamOptions,
    ) -> eventstore::Result<Vec<u32>> {
        let mut events = self.0.read_stream(stream, options).await?;
        let mut numbers = Vec::new();
        while let Some(event) = events.next().await? {
            numbers.push(number(&event));
        }
        Ok(numbers)
    }

    pub(crate) async fn all(&self, stream: &str) -> eventstore::Result<Vec<u32>> {
        self.read(stream, &ReadStreamOptions::default().position(StreamPosition::Start)).await
    }
}
