//! A small OTLP receiver on loopback.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How it behaves, request by request; the last for ever.
#[derive(Clone, Copy, Debug)]
pub(super) enum Manner {
    Takes,
    Answers(u16),
    /// Takes the request and never answers.
    Hangs,
}

pub(super) struct Collector {
    address: SocketAddr,
    requests: Receiver<Sent>,
}

/// One request, as it came over the wire.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Collector {
    pub(super) fn start(manners: &'static [Manner]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (tell, requests) = channel();
        std::thread::spawn(move || {
            let mut held = Vec::new();
            let last = manners.last().expect("a manner");
            for (stream, manner) in listener.incoming().zip(manners.iter().chain(std::iter::repeat(last))) {
                let mut stream = stream.expect("a connection");
                let Some(sent) = read(&stream) else { continue };
                // The test may be over.
                let _ = tell.send(sent);
                let status = match manner {
                    Manner::Takes => 200,
                    Manner::Answers(status) => *status,
                    Manner::Hangs => {
                        held.push(stream);
                        continue;
                    }
                };
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}");
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, requests }
    }

    /// The section of `server.toml` that names it.
    pub(super) fn section(&self) -> String {
        format!("[traces]\nendpoint = \"http://{}/v1/traces\"\n", self.address)
    }

    /// The next request.
    pub(super) fn next(&self) -> Sent {
        self.requests.recv_timeout(Duration::from_mins(1)).expect("a request within a minute")
    }

    /// Everything that came.
    pub(super) fn all(&self) -> Vec<Sent> {
        self.requests.try_iter().collect()
    }
}

impl Sent {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(super) fn spans(&self) -> Vec<Value> {
        self.json()["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans").clone()
    }
}

/// `None` when the connection ends before the request does.
fn read(stream: &TcpStream) -> Option<Sent> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Sent { head, body })
}
