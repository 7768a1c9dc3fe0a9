//! Traces: what a collector is told, what it is never told, and that it holds up nobody.

use super::collector::{Collector, Manner, Sent};
use super::limits::{begin, chunk};
use super::served::Served;
use crate::process::items::{empty, participant, register};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const NIK: &str = "3271014501950000";

fn with(collector: &Collector, more: &str) -> (TempDir, Served) {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), collector.section() + more).expect("a file");
    let served = Served::start(dir.path());
    (dir, served)
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().expect("attributes");
    let found = attributes.iter().find(|each| each["key"] == key);
    found.map_or(&Value::Null, |each| {
        let value = each["value"].as_object().expect("a value");
        assert_eq!(value.len(), 1, "{span}");
        value.values().next().expect("one")
    })
}

fn named<'a>(spans: &'a [Value], name: &str) -> Vec<&'a Value> {
    spans.iter().filter(|span| span["name"] == name).collect()
}

fn nanoseconds(span: &Value, key: &str) -> u128 {
    span[key].as_str().expect("64-bit numbers are text").parse().expect("a number")
}

/// What the protocol demands of every span, whatever it is about.
fn check_form(span: &Value) {
    let hex = |key: &str, digits: usize| {
        let id = span[key].as_str().unwrap_or_default();
        let good = id.len() == digits && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(good && id.bytes().any(|byte| byte != b'0'), "{key}: {span}");
    };
    hex("traceId", 32);
    hex("spanId", 16);
    if !span["parentSpanId"].is_null() {
        hex("parentSpanId", 16);
    }
    assert!(span["kind"] == 1 || span["kind"] == 2, "{span}");
    let (start, end) = (nanoseconds(span, "startTimeUnixNano"), nanoseconds(span, "endTimeUnixNano"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    assert!(start <= end && end <= now && now - start < 600_000_000_000, "{span}");
    let keys: HashSet<_> = span["attributes"].as_array().expect("attributes").iter().collect();
    assert_eq!(keys.len(), span["attributes"].as_array().expect("attributes").len(), "{span}");
}

fn spans_of(sent: &[Sent]) -> Vec<Value> {
    for each in sent {
        assert!(each.head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{}", each.head);
        assert!(each.head.contains("content-type: application/json\r\n"), "{}", each.head);
        let resource = &each.json()["resourceSpans"][0]["resource"];
        assert_eq!(attribute(resource, "service.name"), "jejak");
        assert_eq!(attribute(resource, "jejak.origin"), "jejak.example/test");
    }
    let spans: Vec<_> = sent.iter().flat_map(Sent::spans).collect();
    spans.iter().for_each(check_form);
    let ids: HashSet<_> = spans.iter().map(|span| span["spanId"].to_string()).collect();
    assert_eq!(ids.len(), spans.len(), "a span was told twice");
    spans
}

#[test]
fn a_collector_is_told_how_long_what_took_and_nothing_about_whom() {
    let collector = Collector::start(&[Manner::Takes]);
    let (_dir, served) = with(&collector, "");
    let (registrar, auditor) = (served.token("registrar", "rini"), served.token("auditor", "adi"));
    // Their roles are recorded with the first request.
    served.get(&registrar, "/v1/programmes").is(200);
    served.get(&auditor, "/v1/programmes").is(200);
    let mut person: Value = serde_json::from_str(&register(1)).expect("an item");
    person["data"]["identity"] =
        json!({ "name": "Sari Contoh", "nik": NIK, "kk": "3271010101010000", "phone": "+6281200000000" });
    served.post(&registrar, "/v1/commands", &person.to_string()).is(201);
    let many: String = (2..=40).map(|number| register(number) + "\n").collect();
    served.post(&registrar, "/v1/commands", &many).is(200);
    let person = participant(1);
    let uuid = person.trim_start_matches("participant/");
    served.get(&auditor, &format!("/v1/participants/{uuid}")).is(200);
    served.get(&auditor, &format!("/v1/participants/{uuid}/events")).is(200);
    let look = format!("/v1/participants/{uuid}/identity?purpose=payout-complaint&case=T-2021-17");
    assert!(served.get(&auditor, &look).is(200).text.contains(NIK));
    served.get(&auditor, &format!("/v1/persons/{NIK}?nik={NIK}")).is(404);
    served.get(&auditor, &format!("/v1/participants/{NIK}")).is(400);
    served.stop();

    let sent = collector.all();
    let spans = spans_of(&sent);
    // Digits alone are long: times and ids are full of short ones.
    let secrets = [
        NIK,
        uuid,
        "01790000-",
        "Sari",
        "6281200000000",
        "3271010101010000",
        &registrar,
        &auditor,
        "Bearer",
        "rini",
        "adi",
        "T-2021-17",
        "payout-complaint",
        "register-1",
        "persons",
        "127.0.0.1",
    ];
    for each in &sent {
        let told = String::from_utf8_lossy(&each.body);
        for secret in secrets {
            assert!(!told.contains(secret), "{secret} is in {told}");
        }
        assert!(!each.head.contains(NIK) && !each.head.contains(registrar.as_str()));
    }

    let posts = named(&spans, "POST /v1/commands");
    assert_eq!(posts.len(), 2, "{spans:?}");
    for (post, status, items) in [(posts[0], "201", 1), (posts[1], "200", 39)] {
        assert_eq!(post["kind"], 2);
        assert!(post["parentSpanId"].is_null() && post["status"].is_null());
        assert_eq!(attribute(post, "http.request.method"), "POST");
        assert_eq!(attribute(post, "http.route"), "/v1/commands");
        assert_eq!(attribute(post, "http.response.status_code"), status);
        assert_eq!(attribute(post, "url.scheme"), "http");
        let steps: Vec<_> = spans.iter().filter(|span| span["parentSpanId"] == post["spanId"]).collect();
        let count = |step: &&Value| attribute(step, "jejak.items").as_str()?.parse::<u32>().ok();
        assert_eq!(steps.iter().filter_map(count).sum::<u32>(), items, "{steps:?}");
        for step in steps {
            assert_eq!((&step["name"], &step["kind"]), (&json!("record"), &json!(1)));
            assert_eq!(step["traceId"], post["traceId"]);
            let whole = nanoseconds(post, "startTimeUnixNano")..=nanoseconds(post, "endTimeUnixNano");
            let moments = ["startTimeUnixNano", "endTimeUnixNano"].map(|key| nanoseconds(step, key));
            assert!(moments.iter().all(|moment| whole.contains(moment)), "{step} {post}");
        }
    }
    let shown = named(&spans, "GET /v1/participants/{id}");
    assert_eq!(shown.len(), 2);
    assert!(named(&spans, "read lines").iter().any(|step| step["parentSpanId"] == shown[0]["spanId"]));
    assert_eq!(named(&spans, "record look").len(), 1);
    let nothing = named(&spans, "GET");
    assert_eq!(nothing.len(), 1);
    assert_eq!(attribute(nothing[0], "http.response.status_code"), "404");
    assert!(attribute(nothing[0], "http.route").is_null());
}

#[test]
fn a_callers_trace_goes_on_and_a_wrong_one_begins_anew() {
    let collector = Collector::start(&[Manner::Takes]);
    let (_dir, served) = with(&collector, "every_seconds = 0\nbatch_spans = 2\n");
    let token = served.token("auditor", "adi");
    let ask = |parent: &str| {
        let answer = served.get_with(&token, "/v1/programmes", &[("traceparent", parent)]).is(200);
        let said = answer.header("traceresponse").to_owned();
        assert_eq!(said.len(), 55, "{said:?}");
        (said[3..35].to_owned(), said[36..52].to_owned(), said[53..].to_owned())
    };
    let followed = ask(&format!("00-{TRACE}-{CALLER}-01"));
    let silent = ask(&format!("00-{}-{CALLER}-00", TRACE.replace('4', "5")));
    let wrong = ask(&format!("00-{}-{CALLER}-01", TRACE.to_uppercase()));
    // A refusal says its trace too.
    let refused = served.get("no token", "/v1/programmes").is(401).header("traceresponse").to_owned();
    served.stop();
    let spans = spans_of(&collector.all());
    let of = |trace: &str| {
        let spans = spans.iter().filter(|span| span["traceId"] == trace && span["kind"] == 2);
        spans.cloned().collect::<Vec<_>>()
    };
    assert_eq!((followed.0.as_str(), followed.2.as_str()), (TRACE, "01"));
    let mine = of(TRACE);
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["parentSpanId"], CALLER);
    assert_eq!(mine[0]["spanId"], followed.1.as_str());
    assert_eq!(mine[0]["flags"], 0x301);
    assert_eq!((silent.0, silent.2.as_str()), (TRACE.replace('4', "5"), "00"));
    assert!(of(&TRACE.replace('4', "5")).is_empty());
    assert_ne!(wrong.0, TRACE);
    assert!(of(&wrong.0)[0]["parentSpanId"].is_null());
    assert_eq!(of(&refused[3..35]).len(), 1);
}

#[test]
fn of_many_requests_some_are_traced_and_whoever_says_so() {
    let collector = Collector::start(&[Manner::Takes]);
    // Practically none.
    let (_dir, served) = with(&collector, "one_in = 1000000000000\n");
    let token = served.token("auditor", "adi");
    for _ in 0..20 {
        let answer = served.get(&token, "/v1/programmes").is(200);
        assert!(answer.header("traceresponse").ends_with("-00"));
    }
    served.get_with(&token, "/v1/programmes", &[("traceparent", &format!("00-{TRACE}-{CALLER}-01"))]).is(200);
    served.stop();
    let spans = spans_of(&collector.all());
    assert_eq!(spans.len(), 1, "{spans:?}");
    assert_eq!(spans[0]["traceId"], TRACE);
}

#[test]
fn a_long_stream_tells_its_first_steps_and_counts_the_rest() {
    let collector = Collector::start(&[Manner::Takes]);
    let (_dir, served) = with(&collector, "");
    let token = served.token("registrar", "rini");
    served.get(&token, "/v1/programmes").is(200);
    let mut stream = begin(&served, &token);
    let mut answers = BufReader::new(stream.try_clone().expect("a second handle"));
    for number in 1..=130 {
        chunk(&mut stream, &(register(number) + "\n"));
        let mut line = String::new();
        while !line.contains(&format!("\"register-{number}\"")) {
            line.clear();
            assert!(answers.read_line(&mut line).expect("text") > 0);
        }
    }
    chunk(&mut stream, "");
    drop((stream, answers));
    served.stop();
    let spans = spans_of(&collector.all());
    let post = named(&spans, "POST /v1/commands")[0];
    let steps = spans.iter().filter(|span| span["parentSpanId"] == post["spanId"]).count();
    assert_eq!(steps, 100);
    assert_eq!(attribute(post, "jejak.steps_left_out"), "30");
}

/// A figure of `/metrics`; 0 where it is not there yet.
fn figure(served: &Served, name: &str) -> u64 {
    let text = served.get("", "/metrics").is(200).text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or(" 0");
    line.trim().parse().expect("a number")
}

const NO_ROOM: &str = "jejak_trace_spans_dropped_total{reason=\"no_room\"}";
const NOT_ACCEPTED: &str = "jejak_trace_spans_dropped_total{reason=\"not_accepted\"}";

#[test]
fn a_collector_that_hangs_holds_up_nobody_and_what_finds_no_room_is_counted() {
    let collector = Collector::start(&[Manner::Hangs]);
    let settings = "queue_spans = 5\nbatch_spans = 5\nevery_seconds = 0\ntimeout_seconds = 3600\n";
    let (dir, served) = with(&collector, settings);
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    // It has a batch in its hands now, and will not let go of it for an hour.
    collector.next();
    for number in 2..=60 {
        served.post(&token, "/v1/commands", &register(number)).is(201);
    }
    let dropped = figure(&served, NO_ROOM);
    assert!(dropped >= 100, "{dropped}");
    assert_eq!(figure(&served, "jejak_trace_spans_sent_total"), 0);
    // Nor does it hold up the stop for long.
    let asked = Instant::now();
    let log = String::from_utf8(served.stop()).expect("text");
    assert!(asked.elapsed() < Duration::from_secs(30));
    assert!(log.contains("the last traces could not be sent in time"), "{log}");
    assert_eq!(crate::process::items::recorded(dir.path()), 61);
}

#[test]
fn what_a_collector_refuses_is_counted() {
    let collector = Collector::start(&[Manner::Answers(500)]);
    let (_dir, served) = with(&collector, "batch_spans = 1\n");
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    collector.next();
    let until = Instant::now() + Duration::from_mins(1);
    while figure(&served, NOT_ACCEPTED) == 0 {
        assert!(Instant::now() < until, "nothing was counted within a minute");
    }
}

#[test]
fn a_collector_that_is_busy_is_asked_again() {
    let collector = Collector::start(&[Manner::Answers(503), Manner::Takes]);
    let (_dir, served) = with(&collector, "every_seconds = 0\n");
    served.get("", "/healthz").is(200);
    let first = collector.next();
    assert_eq!(collector.next().body, first.body);
    let until = Instant::now() + Duration::from_mins(1);
    while figure(&served, "jejak_trace_spans_sent_total") == 0 {
        assert!(Instant::now() < until, "nothing was counted within a minute");
    }
    assert_eq!(figure(&served, NOT_ACCEPTED), 0);
}

#[test]
fn without_a_collector_nothing_is_traced_and_nothing_is_said() {
    let dir = empty();
    let served = Served::start(dir.path());
    let headers = [("traceparent", format!("00-{TRACE}-{CALLER}-01"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(served.get_with("", "/healthz", &headers).is(200).header("traceresponse"), "");
}
