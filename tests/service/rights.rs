//! How far a right reaches: facts, tokens of before a revocation, roles of one programme.

use super::served::{Served, item, token};
use crate::process::binary::run;
use crate::process::items::{empty, participant, register, register_with_identity};
use crate::replay::ledger_of;
use serde_json::{Value, json};

const FUND: &str = "fund/prakerja-2020/2021";

#[test]
fn the_treasurer_makes_no_request_and_no_order_through_the_door_of_facts() {
    let dir = empty();
    let served = Served::start(dir.path());
    let amount = json!({ "currency": "IDR", "value": "10.00" });
    let facts = [
        item("fund.requested.v1", FUND, &json!({ "amount": amount, "decree": "SK-1", "spp": "SPP-1" }), "f1"),
        item("fund.ordered.v1", FUND, &json!({ "spm": "SPM-1", "spp": "SPP-1" }), "f2"),
        item("fund.appropriated.v1", FUND, &json!({ "amount": amount, "document": "DIPA" }), "f3"),
    ];
    for role in ["bendahara", "kpa", "reconciler", "ppk", "ppspm"] {
        let token = served.token(role, role);
        for fact in &facts {
            let refused = served.post(&token, "/v1/facts", fact).is(403);
            assert!(refused.text.contains("send the command"), "{role}: {}", refused.text);
        }
    }
    let paid = json!({ "amount": amount, "sp2d": "SP2D-1", "spm": "SPM-1" });
    let paid = item("fund.disbursed.v1", FUND, &paid, "f5");
    served.post(&served.token("kpa", "kpa"), "/v1/facts", &paid).is(403);
    served.post(&served.token("bendahara", "bendahara"), "/v1/facts", &paid).is(201);
}

#[test]
fn a_token_of_before_the_revocation_brings_the_role_back_to_nobody() {
    let dir = empty();
    let served = Served::start(dir.path());
    let kpa = served.token("kpa", "kepala");
    let (first, second) = (served.token("registrar", "rini"), served.token("registrar", "rini"));
    served.get(&first, "/v1/programmes").is(200);
    let end =
        item("access.revoke.v1", "officer/rini", &json!({ "reason": "left", "role": "registrar" }), "e");
    served.post(&kpa, "/v1/commands", &end).is(201);
    for unseen in [&second, &first, &second] {
        served.get(unseen, "/v1/programmes").is(403);
    }
    // A new decision is a new token; one of the same second as the revocation may be of before it.
    let anew = std::iter::repeat_with(|| served.get(&served.token("registrar", "rini"), "/v1/programmes"));
    assert!(anew.take(500).any(|answer| answer.status == 200));
}

#[test]
fn a_role_of_one_programme_reads_nothing_of_another() {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of("two-courses", dir.path());
    let served = Served::start(dir.path());
    let registrar = served.token("registrar", "rini");
    served.post(&registrar, "/v1/commands", &register_with_identity(7)).is(201);
    let of = |role: &str, programme: &str| {
        token(
            dir.path(),
            &["--role", role, "--person", &format!("{role}-{programme}"), "--programme", programme],
        )
    };
    let (own, other) = (of("registrar", "prakerja-2020"), of("registrar", "bt-pklw-2021"));
    let known = "/v1/participants/01780000-0000-7000-8000-000000000001";
    let stranger = format!("/v1/participants/{}", &participant(7)[12..]);
    for path in ["", "/events", "/identity?purpose=check"] {
        served.get(&own, &format!("{known}{path}")).is(200);
        served.get(&other, &format!("{known}{path}")).is(403);
        served.get(&own, &format!("{stranger}{path}")).is(403);
        served.get(&registrar, &format!("{stranger}{path}")).is(200);
    }
    let codes = |token: &str| {
        let list = served.get(token, "/v1/programmes").is(200).json();
        list.as_array().expect("a list").iter().map(|each| each["programme"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!((codes(&own), codes(&other)), (vec![json!("prakerja-2020")], vec![]));
    served.get(&own, "/v1/programmes/prakerja-2020/batches").is(200);
    served.get(&other, "/v1/programmes/prakerja-2020").is(403);
    served.get(&other, "/v1/programmes/prakerja-2020/batches").is(403);
    for everything in ["/v1/events", "/v1/events/stream", "/v1/accounts", "/v1/balances", "/v1/proofs/0"] {
        served.get(&own, everything).is(403);
    }
    let auditor = of("auditor", "prakerja-2020");
    served.get(&auditor, "/v1/access?purpose=check").is(403);
    // Its own programme is all that it may command in.
    served.post(&own, "/v1/commands", &register(8)).is(403);
}

#[test]
fn a_role_brought_by_two_tokens_is_told_once() {
    let dir = empty();
    let served = Served::start(dir.path());
    for _ in 0..2 {
        served.get(&served.token("operator", "ops"), "/v1/events").is(403);
    }
    served.stop();
    let rows = run(dir.path(), &["access"]).exits(0).rows();
    let roles: Vec<_> = rows.iter().map(|row| &row["roles"]).collect();
    assert!(!roles.is_empty() && roles.iter().all(|roles| **roles == json!(["operator"])), "{rows:?}");
}
