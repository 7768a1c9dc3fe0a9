//! Reads and subscriptions by the `eventstore` crate.

mod shared;

use eventstore::{
    Error, ExpectedRevision, ReadAllOptions, ReadStreamOptions, StreamPosition, SubscribeToStreamOptions,
    SubscriptionEvent,
};
use jejak_esdb::{Options, Server};
use shared::{Client, event, number};

#[tokio::test]
async fn a_stream_is_read_both_ways_from_anywhere() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::filled(&server, 1000).await;
    let forwards = ReadStreamOptions::default().forwards();
    let backwards = ReadStreamOptions::default().backwards();
    let all: Vec<u32> = (0..1000).collect();
    assert_eq!(client.all("a").await.unwrap(), all);
    let from = forwards.clone().position(StreamPosition::Position(990));
    assert_eq!(client.read("a", &from).await.unwrap(), all[990..]);
    assert_eq!(client.read("a", &from.max_count(3)).await.unwrap(), [990, 991, 992]);
    let from_end = backwards.clone().position(StreamPosition::End);
    assert_eq!(client.read("a", &from_end).await.unwrap(), all.iter().rev().copied().collect::<Vec<_>>());
    let from = backwards.position(StreamPosition::Position(2));
    assert_eq!(client.read("a", &from).await.unwrap(), [2, 1, 0]);
    let behind = forwards.position(StreamPosition::Position(1000));
    assert!(client.read("a", &behind).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stream_that_was_never_written_is_not_found() {
    let server = Server::start(Options::default()).unwrap();
    let error = Client::of(&server).all("a").await.unwrap_err();
    assert!(matches!(error, Error::ResourceNotFound), "{error}");
}

#[tokio::test]
async fn an_event_comes_back_as_it_was_written() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    let written = eventstore::EventData::json("kind", &"text").unwrap().metadata(b"about".as_slice().into());
    client.append("ä", ExpectedRevision::Any, &[written]).await.unwrap();
    let mut all = client.raw().read_all(&ReadAllOptions::default()).await.unwrap();
    let event = all.next().await.unwrap().unwrap();
    let event = event.get_original_event();
    assert_eq!((event.stream_id.as_str(), event.event_type.as_str(), event.is_json), ("ä", "kind", true));
    assert_eq!((&event.data[..], &event.custom_metadata[..]), (&b"\"text\""[..], &b"about"[..]));
    assert_eq!(event.revision, 0);
    assert_eq!(event.position.commit, event.position.prepare);
}

#[tokio::test]
async fn a_subscription_goes_on_with_what_comes() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::filled(&server, 600).await;
    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Position(1));
    let mut subscription = client.raw().subscribe_to_stream("a", &options).await;
    let mut numbers = Vec::new();
    let mut is_caught_up = false;
    while numbers.len() < 599 {
        match subscription.next_subscription_event().await.unwrap() {
            SubscriptionEvent::EventAppeared(event) => numbers.push(number(&event)),
            SubscriptionEvent::CaughtUp => {
                is_caught_up = true;
                assert_eq!(numbers.len(), 598);
                client.append("a", ExpectedRevision::Exact(599), &[event(600)]).await.unwrap();
            }
            _ => {}
        }
    }
    assert!(is_caught_up);
    assert_eq!(numbers, (2..=600).collect::<Vec<_>>());
}
