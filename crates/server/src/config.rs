//! One file for everything that can be set, `server.toml` in the ledger's directory, every value with a sane default.

use axum::http::Uri;
use serde::Deserialize;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
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
    /// The provider's keys as a JWKS file; read again when it changes. Replace it at once, by renaming.
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
    pub endpoint: Endpoint,
    /// Of so many requests one is traced, where the caller does not say.
    #[serde(default = "Traces::default_one_in")]
    pub one_in: NonZeroU64,
    /// Spans that wait at most, some 200 bytes each; more are dropped and counted.
    #[serde(default = "Traces::default_queue_spans")]
    pub queue_spans: NonZeroU32,
    /// Spans that are sent together at most.
    #[serde(default = "Traces::default_batch_spans")]
    pub batch_spans: NonZeroU32,
    /// Seconds that a span waits for others at most.
    #[serde(default = "Traces::default_every_seconds")]
    pub every_seconds: u32,
    /// Seconds that the collector has to take a batch.
    #[serde(default = "Traces::default_timeout_seconds")]
    pub timeout_seconds: NonZeroU32,
}

impl Traces {
    fn default_one_in() -> NonZeroU64 {
        NonZeroU64::MIN
    }

    fn default_queue_spans() -> NonZeroU32 {
        const { NonZeroU32::new(8_192).expect("not zero") }
    }

    fn default_batch_spans() -> NonZeroU32 {
        const { NonZeroU32::new(512).expect("not zero") }
    }

    fn default_every_seconds() -> u32 {
        5
    }

    fn default_timeout_seconds() -> NonZeroU32 {
        const { NonZeroU32::new(10).expect("not zero") }
    }
}

/// A whole `http` address. There is no `https`: put a collector beside the service, and let it speak with the others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint {
    authority: String,
    path: String,
}

/// Why an address is not the collector's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a collector's address: write it whole, without a password, as http://127.0.0.1:4318/v1/traces; https is for a collector beside the service to speak"
)]
pub struct EndpointError(String);

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Self, EndpointError> {
        let uri = text.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
        let parts =
            uri.as_ref().and_then(|uri| Some((uri.authority()?.as_str(), uri.path_and_query()?.as_str())));
        match parts {
            Some((authority, path)) if !authority.contains('@') && path != "/" => {
                Ok(Self { authority: authority.to_owned(), path: path.to_owned() })
            }
            _ => Err(EndpointError(text)),
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

impl Endpoint {
    /// Host, and port where it is not 80.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Path, and query where there is one.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        let port = self.authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if port { self.authority.clone() } else { format!("{}:80", self.authority) }
    }
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
    /// Bytes of outcomes that are kept for clients that send but do not read, all together; each has its share.
    pub outcome_bytes: usize,
    /// Streams of items at once; one person has at most half of them.
    pub bulk_streams: usize,
    /// Long answers at once, of 4 MiB each at most; one person has at most a quarter of them.
    pub pages: usize,
    /// Requests of one person that may be open at once, live streams among them.
    pub requests_open: usize,
    /// Requests a second of one person, on average; bulk streams count once.
    pub requests_a_second: u32,
    /// Requests at once of one person, before the average counts.
    pub requests_at_once: u32,
    /// Lines of one page of events.
    pub page_lines: u32,
    /// Open event streams.
    pub streams: usize,
    /// Questions in SQL that are answered at once.
    pub questions: usize,
    /// Rows of the answer to one.
    pub question_rows: usize,
    /// Seconds that the answer to one may take.
    pub question_seconds: u64,
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
            outcome_bytes: 256 << 20,
            bulk_streams: 32,
            pages: 64,
            requests_open: 256,
            requests_a_second: 2_000,
            requests_at_once: 4_000,
            page_lines: 10_000,
            streams: 1_000,
            questions: 2,
            question_rows: 10_000,
            question_seconds: 10,
            header_seconds: 10,
            idle_seconds: 30,
            stop_seconds: 30,
        }
    }
}

