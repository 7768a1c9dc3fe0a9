//! The calls, by their path.
#![expect(clippy::result_large_err, reason = "tonic wants a status as the error of every call")]

mod append;
mod batch;
mod delete;
mod errors;
mod filter;
mod node;
mod parse;
mod plain;
mod read;
mod reply;
mod subscribe;

use crate::faults::Faults;
use crate::messages::Empty;
use crate::server::Cluster;
use crate::store::Store;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{HeaderMap, Request, Response};
use parking_lot::Mutex;
use std::future::ready;
use std::sync::Arc;
use tokio::sync::Notify;
use tonic::body::BoxBody;
use tonic::codec::ProstCodec;
use tonic::server::Grpc;
use tonic::{Response as Reply, Status};
use tower::service_fn;

/// The largest message that is read. An append that is over its limit is refused with a better answer than that.
const MESSAGE_LIMIT: usize = 64 << 20;

/// What the calls of one node share.
pub(crate) struct Node {
    pub(crate) store: Arc<Store>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) cluster: Arc<Mutex<Cluster>>,
    /// This node's place among the members of the cluster.
    pub(crate) place: usize,
    /// Bytes of one append: data, metadata and twice the types.
    pub(crate) append_limit: usize,
    /// The value of the header that a client has to send.
    pub(crate) authorization: Option<String>,
}

/// A connection that a call can cut.
#[derive(Default)]
pub(crate) struct Connection(Notify);

impl Connection {
    /// Cuts the connection, and with it the call: no status is ever returned.
    async fn drop_without_answer(&self) -> Status {
        self.cut();
        std::future::pending().await
    }

    fn cut(&self) {
        self.0.notify_one();
    }

    pub(crate) async fn was_cut(&self) {
        self.0.notified().await;
    }
}

/// What a call has at hand.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) node: Arc<Node>,
    pub(crate) connection: Arc<Connection>,
}

pub(crate) async fn route(call: Call, request: Request<Incoming>) -> Response<BoxBody> {
    let is_grpc = |value: &hyper::header::HeaderValue| value.as_bytes().starts_with(b"application/grpc");
    if !request.headers().get(CONTENT_TYPE).is_some_and(is_grpc) {
        return plain::answer(&call, request.uri().path());
    }
    if let Some(service) = request.uri().path().strip_prefix("/event_store.client.streams.Streams/") {
        let method = service.to_owned();
        return match call.admit(request.headers()) {
            Ok(()) => streams(call, &method, request).await,
            Err(status) => status.into_http(),
        };
    }
    match request.uri().path() {
        "/event_store.client.server_features.ServerFeatures/GetSupportedMethods" => {
            let answer = |_: tonic::Request<Empty>| async { Ok(Reply::new(node::supported_methods())) };
            grpc().unary(service_fn(answer), request).await
        }
        "/event_store.client.gossip.Gossip/Read" => {
            let answer = |_: tonic::Request<Empty>| async { Ok(Reply::new(node::gossip(&call))) };
            grpc().unary(service_fn(answer), request).await
        }
        path => Status::unimplemented(format!("{path} is not served here.")).into_http(),
    }
}

async fn streams(call: Call, method: &str, request: Request<Incoming>) -> Response<BoxBody> {
    match method {
        "Read" => {
            grpc().server_streaming(service_fn(|it| ready(read::read(call.clone(), it))), request).await
        }
        "Append" => grpc().client_streaming(service_fn(|it| append::append(call.clone(), it)), request).await,
        "BatchAppend" => {
            grpc().streaming(service_fn(|it| ready(Ok(batch::batch(call.clone(), it)))), request).await
        }
        "Delete" => grpc().unary(service_fn(|it| ready(delete::delete(&call, it))), request).await,
        "Tombstone" => grpc().unary(service_fn(|it| ready(delete::tombstone(&call, it))), request).await,
        _ => Status::unimplemented(format!("Streams/{method} is not served here.")).into_http(),
    }
}

fn grpc<A, Q>() -> Grpc<ProstCodec<A, Q>>
where
    A: prost::Message + Send + 'static,
    Q: prost::Message + Default + Send + 'static,
{
    Grpc::new(ProstCodec::default()).max_decoding_message_size(MESSAGE_LIMIT)
}

impl Call {
    /// Turns away who is not known, and who asks for the leader elsewhere.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Status> {
        if let Some(wanted) = &self.node.authorization {
            match headers.get(AUTHORIZATION) {
                None => return Err(errors::access_denied()),
                Some(given) if given.as_bytes() != wanted.as_bytes() => {
                    return Err(Status::unauthenticated("The name or the password is wrong."));
                }
                Some(_) => {}
            }
        }
        let wants_leader = headers.get("requires-leader").is_some_and(|value| value == "true");
        let cluster = self.node.cluster.lock();
        match cluster.leader() {
            Some(leader) if wants_leader && cluster.leader != self.node.place => {
                Err(errors::not_leader(leader.address))
            }
            _ => Ok(()),
        }
    }
}
