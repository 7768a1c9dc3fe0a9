//! What probes ask over HTTP.

use super::{Call, node};
use http_body_util::{BodyExt, Full};
use hyper::header::CONTENT_TYPE;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tonic::body::BoxBody;

pub(super) fn answer(call: &Call, path: &str) -> Response<BoxBody> {
    match path {
        "/health/live" => response(StatusCode::NO_CONTENT, None),
        "/info" => {
            let cluster = call.node.cluster.lock();
            let state = if cluster.leader == call.node.place { "leader" } else { "follower" };
            let features = json!({ "projections": false, "userManagement": false, "atomPub": false });
            let info = json!({ "esVersion": node::VERSION, "state": state, "features": features });
            response(StatusCode::OK, Some(&info))
        }
        "/gossip" => {
            let cluster = call.node.cluster.lock();
            let members = cluster.members.iter().enumerate().map(|(place, member)| {
                json!({
                    "instanceId": member.instance.to_string(),
                    "state": if place == cluster.leader { "Leader" } else { "Follower" },
                    "isAlive": member.is_alive,
                    "httpEndPointIp": member.address.ip().to_string(),
                    "httpEndPointPort": member.address.port(),
                })
            });
            let members: Vec<Value> = members.collect();
            response(StatusCode::OK, Some(&json!({ "members": members })))
        }
        _ => response(StatusCode::NOT_FOUND, None),
    }
}

fn response(status: StatusCode, body: Option<&Value>) -> Response<BoxBody> {
    let bytes = body.map(Value::to_string).unwrap_or_default();
    let body = Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
