//! How fast the service is, over loopback HTTP, client included: `cargo bench -p jejak-tests --bench service`.
//!
//! Three measurements in one run: many items as streams, single items from 64 connections, and reads of persons while
//! streams come in at half their full rate. Each beside the rate of the same lines through `jejak submit -`. Every
//! registration, one item in nine, brings personal data that is sealed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Persons registered by streams; nine items each.
const PERSONS: u32 = 40_000;
const STREAMS: u32 = 4;
const CONNECTIONS: u32 = 64;
const SINGLES: u32 = 400;
const ITEMS: u32 = 9;

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let plain = dir.path().join("plain");
    let base = submit(&plain);
    println!("`jejak submit -`: {base} items a second");

    let ledger = dir.path().join("served");
    run(&ledger, &["init", "--origin", "jejak.example/bench"]);
    let tokens: Vec<String> = (0..CONNECTIONS).map(|number| token(&ledger, number)).collect();
    let (mut child, address) = serve(&ledger);

    let bodies: Vec<Vec<u8>> =
        (0..STREAMS).map(|stream| body(stream * PERSONS / STREAMS, PERSONS / STREAMS)).collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (body, token) in bodies.iter().zip(&tokens) {
            scope.spawn(|| stream(&address, token, body, None));
        }
    });
    let bulk = rate(PERSONS * ITEMS, start.elapsed());
    println!(
        "streams from {STREAMS} connections: {bulk} items a second, {} of `jejak submit -`",
        ratio(bulk, base)
    );

    let start = Instant::now();
    let mut times = singles(&address, &tokens);
    let single = rate(CONNECTIONS * SINGLES, start.elapsed());
    println!("single items from {CONNECTIONS} connections: {single} a second, {}", percentiles(&mut times));

    let first = 10_000_000;
    let bodies: Vec<Vec<u8>> =
        (0..STREAMS).map(|stream| body(first + stream * PERSONS / STREAMS, PERSONS / STREAMS)).collect();
    let done = AtomicBool::new(false);
    let mut times = std::thread::scope(|scope| {
        let writers: Vec<_> = bodies
            .iter()
            .zip(&tokens)
            .map(|(body, token)| {
                scope.spawn(|| stream(&address, token, body, Some(bulk / 2 / u64::from(STREAMS))))
            })
            .collect();
        let reader = scope.spawn(|| reads(&address, &tokens[60], &done));
        for writer in writers {
            writer.join().expect("a writer");
        }
        done.store(true, Ordering::SeqCst);
        reader.join().expect("a reader")
    });
    println!("reads of persons at half that rate: {} reads, {}", times.len(), percentiles(&mut times));
    println!("memory of the service: {} MB", memory(child.id()));
    child.kill().expect("a kill");
    child.wait().expect("an end");
}

fn rate(items: u32, took: Duration) -> u64 {
    u64::from(items) * 1_000_000 / u64::try_from(took.as_micros()).expect("short").max(1)
}

/// Two digits after the point, without floats.
fn ratio(one: u64, other: u64) -> String {
    let hundredths = one * 100 / other.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    };
    format!("median {:?}, p99 {:?}, longest {:?}", at(50), at(99), at(100))
}

fn jejak() -> Command {
    let bench = std::env::current_exe().expect("a path");
    let binary = bench.ancestors().nth(2).expect("target/release").join("jejak");
    assert!(binary.exists(), "cargo build --release -p jejak first");
    Command::new(binary)
}

