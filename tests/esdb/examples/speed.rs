//! How fast the server for tests is over loopback, with the `eventstore` crate as its client.
//!
//!     cargo run --release -p jejak-esdb --example speed

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, and not part of anything")]

use eventstore::{AppendToStreamOptions, Client, EventData, ExpectedRevision, ReadStreamOptions};
use jejak_esdb::{Options, Server};
use std::time::{Duration, Instant};
use uuid::Uuid;

const EVENTS: u32 = 300_000;
/// Events in one append.
const BATCH: u32 = 500;
/// Bytes of one event's data.
const SIZE: usize = 500;

#[tokio::main]
async fn main() {
    measure("memory", Options::default()).await;
    let directory = tempfile::tempdir().unwrap();
    measure("file", Options { data: Some(directory.path().to_owned()), ..Options::default() }).await;
}

async fn measure(name: &str, options: Options) {
    let server = Server::start(options).unwrap();
    let client = Client::new(server.connection_string().parse().unwrap()).unwrap();
    let batches: Vec<Vec<EventData>> = (0..EVENTS / BATCH)
        .map(|batch| (0..BATCH).map(|place| event(batch * BATCH + place)).collect())
        .collect();
    let start = Instant::now();
    let mut expected = ExpectedRevision::NoStream;
    for batch in batches {
        let options = AppendToStreamOptions::default().expected_revision(expected);
        let written = client.append_to_stream("speed", &options, batch).await.unwrap();
        expected = ExpectedRevision::Exact(written.next_expected_version);
    }
    println!("{name}: {} events/s appended, {BATCH} at a time", rate(EVENTS, start.elapsed()));
    let start = Instant::now();
    let mut stream = client.read_stream("speed", &ReadStreamOptions::default()).await.unwrap();
    let mut count = 0;
    while stream.next().await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, EVENTS);
    println!("{name}: {} events/s read", rate(count, start.elapsed()));
}

fn event(number: u32) -> EventData {
    EventData::binary("numbered", vec![b'x'; SIZE].into()).id(Uuid::from_u128(number.into()))
}

fn rate(count: u32, elapsed: Duration) -> u128 {
    u128::from(count) * 1_000_000 / elapsed.as_micros()
}
