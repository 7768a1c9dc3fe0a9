//! A client that is made again whenever it died, and calls that are repeated until they are answered.

use crate::address::Address;
use crate::error::KurrentError;
use crate::probe;
use eventstore::{Client, Error};
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::crypto::CryptoProvider;

/// How long is tried, and how long is waited between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A call is given up after this.
    pub whole: Duration,
    /// One try of it after this.
    pub each: Duration,
    /// The first wait; it doubles up to [`Self::longest`].
    pub first: Duration,
    /// The longest wait between two tries.
    pub longest: Duration,
}

impl Default for Patience {
    /// A minute in all: a cluster elects a leader in less. The first wait is short, since most failures are over at once.
    fn default() -> Self {
        Self {
            whole: Duration::from_mins(1),
            each: Duration::from_secs(10),
            first: Duration::from_millis(50),
            longest: Duration::from_secs(2),
        }
    }
}

/// One server or cluster, for any number of streams. Callers wait on their own thread; no runtime of theirs is needed.
pub(crate) struct Connection {
    runtime: Option<Runtime>,
    address: Address,
    patience: Patience,
    client: Mutex<Option<Client>>,
    /// A server has answered once.
    reached: AtomicBool,
}

/// A server that was never reached is given up after this: its address may be wrong.
const UNREACHED: Duration = Duration::from_secs(10);

/// Why one try of a call gave nothing.
pub(crate) enum Failure {
    /// It may help to try again, with the same client when `alive`.
    Again { alive: bool, last: String },
    /// It will not.
    Never(KurrentError),
}

impl Connection {
    pub(crate) fn new(address: &Address, patience: Patience) -> Result<Self, KurrentError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("jejak-kurrent")
            .enable_all()
            .build()
            .map_err(KurrentError::Start)?;
        let (address, client) = (address.clone(), Mutex::default());
        Ok(Self { runtime: Some(runtime), address, patience, client, reached: AtomicBool::new(false) })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    fn runtime(&self) -> &Runtime {
        // Taken only when this is dropped.
        #[expect(clippy::expect_used, reason = "see above")]
        self.runtime.as_ref().expect("the runtime lives as long as the connection")
    }

    /// The client that is alive, or a new one. A client whose connection failed once never answers again.
    fn client(&self) -> Result<Client, KurrentError> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*kept {
            return Ok(client.clone());
        }
        claim_tls_provider()?;
        let handle = self.runtime().handle().clone();
        let made = Client::with_runtime_handle(handle, self.address.settings()?)
            .map_err(|error| KurrentError::Refused(error.to_string()))?;
        Ok(kept.insert(made).clone())
    }

    fn forget_client(&self) {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Runs a task on the connection's own threads and waits for it here.
    fn wait<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (tell, told) = mpsc::sync_channel(1);
        let task = self.runtime().spawn(async move {
            let _ = tell.send(task.await);
        });
        // Twice the time of the task's own limit: whatever keeps a worker busy does not keep us.
        let answer = told.recv_timeout(self.patience.each * 2).ok();
        task.abort();
        answer
    }

    /// Calls until there is an answer: after a failure that may pass with a new client, and after a longer and longer wait.
    pub(crate) fn call<T, F>(&self, stream: &str, mut one: impl FnMut(Client) -> F) -> Result<T, KurrentError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let begun = Instant::now();
        let mut pause = self.patience.first;
        loop {
            let call = one(self.client()?);
            let limit = self.patience.each;
            let answer = self.wait(async move { tokio::time::timeout(limit, call).await });
            let failure = match answer {
                Some(Ok(Ok(value))) => {
                    self.reached.store(true, Ordering::Release);
                    return Ok(value);
                }
                Some(Ok(Err(error))) => self.judge(stream, error),
                Some(Err(_)) | None => Failure::Again { alive: false, last: "it is silent".into() },
            };
            match failure {
                Failure::Never(error) => return Err(error),
                Failure::Again { alive, last } => {
                    tracing::debug!(server = %self.address, last, "a call to the server is tried again");
                    self.reached.fetch_or(alive, Ordering::AcqRel);
                    if !alive {
                        self.forget_client();
                    }
                    let (whole, obstacle) = self.limit()?;
                    if begun.elapsed() + pause > whole {
                        let (server, seconds) = (self.address.to_string(), begun.elapsed().as_secs());
                        let last = obstacle.unwrap_or(last);
                        return Err(KurrentError::Unreachable { server, seconds, last });
                    }
                }
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(self.patience.longest);
        }
    }

    /// How long a call is tried, and what stands in the way of a server that was never reached.
    fn limit(&self) -> Result<(Duration, Option<String>), KurrentError> {
        if self.reached.load(Ordering::Acquire) {
            return Ok((self.patience.whole, None));
        }
        let obstacle = probe::obstacle(&self.address.settings()?);
        let obstacle = probe::lasting(self.address.to_string(), obstacle)?;
        Ok((self.patience.whole.min(UNREACHED), obstacle))
    }

    /// What a failure of the client means for us.
    pub(crate) fn judge(&self, stream: &str, error: Error) -> Failure {
        let (server, stream) = (self.address.to_string(), stream.to_owned());
        match error {
            Error::AccessDenied => Failure::Never(KurrentError::Denied { server, stream }),
            Error::ResourceDeleted => Failure::Never(KurrentError::Deleted { stream }),
            // The client goes on with the leader that it was told of.
            Error::NotLeaderException(_) => Failure::Again { alive: true, last: error.to_string() },
            Error::ConnectionClosed
            | Error::GrpcConnectionError(_)
            | Error::ServerError(_)
            | Error::DeadlineExceeded => Failure::Again { alive: false, last: error.to_string() },
            Error::Grpc { code, .. } if PASSING.contains(&i32::from(code)) => {
                Failure::Again { alive: true, last: error.to_string() }
            }
            error => Failure::Never(KurrentError::Refused(error.to_string())),
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// Starts a task that goes on by itself.
    pub(crate) fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime().spawn(task);
    }

    pub(crate) fn fresh_client(&self) -> Result<Client, KurrentError> {
        self.client()
    }

    pub(crate) fn lost_client(&self) {
        self.forget_client();
    }
}

/// The first client of a process installs its TLS provider, and panics in a task of its own over another that is there.
fn claim_tls_provider() -> Result<(), KurrentError> {
    static CLAIMED: AtomicBool = AtomicBool::new(false);
    if !CLAIMED.load(Ordering::Acquire) && CryptoProvider::get_default().is_some() {
        return Err(KurrentError::TlsProvider);
    }
    CLAIMED.store(true, Ordering::Release);
    Ok(())
}

/// Status codes of a server that is busy, restarts, or gave up waiting for its followers: CANCELLED, DEADLINE_EXCEEDED,
/// RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE.
const PASSING: [i32; 5] = [1, 4, 8, 10, 14];

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.address)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Never waits: a task of the client may never end, and who drops us may itself run in a runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
