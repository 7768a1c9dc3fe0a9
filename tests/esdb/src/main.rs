//! `esdb --listen 127.0.0.1:2113`: the server for tests, by itself, until it is killed.

use jejak_esdb::{Options, Server};
use std::io::Write;
use std::process::ExitCode;

const USAGE: &str = "usage: esdb [--listen ADDRESS] [--data DIRECTORY] [--tls CERTIFICATE,KEY] [--append-limit BYTES] [--user NAME:PASSWORD]\n\
                     A server for tests that speaks the EventStoreDB protocol. It is not EventStoreDB.";

fn main() -> ExitCode {
    match options(std::env::args().skip(1))
        .and_then(|it| Server::start(it).map_err(|error| error.to_string()))
    {
        Ok(server) => {
            let mut out = std::io::stdout();
            // Who started it reads the address; without a reader it serves all the same.
            let _ = writeln!(out, "listening on {}", server.address()).and_then(|()| out.flush());
            loop {
                std::thread::park();
            }
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "esdb: {message}");
            ExitCode::from(2)
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match name.as_str() {
            "--listen" => options.listen = value.parse().map_err(|_| format!("{value} is not an address"))?,
            "--data" => options.data = Some(value.into()),
            "--tls" => {
                let (certificate, key) = value.split_once(',').ok_or(USAGE)?;
                options.tls = Some((certificate.into(), key.into()));
            }
            "--append-limit" => {
                options.append_limit =
                    value.parse().map_err(|_| format!("{value} is not a number of bytes"))?;
            }
            "--user" => {
                let (user, password) = value.split_once(':').ok_or(USAGE)?;
                options.user = Some((user.to_owned(), password.to_owned()));
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}
