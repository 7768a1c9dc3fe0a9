//! Slow, broken and greedy clients.

use super::served::Served;
use crate::process::binary::run;
use crate::process::items::{empty, register};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(&served.address).expect("a connection")
}

/// The beginning of a bulk request over a plain connection, chunked.
pub(super) fn begin(served: &Served, token: &str) -> TcpStream {
    let mut stream = connect(served);
    let head = format!(
        "POST /v1/commands HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("a head");
    stream
}

pub(super) fn chunk(stream: &mut TcpStream, text: &str) {
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).expect("a chunk");
}

#[test]
fn a_half_body_records_its_whole_lines_and_says_that_it_broke_off() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let mut stream = begin(&served, &token);
    chunk(&mut stream, &format!("{}\n{}\n{{\"type\":", register(1), register(2)));
    stream.shutdown(std::net::Shutdown::Write).expect("a half-closed connection");
    let mut answer = String::new();
    // The server may close at once.
    let _ = stream.read_to_string(&mut answer);
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    assert_eq!(events.lines().count(), 2);
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let mut stream = begin(&served, &token);
    let mut answers = BufReader::new(stream.try_clone().expect("a second handle"));
    for number in 1..=3 {
        chunk(&mut stream, &(register(number) + "\n"));
        let mut line = String::new();
        while !line.contains(&format!("register-{number}")) {
            line.clear();
            assert!(answers.read_line(&mut line).expect("text") > 0);
        }
    }
}

#[test]
fn bad_bodies_are_answered_with_a_reason_and_never_with_a_fault() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(70_000));
    for body in ["", "{", "[]", "null", "0.1", "\u{feff}{}", "{\"type\":\"nothing.v1\"}", &register(1)[1..]] {
        let answer = served.post(&token, "/v1/commands", body).is(400);
        assert_eq!(answer.json()["code"], "input.invalid", "{body}");
    }
    served.post(&token, "/v1/commands", &long).is(413);
    let wrong_door = served.post(&token, "/v1/facts", &register(1)).is(400);
    assert_eq!(wrong_door.json()["code"], "input.wrong_door");
    let actor = register(1).replacen('{', "{\"actor\":{\"type\":\"user\",\"id\":\"other\"},", 1);
    served.post(&token, "/v1/commands", &actor).is(400);
    let kind = ureq::post(served.url("/v1/commands")).header("Authorization", format!("Bearer {token}"));
    let kind = kind.config().http_status_as_error(false).build().content_type("text/plain").send(register(1));
    assert_eq!(kind.expect("an answer").status(), 415);
    served.get(&token, "/v1/nothing").is(404);
    served.get(&token, "/v1/commands").is(405);
    // In a stream each line has its own answer, in order, and the rest goes on.
    let lines = [register(1), "{".to_owned(), long, register(1), register(2)].join("\n");
    let rows = served.post(&token, "/v1/commands", &lines).is(200).rows();
    let statuses: Vec<_> = rows.iter().map(|row| row["status"].as_str().expect("a status")).collect();
    assert_eq!(statuses, ["recorded", "refused", "refused", "repeated", "recorded"]);
}

#[test]
fn idempotency_key_and_commandid_are_one_thing() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let send = |key: &str, body: &str| {
        let request =
            ureq::post(served.url("/v1/commands")).header("Authorization", format!("Bearer {token}"));
        let request = request.config().http_status_as_error(false).build();
        let request = request.header("Idempotency-Key", key).content_type("application/json");
        request.send(body).expect("an answer").status().as_u16()
    };
    let without = register(1).replace(",\"commandid\":\"register-1\"", "");
    assert_eq!(send("k1", &without), 201);
    assert_eq!(send("k1", &without), 200);
    assert_eq!(send("register-2", &register(2)), 201);
    assert_eq!(send("k2", &register(2)), 400);
    assert_eq!(send("k1", &without.replace("primary", "tertiary")), 409);
}

