//! A server that keeps its events in a file.

mod shared;

use eventstore::{DeleteStreamOptions, ExpectedRevision};
use jejak_esdb::{Options, Server};
use shared::{Client, event};

#[tokio::test]
async fn a_server_takes_up_what_another_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let server = Server::start(options.clone()).unwrap();
    let client = Client::of(&server);
    client.append("a", ExpectedRevision::NoStream, &[event(1), event(2)]).await.unwrap();
    client.append("b", ExpectedRevision::NoStream, &[event(3)]).await.unwrap();
    client.raw().delete_stream("b", &DeleteStreamOptions::default()).await.unwrap();
    server.stop();
    let server = Server::start(options).unwrap();
    let client = Client::of(&server);
    assert_eq!(client.all("a").await.unwrap(), [1, 2]);
    client.all("b").await.unwrap_err();
    assert_eq!(client.append("a", ExpectedRevision::NoStream, &[event(1), event(2)]).await.unwrap(), 1);
    assert_eq!(client.append("b", ExpectedRevision::NoStream, &[event(4)]).await.unwrap(), 1);
    assert_eq!(client.all("b").await.unwrap(), [4]);
}
