//! Reading: pages, persons with conditional reads, books of two dates, proofs, tiles, live events.

use super::served::{Served, token};
use crate::process::binary::run;
use crate::process::items::{empty, register};
use crate::replay::ledger_of;
use jejak_journal::merkle::leaf_hash;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use tempfile::TempDir;

const PERSON: &str = "/v1/participants/01780000-0000-7000-8000-000000000001";

fn two_courses() -> (TempDir, Served, String) {
    let dir = tempfile::tempdir().expect("a directory");
    ledger_of("two-courses", dir.path());
    let token = token(dir.path(), &["--role", "auditor", "--person", "audi"]);
    let served = Served::start(dir.path());
    (dir, served, token)
}

#[test]
fn pages_are_the_journal_line_by_line() {
    let (dir, served, token) = two_courses();
    let (mut next, mut lines) = (0, Vec::new());
    loop {
        let page = served.get(&token, &format!("/v1/events?from={next}&limit=7")).is(200).json();
        let events = page["events"].as_array().expect("events").clone();
        if events.is_empty() {
            break;
        }
        lines.extend(events);
        next = page["next"].as_u64().expect("a position");
    }
    let journal = run(dir.path(), &["--json", "events"]).exits(0).rows();
    assert_eq!(lines, journal);
    served.get(&token, "/v1/events?limit=0").is(400);
    served.get(&token, "/v1/events?from=-1").is(400);
    served.get(&token, "/v1/events?form=1").is(400);
    let beyond = served.get(&token, "/v1/events?from=99999999").is(200).json();
    assert_eq!(beyond["events"], json!([]));
}

#[test]
fn a_person_is_read_once_and_then_only_when_something_changed() {
    let (_dir, served, token) = two_courses();
    let first = served.get(&token, PERSON).is(200);
    let balances = &first.json()["person"]["cards"][0]["balances"];
    assert_eq!((&balances["allocated"], &balances["paid"]), (&json!("3550000.00"), &json!("2550000.00")));
    let tag = first.header("etag").to_owned();
    let again = served.get_with(&token, PERSON, &[("If-None-Match", &tag)]).is(304);
    assert_eq!(again.text, "");
    served.get(&token, "/v1/participants/01780000-0000-7000-8000-00000000ffff").is(404);
    served.get(&token, "/v1/participants/ani").is(400);
}

#[test]
fn books_answer_for_both_dates_and_agree_with_the_command_line() {
    let (dir, served, token) = two_courses();
    let accounts = served.get(&token, "/v1/accounts").is(200).json();
    assert_eq!(accounts["accounts"], run(dir.path(), &["--json", "balances"]).exits(0).json());
    let then = served.get(&token, "/v1/accounts?effective=2021-04-30").is(200).json();
    assert_ne!(then["accounts"], accounts["accounts"]);
    let known = served.get(&token, "/v1/balances?known=2021-03-01T00:00:00.000Z").is(200).json();
    assert_eq!(known["balances"], json!([]));
    served.get(&token, "/v1/accounts?effective=yesterday").is(400);
}