#[test]
fn an_idempotency_key_that_cannot_be_used_is_not_passed_over() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let body = register(1).replace(",\"commandid\":\"register-1\"", "");
    let send = |kind: &str, keys: &[&str]| {
        let keys = keys.iter().map(|key| format!("Idempotency-Key: {key}\r\n")).collect::<Vec<_>>().concat();
        let head = format!(
            "POST /v1/commands HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n{keys}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = connect(&served);
        stream.write_all(head.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let cases: [(&str, &[&str]); 5] = [
        ("application/json", &["bezahlung-ä"]),
        ("application/json", &["k1", "k2"]),
        ("application/json", &["k1", "k1"]),
        ("application/json", &[""]),
        ("application/x-ndjson", &["k1"]),
    ];
    for (kind, keys) in cases {
        let answer = send(kind, keys);
        assert!(answer.starts_with("HTTP/1.1 400"), "{keys:?}: {answer}");
        assert!(answer.contains("\"code\":\"input.idempotency_key\""), "{keys:?}: {answer}");
    }
    assert!(send("application/json", &["k1"]).starts_with("HTTP/1.1 201"));
    served.stop();
    let events = run(dir.path(), &["events", "--type", "participant.registered.v1"]).exits(0).out;
    assert_eq!(events.lines().count(), 1);
}

#[test]
fn idle_connections_do_not_keep_others_out() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let idle: Vec<TcpStream> = (0..500).map(|_| connect(&served)).collect();
    let mut slow = connect(&served);
    slow.write_all(b"POST /v1/commands HTTP/1.1\r\nHo").expect("a part of a head");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    assert_eq!(idle.len(), 500);
}

#[test]
fn a_person_who_asks_too_often_is_told_to_wait() {
    let dir = empty();
    let limits = "[limits]\nrequests_a_second = 1\nrequests_at_once = 3\n";
    std::fs::write(dir.path().join("server.toml"), limits).expect("a file");
    let served = Served::start(dir.path());
    let (often, other) = (served.token("registrar", "often"), served.token("registrar", "other"));
    let statuses: Vec<_> = (0..20).map(|_| served.get(&often, "/v1/programmes").status).collect();
    assert!(statuses[..3].iter().all(|status| *status == 200), "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    served.get(&other, "/v1/programmes").is(200);
    let refused =
        std::iter::repeat_with(|| served.get(&often, "/v1/programmes")).find(|answer| answer.status == 429);
    assert_eq!(refused.expect("a refusal").json()["code"], json!("access.rate"));
}

#[test]
fn one_person_does_not_take_everything() {
    let dir = empty();
    let limits = "[limits]\nbulk_streams = 2\npages = 4\nrequests_open = 3\n";
    std::fs::write(dir.path().join("server.toml"), limits).expect("a file");
    let served = Served::start(dir.path());
    let (rini, other) = (served.token("registrar", "rini"), served.token("registrar", "other"));
    let mut first = begin(&served, &rini);
    let mut answers = BufReader::new(first.try_clone().expect("a second handle"));
    // It is open for certain once something of it is answered.
    chunk(&mut first, &(register(1) + "\n"));
    let mut line = String::new();
    while !line.contains("register-1") {
        line.clear();
        assert!(answers.read_line(&mut line).expect("text") > 0);
    }
    let second = served.post(&rini, "/v1/commands", &(register(2) + "\n")).is(429);
    assert!(second.text.contains("streams of items"), "{}", second.text);
    served.post(&other, "/v1/commands", &(register(2) + "\n")).is(200);
    let opened = || {
        ureq::get(served.url("/v1/events/stream"))
            .header("Authorization", format!("Bearer {rini}"))
            .call()
            .expect("a stream")
    };
    let open = [opened(), opened()];
    let fourth = served.get(&rini, "/v1/programmes").is(429);
    assert!(fourth.text.contains("you have 3 requests open"), "{}", fourth.text);
    served.get(&other, "/v1/programmes").is(200);
    drop(open);
}

#[test]
fn pages_that_nobody_reads_take_a_bounded_number_of_places() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[limits]\npages = 4\n").expect("a file");
    let served = Served::start(dir.path());
    let (deaf, other) = (served.token("registrar", "deaf"), served.token("registrar", "other"));
    // Long enough that no socket takes it whole.
    let persons: Vec<_> = (1..10_000).map(register).collect();
    served.post(&other, "/v1/commands", &persons.join("\n")).is(200);
    let ask =
        format!("GET /v1/events?limit=10000 HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {deaf}\r\n\r\n");
    let mut unread = connect(&served);
    unread.write_all(ask.as_bytes()).expect("a request");
    let mut begun = [0; 64];
    unread.read_exact(&mut begun).expect("the beginning of an answer");
    assert!(begun.starts_with(b"HTTP/1.1 200"));
    let refused = served.get(&deaf, "/v1/events?limit=1").is(429);
    assert!(refused.text.contains("long answers"), "{}", refused.text);
    served.get(&other, "/v1/events?limit=10000").is(200);
    drop(unread);
}

#[test]
fn a_page_ends_where_it_would_be_too_long_and_says_where_the_next_begins() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let persons: Vec<_> = (1..10_000).map(register).collect();
    served.post(&token, "/v1/commands", &persons.join("\n")).is(200);
    let page = served.get(&token, "/v1/events?limit=10000").is(200);
    assert!(page.bytes.len() < 6 << 20, "{} bytes", page.bytes.len());
    let page = page.json();
    let events = page["events"].as_array().expect("events");
    let (next, length) =
        (page["next"].as_u64().expect("a number"), page["length"].as_u64().expect("a number"));
    assert!(next < length);
    assert_eq!(u64::try_from(events.len()).expect("small"), next);
    let rest = served.get(&token, &format!("/v1/events?from={next}&limit=10000")).is(200).json();
    assert_eq!(rest["events"][0]["position"], next);
}