impl Limits {
    /// Refuses what could not work: nothing would ever be answered.
    fn check(&self) -> Result<(), LimitError> {
        const DAY: u64 = 86_400;
        let most = 1 << 40;
        let wide = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        let bounds = [
            ("connections", wide(self.connections), 1, 1 << 20),
            ("item_bytes", wide(self.item_bytes), 1_024, 65_535),
            ("waiting_bytes", wide(self.waiting_bytes), 1 << 20, most),
            ("outcome_bytes", wide(self.outcome_bytes), 1 << 16, most),
            ("bulk_streams", wide(self.bulk_streams), 1, 1 << 16),
            ("pages", wide(self.pages), 1, 1 << 16),
            ("requests_open", wide(self.requests_open), 1, 1 << 20),
            ("requests_a_second", self.requests_a_second.into(), 1, 1_000_000_000),
            ("requests_at_once", self.requests_at_once.into(), 1, 1_000_000_000),
            ("page_lines", self.page_lines.into(), 1, 1_000_000),
            ("streams", wide(self.streams), 0, 1 << 20),
            ("questions", wide(self.questions), 1, 64),
            ("question_rows", wide(self.question_rows), 1, 1_000_000),
            ("question_seconds", self.question_seconds, 1, DAY),
            ("header_seconds", self.header_seconds, 1, DAY),
            ("idle_seconds", self.idle_seconds, 1, DAY),
            ("stop_seconds", self.stop_seconds, 0, DAY),
        ];
        let wrong = bounds.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        wrong.map_or(Ok(()), |(name, value, least, most)| Err(LimitError { name, value, least, most }))
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }
}

/// A limit with which the service could not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limits.{name} is {value}: it is between {least} and {most}")]
pub struct LimitError {
    name: &'static str,
    value: u64,
    least: u64,
    most: u64,
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
    /// A limit is out of bounds.
    #[error("{}: {problem}", path.display())]
    Limit {
        /// The file.
        path: PathBuf,
        /// Which, and what it may be.
        problem: LimitError,
    },
}

impl Config {
    /// Reads a file; the defaults where there is none.
    ///
    /// # Errors
    /// When it cannot be read, says something unknown, or sets a limit with which nothing would work.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let path = path.to_path_buf();
        match std::fs::read_to_string(&path) {
            Ok(text) => match toml::from_str::<Self>(&text) {
                Ok(config) => match config.limits.check() {
                    Ok(()) => Ok(config),
                    Err(problem) => Err(ConfigError::Limit { path, problem }),
                },
                Err(problem) => Err(ConfigError::Form { path, problem }),
            },
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

    #[test]
    fn a_limit_that_lets_nothing_through_is_named_with_its_bounds() {
        assert_eq!(Limits::default().check(), Ok(()));
        let wrong = Limits { waiting_bytes: 64, ..Limits::default() }.check().unwrap_err().to_string();
        assert_eq!(wrong, "limits.waiting_bytes is 64: it is between 1048576 and 1099511627776");
        assert!(Limits { item_bytes: 65_536, ..Limits::default() }.check().is_err());
        assert!(Limits { idle_seconds: 0, ..Limits::default() }.check().is_err());
        assert!(Limits { header_seconds: u64::MAX, ..Limits::default() }.check().is_err());
    }

    #[test]
    fn a_collectors_address_is_whole_and_plain() {
        let read = |text: &str| toml::from_str::<Config>(&format!("[traces]\nendpoint = '{text}'"));
        let endpoint = |text: &str| read(text).unwrap().traces.unwrap().endpoint;
        assert_eq!(endpoint("http://127.0.0.1:4318/v1/traces").address(), "127.0.0.1:4318");
        assert_eq!(endpoint("http://[::1]:4318/v1/traces").address(), "[::1]:4318");
        assert_eq!(endpoint("http://[::1]/v1/traces").address(), "[::1]:80");
        assert_eq!(endpoint("http://collector/v1/traces?tenant=a").address(), "collector:80");
        assert_eq!(endpoint("http://collector/v1/traces?tenant=a").path(), "/v1/traces?tenant=a");
        for bad in
            ["", "collector", "/v1/traces", "https://c/v1/traces", "http://c:4318", "http://a:b@c/v1/traces"]
        {
            assert!(read(bad).unwrap_err().to_string().contains("collector's address"), "{bad}");
        }
        assert!(toml::from_str::<Config>("[traces]\nendpoint = 'http://c/v1'\nqueue_spans = 0").is_err());
    }
}
