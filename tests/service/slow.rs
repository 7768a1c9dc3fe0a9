//! Many idle connections, endless bodies, and clients that neither send nor read.

use super::served::Served;
use crate::process::binary::run;
use crate::process::items::{empty, register};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const IDLE: usize = 10_000;

/// A ledger whose service has these limits.
fn with_limits(limits: &str) -> TempDir {
    let dir = empty();
    std::fs::write(dir.path().join("server.toml"), format!("[limits]\n{limits}\n")).expect("a file");
    dir
}

fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(&served.address).expect("a connection")
}

fn head(token: &str, kind: &str, length: usize) -> String {
    format!(
        "POST /v1/commands HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
}

fn registered(ledger: &Path) -> usize {
    run(ledger, &["events", "--type", "participant.registered.v1"]).exits(0).out.lines().count()
}

/// Lets this process have so many files open.
fn allow_files(files: u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    assert!(
        maximum.is_none_or(|maximum| maximum >= files),
        "this needs {files} open files and the machine allows {maximum:?}: raise it (ulimit -Hn)"
    );
    if current.is_some_and(|current| current < files) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(files), maximum }).expect("the limit is raised");
    }
}

#[test]
fn ten_thousand_idle_connections_hold_up_nobody_and_cost_little() {
    allow_files(IDLE as u64 + 1_000);
    let dir = with_limits("header_seconds = 600");
    // As most systems have it: the service raises it by itself.
    let served = Served::start_after(dir.path(), "ulimit -S -n 1024");
    let token = served.token("registrar", "rini");
    served.post(&token, "/v1/commands", &register(0)).is(201);
    let before = served.memory("VmRSS");
    let mut idle: Vec<TcpStream> = (0..IDLE).map(|_| connect(&served)).collect();
    // Half of them say nothing at all.
    for slow in idle.iter_mut().skip(IDLE / 2) {
        slow.write_all(b"POST /v1/commands HTTP/1.1\r\nHo").expect("a part of a head");
    }
    let start = Instant::now();
    served.post(&token, "/v1/commands", &register(1)).is(201);
    served.get(&token, "/v1/events").is(200);
    let answered = start.elapsed();
    let open = served.get("", "/metrics").is(200).text;
    let open = open.lines().find_map(|line| line.strip_prefix("jejak_connections ")).expect("a figure");
    assert!(open.parse::<usize>().expect("a number") >= IDLE, "{open}");
    let after = served.memory("VmRSS");
    println!(
        "{IDLE} idle connections: {before} MB before, {after} MB with them; two answers in {answered:?}"
    );
    assert!(answered < Duration::from_secs(5), "{answered:?}");
    assert!(after - before < 400, "{before} MB before, {after} MB with them");
    drop(idle);
    served.stop();
}

