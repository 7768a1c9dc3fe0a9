//! `ServerFeatures` and `Gossip`: what a client asks before anything else.

use super::{Call, parse};
use crate::messages::{
    ClusterInfo, Empty, EndPoint, FOLLOWER, LEADER, MemberInfo, SupportedMethod, SupportedMethods, UuidForm,
};
use crate::store::now;

/// The version whose rules are followed, so that clients stay with the first protocol.
pub(super) const VERSION: &str = "23.10.0";
/// Ticks of 100 ns from the year 1 to 1970.
const TICKS_TO_1970: i64 = 621_355_968_000_000_000;

/// The calls that are answered, by service; names are in lower case on the wire.
const METHODS: &[(&str, &str, &[&str])] = &[
    ("event_store.client.streams.streams", "read", &["position", "events"]),
    ("event_store.client.streams.streams", "append", &[]),
    ("event_store.client.streams.streams", "delete", &[]),
    ("event_store.client.streams.streams", "tombstone", &[]),
    ("event_store.client.streams.streams", "batchappend", &["deadline_duration"]),
    ("event_store.client.gossip.gossip", "read", &[]),
    ("event_store.client.server_features.serverfeatures", "getsupportedmethods", &[]),
];

pub(super) fn supported_methods() -> SupportedMethods {
    let method = |(service, method, features): &(&str, &str, &[&str])| SupportedMethod {
        method: (*method).to_owned(),
        service: (*service).to_owned(),
        features: features.iter().map(|&feature| feature.to_owned()).collect(),
    };
    SupportedMethods { methods: METHODS.iter().map(method).collect(), version: VERSION.to_owned() }
}

pub(super) fn gossip(call: &Call) -> ClusterInfo {
    let cluster = call.node.cluster.lock();
    let member = |(place, member): (usize, &crate::server::Member)| MemberInfo {
        instance: Some(parse::uuid_message(member.instance, UuidForm::String(Empty {}))),
        time: now().saturating_add(TICKS_TO_1970),
        state: if place == cluster.leader { LEADER } else { FOLLOWER },
        is_alive: member.is_alive,
        http: Some(EndPoint { address: member.address.ip().to_string(), port: member.address.port().into() }),
    };
    ClusterInfo { members: cluster.members.iter().enumerate().map(member).collect() }
}
