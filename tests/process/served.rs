//! `jejak serve` as a process, and a client of a page's length.

use super::binary;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, mpsc};

/// A service that listens.
pub(crate) struct Served {
    child: Child,
    address: String,
    log: Arc<Mutex<String>>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Fails unless it has this status.
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

impl Served {
    pub(crate) fn start(ledger: &Path) -> Self {
        // The system chooses the port.
        let mut child = binary::spawn(ledger, &["serve", "--listen", "127.0.0.1:0"]);
        let (told, address) = mpsc::channel();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on ") {
                    told.send(address.to_owned()).expect("somebody waits");
                }
                let mut log = kept.lock().expect("the log");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let address = address.recv().expect("it listens");
        Self { child, address, log }
    }

    pub(crate) fn request(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: ledger\r\nConnection: close\r\n{token}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (headers, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = headers.get(9..12).and_then(|digits| digits.parse().ok()).expect("a status");
        Answer { status, headers: headers.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Answer {
        self.request("GET", path, Some(token), "")
    }

    pub(crate) fn command(&self, item: &Value, token: &str) -> Answer {
        self.request("POST", "/v1/commands", Some(token), &item.to_string())
    }

    /// Asks it to stop, waits for its end, and gives all that it logged.
    pub(crate) fn stop(mut self) -> String {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        assert!(asked.success());
        assert!(self.child.wait().expect("an end").success());
        // Standard error is closed now: the thread has read all of it, or does so at once.
        while Arc::strong_count(&self.log) > 1 {
            std::thread::yield_now();
        }
        self.log.lock().expect("the log").clone()
    }
}

/// A token of this machine.
pub(crate) fn token(ledger: &Path, role: &str, person: &str) -> String {
    let made = binary::run(ledger, &["token", "--role", role, "--person", person]).exits(0);
    made.out.trim().to_owned()
}
