//! A node on a port of its own: a thread with its own runtime, so that synchronous tests can use it.

use crate::faults::Faults;
use crate::service::{Call, Connection, Node, route};
use crate::store::{Store, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use parking_lot::Mutex;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc as channel;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use uuid::Uuid;

/// The limit of one append in the versions 23.10, 24.10 and 25.0.
const APPEND_LIMIT: usize = 1 << 20;
/// What a client may have under way, for a stream of a call and for its connection.
const WINDOW: u32 = 4 << 20;

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0, the default, takes a free port of 127.0.0.1.
    pub listen: SocketAddr,
    /// The bytes that the events of one append may have together: data, metadata and twice the types.
    pub append_limit: usize,
    /// Name and password that every call has to carry; none are asked for by default.
    pub user: Option<(String, String)>,
    /// Where the events are kept, each write synced before its answer; in memory by default.
    pub data: Option<PathBuf>,
    /// The files of a certificate's chain and of its key, both PEM; without them connections are in the clear.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            append_limit: APPEND_LIMIT,
            user: None,
            data: None,
            tls: None,
        }
    }
}

/// The nodes that share one store.
pub(crate) struct Cluster {
    pub(crate) members: Vec<Member>,
    /// The place of the leader among the members.
    pub(crate) leader: usize,
}

impl Cluster {
    pub(crate) fn leader(&self) -> Option<&Member> {
        self.members.get(self.leader)
    }
}

pub(crate) struct Member {
    pub(crate) instance: Uuid,
    pub(crate) address: SocketAddr,
    pub(crate) is_alive: bool,
}

/// One node, stopped when it is dropped.
pub struct Server {
    address: SocketAddr,
    options: Options,
    node: Arc<Node>,
    commands: channel::UnboundedSender<Command>,
    thread: Option<JoinHandle<()>>,
}

enum Command {
    Refuse(mpsc::Sender<()>),
    Accept(mpsc::Sender<io::Result<()>>),
    DropConnections(mpsc::Sender<()>),
}

impl Server {
    /// Starts a server with a store of its own.
    ///
    /// # Errors
    /// When the port is taken, or the directory of the events cannot be read.
    pub fn start(options: Options) -> io::Result<Self> {
        let store = options.data.as_deref().map_or_else(|| Ok(Store::new()), Store::open)?;
        let cluster = Cluster { members: Vec::new(), leader: 0 };
        Self::launch(options, Arc::new(store), Arc::new(Mutex::new(cluster)))
    }

