//! The ledger as a service.
//!
//! Reading order: [`Config`], `writer` (the one thread that decides and records), `intake` and `routes::items` (how items
//! come in), `auth` (who may), `lines` and `live` (how they are read), `listen` and `connection`, `traces`.
//!
//! A 2xx answer to an item means that it is durable. Reads never wait for a disk: they look at the folded history, or at
//! lines that are durable already.

mod asked;
mod auth;
mod config;
mod connection;
mod denials;
mod descriptors;
mod held;
mod intake;
mod lines;
mod listen;
mod live;
mod metrics;
mod problem;
mod projection;
mod routes;
mod service;
mod shares;
mod traces;
mod writer;

pub use auth::{KeysError, LocalToken, LocalTokens, TokenError};
pub use config::{
    Algorithm, Checkpoints, Config, ConfigError, Endpoint, EndpointError, LimitError, Limits, Oidc, Tls,
    Traces,
};
pub use listen::TlsError;
pub use routes::document;
pub use writer::Clock;

use crate::auth::{Outside, Rates};
use crate::denials::Denials;
use crate::lines::Lines;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::projection::look_every_second;
use crate::service::{Service, Shared};
use crate::shares::Shares;
use crate::traces::{Exporting, Traces as Tracing};
use crate::writer::{Beside, Writer};
use jejak_ledger::access_log::AccessLog;
use jejak_ledger::{Checkpoints as Heads, HomeError, Sequencer, Writing};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Between two sums of who was turned away again.
const SUM_EVERY: Duration = Duration::from_secs(10);

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The ledger.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The key for tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The outside provider's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Certificate and key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address.
    #[error("listening on {address} failed: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The system gives no thread.
    #[error("the writer's thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// A service that listens already.
pub struct Server {
    listener: TcpListener,
    service: Service,
    tls: Option<tokio_rustls::TlsAcceptor>,
    stop: watch::Sender<bool>,
    writer: JoinHandle<()>,
    access: JoinHandle<()>,
    exporting: Option<Exporting>,
}

impl Server {
    /// Takes the ledger for writing and begins to listen. Port 0 lets the system choose. A service that stands by follows
    /// another one that writes to the same server, until it is promoted.
    ///
    /// # Errors
    /// When a key, the certificate or the address cannot be used.
    pub async fn bind(
        sequencer: Sequencer,
        config: Config,
        address: SocketAddr,
        clock: Clock,
        standby: bool,
    ) -> Result<Self, ServeError> {
        let home = sequencer.home().clone();
        let tls = config.tls.as_ref().map(listen::acceptor).transpose()?;
        let outside = config.oidc.clone().map(Outside::new).transpose()?;
        let local = LocalTokens::of(&home)?;
        let live = Live::new(sequencer.len());
        let lines = Lines::open(&home, live.clone())?;
        let metrics = Arc::new(Metrics::new());
        let listen = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let room = config.limits.waiting_bytes;
        let head = Heads::of(&home).newest_file(&home.verifying_key()?)?;
        let own = Writing::starting(listener.local_addr().map_err(listen)?.to_string(), clock())?;
        // They wait for a disk or a server, which nothing here does.
        let of_thread = (home.clone(), own.clone());
        let started = tokio::task::spawn_blocking(move || {
            let (home, own) = of_thread;
            if !standby {
                own.name(&home)?;
            }
            AccessLog::start(&home)
        });
        let (access, access_thread) = started.await.map_err(|error| ServeError::Thread(error.into()))??;
        let beside = Beside { access: access.clone(), head, own, standby };
        let (writer, thread) =
            Writer::start(sequencer, live.clone(), Arc::clone(&metrics), clock, room, beside)
                .map_err(ServeError::Thread)?;
        let (stop, stopping) = watch::channel(false);
        let rates = Rates::new(&config.limits);
        let Limits { requests_open, pages, bulk_streams: bulk, questions, .. } = config.limits;
        let tracing = Tracing::start(&config, &home.manifest.origin, clock, &metrics);
        let (traces, exporting) = tracing.unzip();
        let shared = Shared {
            home,
            config,
            writer,
            live,
            lines,
            metrics,
            local,
            outside,
            rates,
            clock,
            stopping,
            replays: Arc::new(Semaphore::new(1)),
            questions: Arc::new(Semaphore::new(questions)),
            waiting_replays: Arc::new(Semaphore::new(service::WAITING_REPLAYS)),
            requests: Shares::new(usize::MAX, requests_open),
            pages: Shares::new(pages, (pages / 4).max(1)),
            denials: Denials::default(),
            bulk: Shares::new(bulk, (bulk / 2).max(1)),
            own_actor: service::own_actor(),
            access,
            traces,
        };
        let service = Service(Arc::new(shared));
        Ok(Self { listener, service, tls, stop, writer: thread, access: access_thread, exporting })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` resolves; then finishes what was accepted, signs the head, and returns.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let Self { listener, service, tls, stop: stopping, writer, access, exporting } = self;
        tokio::spawn(async move {
            stop.await;
            // Nobody listens only when the service has ended by itself.
            let _ = stopping.send(true);
        });
        let follower = tokio::spawn(service.lines().clone().follow());
        let period = Duration::from_secs(service.config().checkpoints.every_seconds.get());
        let signer = tokio::spawn(service.writer().sign_every(period));
        // Nobody else writes into files: their lock sees to that.
        let looker = service.home().remote().map(|_| tokio::spawn(service.writer().look_again_and_again()));
        let projected =
            tokio::spawn(look_every_second(service.home().clone(), Arc::clone(&service.0.metrics)));
        let denials = tokio::spawn(service.clone().sum_denials_every(SUM_EVERY));
        let router = routes::router(service.clone());
        listen::run(listener, tls, router, service.clone()).await;
        follower.abort();
        projected.abort();
        denials.abort();
        service.sum_denials();
        signer.abort();
        looker.inspect(tokio::task::JoinHandle::abort);
        // Whoever still holds the service, such as a stream that nobody reads, holds up no writer.
        let patience = Duration::from_secs(service.config().limits.stop_seconds);
        let of_server = service.home().remote().is_some();
        let ending = end(service, writer, access);
        if !of_server {
            ending.await;
        } else if tokio::time::timeout(patience, ending).await.is_err() {
            tracing::error!(
                seconds = patience.as_secs(),
                "the server that keeps the journal does not answer; whether the last items were recorded tells their commandid"
            );
        }
        if let Some(exporting) = exporting {
            exporting.finish().await;
        }
    }
}

/// Waits until the writers have done what they accepted.
async fn end(service: Service, writer: JoinHandle<()>, access: JoinHandle<()>) {
    service.writer().finish().await;
    let ended = tokio::task::spawn_blocking(move || {
        // The last head vouches for the access journal too, so that one ends after it.
        let written = writer.join();
        service.access().finish();
        (written, access.join())
    });
    let ended = ended.await;
    if !matches!(ended, Ok((Ok(()), Ok(())))) {
        tracing::error!("a writer ended badly");
    }
}
