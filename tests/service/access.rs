//! Who may do what, over HTTP.

use super::served::{Served, item, token};
use crate::process::binary::run;
use crate::process::items::{empty, participant, register, reported};
use crate::replay::ledger_of;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, Item, Randomness, Sequencer};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[test]
fn without_a_good_token_nothing_is_told() {
    let dir = empty();
    let served = Served::start(dir.path());
    let good = served.token("registrar", "rini");
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let expired = token(dir.path(), &["--role", "registrar", "--person", "old", "--for", "1s"]);
    let other = empty();
    let of_another = token(other.path(), &["--role", "registrar", "--person", "rini"]);
    for (bad, why) in
        [("", "send a token"), (forged.as_str(), "not accepted"), (of_another.as_str(), "not accepted")]
    {
        let answer = served.get(bad, "/v1/programmes").is(401);
        assert!(answer.text.contains(why), "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    served.get(&good, "/v1/programmes").is(200);
    // It expires while others are answered; no clock is waited for.
    let refused =
        std::iter::repeat_with(|| served.get(&expired, "/v1/programmes")).find(|answer| answer.status == 401);
    assert!(refused.is_some_and(|answer| answer.text.contains("ExpiredSignature")));
}

#[test]
fn a_role_allows_its_own_and_a_refusal_names_what_is_needed() {
    let dir = empty();
    let served = Served::start(dir.path());
    let registrar = served.token("registrar", "rini");
    served.post(&registrar, "/v1/commands", &register(1)).is(201);
    let budget = json!({ "amount": { "currency": "IDR", "value": "1.00" }, "document": "DIPA" });
    let fund = item("fund.appropriate.v1", "fund/prakerja-2020/2021", &budget, "b1");
    let refused = served.post(&registrar, "/v1/commands", &fund).is(403).json();
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("kpa")), "{refused}");
    let analyst = served.token("analyst", "ana");
    served.post(&analyst, "/v1/commands", &register(2)).is(403);
    served.get(&analyst, &format!("/v1/participants/{}", &participant(1)[12..])).is(200);
    let operator = served.token("operator", "ops");
    served.get(&operator, "/v1/events").is(403);
}

#[test]
fn one_person_cannot_hold_two_roles_that_must_be_apart_whatever_the_tokens_say() {
    let dir = empty();
    let served = Served::start(dir.path());
    let ppk = served.token("ppk", "budi");
    served.get(&ppk, "/v1/programmes").is(200);
    let ppspm = served.token("ppspm", "budi");
    let refused = served.get(&ppspm, "/v1/programmes").is(403);
    assert!(refused.text.contains("may not hold together"), "{}", refused.text);
    // A role that was taken back does not come back with the token that brought it.
    let kpa = served.token("kpa", "kepala");
    let end = item("access.revoke.v1", "officer/budi", &json!({ "reason": "left", "role": "ppk" }), "end");
    served.post(&kpa, "/v1/commands", &end).is(201);
    served.get(&ppk, "/v1/programmes").is(403);
    served.get(&ppspm, "/v1/programmes").is(200);
    served.stop();
    run(dir.path(), &["findings"]).exits(0);
}

#[test]
fn a_stream_ends_with_the_right_to_read_it() {
    let dir = empty();
    let served = Served::start(dir.path());
    let registrar = served.token("registrar", "rini");
    let open = |token: &str| {
        let stream =
            ureq::get(served.url("/v1/events/stream")).header("Authorization", format!("Bearer {token}"));
        stream.call().expect("a stream").into_body()
    };
    // One whose role is taken back, and one whose token ends.
    let (left, short) =
        (served.token("auditor", "left"), &["--role", "auditor", "--person", "short", "--for", "2s"]);
    let (mut taken, mut ended) = (open(&left), open(&token(dir.path(), short)));
    let kpa = served.token("kpa", "kepala");
    let end =
        item("access.revoke.v1", "officer/left", &json!({ "reason": "left", "role": "auditor" }), "end");
    served.post(&kpa, "/v1/commands", &end).is(201);
    served.post(&registrar, "/v1/commands", &register(1)).is(201);
    let seen = taken.read_to_string().expect("the stream ends");
    assert!(!seen.contains("register-1"), "{seen}");
    ended.read_to_string().expect("the stream ends");
}

