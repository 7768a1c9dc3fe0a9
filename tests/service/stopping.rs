//! The end of the service: within its time, with its last head, whoever does not read.

use super::served::Served;
use crate::process::binary::run;
use crate::process::items::{empty, register};
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

fn connect(served: &Served) -> TcpStream {
    let stream = TcpStream::connect(&served.address).expect("a connection");
    stream.set_write_timeout(Some(Duration::from_millis(500))).expect("an option");
    stream
}

/// Sends the same again and again until nothing more is taken.
fn pour(stream: &mut TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

/// Lines under the newest signed head, by its file.
fn signed(ledger: &Path) -> u64 {
    let names = std::fs::read_dir(ledger.join("checkpoints")).expect("heads");
    let names = names.map(|entry| entry.expect("a file").file_name().into_string().expect("text"));
    let sizes = names.filter_map(|name| name.strip_suffix(".checkpoint")?.parse().ok());
    sizes.max().expect("a head")
}

#[test]
fn the_service_ends_within_its_time_though_clients_do_not_read() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[limits]\nstop_seconds = 1\n").expect("a file");
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    // Nobody, and somebody with a token who sends a stream of items, and one who sends a byte now and then.
    let mut nobody = connect(&served);
    pour(&mut nobody, &b"GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n".repeat(100));
    let head = format!(
        "POST /v1/commands HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        1_u64 << 40
    );
    let mut deaf = connect(&served);
    deaf.write_all(head.as_bytes()).expect("a head");
    pour(&mut deaf, &b"{}\n".repeat(10_000));
    let mut unfinished = connect(&served);
    unfinished.write_all(head.as_bytes()).expect("a head");
    let answer = served.post(&token, "/v1/commands", &register(1)).is(201).json();
    let last = answer["positions"][0].as_u64().expect("a position");
    let start = Instant::now();
    // It ends well, with its head signed and the ledger free for the next.
    served.stop();
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert!(signed(dir.path()) > last);
    drop((nobody, deaf, unfinished));
    Served::start(dir.path()).stop();
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn a_head_that_cannot_be_kept_stops_no_items() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    let (heads, aside) = (dir.path().join("checkpoints"), dir.path().join("aside"));
    std::fs::rename(&heads, &aside).expect("renamed");
    // A file in the place of the directory: no head can be written.
    std::fs::write(&heads, "").expect("a file");
    let unsigned = served.post(&token, "/v1/checkpoint", "").is(503);
    assert!(unsigned.text.contains("could not be signed"), "{}", unsigned.text);
    served.get("", "/readyz").is(200);
    served.post(&token, "/v1/commands", &register(2)).is(201);
    std::fs::remove_file(&heads).expect("removed");
    std::fs::rename(&aside, &heads).expect("renamed");
    served.post(&token, "/v1/checkpoint", "").is(200);
    let log = String::from_utf8(served.stop()).expect("text");
    assert!(!log.contains("opened again"), "{log}");
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[limits]\nheader_seconds = 1\nidle_seconds = 1\n")
        .expect("a file");
    let served = Served::start(dir.path());
    // Not a byte; a beginning that may be either HTTP; HTTP/2 without a request; a request, and then no other.
    let second = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    for said in [&b""[..], b"PRI * HT", second, b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"] {
        let mut silent = connect(&served);
        silent.write_all(said).expect("a beginning");
        silent.set_read_timeout(Some(Duration::from_secs(30))).expect("an option");
        let mut answer = Vec::new();
        let ended = std::io::Read::read_to_end(&mut silent, &mut answer);
        let waits = |error: &std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock;
        assert!(!ended.as_ref().is_err_and(waits), "{said:?} is still waited for");
    }
}

#[test]
fn connections_leave_files_for_the_journal() {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), "[limits]\nheader_seconds = 1\n").expect("a file");
    let served = Served::start_after(dir.path(), "ulimit -n 128");
    let token = served.token("registrar", "rini");
    let silent: Vec<_> = (0..200).map(|_| connect(&served)).collect();
    // Those who say nothing are closed in time, and the next are answered.
    served.post(&token, "/v1/commands", &register(1)).is(201);
    served.post(&token, "/v1/checkpoint", "").is(200);
    drop(silent);
    let log = String::from_utf8(served.stop()).expect("text");
    assert!(log.contains("raise the limit of open files"), "{log}");
}
