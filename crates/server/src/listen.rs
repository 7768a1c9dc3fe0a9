//! Accepting connections, plain or with TLS, and ending them well.

use crate::config::Tls;
use crate::connection::serve;
use crate::descriptors;
use crate::service::Service;
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use rustix::net::sockopt::set_tcp_user_timeout;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file.
    #[error("{}: {problem}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        problem: rustls_pki_types::pem::Error,
    },
    /// Certificate and key do not go together.
    #[error("the certificate and key in server.toml cannot be used: {0}")]
    Pair(#[from] tokio_rustls::rustls::Error),
}

/// Reads certificate and key.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let failed = |path: &PathBuf| {
        let path = path.clone();
        move |problem| TlsError::File { path, problem }
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed(&tls.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(failed(&tls.key))?;
    // Named, not taken from the process: another client of TLS in it may have a provider of its own.
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = versions.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Takes connections until the service stops, then lets what was accepted finish; what has not by `stop_seconds` is ended.
pub(crate) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, service: Service) {
    let limits = Arc::new(service.config().limits.clone());
    let free = Arc::new(Semaphore::new(descriptors::connections(limits.connections)));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // Who comes when all connections are taken waits in the listener's own queue.
        let accepted = tokio::select! {
            accepted = async {
                let permit = Arc::clone(&free).acquire_owned().await.ok();
                (permit, listener.accept().await)
            } => accepted,
            () = service.stopped() => break,
        };
        let (permit, stream) = match accepted {
            (permit, Ok((stream, _))) => (permit, stream),
            (_, Err(error)) => {
                // Too many open files, say: those that are open go on, and it is tried again.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // An answer to one item is smaller than a packet: send it at once.
        let _ = stream.set_nodelay(true);
        // Who reads no answers for so long has gone.
        let _ = set_tcp_user_timeout(
            &stream,
            limits.idle_seconds.saturating_mul(1_000).try_into().unwrap_or(u32::MAX),
        );
        let open = service.metrics().connection();
        let (tls, router, watcher) = (tls.clone(), router.clone(), graceful.watcher());
        let limits = Arc::clone(&limits);
        connections.spawn(async move {
            let _held = (permit, open);
            let header_time = Duration::from_secs(limits.header_seconds);
            match tls {
                None => serve(stream, router, watcher, &limits).await,
                Some(tls) => match tokio::time::timeout(header_time, tls.accept(stream)).await {
                    Ok(Ok(stream)) => serve(stream, router, watcher, &limits).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                },
            }
        });
    }
    drop(listener);
    let finished = tokio::time::timeout(Duration::from_secs(limits.stop_seconds), graceful.shutdown()).await;
    if finished.is_err() {
        tracing::warn!(seconds = limits.stop_seconds, "some requests did not finish in time, and were ended");
    }
    connections.shutdown().await;
}