#[test]
fn who_comes_when_all_connections_are_taken_is_served_once_one_closes() {
    let dir = with_limits("connections = 3\nheader_seconds = 600");
    let served = Served::start(dir.path());
    let mut taken: Vec<TcpStream> = (0..3).map(|_| connect(&served)).collect();
    let mut waits = connect(&served);
    waits.write_all(b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").expect("a request");
    waits.set_read_timeout(Some(Duration::from_millis(300))).expect("an option");
    let silent = waits.read(&mut [0; 1]).expect_err("no answer yet").kind();
    assert!(matches!(silent, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silent}");
    taken.pop();
    waits.set_read_timeout(Some(Duration::from_secs(30))).expect("an option");
    let mut answer = String::new();
    waits.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn who_never_finishes_a_head_is_given_up() {
    let dir = with_limits("header_seconds = 1");
    let served = Served::start(dir.path());
    for bytes in [&b""[..], b"POST /v1/commands HTTP/1.1\r\nX: "] {
        let mut slow = connect(&served);
        slow.write_all(bytes).expect("a part");
        slow.set_read_timeout(Some(Duration::from_millis(100))).expect("an option");
        let start = Instant::now();
        loop {
            match slow.read(&mut [0; 512]) {
                // Closed, or told so first.
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    assert!(start.elapsed() < Duration::from_secs(30), "{bytes:?} is still waited for");
                    // One byte more of a head that never ends.
                    if !bytes.is_empty() && slow.write_all(b"x").is_err() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
    }
}

#[test]
fn a_body_that_dribbles_is_taken_and_one_that_stops_is_not() {
    let dir = with_limits("idle_seconds = 2");
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let item = register(1) + "\n";
    let mut dribbles = connect(&served);
    dribbles.set_nodelay(true).expect("an option");
    dribbles.write_all(head(&token, "application/x-ndjson", item.len()).as_bytes()).expect("a head");
    for byte in item.bytes() {
        dribbles.write_all(&[byte]).expect("a byte");
    }
    let mut answer = [0; 4_096];
    let read = dribbles.read(&mut answer).expect("an answer");
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 200"));
    for (kind, said) in [("application/json", "input.slow"), ("application/x-ndjson", "input.broken")] {
        let mut stops = connect(&served);
        let item = register(2);
        stops.write_all(head(&token, kind, item.len() + 9).as_bytes()).expect("a head");
        stops.write_all(item.as_bytes()).expect("a part");
        let mut answer = String::new();
        stops.set_read_timeout(Some(Duration::from_secs(30))).expect("an option");
        // It may be closed in the middle of what was announced.
        let _ = stops.read_to_string(&mut answer);
        assert!(answer.contains(said), "{kind}: {answer}");
    }
    served.stop();
    assert_eq!(registered(dir.path()), 1);
}

#[test]
fn a_body_shorter_than_announced_counts_by_its_whole_lines() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let whole = format!("{}\n{}\n", register(1), register(2));
    for (kind, body) in
        [("application/json", register(3)), ("application/x-ndjson", whole + &register(4)[..40])]
    {
        let mut half = connect(&served);
        half.write_all((head(&token, kind, 100_000) + &body).as_bytes()).expect("a part");
        half.shutdown(std::net::Shutdown::Write).expect("a half-closed connection");
        let mut answer = String::new();
        half.set_read_timeout(Some(Duration::from_secs(30))).expect("an option");
        // It may be closed in the middle of what was announced.
        let _ = half.read_to_string(&mut answer);
        assert!(answer.contains("input.broken"), "{kind}: {answer}");
        assert_eq!(
            answer.matches("\"positions\":[").count(),
            if kind == "application/json" { 0 } else { 2 },
            "{answer}"
        );
    }
    served.stop();
    assert_eq!(registered(dir.path()), 2);
}

#[test]
fn who_reads_no_answers_is_given_up_and_held_in_little_memory() {
    let dir = with_limits("idle_seconds = 2\noutcome_bytes = 65536");
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let mut deaf = connect(&served);
    deaf.set_write_timeout(Some(Duration::from_mins(1))).expect("an option");
    deaf.write_all(head(&token, "application/x-ndjson", 1 << 40).as_bytes()).expect("a head");
    let lines = "{}\n".repeat(10_000);
    let broken =
        std::iter::repeat_with(|| deaf.write_all(lines.as_bytes())).take(10_000).find_map(Result::err);
    let broken = broken.expect("it is cut off").kind();
    assert!(!matches!(broken, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{broken}");
    assert!(served.memory("VmHWM") < 300, "{} MB", served.memory("VmHWM"));
    served.post(&token, "/v1/commands", &register(1)).is(201);
}

/// Sends pieces until there are enough bytes or it is cut off; gives what was sent and the end of the answer.
fn pour(served: &Served, token: &str, piece: &[u8], bytes: usize) -> (usize, String) {
    let mut stream = connect(served);
    stream
        .write_all(head(token, "application/x-ndjson", bytes / piece.len() * piece.len()).as_bytes())
        .expect("a head");
    let mut answers = stream.try_clone().expect("a second handle");
    let reader = std::thread::spawn(move || {
        let (mut end, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
        while let Ok(read @ 1..) = answers.read(&mut buffer) {
            end.extend_from_slice(&buffer[..read]);
            end.drain(..end.len().saturating_sub(2_000));
            if end.ends_with(b"0\r\n\r\n") {
                break;
            }
        }
        String::from_utf8_lossy(&end).into_owned()
    });
    let whole = bytes / piece.len();
    let sent = (0..whole).take_while(|_| stream.write_all(piece).is_ok()).count() * piece.len();
    (sent, reader.join().expect("a reader"))
}

#[test]
fn a_stream_of_any_length_takes_no_more_memory() {
    // A gigabyte with the release build.
    let bytes = if cfg!(debug_assertions) { 64 << 20 } else { 1 << 30 };
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    // Recorded once and then repeated, made long by what JSON passes over.
    let mut piece = register(1);
    piece.insert_str(1, &" ".repeat(16_000));
    piece.push('\n');
    let start = Instant::now();
    let (sent, end) = pour(&served, &token, piece.as_bytes(), bytes);
    assert_eq!(sent, bytes / piece.len() * piece.len(), "{end}");
    assert!(end.contains("\"status\":\"repeated\"") && !end.contains("\"problem\""), "{end}");
    let most = served.memory("VmHWM");
    println!("{} MB as one stream in {:?}: {most} MB at most", sent >> 20, start.elapsed());
    assert!(most < 400, "{most} MB");
    served.stop();
    assert_eq!(registered(dir.path()), 1);
}

#[test]
fn a_line_without_an_end_is_refused_long_before_its_end() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let (sent, end) = pour(&served, &token, &vec![b'x'; 64 << 10], 1 << 30);
    assert!(sent < 100 << 20, "{sent} bytes were taken");
    assert!(end.is_empty() || end.contains("send one item a line"), "{end}");
    assert!(served.memory("VmHWM") < 200, "{} MB", served.memory("VmHWM"));
    // In one piece with its answer read first, the answer is sure to come.
    let mut stream = connect(&served);
    stream.write_all(head(&token, "application/x-ndjson", 1 << 30).as_bytes()).expect("a head");
    stream.write_all(&vec![b'x'; (1 << 20) + 70_000]).expect("a part");
    let mut answer = [0; 4_096];
    let read = stream.read(&mut answer).expect("an answer");
    let mut said = String::from_utf8_lossy(&answer[..read]).into_owned();
    if !said.contains("input.invalid") {
        let read = stream.read(&mut answer).expect("the rest");
        said.push_str(&String::from_utf8_lossy(&answer[..read]));
    }
    assert!(said.contains("input.invalid") && said.contains("send one item a line"), "{said}");
    served.post(&token, "/v1/commands", &register(1)).is(201);
}

#[test]
fn other_ways_to_speak_are_answered_or_refused_and_break_nothing() {
    let dir = empty();
    let served = Served::start(dir.path());
    let token = served.token("registrar", "rini");
    let say = |text: &[u8]| {
        let mut stream = connect(&served);
        // Nonsense may be cut off before its end.
        let _ = stream.write_all(text);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        // Whatever comes before it is closed.
        let _ = stream.read_to_end(&mut answer);
        answer
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    assert!(text(say(b"GET /healthz HTTP/1.0\r\n\r\n")).starts_with("HTTP/1.0 200"));
    let twice = text(say("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n".repeat(2).as_bytes()));
    assert_eq!(twice.matches("HTTP/1.1 200").count(), 2, "{twice}");
    // HTTP/2 with prior knowledge: its preface and empty settings are answered with settings, frame type 4.
    let second = say(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    assert_eq!(second.get(3), Some(&4), "{second:?}");
    for nonsense in [&b"\x16\x03\x01\x02\0\x01\0"[..], b"\0\0\0\0\0", b"GET\r\n\r\n", &vec![b'x'; 1 << 20]] {
        let answer = text(say(nonsense));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let packed = head(&token, "application/json", 4).replace("Host", "Content-Encoding: gzip\r\nHost");
    let packed = text(say(&[packed.as_bytes(), b"\x1f\x8b\x08\0"].concat()));
    assert!(packed.starts_with("HTTP/1.1 415") && packed.contains("Content-Encoding"), "{packed}");
    served.post(&token, "/v1/commands", &register(1)).is(201);
    let log = String::from_utf8(served.stop()).expect("text");
    assert!(!log.contains("panicked"), "{log}");
}