#[test]
fn proofs_hold_with_the_public_key_alone() {
    let (dir, served, token) = two_courses();
    let manifest = std::fs::read_to_string(dir.path().join("ledger.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("toml");
    let key = manifest["key"].as_str().expect("a key").to_owned();
    for position in [0, 40, 100] {
        let proof = served.get(&token, &format!("/v1/proofs/{position}")).is(200).text;
        let file = dir.path().join("a.tlog-proof");
        std::fs::write(&file, proof).expect("a file");
        run(dir.path(), &["check-proof", file.to_str().expect("text"), "--key", &key]).exits(0);
    }
    served.get(&token, "/v1/proofs/99999").is(404);
    served.get(&token, "/v1/proofs/x").is(400);
    served.get("", "/v1/checkpoint").is(200);
}

#[test]
fn tiles_are_the_hashes_and_lines_of_the_tree() {
    let (dir, served, token) = two_courses();
    let lines: Vec<String> = run(dir.path(), &["events"]).exits(0).out.lines().map(str::to_owned).collect();
    let entries = served.get(&token, "/tile/entries/000.p/3").is(200);
    let mut bundle = Vec::new();
    for line in &lines[..3] {
        bundle.extend(u16::try_from(line.len()).expect("a line").to_be_bytes());
        bundle.extend(line.as_bytes());
    }
    assert_eq!(entries.bytes, bundle);
    let hashes: Vec<u8> = lines[..3].iter().flat_map(|line| leaf_hash(line.as_bytes())).collect();
    assert_eq!(served.get(&token, "/tile/0/000.p/3").is(200).bytes, hashes);
    served.get(&token, "/tile/0/001").is(404);
    served.get(&token, "/tile/x/000").is(404);
}

/// Reads server-sent events until there are `count`; gives ids and lines.
fn follow(served: &Served, token: &str, query: &str, last: Option<&str>, count: usize) -> Vec<(u64, Value)> {
    let mut request = ureq::get(served.url(&format!("/v1/events/stream{query}")))
        .header("Authorization", format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    let mut body = BufReader::new(request.call().expect("a stream").into_body().into_reader());
    let mut events = Vec::new();
    let mut id = 0;
    while events.len() < count {
        let mut line = String::new();
        assert!(body.read_line(&mut line).expect("text") > 0, "the stream ended");
        if let Some(position) = line.strip_prefix("id: ") {
            id = position.trim().parse().expect("a position");
        }
        if let Some(data) = line.strip_prefix("data: ") {
            events.push((id, serde_json::from_str(data).expect("an event")));
        }
    }
    events
}

#[test]
fn a_stream_begins_anywhere_goes_on_live_and_resumes() {
    let dir = empty();
    let served = Served::start(dir.path());
    let registrar = served.token("registrar", "rini");
    served.post(&registrar, "/v1/commands", &register(1)).is(201);
    let have =
        usize::try_from(served.get(&registrar, "/v1/events").json()["length"].as_u64().expect("a length"))
            .expect("small");
    let events = std::thread::scope(|scope| {
        let reader = scope.spawn(|| follow(&served, &registrar, "?from=0", None, have + 50));
        for number in 2..52 {
            served.post(&registrar, "/v1/commands", &register(number)).is(201);
        }
        reader.join().expect("a reader")
    });
    let positions: Vec<u64> = events.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, (0..u64::try_from(have + 50).expect("small")).collect::<Vec<_>>());
    let journal = served.get(&registrar, "/v1/events?limit=1000").json();
    for (position, event) in &events {
        assert_eq!(&journal["events"][usize::try_from(*position).expect("small")]["event"], event);
    }
    let rest = follow(&served, &registrar, "", Some("9"), 3);
    assert_eq!(rest.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [10, 11, 12]);
    // An open stream does not hold up the stop.
    let open = ureq::get(served.url("/v1/events/stream"))
        .header("Authorization", format!("Bearer {registrar}"))
        .call()
        .expect("a stream");
    served.stop();
    drop(open);
}

#[test]
fn a_stream_cannot_begin_beyond_what_comes_next() {
    let (_dir, served, token) = two_courses();
    let length = served.get(&token, "/v1/events").json()["length"].as_u64().expect("a length");
    served.get(&token, &format!("/v1/events/stream?from={}", length + 100)).is(400);
    served.get_with(&token, "/v1/events/stream", &[("Last-Event-ID", &format!("{}", length + 100))]).is(400);
    served.get(&token, "/v1/participants/%ff").is(400).json();
}

#[test]
fn heads_are_read_from_the_disk_at_the_start_only() {
    let (dir, served, token) = two_courses();
    let newest = served.get(&token, "/v1/checkpoint").is(200).text;
    let heads = dir.path().join("checkpoints");
    let aside = dir.path().join("aside");
    std::fs::rename(&heads, &aside).expect("renamed");
    assert_eq!(served.get("", "/v1/checkpoint").is(200).text, newest);
    served.get(&token, "/v1/proofs/0").is(200);
    std::fs::rename(&aside, &heads).expect("renamed");
    let signed = served.post(&token, "/v1/checkpoint", "").is(200).text;
    assert_ne!(signed, newest);
    assert_eq!(served.get("", "/v1/checkpoint").is(200).text, signed);
}

#[test]
fn a_full_tile_is_kept_by_whoever_may_read_it_and_by_no_cache_between() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let persons: Vec<_> = (1..300).map(register).collect();
    served.post(&token, "/v1/commands", &persons.join("\n")).is(200);
    for path in ["/tile/entries/000", "/tile/0/000"] {
        let full = served.get(&token, path).is(200);
        assert_eq!(full.header("cache-control"), "private, max-age=31536000, immutable");
    }
}

#[test]
fn the_document_describes_every_path_and_is_the_one_that_is_kept() {
    let dir = empty();
    let served = Served::start(dir.path());
    let document = served.get("", "/openapi.json").is(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/api/openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/api")).expect("a directory");
        std::fs::write(kept, serde_json::to_string_pretty(&document).expect("json") + "\n").expect("a file");
    }
    let kept: Value =
        serde_json::from_str(&std::fs::read_to_string(kept).expect("the document")).expect("json");
    assert_eq!(document, kept, "UPDATE=1 writes schemas/api/openapi.json anew");
    assert!(served.get("", "/docs").is(200).text.contains("openapi.json"));
}