fn run(ledger: &Path, arguments: &[&str]) -> String {
    let output = jejak().arg("--ledger").arg(ledger).args(arguments).output().expect("jejak");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn token(ledger: &Path, number: u32) -> String {
    let person = format!("clerk-{number}");
    run(ledger, &["token", "--role", "registrar", "--person", &person]).trim().to_owned()
}

fn serve(ledger: &Path) -> (Child, String) {
    let mut command = jejak();
    command.env("JEJAK_LOG", "warn").arg("--ledger").arg(ledger).args(["serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("jejak");
    let mut log = BufReader::new(child.stderr.take().expect("standard error"));
    let mut line = String::new();
    while !line.starts_with("jejak: listening on ") {
        line.clear();
        assert!(log.read_line(&mut line).expect("text") > 0, "it did not listen");
    }
    std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
    (child, line.trim().rsplit(' ').next().expect("an address").to_owned())
}

/// Kilobytes in memory, from the system's own account.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
        / 1_024
}

fn person(number: u32) -> String {
    format!("participant/01790000-0000-7000-8000-{number:012}")
}

/// Of nobody: the serial of a NIK that was given begins at 0001.
fn identity(number: u32) -> String {
    let (day, month, year) = (number % 28 + 1, number / 28 % 12 + 1, number / 336 % 100);
    let nik = format!("{:06}{day:02}{month:02}{year:02}0000", 110_000 + number / 33_600);
    format!(r#"{{"kk":"{nik}","name":"Contoh {number}","nik":"{nik}","phone":"6280{number:08}"}}"#)
}

/// What happens to one person at the desk: a registration, six checks, an account.
fn items(number: u32) -> [String; 9] {
    let item = |name: &str, data: &str, id: &str| {
        format!(
            r#"{{"type":"{name}","subject":"{}","data":{data},"commandid":"{id}-{number}"}}"#,
            person(number)
        )
    };
    let check = |check: &str| {
        item("participant.verify.v1", &format!(r#"{{"check":"{check}","verdict":"passed"}}"#), check)
    };
    [
        item(
            "participant.register.v1",
            &format!(
                r#"{{"born":"1990-05","education":"primary","employment":"job-seeker","identity":{},"regency":"3171","sex":"female"}}"#,
                identity(number)
            ),
            "register",
        ),
        check("email"),
        check("identity"),
        check("phone"),
        check("face"),
        check("ability"),
        check("induction"),
        item("participant.link_account.v1", r#"{"channel":"bank","partner":"bni"}"#, "link"),
        item("participant.verify_account.v1", r#"{"verdict":"passed"}"#, "account"),
    ]
}

fn body(first: u32, persons: u32) -> Vec<u8> {
    let lines = (first..first + persons).flat_map(items);
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

fn submit(ledger: &Path) -> u64 {
    run(ledger, &["init", "--origin", "jejak.example/bench"]);
    let body = body(0, PERSONS);
    let start = Instant::now();
    let mut command = jejak();
    command.arg("--ledger").arg(ledger).args(["submit", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("jejak");
    let mut stdin = child.stdin.take().expect("standard input");
    let mut out = child.stdout.take().expect("standard output");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(&body).expect("a pipe"));
        std::io::copy(&mut out, &mut std::io::sink()).expect("outcomes");
    });
    assert!(child.wait().expect("an end").success());
    rate(PERSONS * ITEMS, start.elapsed())
}

/// Sends a stream and reads its outcomes, at most `pace` items a second.
fn stream(address: &str, token: &str, body: &[u8], pace: Option<u64>) {
    let mut socket = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "POST /v1/commands HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).expect("a head");
    let mut answers = BufReader::new(socket.try_clone().expect("a second handle"));
    std::thread::scope(|scope| {
        scope.spawn(move || match pace {
            None => socket.write_all(body).expect("a body"),
            Some(pace) => {
                let start = Instant::now();
                let mut sent = 0;
                for piece in body.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>().chunks(200) {
                    socket.write_all(&piece.concat()).expect("a part");
                    sent += 200;
                    let due = Duration::from_micros(sent * 1_000_000 / pace.max(1));
                    std::thread::sleep(due.saturating_sub(start.elapsed()));
                }
            }
        });
        let mut text = String::new();
        answers.read_to_string(&mut text).expect("outcomes");
        assert_eq!(
            text.matches(r#""status":"recorded""#).count(),
            body.split_inclusive(|byte| *byte == b'\n').count()
        );
    });
}

/// One request on a connection that stays open; gives the status.
fn ask(socket: &mut BufReader<TcpStream>, request: &str) -> u16 {
    socket.get_mut().write_all(request.as_bytes()).expect("a request");
    let (mut status, mut length, mut line) = (0, 0, String::new());
    loop {
        line.clear();
        socket.read_line(&mut line).expect("a head");
        let lower = line.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("http/1.1 ") {
            status = rest.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        } else if let Some(rest) = lower.strip_prefix("content-length: ") {
            length = rest.trim().parse().expect("a length");
        } else if line == "\r\n" {
            break;
        }
    }
    std::io::copy(&mut socket.take(length), &mut std::io::sink()).expect("a body");
    status
}

fn singles(address: &str, tokens: &[String]) -> Vec<Duration> {
    std::thread::scope(|scope| {
        let client = |(number, token): (u32, &String)| {
            let token = token.clone();
            scope.spawn(move || {
                let mut socket = connect(address);
                let mut times = Vec::new();
                for each in 0..SINGLES {
                    let [register, ..] = items(20_000_000 + number * SINGLES + each);
                    let request = format!(
                        "POST /v1/commands HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{register}",
                        register.len()
                    );
                    let start = Instant::now();
                    assert_eq!(ask(&mut socket, &request), 201);
                    times.push(start.elapsed());
                }
                times
            })
        };
        let clients: Vec<_> = (0..).zip(tokens).map(client).collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    })
}

fn connect(address: &str) -> BufReader<TcpStream> {
    let socket = TcpStream::connect(address).expect("a connection");
    socket.set_nodelay(true).expect("an option");
    BufReader::new(socket)
}

/// Reads one person after another, some hundred a second, until it is done.
fn reads(address: &str, token: &str, done: &AtomicBool) -> Vec<Duration> {
    let mut socket = connect(address);
    let mut times = Vec::new();
    let mut number = 0;
    while !done.load(Ordering::SeqCst) {
        number = (number + 7_919) % PERSONS;
        let id = person(number);
        let request = format!(
            "GET /v1/participants/{} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n",
            &id[12..]
        );
        let start = Instant::now();
        assert_eq!(ask(&mut socket, &request), 200);
        times.push(start.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
    times
}
