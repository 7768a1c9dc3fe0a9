//! Deletes, metadata, batches and the whole log, by the `eventstore` crate.

mod shared;

use eventstore::{
    AppendToStreamOptions, BatchAppendOptions, DeleteStreamOptions, Error, ExpectedRevision, Position,
    ReadAllOptions, StreamMetadataBuilder, StreamPosition, SubscribeToAllOptions, SubscriptionEvent,
    SubscriptionFilter, TombstoneStreamOptions,
};
use jejak_esdb::{AppendFault, Options, Server};
use shared::{Client, event, number};

#[tokio::test]
async fn a_deleted_stream_begins_again_and_a_tombstoned_one_does_not() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    client.append("a", ExpectedRevision::NoStream, &[event(1), event(2)]).await.unwrap();
    let wrong = DeleteStreamOptions::default().expected_revision(ExpectedRevision::Exact(0));
    let error = client.raw().delete_stream("a", &wrong).await.unwrap_err();
    let Error::Grpc { message, .. } = &error else { panic!("{error}") };
    let text = "Delete failed due to WrongExpectedVersion. Stream: a, Expected version: 0, Actual version: 1";
    assert_eq!(message, text);
    client.raw().delete_stream("a", &DeleteStreamOptions::default()).await.unwrap();
    assert!(matches!(client.all("a").await.unwrap_err(), Error::ResourceNotFound));
    assert_eq!(client.append("a", ExpectedRevision::NoStream, &[event(3)]).await.unwrap(), 2);
    assert_eq!(client.all("a").await.unwrap(), [3]);
    client.raw().tombstone_stream("a", &TombstoneStreamOptions::default()).await.unwrap();
    assert!(matches!(client.all("a").await.unwrap_err(), Error::ResourceDeleted));
    let error = client.append("a", ExpectedRevision::Any, &[event(4)]).await.unwrap_err();
    assert!(matches!(error, Error::ResourceDeleted), "{error}");
}

#[tokio::test]
async fn metadata_hide_what_they_say() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    client.append("a", ExpectedRevision::NoStream, &[event(1), event(2), event(3)]).await.unwrap();
    let metadata = StreamMetadataBuilder::new().max_count(2).build();
    client.raw().set_stream_metadata("a", &AppendToStreamOptions::default(), &metadata).await.unwrap();
    assert_eq!(client.all("a").await.unwrap(), [2, 3]);
    let metadata = StreamMetadataBuilder::new().truncate_before(2).build();
    client.raw().set_stream_metadata("a", &AppendToStreamOptions::default(), &metadata).await.unwrap();
    assert_eq!(client.all("a").await.unwrap(), [3]);
}

#[tokio::test]
async fn the_log_is_read_both_ways_and_through_filters() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    for (stream, events) in [("a", [1, 2]), ("b", [3, 4]), ("a", [5, 6])] {
        client.append(stream, ExpectedRevision::Any, &events.map(event)).await.unwrap();
    }
    let read = async |options: ReadAllOptions| {
        let mut events = client.raw().read_all(&options).await.unwrap();
        let mut found = Vec::new();
        while let Some(event) = events.next().await.unwrap() {
            found.push((number(&event), event.get_original_event().position));
        }
        found
    };
    let numbers = |found: Vec<(u32, Position)>| found.into_iter().map(|it| it.0).collect::<Vec<_>>();
    let all = read(ReadAllOptions::default()).await;
    let third = all[2].1;
    assert_eq!(numbers(all), [1, 2, 3, 4, 5, 6]);
    let from = StreamPosition::Position(third);
    assert_eq!(numbers(read(ReadAllOptions::default().position(from)).await), [3, 4, 5, 6]);
    assert_eq!(numbers(read(ReadAllOptions::default().backwards().position(from)).await), [2, 1]);
    let end = ReadAllOptions::default().backwards().position(StreamPosition::End);
    assert_eq!(numbers(read(end).await), [6, 5, 4, 3, 2, 1]);

    let filter = SubscriptionFilter::on_stream_name().add_prefix("b");
    let options = SubscribeToAllOptions::default().filter(filter).position(StreamPosition::Start);
    let mut subscription = client.raw().subscribe_to_all(&options).await;
    let mut seen = Vec::new();
    loop {
        match subscription.next_subscription_event().await.unwrap() {
            SubscriptionEvent::EventAppeared(event) => seen.push(number(&event).to_string()),
            SubscriptionEvent::Checkpoint(_) => seen.push("checkpoint".to_owned()),
            SubscriptionEvent::CaughtUp => break,
            _ => {}
        }
    }
    assert_eq!(seen, ["3", "4", "checkpoint"]);
}

#[tokio::test]
async fn a_batch_is_written_and_a_fault_meets_it_too() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    let batch = client.raw().batch_append(&BatchAppendOptions::default()).await.unwrap();
    let events = vec![event(1), event(2)];
    batch.append_to_stream("a", ExpectedRevision::NoStream, events).await.unwrap();
    assert_eq!(client.all("a").await.unwrap(), [1, 2]);
    server.faults().on_append(1, AppendFault::TimeOutAfter);
    batch.append_to_stream("a", ExpectedRevision::Exact(1), vec![event(3)]).await.unwrap_err();
    assert_eq!(client.all("a").await.unwrap(), [1, 2, 3]);
}

#[test]
fn probes_are_answered_over_http() {
    use std::io::{Read, Write};
    let server = Server::start(Options::default()).unwrap();
    let ask = |path: &str| {
        let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: esdb\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("/health/live").starts_with("HTTP/1.1 204"));
    assert!(ask("/info").contains("\"state\":\"leader\""));
    assert!(ask("/gossip").contains(&server.address().port().to_string()));
}