#[test]
fn a_flood_without_a_token_is_summed_up() {
    let dir = empty();
    let served = Served::start(dir.path());
    let auditor = served.token("auditor", "audi");
    (0..200).for_each(|_| drop(served.get("", "/v1/events").is(401)));
    served.get("", "/v1/balances").is(401);
    let log = String::from_utf8(served.stop()).expect("text");
    assert!(log.matches("/v1/events").count() < 20, "{log}");
    let served = Served::start(dir.path());
    let lines = served.get(&auditor, "/v1/access?limit=1000&purpose=audit-sample").is(200).json();
    let lines = lines["events"].as_array().expect("lines");
    let of = |route: &str| -> Vec<u64> {
        let accesses = lines.iter().map(|line| &line["event"]["access"]);
        let accesses = accesses.filter(|access| access["route"] == route);
        accesses.map(|access| access["times"].as_u64().unwrap_or(1)).collect()
    };
    assert!(of("/v1/events").len() < 20, "{lines:?}");
    assert_eq!(of("/v1/events").iter().sum::<u64>(), 200);
    assert_eq!(of("/v1/balances"), [1]);
}

#[test]
fn a_platform_sees_its_own_sales_and_no_others() {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of("two-courses", dir.path());
    let own = token(dir.path(), &["--role", "platform", "--person", "svc", "--party", "pasar-belajar"]);
    let other = token(dir.path(), &["--role", "platform", "--person", "else", "--party", "toko-lain"]);
    let served = Served::start(dir.path());
    let path = "/v1/participants/01780000-0000-7000-8000-000000000001";
    let seen = served.get(&own, path).is(200).json();
    let balances = &seen["person"]["cards"][0]["balances"];
    assert_eq!(balances["spent"], "950000.00");
    assert_eq!(balances.get("paid"), None, "{balances}");
    let events = served.get(&own, &format!("{path}/events")).is(200).json();
    let types: Vec<_> =
        events["events"].as_array().expect("events").iter().map(|each| &each["event"]["type"]).collect();
    assert!(types.contains(&&json!("id.jejak.voucher.spent.v1")), "{types:?}");
    assert!(types.iter().all(|name| !name.as_str().is_some_and(|name| name.contains("payout"))), "{types:?}");
    served.get(&other, path).is(403);
    served.get(&other, &format!("{path}/events")).is(403);
    served.get(&own, "/v1/events").is(403);
    served.get(&own, "/v1/balances").is(403);
}

/// Records a line as a clock that is so much too fast would.
fn record_fast(ledger: &Path, number: u32, ahead: Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + ahead;
    let now = Timestamp::from_millisecond(i64::try_from(now.as_millis()).expect("before 9999"));
    let home = Home::open(ledger).expect("a ledger");
    let (mut sequencer, _) = Sequencer::open(home, Randomness::system(), false).expect("a ledger");
    let item = Item::read(register(number).as_bytes()).expect("an item");
    let actor = Actor { kind: ActorKind::System, id: ActorId::new("jejak").expect("a token") };
    sequencer.handle(&item, actor, now).expect("an outcome");
    sequencer.sign().expect("a head");
}

#[test]
fn a_clock_that_was_fast_once_keeps_nobody_out() {
    let dir = empty();
    let served = Served::start(dir.path());
    let before = served.token("registrar", "old");
    served.post(&before, "/v1/commands", &register(1)).is(201);
    served.stop();
    // Longer than a token lasts, so that its end lies before the newest recorded time.
    record_fast(dir.path(), 2, Duration::from_hours(10));
    let served = Served::start(dir.path());
    // A role that had ended by the newest recorded time stays ended.
    served.post(&before, "/v1/commands", &register(3)).is(403);
    let registrar = served.token("registrar", "rini");
    served.post(&registrar, "/v1/commands", &register(3)).is(201);
    let kpa = served.token("kpa", "kepala");
    let role = json!({ "reference": "SK-1", "role": "reconciler" });
    served.post(&kpa, "/v1/commands", &item("access.grant.v1", "officer/sari", &role, "g-1")).is(201);
    served.post(&registrar, "/v1/facts", &reported(3)).is(201);
    let auditor = served.token("auditor", "audit");
    served.get(&auditor, "/v1/programmes").is(200);
}
