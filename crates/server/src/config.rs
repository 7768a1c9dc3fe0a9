//! One file for everything that can be set, `server.toml` in the ledger's directory, every value with a sane default.

use serde::Deserialize;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the service runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it listens, unless the command line says so.
    pub listen: Option<SocketAddr>,
    /// Certificate and key; without them, put a proxy before it.
    pub tls: Option<Tls>,
    /// Outside identity provider; without it only tokens of `jejak token` count.
    pub oidc: Option<Oidc>,
    /// Where traces go.
    pub traces: Option<Traces>,
    /// Signed heads.
    pub checkpoints: Checkpoints,
    /// Limits.
    pub limits: Limits,
}

/// Files in PEM form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What is demanded of a token of an outside provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// `iss`, exactly.
    pub issuer: String,
    /// `aud` must hold it.
    pub audience: String,
    /// The provider's keys as a JWKS file; read again when a token names an unknown key.
    pub jwks: PathBuf,
    /// Algorithms, asymmetric only: the token's header never chooses beyond these.
    pub algorithms: Vec<Algorithm>,
    /// The claim that names the person, the same for all accounts of one person.
    #[serde(default = "Oidc::default_person")]
    pub person: String,
}

impl Oidc {
    fn default_person() -> String {
        "sub".to_owned()
    }
}

/// Signature algorithms that may be pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// RSA PKCS#1 with SHA-256.
    RS256,
    /// RSA PSS with SHA-256.
    PS256,
    /// P-256 with SHA-256.
    ES256,
    /// P-384 with SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

/// An OpenTelemetry collector.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
}

/// When heads are signed, besides whenever somebody asks, and on stop.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checkpoints {
    /// Seconds between two heads while lines come in.
    pub every_seconds: NonZeroU64,
}

impl Default for Checkpoints {
    fn default() -> Self {
        const HOUR: NonZeroU64 = NonZeroU64::new(3_600).expect("not zero");
        Self { every_seconds: HOUR }
    }
}

/// Limits; beyond them a request is refused with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Open connections; more wait until one closes.
    pub connections: usize,
    /// Bytes of a single item.
    pub item_bytes: usize,
    /// Bytes of items that are in the hands of the writer, over all requests.
    pub waiting_bytes: usize,
    /// Bytes of outcomes that are kept for a client that sends but does not read.
    pub outcome_bytes: usize,
    /// Requests a second of one person, on average; bulk streams count once.
    pub requests_a_second: u32,
    /// Requests at once of one person, before the average counts.
    pub requests_at_once: u32,
    /// Lines of one page of events.
    pub page_lines: u32,
    /// Open event streams.
    pub streams: usize,
    /// Seconds until a request's headers must be complete.
    pub header_seconds: u64,
    /// Seconds without a byte after which a body is given up.
    pub idle_seconds: u64,
    /// Seconds that accepted requests have to finish after the stop.
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 12_000,
            item_bytes: 65_535,
            waiting_bytes: 64 << 20,
            outcome_bytes: 16 << 20,
            requests_a_second: 2_000,
            requests_at_once: 4_000,
            page_lines: 10_000,
            streams: 1_000,
            header_seconds: 10,
            idle_seconds: 30,
            stop_seconds: 30,
        }
    }
}

impl Limits {
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }
}

/// Why the file does not count.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("reading {} failed: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It says something that is not known.
    #[error("{}: {problem}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What and where.
        problem: toml::de::Error,
    },
}

impl Config {
    /// Reads a file; the defaults where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or says something unknown.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let path = path.to_path_buf();
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|problem| ConfigError::Form { path, problem }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unknown_is_passed_over_and_no_algorithm_is_symmetric() {
        let read = |text: &str| toml::from_str::<Config>(text);
        assert_eq!(read("").unwrap(), Config::default());
        assert!(read("[limits]\nconections = 1").is_err());
        let oidc = |algorithm: &str| {
            format!("[oidc]\nissuer='i'\naudience='a'\njwks='k.json'\nalgorithms=['{algorithm}']")
        };
        assert_eq!(read(&oidc("ES256")).unwrap().oidc.unwrap().person, "sub");
        assert!(read(&oidc("HS256")).is_err());
        assert!(read(&oidc("none")).is_err());
    }
}