    /// Starts a second node on the same store and a free port. It follows: who asks for the leader is sent to it.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn follower(&self) -> io::Result<Self> {
        let options = Options { listen: (Ipv4Addr::LOCALHOST, 0).into(), ..self.options.clone() };
        Self::launch(options, Arc::clone(&self.node.store), Arc::clone(&self.node.cluster))
    }

    fn launch(options: Options, store: Arc<Store>, cluster: Arc<Mutex<Cluster>>) -> io::Result<Self> {
        // Bound and never listening: it keeps the port ours while connections are refused.
        let reservation = bind(options.listen)?;
        let address = reservation.local_addr()?;
        let place = {
            let mut cluster = cluster.lock();
            let instance = Uuid::from_u64_pair(address.port().into(), 1);
            cluster.members.push(Member { instance, address, is_alive: true });
            cluster.members.len() - 1
        };
        let tls = options.tls.as_ref().map(|(certificate, key)| acceptor(certificate, key)).transpose()?;
        let authorization = options
            .user
            .as_ref()
            .map(|(name, word)| format!("Basic {}", STANDARD.encode(format!("{name}:{word}"))));
        let node = Arc::new(Node {
            store,
            faults: Arc::new(Faults::default()),
            cluster,
            place,
            append_limit: options.append_limit,
            authorization,
        });
        let (commands, received) = channel::unbounded_channel();
        let (ready, started) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let serving = Arc::clone(&node);
        let thread = std::thread::Builder::new().name("esdb".to_owned()).spawn(move || {
            runtime.block_on(serve(reservation, serving, tls, received, &ready));
            // Calls that hang must not hang the test.
            runtime.shutdown_background();
        })?;
        started.recv().map_err(io::Error::other)??;
        Ok(Self { address, options, node, commands, thread: Some(thread) })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection string of this node alone, without name and password.
    pub fn connection_string(&self) -> String {
        format!("esdb://{}?tls={}", self.address, self.options.tls.is_some())
    }

    /// The faults of this node.
    pub fn faults(&self) -> &Faults {
        &self.node.faults
    }

    /// How many events a stream has been given, seen or not; a tombstone is not counted.
    pub fn events(&self, stream: &str) -> u64 {
        self.node.store.written(&Text::from(stream))
    }

    /// Makes this node the leader of those that share its store.
    pub fn promote(&self) {
        self.node.cluster.lock().leader = self.node.place;
    }

    /// Cuts every connection and refuses new ones, until [`Server::accept`]. The store stays.
    pub fn refuse(&self) {
        self.set_alive(false);
        let (done, wait) = mpsc::channel();
        self.command(Command::Refuse(done));
        let _ = wait.recv();
    }

    /// Accepts connections again, on the same port.
    ///
    /// # Errors
    /// When the port cannot be listened to.
    pub fn accept(&self) -> io::Result<()> {
        let (done, wait) = mpsc::channel();
        self.command(Command::Accept(done));
        wait.recv().map_err(io::Error::other)??;
        self.set_alive(true);
        Ok(())
    }

    /// Cuts every connection; new ones are accepted.
    pub fn drop_connections(&self) {
        let (done, wait) = mpsc::channel();
        self.command(Command::DropConnections(done));
        let _ = wait.recv();
    }

    /// Stops at once, as a killed server does.
    pub fn stop(self) {
        drop(self);
    }

    fn command(&self, command: Command) {
        // The other end lives as long as the server, and drops the answer's sender when it does not.
        let _ = self.commands.send(command);
    }

    fn set_alive(&self, is_alive: bool) {
        if let Some(member) = self.node.cluster.lock().members.get_mut(self.node.place) {
            member.is_alive = is_alive;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.set_alive(false);
        let (closed, _) = channel::unbounded_channel();
        self.commands = closed;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address)?.listen(1024)
}

/// Serves until the other end of `commands` is gone.
async fn serve(
    reservation: TcpSocket,
    node: Arc<Node>,
    tls: Option<TlsAcceptor>,
    mut commands: channel::UnboundedReceiver<Command>,
    ready: &mpsc::Sender<io::Result<()>>,
) {
    let listening = reservation.local_addr().and_then(|address| Ok((address, listen(address)?)));
    let (address, listener) = match listening {
        Ok(listening) => listening,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = next_connection(listener.as_ref()) => {
                if let Ok(stream) = accepted {
                    connections.spawn(connection(Arc::clone(&node), tls.clone(), stream));
                }
            }
            Some(_) = connections.join_next() => {}
            command = commands.recv() => match command {
                None => break,
                Some(Command::Refuse(done)) => {
                    listener = None;
                    connections.shutdown().await;
                    let _ = done.send(());
                }
                Some(Command::DropConnections(done)) => {
                    connections.shutdown().await;
                    let _ = done.send(());
                }
                Some(Command::Accept(done)) => {
                    let result = if listener.is_some() { Ok(()) } else { listen(address).map(|it| listener = Some(it)) };
                    let _ = done.send(result);
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn next_connection(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

async fn connection(node: Arc<Node>, tls: Option<TlsAcceptor>, stream: TcpStream) {
    // Only the speed depends on it.
    let _ = stream.set_nodelay(true);
    match tls {
        None => answer(node, stream).await,
        Some(tls) => {
            // Who cannot shake hands sees it.
            if let Ok(stream) = tls.accept(stream).await {
                answer(node, stream).await;
            }
        }
    }
}

async fn answer(node: Arc<Node>, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let connection = Arc::new(Connection::default());
    let call = Call { node, connection: Arc::clone(&connection) };
    let service = service_fn(move |request| {
        let call = call.clone();
        async move { Ok::<_, Infallible>(route(call, request).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http2()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(1024);
    tokio::select! {
        // However a connection ends, its client sees it.
        _ = builder.serve_connection(TokioIo::new(stream), service) => {}
        () = connection.was_cut() => {}
    }
}

/// With a provider of its own: the process has one default, and the client under test may want to set it.
fn acceptor(certificate: &Path, key: &Path) -> io::Result<TlsAcceptor> {
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).map_err(io::Error::other)?.collect();
    let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain.map_err(io::Error::other)?, key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
