//! Addresses that cannot work, as the whole process tells it.

use super::esdb;
use crate::process::binary::command;

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
