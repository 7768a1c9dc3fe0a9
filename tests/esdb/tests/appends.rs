//! Appends by the `eventstore` crate, which this project did not write.

mod shared;

use eventstore::{AppendToStreamOptions, Error, ExpectedRevision};
use jejak_esdb::{Options, Server};
use shared::{Client, current, event};

#[tokio::test]
async fn every_expected_revision_is_held_to() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    for refused in [ExpectedRevision::StreamExists, ExpectedRevision::Exact(0)] {
        let error = client.append("a", refused, &[event(1)]).await.unwrap_err();
        assert_eq!(current(&error), None, "{refused:?}");
    }
    assert_eq!(client.append("a", ExpectedRevision::NoStream, &[event(1)]).await.unwrap(), 0);
    assert_eq!(client.append("a", ExpectedRevision::Exact(0), &[event(2), event(3)]).await.unwrap(), 2);
    assert_eq!(client.append("a", ExpectedRevision::Any, &[event(4)]).await.unwrap(), 3);
    assert_eq!(client.append("a", ExpectedRevision::StreamExists, &[event(5)]).await.unwrap(), 4);
    for refused in [ExpectedRevision::NoStream, ExpectedRevision::Exact(3), ExpectedRevision::Exact(5)] {
        let error = client.append("a", refused, &[event(6)]).await.unwrap_err();
        let Error::WrongExpectedVersion { expected, .. } = &error else { panic!("{error}") };
        assert_eq!(*expected, refused);
        assert_eq!(current(&error), Some(4));
    }
    assert_eq!(server.events("a"), 5);
}

#[tokio::test]
async fn a_repeated_append_is_answered_with_its_first_revision() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    let events = [event(1), event(2), event(3)];
    client.append("a", ExpectedRevision::NoStream, &events).await.unwrap();
    client.append("a", ExpectedRevision::Exact(2), &[event(4)]).await.unwrap();
    assert_eq!(client.append("a", ExpectedRevision::NoStream, &events).await.unwrap(), 2);
    assert_eq!(client.append("a", ExpectedRevision::Exact(0), &events[1..]).await.unwrap(), 2);
    assert_eq!(client.append("a", ExpectedRevision::Any, &events).await.unwrap(), 2);
    let longer = [event(4), event(5)];
    let error = client.append("a", ExpectedRevision::Exact(2), &longer).await.unwrap_err();
    assert_eq!(current(&error), Some(3));
    assert_eq!(server.events("a"), 4);
}

#[tokio::test]
async fn an_append_over_the_limit_is_refused_whole() {
    let server = Server::start(Options { append_limit: 1000, ..Options::default() }).unwrap();
    let client = Client::of(&server);
    let events: Vec<_> = (0..40).map(event).collect();
    let options = AppendToStreamOptions::default();
    let error = client.raw().append_to_stream("a", &options, events).await.unwrap_err();
    let Error::Grpc { message, .. } = &error else { panic!("{error}") };
    assert_eq!(message, "Maximum Append Size of 1000 Exceeded.");
    assert_eq!(server.events("a"), 0);
}
