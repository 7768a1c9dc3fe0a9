//! A running service, and a client for it.

use crate::process::binary::{command, run, spawn};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use ureq::Agent;

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// The service as a process of its own; killed when dropped.
pub(crate) struct Served {
    child: Child,
    log: Option<JoinHandle<Vec<u8>>>,
    pub(crate) ledger: PathBuf,
    pub(crate) address: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// One JSON value a line.
    pub(crate) fn rows(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).expect("an outcome")).collect()
    }

    /// Fails unless the status is this.
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Served {
    /// Starts it and waits until it listens.
    pub(crate) fn start(ledger: &Path) -> Self {
        Self::started(spawn(ledger, &SERVE), ledger)
    }

    /// The same with more to say.
    pub(crate) fn start_with(ledger: &Path, more: &[&str]) -> Self {
        Self::started(spawn(ledger, &[&SERVE, more].concat()), ledger)
    }

    /// The same by a shell that sets something for it first.
    pub(crate) fn start_after(ledger: &Path, shell: &str) -> Self {
        let served = command(ledger, &SERVE);
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{shell}; exec \"$0\" \"$@\""));
        command.arg(served.get_program()).args(served.get_args()).env_remove("JEJAK_LEDGER");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::started(command.spawn().expect("a shell"), ledger)
    }

    fn started(mut child: Child, ledger: &Path) -> Self {
        let mut log = BufReader::new(child.stderr.take().expect("standard error"));
        let mut said = String::new();
        let address = loop {
            let before = said.len();
            assert!(log.read_line(&mut said).expect("text") > 0, "it did not listen: {said}");
            if let Some(address) = said[before..].trim().strip_prefix("jejak: listening on ") {
                break address.to_owned();
            }
        };
        // Whoever does not read a log holds up who writes it.
        let log = std::thread::spawn(move || {
            let mut all = Vec::new();
            log.read_to_end(&mut all).expect("the log");
            all
        });
        Self { child, log: Some(log), ledger: ledger.to_path_buf(), address }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Megabytes in memory, from the system's own account: those of now, or the most so far (`VmRSS`, `VmHWM`).
    pub(crate) fn memory(&self, of: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("a process");
        let line = status.lines().find(|line| line.starts_with(of)).expect("an account");
        let kilobytes = line.split_whitespace().nth(1).expect("a figure");
        kilobytes.parse::<u64>().expect("kilobytes") / 1_024
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A token of this machine.
    pub(crate) fn token(&self, role: &str, person: &str) -> String {
        token(&self.ledger, &["--role", role, "--person", person])
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        get(&self.url(path), token, &[])
    }

    pub(crate) fn get_with(&self, token: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(&self.url(path), token, headers)
    }

    /// Sends one item, or many as NDJSON when there is a newline.
    pub(crate) fn post(&self, token: &str, path: &str, body: &str) -> Answer {
        post(&self.url(path), token, body).expect("an answer")
    }

    /// The same with what the client accepts.
    pub(crate) fn post_accepting(&self, token: &str, path: &str, body: &str, accepted: &str) -> Answer {
        let request = agent().post(self.url(path)).header("Authorization", format!("Bearer {token}"));
        let request = request.header("Content-Type", "application/json").header("Accept", accepted);
        answer(request.send(body).expect("an answer")).expect("a body")
    }

    /// A figure of `/metrics`; none while there is none.
    pub(crate) fn figure(&self, name: &str) -> Option<u64> {
        let text = self.get("", "/metrics").is(200).text;
        let found =
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::to_owned);
        found.map(|figure| figure.parse().expect("a number"))
    }

    /// Looks again and again until a figure is this.
    pub(crate) fn wait_for_figure(&self, name: &str, wanted: Option<u64>) {
        let start = Instant::now();
        while self.figure(name) != wanted {
            assert!(start.elapsed() < Duration::from_mins(1), "{name} is {:?}", self.figure(name));
            std::thread::yield_now();
        }
    }

    /// Kills it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }

    /// Asks it to stop, waits for the end, and gives what it logged.
    pub(crate) fn stop(mut self) -> Vec<u8> {
        let id = self.child.id().to_string();
        let asked = std::process::Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(asked.success());
        assert!(self.child.wait().expect("an end").success());
        self.log.take().expect("stopped once").join().expect("the log")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn token(ledger: &Path, arguments: &[&str]) -> String {
    run(ledger, &[&["token"], arguments].concat()).exits(0).out.trim().to_owned()
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).build().into()
}

/// `None` when the connection broke.
pub(crate) fn try_get(url: &str, token: &str) -> Option<Answer> {
    let request = agent().get(url).header("Authorization", format!("Bearer {token}"));
    answer(request.call().ok()?)
}

fn get(url: &str, token: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = agent().get(url).header("Authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.call().expect("an answer")).expect("a body")
}

/// `None` when the connection broke.
pub(crate) fn post(url: &str, token: &str, body: &str) -> Option<Answer> {
    let kind = if body.contains('\n') { "application/x-ndjson" } else { "application/json" };
    let request =
        agent().post(url).header("Authorization", format!("Bearer {token}")).header("Content-Type", kind);
    answer(request.send(body).ok()?)
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Option<Answer> {
    let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec().ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some(Answer { status: response.status().as_u16(), headers: response.headers().clone(), text, bytes })
}

/// An item.
pub(crate) fn item(name: &str, subject: &str, data: &Value, id: &str) -> String {
    json!({ "type": name, "subject": subject, "data": data, "commandid": id }).to_string()
}
