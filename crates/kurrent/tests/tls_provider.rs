//! A program whose TLS provider was installed by somebody else. Alone in its process, which has one provider for good.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use jejak_kurrent::{KurrentError, Patience, Server};
use tokio_rustls::rustls::crypto::aws_lc_rs;

#[test]
fn a_provider_that_is_there_before_the_client_is_named_at_once() {
    aws_lc_rs::default_provider().install_default().unwrap();
    let server = Server::new(&"esdb://127.0.0.1:1?tls=false".parse().unwrap(), Patience::default()).unwrap();
    for _ in 0..2 {
        let told = server.open(None).unwrap_err();
        assert!(matches!(told, KurrentError::TlsProvider), "{told}");
    }
}