#[test]
fn only_so_many_may_wait_for_the_books_of_other_dates() {
    let dir = empty();
    let served = Served::start(dir.path());
    let tokens: Vec<_> = (0..8).map(|number| served.token("registrar", &format!("r{number}"))).collect();
    let persons: Vec<_> = (1..20_000).map(register).collect();
    served.post(&tokens[0], "/v1/commands", &persons.join("\n")).is(200);
    let (served, tokens) = (&served, &tokens);
    let ask = |token: &str| served.get(token, "/v1/balances?effective=2021-01-01");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..24).map(|number| scope.spawn(move || ask(&tokens[number % 8]))).collect();
        asked.into_iter().map(|answer| answer.join().expect("an answer")).collect()
    });
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(answers.iter().any(|answer| answer.status == 200));
    assert!(!refused.is_empty(), "24 waited");
    assert!(refused.iter().all(|answer| answer.header("retry-after") == "1"));
}

#[test]
fn a_limit_that_lets_nothing_through_is_refused_by_its_name() {
    let dir = empty();
    for (setting, least) in
        [("waiting_bytes = 64", "1048576"), ("item_bytes = 65536", "65535"), ("pages = 0", "1")]
    {
        std::fs::write(dir.path().join("server.toml"), format!("[limits]\n{setting}\n")).expect("a file");
        let refused = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]).exits(2);
        let name = setting.split(' ').next().expect("a name");
        assert!(refused.err.contains(name) && refused.err.contains(least), "{}", refused.err);
    }
    // The least room there may be is enough for any stream.
    std::fs::write(dir.path().join("server.toml"), "[limits]\nwaiting_bytes = 1048576\n").expect("a file");
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let long = register(1).replacen('{', &format!("{{{}", " ".repeat(60_000)), 1);
    let rows = served.post(&token, "/v1/commands", &vec![long; 100].join("\n")).is(200).rows();
    assert_eq!(rows.len(), 100);
}

#[test]
fn an_unknown_setting_is_not_passed_over() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[limits]\nconections = 3\n").expect("a file");
    let refused = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(refused.err.contains("conections"), "{}", refused.err);
}
