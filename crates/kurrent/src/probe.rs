//! Why a server that was never reached cannot be: asked once without the client, whose errors do not say.

use crate::error::KurrentError;
use eventstore::ClientSettings;
use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, ClientConnection, RootCertStore};

/// How long each step of it may take.
const LIMIT: Duration = Duration::from_secs(3);

/// What stands in the way of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// It may pass.
    Passing(String),
    /// Only another address, another certificate or another server helps.
    Lasting(String),
}

/// What stands in the way to the first host, as far as it can be told.
pub(crate) fn obstacle(settings: &ClientSettings) -> Option<Obstacle> {
    // Hosts that a name server lists, or of which one is enough, are the client's matter.
    let [host] = &settings.hosts()[..] else { return None };
    if settings.is_dns_discovery_enabled() {
        return None;
    }
    let (name, port) = (&host.host, u16::try_from(host.port).ok()?);
    let secure = settings.is_secure_mode_enabled();
    let stream = match connect(name, port) {
        Ok(stream) => stream,
        Err(problem) => return Some(Obstacle::Passing(problem)),
    };
    if secure {
        return shake_hands(settings, name, port, stream);
    }
    let told =
        format!("{name}:{port} answers, but not as a server without TLS does (is it one with tls=true?)");
    Some(Obstacle::Passing(told))
}

fn connect(name: &str, port: u16) -> Result<TcpStream, String> {
    let addresses = (name, port)
        .to_socket_addrs()
        .map_err(|problem| format!("the host {name} is not found ({problem})"))?;
    let mut last = "it has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(stream) => return Ok(stream),
            Err(problem) => last = problem.to_string(),
        }
    }
    Err(format!("no connection to {name}:{port} ({last})"))
}

/// The beginning of TLS, as the client does it.
fn shake_hands(settings: &ClientSettings, name: &str, port: u16, mut stream: TcpStream) -> Option<Obstacle> {
    let limits = stream.set_read_timeout(Some(LIMIT)).and_then(|()| stream.set_write_timeout(Some(LIMIT)));
    let (config, server) = (config(settings)?, ServerName::try_from(name.to_owned()).ok()?);
    let mut connection = ClientConnection::new(Arc::new(config), server).ok()?;
    limits.ok()?;
    let problem = connection.complete_io(&mut stream).err()?;
    let cause = problem.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) if !settings.is_tls_certificate_verification_enabled() => {
            None
        }
        Some(rustls::Error::InvalidCertificate(cause)) => Some(Obstacle::Lasting(format!(
            "the certificate of {name}:{port} is refused ({cause}): name the authority that signed it with tlsCaFile=FILE, and \
             the host as the certificate does"
        ))),
        Some(rustls::Error::InvalidMessage(_)) => Some(Obstacle::Lasting(format!(
            "{name}:{port} does not speak TLS: is it a server with tls=false?"
        ))),
        _ if matches!(problem.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            let seconds = LIMIT.as_secs();
            Some(Obstacle::Passing(format!(
                "{name}:{port} takes connections, and says nothing to the beginning of TLS within {seconds} s"
            )))
        }
        _ => Some(Obstacle::Passing(format!("no TLS with {name}:{port} ({problem})"))),
    }
}

fn config(settings: &ClientSettings) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match settings.tls_ca_file() {
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path).ok()?.filter_map(Result::ok);
            roots.add_parsable_certificates(certificates);
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut config = config
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Some(config)
}

/// The obstacle as an error, where it does not pass.
pub(crate) fn lasting(server: String, obstacle: Option<Obstacle>) -> Result<Option<String>, KurrentError> {
    match obstacle {
        Some(Obstacle::Lasting(problem)) => Err(KurrentError::Tls { server, problem }),
        Some(Obstacle::Passing(problem)) => Ok(Some(problem)),
        None => Ok(None),
    }
}
