//! As much of HTTP/2 as it takes to ask for something and not wait for it (RFC 9113, RFC 7541).

use super::served::Served;
use std::io::Write as _;
use std::net::TcpStream;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const CANCEL: u32 = 8;

/// A question that was asked, over a connection of its own.
pub(super) struct Asking(TcpStream);

impl Asking {
    pub(super) fn new(served: &Served, token: &str, path: &str, body: &str) -> Self {
        let mut stream = TcpStream::connect(&served.address).expect("a connection");
        let bearer = format!("Bearer {token}");
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "t"),
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let headers = fields.map(|(name, value)| field(name, value)).concat();
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(frame(SETTINGS, 0, 0, &[]));
        bytes.extend(frame(HEADERS, END_HEADERS, 1, &headers));
        bytes.extend(frame(DATA, END_STREAM, 1, body.as_bytes()));
        stream.write_all(&bytes).expect("a request");
        Self(stream)
    }

    /// Takes the request back; the connection stays.
    pub(super) fn reset(&mut self) {
        self.0.write_all(&frame(RESET, 0, 1, &CANCEL.to_be_bytes())).expect("a reset");
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header as it is: neither indexed nor compressed.
fn field(name: &str, value: &str) -> Vec<u8> {
    [&[0][..], &length(name.len()), name.as_bytes(), &length(value.len()), value.as_bytes()].concat()
}

/// With a prefix of seven bits.
fn length(length: usize) -> Vec<u8> {
    let Some(mut rest) = length.checked_sub(127) else { return vec![u8::try_from(length).expect("small")] };
    let mut bytes = vec![127];
    while rest >= 128 {
        bytes.push(u8::try_from(rest % 128 + 128).expect("small"));
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).expect("small"));
    bytes
}
