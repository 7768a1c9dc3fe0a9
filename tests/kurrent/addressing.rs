//! Addresses that cannot work, as the whole process tells it.

use super::{esdb, on};
use crate::process::binary::{command, run};
use std::fs;
use std::path::Path;

#[test]
fn certificates_that_cannot_be_read_are_named_before_anything_is_tried() {
    let esdb = esdb();
    let address = super::address(&esdb);
    let mut verify = command(address.as_ref(), &["verify"]);
    let output = verify.env("SSL_CERT_FILE", "/no/such.pem").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("certificate file /no/such.pem"), "{told}");
}

#[test]
fn no_message_shows_a_password() {
    let secret = "esdb://admin:s3cret@127.0.0.1:1";
    let wrong = ["?tls=perhaps", "?ledger=a-b", "?ledger=a&ledger=b", "?Ledger=a", ":port?tls=false"];
    for address in
        wrong.map(|rest| format!("{secret}{rest}")).iter().chain([&"esdb:/admin:s3cret@x".to_owned()])
    {
        for arguments in [&["verify"][..], &["copy", "--from", address, "--to", "x"]] {
            let told = run(Path::new(address), arguments).exits(2);
            assert!(!told.err.contains("s3cret") && told.err.contains("jejak:"), "{}", told.err);
        }
    }
    let mut help = command(Path::new("x"), &["--help"]);
    let output = help.env("JEJAK_LEDGER", secret).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("s3cret"));
}

#[test]
fn an_address_is_no_directory() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let ledger = dir.path().join("ledger");
    run(&ledger, &["init"]).exits(0);
    let address = super::address(&esdb);
    let all: [&[&str]; 6] = [
        &["backup", "--to", &address],
        &["backup", "--to", "x", "--with-keys", &address],
        &["follow", "--to", &address],
        &["restore", "--from", &address, "--check"],
        &["restore", "--from", "x", "--to", &address],
        &["--state", &address, "verify"],
    ];
    for arguments in all {
        let mut command = command(&ledger, arguments);
        let output = command.current_dir(dir.path()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && told.contains("`jejak copy`"), "{arguments:?} {told}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is made");
    let told = on(&esdb, &dir.path().join("state"), &["demo"]).exits(2).err;
    assert!(told.contains("written into a directory"), "{told}");
}

#[test]
fn the_beginning_of_a_ledger_is_told_as_one() {
    use jejak_journal::{Commit, Journal as _, Position};
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let address: jejak_kurrent::Address = super::address(&esdb).parse().unwrap();
    let server = jejak_kurrent::Server::new(&address, jejak_kurrent::Patience::default()).unwrap();
    // As an init leaves it that is killed before it says what the ledger is.
    let commit = Commit::from_lines(["a", "b", "c"]).unwrap();
    server.open(None).unwrap().append(Position(0), &[commit]).unwrap();
    for verb in [&["init"][..], &["simulate", "--scale", "1000000"], &["verify"], &["checkpoint"]] {
        let told = on(&esdb, &dir.path().join("state"), verb).exits(2).err;
        assert!(told.contains("has 3 lines but no manifest"), "{verb:?} {told}");
    }
}
