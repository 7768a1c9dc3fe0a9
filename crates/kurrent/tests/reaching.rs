//! Servers that are not reached: what lasts is told at once, what may pass is named after a short while.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod common;

use common::patience;
use jejak_esdb::{Options, Server as Esdb};
use jejak_kurrent::{KurrentError, Patience, Server};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Made for these tests, for localhost and 127.0.0.1, and trusted by nobody.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBmzCCAUCgAwIBAgIUUZUNNRdKOBOZ9bVZq0ltn+P6cecwCgYIKoZIzj0EAwIw\n\
FTETMBEGA1UEAwwKamVqYWsgdGVzdDAgFw0yNjExMzAyMjU4NDJaGA8yMTI2MTEw\n\
NjIyNTg0MlowFTETMBEGA1UEAwwKamVqYWsgdGVzdDBZMBMGByqGSM49AgEGCCqG\n\
SM49AwEHA0IABJ+LemK7ouAmh8/Ga7OeRz5oGFBJrBrD5orTCygcdIIPLu3fiVGN\n\
GMbVA1hMb0+QfGEySA8fTv/wKLmAzviWanSjbDBqMB0GA1UdDgQWBBTRmJHaF8oh\n\
6yHqIuOgmw8BmBj7OjAfBgNVHSMEGDAWgBTRmJHaF8oh6yHqIuOgmw8BmBj7OjAa\n\
BgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwDAYDVR0TAQH/BAIwADAKBggqhkjO\n\
PQQDAgNJADBGAiEAtV44oyOMS18TfhbGYFywEbrna3UuWT9LiYIX2oovoa0CIQCr\n\
BiacZcMowGN6uyARWkgArmR3USE9/PQc3jbtJLSSrw==\n\
-----END CERTIFICATE-----\n";
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKySXfY4K7DBRSlhP\n\
Y43nXNEkRG9oD/Rg8Eo6/bzyUu+hRANCAASfi3piu6LgJofPxmuznkc+aBhQSawa\n\
w+aK0wsoHHSCDy7t34lRjRjG1QNYTG9PkHxhMkgPH07/8Ci5gM74lmp0\n\
-----END PRIVATE KEY-----\n";

fn with_tls(dir: &Path) -> (Esdb, PathBuf) {
    let (certificate, key) = (dir.join("certificate.pem"), dir.join("key.pem"));
    fs::write(&certificate, CERTIFICATE).unwrap();
    fs::write(&key, KEY).unwrap();
    let tls = Some((certificate.clone(), key));
    (Esdb::start(Options { tls, ..Options::default() }).unwrap(), certificate)
}

fn open(address: &str, patience: Patience) -> Result<(), KurrentError> {
    Server::new(&address.parse().unwrap(), patience).unwrap().open(None).map(|_| ())
}

#[test]
fn a_certificate_of_an_unknown_authority_is_named_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (esdb, certificate) = with_tls(dir.path());
    let address = esdb.connection_string();
    let begun = Instant::now();
    let told = open(&address, Patience::default()).unwrap_err();
    assert!(matches!(told, KurrentError::Tls { .. }), "{told}");
    let (host, told) = (esdb.address().to_string(), told.to_string());
    assert!(told.contains(&format!("the certificate of {host} is refused")), "{told}");
    assert!(told.contains("tlsCaFile") && begun.elapsed() < Duration::from_secs(20), "{told}");
    open(&format!("{address}&tlsCaFile={}", certificate.display()), patience()).unwrap();
    let key = address.clone() + &format!("&tlsCaFile={}", dir.path().join("key.pem").display());
    let told = key.parse::<jejak_kurrent::Address>().unwrap_err().to_string();
    assert!(told.contains("key.pem") && told.contains("BEGIN CERTIFICATE"), "{told}");
}

#[test]
fn a_server_of_the_other_kind_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let plain = Esdb::start(Options::default()).unwrap();
    let told = open(&plain.connection_string().replace("tls=false", "tls=true"), Patience::default());
    assert!(
        matches!(&told, Err(KurrentError::Tls { problem, .. }) if problem.contains("does not speak TLS")),
        "{told:?}"
    );
    let (esdb, _) = with_tls(dir.path());
    let short = Patience { whole: Duration::from_secs(1), ..patience() };
    let told =
        open(&esdb.connection_string().replace("tls=true", "tls=false"), short).unwrap_err().to_string();
    assert!(told.contains("tls=true"), "{told}");
    // One that takes connections and is silent.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("esdb://{}?tls=true", silent.local_addr().unwrap());
    let told = open(&address, short).unwrap_err().to_string();
    assert!(told.contains("says nothing to the beginning of TLS within 3 s"), "{told}");
}

#[test]
fn who_was_never_reached_is_given_up_sooner_than_who_was() {
    let short = Patience { whole: Duration::from_secs(1), ..patience() };
    let esdb = Esdb::start(Options::default()).unwrap();
    esdb.refuse();
    let told = open(&esdb.connection_string(), short).unwrap_err().to_string();
    assert!(told.contains(&format!("no connection to {}", esdb.address())), "{told}");
    let told = open("esdb://no-such-host.invalid:2113?tls=false", short).unwrap_err().to_string();
    assert!(told.contains("the host no-such-host.invalid is not found"), "{told}");
    let begun = Instant::now();
    open(&esdb.connection_string(), Patience::default()).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
