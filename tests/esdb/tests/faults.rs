//! Faults on demand, as the `eventstore` crate sees them.

mod shared;

use eventstore::{Error, ExpectedRevision, StreamPosition, SubscribeToStreamOptions, SubscriptionEvent};
use jejak_esdb::{AppendFault, End, Gate, Options, Server};
use shared::{Client, event, number};
use std::time::Duration;

#[tokio::test]
async fn an_append_fails_before_or_after_it_is_applied() {
    let cases = [
        (AppendFault::DropBefore, 0),
        (AppendFault::DropAfter, 1),
        (AppendFault::Unavailable, 0),
        (AppendFault::TimeOutBefore, 0),
        (AppendFault::TimeOutAfter, 1),
    ];
    for (fault, written) in cases {
        let server = Server::start(Options::default()).unwrap();
        server.faults().on_append_to("a", 1, fault.clone());
        let client = Client::of(&server);
        client.append("b", ExpectedRevision::Any, &[event(2)]).await.unwrap();
        client.append("a", ExpectedRevision::NoStream, &[event(1)]).await.unwrap_err();
        assert_eq!(server.events("a"), written, "{fault:?}");
        assert_eq!(server.faults().committed(), 1);
        // Tried again, by a client that is not shaken: written once, whatever happened.
        let again = Client::of(&server).append("a", ExpectedRevision::NoStream, &[event(1)]).await;
        assert_eq!(again.unwrap(), 0, "{fault:?}");
        assert_eq!(server.events("a"), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_held_append_is_applied_though_its_client_has_left() {
    let server = Server::start(Options::default()).unwrap();
    let gate = Gate::default();
    server.faults().on_append(1, AppendFault::HoldBefore(gate.clone()));
    let client = Client::of(&server);
    let append =
        tokio::spawn(async move { client.append("a", ExpectedRevision::NoStream, &[event(1)]).await });
    let reached = gate.clone();
    let wait = move || reached.wait_until_reached(Duration::from_secs(30));
    assert!(tokio::task::spawn_blocking(wait).await.unwrap());
    append.abort();
    assert!(append.await.unwrap_err().is_cancelled());
    assert_eq!(server.events("a"), 0);
    gate.open();
    // The second client races with the first, and finds the event or writes it.
    let second = Client::of(&server).append("a", ExpectedRevision::NoStream, &[event(1)]).await;
    assert_eq!(second.unwrap(), 0);
    assert_eq!(server.events("a"), 1);
}

#[tokio::test]
async fn a_follower_sends_to_the_leader() {
    let leader = Server::start(Options::default()).unwrap();
    let follower = leader.follower().unwrap();
    let wants_leader =
        |server: &Server| Client::at(&format!("{}&nodePreference=leader", server.connection_string()));
    let error =
        wants_leader(&follower).append("a", ExpectedRevision::NoStream, &[event(1)]).await.unwrap_err();
    let Error::NotLeaderException(endpoint) = &error else { panic!("{error}") };
    assert_eq!(endpoint.port, u32::from(leader.address().port()));
    wants_leader(&leader).append("a", ExpectedRevision::NoStream, &[event(1)]).await.unwrap();
    follower.promote();
    wants_leader(&follower).append("a", ExpectedRevision::Exact(0), &[event(2)]).await.unwrap();
    // Both are listed, and a client that knows both finds the leader.
    let both = format!("esdb://{},{}?tls=false&nodePreference=leader", leader.address(), follower.address());
    Client::at(&both).append("a", ExpectedRevision::Exact(1), &[event(3)]).await.unwrap();
    assert_eq!(leader.events("a"), 3);
}

#[tokio::test]
async fn a_server_refuses_and_comes_back_with_its_events() {
    let server = Server::start(Options::default()).unwrap();
    Client::of(&server).append("a", ExpectedRevision::NoStream, &[event(1)]).await.unwrap();
    server.refuse();
    let refused = std::net::TcpStream::connect(server.address()).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    server.accept().unwrap();
    assert_eq!(Client::of(&server).all("a").await.unwrap(), [1]);
}

#[tokio::test]
async fn a_subscription_ends_after_so_many_events() {
    let server = Server::start(Options::default()).unwrap();
    let client = Client::of(&server);
    let events: Vec<_> = (0..10).map(event).collect();
    client.append("a", ExpectedRevision::NoStream, &events).await.unwrap();
    server.faults().on_subscription(1, 4, End::Unavailable);
    let options = SubscribeToStreamOptions::default().start_from(StreamPosition::Start);
    let mut subscription = client.raw().subscribe_to_stream("a", &options).await;
    let mut numbers = Vec::new();
    let error = loop {
        match subscription.next_subscription_event().await {
            Ok(SubscriptionEvent::EventAppeared(event)) => numbers.push(number(&event)),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::ServerError(_)), "{error}");
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_stranger_is_turned_away() {
    let user = Some(("admin".to_owned(), "changeit".to_owned()));
    let server = Server::start(Options { user, ..Options::default() }).unwrap();
    for who in ["", "admin:wrong@"] {
        let client = Client::at(&format!("esdb://{who}{}?tls=false", server.address()));
        let error = client.append("a", ExpectedRevision::Any, &[event(1)]).await.unwrap_err();
        assert!(matches!(error, Error::AccessDenied), "{error}");
    }
    let client = Client::at(&format!("esdb://admin:changeit@{}?tls=false", server.address()));
    assert_eq!(client.append("a", ExpectedRevision::Any, &[event(1)]).await.unwrap(), 0);
}
