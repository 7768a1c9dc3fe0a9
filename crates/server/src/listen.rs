//! Accepting connections, plain or with TLS, and ending them well.

use crate::config::{Limits, Tls};
use crate::service::Service;
use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustix::net::sockopt::set_tcp_user_timeout;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
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

/// Files that the ledger itself may have open beside its connections.
const FILES: u64 = 256;

/// Connections that may be open: as many as are set, or fewer where the system allows fewer files. Connections must not
/// take the files that the journal needs.
fn connections(limits: &Limits) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(limits.connections).unwrap_or(u64::MAX).saturating_add(FILES);
    let mut files = current.unwrap_or(u64::MAX);
    let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if files < raised && setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok() {
        files = raised;
    }
    if files < wanted {
        tracing::warn!(
            files,
            wanted,
            "fewer connections than are set: raise the limit of open files (LimitNOFILE)"
        );
    }
    let connections = files.saturating_sub(FILES).clamp(1, wanted.saturating_sub(FILES).max(1));
    usize::try_from(connections).unwrap_or(limits.connections)
}

/// Takes connections until the service stops, then lets what was accepted finish.
pub(crate) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router, service: Service) {
    let limits = service.config().limits.clone();
    let free = Arc::new(Semaphore::new(connections(&limits)));
    let graceful = GracefulShutdown::new();
    loop {
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
        let service = service.clone();
        let header_time = Duration::from_secs(limits.header_seconds);
        tokio::spawn(async move {
            let _held = (permit, open);
            match tls {
                None => serve(stream, router, watcher, header_time, service).await,
                Some(tls) => match tokio::time::timeout(header_time, tls.accept(stream)).await {
                    Ok(Ok(stream)) => serve(stream, router, watcher, header_time, service).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                },
            }
        });
    }
    drop(listener);
    let finished = tokio::time::timeout(Duration::from_secs(limits.stop_seconds), graceful.shutdown()).await;
    if finished.is_err() {
        tracing::warn!(seconds = limits.stop_seconds, "some requests did not finish in time");
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
    header_time: Duration,
    service: Service,
) {
    // Which HTTP it is shows in its first bytes, and only from then on the library counts the time.
    let mut stream = BufReader::with_capacity(1, stream);
    let speaks = tokio::select! {
        first = tokio::time::timeout(header_time, stream.fill_buf()) => matches!(first, Ok(Ok([_, ..]))),
        // Who has asked nothing does not hold up the stop.
        () = service.stopped() => false,
    };
    if !speaks {
        return;
    }
    let mut server = auto::Builder::new(TokioExecutor::new());
    // Whose body breaks off is told what became of it.
    server.http1().timer(TokioTimer::new()).header_read_timeout(header_time).half_close(true);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .max_concurrent_streams(256);
    let connection =
        server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error, "a connection ended early");
    }
}
