//! `esdb://user:pass@host:2113?tls=true&ledger=name`: which server, and which stream on it.

use std::fmt;
use std::str::FromStr;

/// A stream on a server. Parsed once; prints itself without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// What the client understands, our own parameters taken out.
    connection: String,
    ledger: String,
}

/// Why something is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme.
    #[error("{0:?} does not begin with esdb:// or esdb+discover://")]
    Scheme(String),
    /// The ledger's name cannot be that of a stream.
    #[error("{0:?} cannot name a ledger: use letters, digits, '.' and '_', at most 60 of them")]
    Ledger(String),
    /// The name is that of a stream beside another ledger's lines.
    #[error(
        "{0:?} cannot name a ledger: what ends in {1:?} is kept beside the ledger before it; choose another name"
    )]
    Reserved(String, &'static str),
    /// The name is there twice, or in letters that do not count.
    #[error("name the ledger once, and in small letters: ledger=NAME")]
    Parameter,
    /// The client refuses the rest.
    #[error("{shown} is not a connection string: {problem}")]
    Connection {
        /// Without its password.
        shown: String,
        /// What the client says.
        problem: String,
    },
    /// A file that the address names is not there.
    #[error("the certificate file {path} cannot be read: {problem}")]
    Certificate {
        /// As given.
        path: String,
        /// The system's answer.
        problem: String,
    },
}

const SCHEMES: [&str; 2] = ["esdb://", "esdb+discover://"];
/// Ends of the names of streams that are kept beside lines.
const RESERVED: [&str; 4] = ["_heads", "_manifest", "_access", "_writers"];
const DEFAULT_LEDGER: &str = "jejak";

impl Address {
    /// True when `text` is meant to be an address and not a directory, mistyped or not.
    pub fn is_one(text: &str) -> bool {
        let ours = ["esdb:", "esdb+discover:"].iter().any(|scheme| text.starts_with(scheme));
        ours || text.split_once("://").is_some_and(|(scheme, _)| !scheme.contains('/'))
    }

    /// The ledger's name: its lines are the stream of that name, what belongs to it stands in streams beside it.
    pub fn ledger(&self) -> &str {
        &self.ledger
    }

    /// The first host, for names of files: what cannot stand in one is left out.
    pub fn host(&self) -> String {
        let server = self.connection.split_once("://").map_or("", |(_, rest)| rest);
        let hosts = server.rsplit_once('@').map_or(server, |(_, hosts)| hosts);
        let first = hosts.split([',', '/', '?']).next().unwrap_or_default();
        first
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' })
            .collect()
    }

    /// What the client is given. It holds the password.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// The stream of a part of it: the lines themselves, or what stands beside them. No dash, which would make it a
    /// category of its own.
    pub(crate) fn stream(&self, part: Option<&str>) -> String {
        part.map_or(self.ledger.clone(), |part| format!("{}_{part}", self.ledger))
    }

    pub(crate) fn settings(&self) -> Result<eventstore::ClientSettings, AddressError> {
        self.connection.parse().map_err(|problem: eventstore::ClientSettingsParseError| {
            // The client repeats what it was given.
            let problem = problem.to_string().replace(&self.connection, &without_password(&self.connection));
            AddressError::Connection { shown: self.to_string(), problem }
        })
    }

    /// The client panics in a task of its own over a file that it cannot read; better to say it first.
    fn check_files(&self) -> Result<(), AddressError> {
        let (_, query) = self.connection.split_once('?').unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let named = |name: &str| {
            let same =
                |(other, path): (&str, &str)| other.eq_ignore_ascii_case(name).then(|| path.to_owned());
            pairs.clone().find_map(same)
        };
        // Without an authority in the address it reads the system's, even for a server without TLS.
        let authority = named("tlscafile").or_else(|| std::env::var("SSL_CERT_FILE").ok());
        let certificate = "-----BEGIN CERTIFICATE";
        let files = [
            (authority, certificate),
            (named("usercertfile"), certificate),
            (named("userkeyfile"), "PRIVATE KEY-----"),
        ];
        for (path, wanted) in files.into_iter().filter_map(|(path, wanted)| Some((path?, wanted))) {
            check_pem(&path, wanted).map_err(|problem| AddressError::Certificate { path, problem })?;
        }
        Ok(())
    }
}

fn check_pem(path: &str, wanted: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if text.contains(wanted) { Ok(()) } else { Err(format!("it has no {wanted:?}: is it in PEM form?")) }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if !SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return Err(AddressError::Scheme(without_password(text)));
        }
        let (server, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut named, mut rest) = (None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("ledger", name) if named.is_none() => named = Some(name),
                // The client would pass over it in silence.
                (key, _) if key.eq_ignore_ascii_case("ledger") => return Err(AddressError::Parameter),
                _ => rest.push(pair),
            }
        }
        let ledger = named.unwrap_or(DEFAULT_LEDGER);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        if ledger.is_empty() || ledger.len() > 60 || !ledger.bytes().all(fits) {
            return Err(AddressError::Ledger(ledger.chars().take(80).collect()));
        }
        if let Some(end) = RESERVED.iter().find(|end| ledger.ends_with(**end)) {
            return Err(AddressError::Reserved(ledger.to_owned(), end));
        }
        let connection = format!("{server}?{}", rest.join("&"));
        let address = Self { connection, ledger: ledger.to_owned() };
        address.settings()?;
        address.check_files()?;
        Ok(address)
    }
}

/// Without what stands between the user and the last `@`: a password may have one of its own.
fn without_password(text: &str) -> String {
    let Some((before, host)) = text.rsplit_once('@') else { return text.to_owned() };
    let user_at = before.find(':').map_or(0, |colon| colon + 1);
    let (scheme, rest) = before.split_at(user_at);
    let user = rest.trim_start_matches('/').split(':').next().unwrap_or_default();
    format!("{scheme}//{user}:…@{host}")
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = if self.connection.ends_with('?') { "" } else { "&" };
        write!(f, "{}{join}ledger={}", without_password(&self.connection), self.ledger)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_parameter_is_taken_out_and_the_password_is_never_shown() {
        let address: Address =
            "esdb://admin:s3cret@one:2113,two:2114?tls=false&ledger=prakerja&keepAliveInterval=-1"
                .parse()
                .unwrap();
        assert_eq!(address.ledger(), "prakerja");
        assert_eq!(
            address.connection,
            "esdb://admin:s3cret@one:2113,two:2114?tls=false&keepAliveInterval=-1"
        );
        assert_eq!(
            address.to_string(),
            "esdb://admin:…@one:2113,two:2114?tls=false&keepAliveInterval=-1&ledger=prakerja"
        );
        assert!(!format!("{address:?}").contains("s3cret"));
        assert_eq!(address.host(), "one_2113");
        assert_eq!(address.stream(Some("access")), "prakerja_access");
        assert_eq!("esdb://one?tls=false".parse::<Address>().unwrap().ledger(), "jejak");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let refused = |text: &str| text.parse::<Address>().unwrap_err();
        assert!(
            matches!(refused("http://admin:s3cret@x"), AddressError::Scheme(shown) if !shown.contains("s3cret"))
        );
        assert!(matches!(refused("esdb://x?ledger=a-b"), AddressError::Ledger(_)));
        assert!(matches!(refused("esdb://x?ledger=$all"), AddressError::Ledger(_)));
        for beside in ["a_heads", "a_manifest", "a_access", "a_access_heads", "a_writers"] {
            let text = format!("esdb://x?tls=false&ledger={beside}");
            assert!(matches!(refused(&text), AddressError::Reserved(..)), "{beside}");
        }
        assert!("esdb://x?tls=false&ledger=heads_up".parse::<Address>().is_ok());
        assert!(matches!(refused("esdb://x?tls=perhaps"), AddressError::Connection { .. }));
        assert!(matches!(refused("esdb://x?tlsCaFile=/no/such.pem"), AddressError::Certificate { .. }));
        let ours = |text: &str| refused(&format!("esdb://admin:p@s3cret@x{text}")).to_string();
        for text in ["?tls=perhaps", ":port", "?ledger=a-b", "?ledger=a&ledger=b", "?Ledger=a", "?ledger"] {
            assert!(!ours(text).contains("s3cret"), "{}", ours(text));
        }
        for text in ["?ledger=a&ledger=b", "?Ledger=a", "?tls=false&LEDGER=a"] {
            assert!(ours(text).contains("name the ledger once"), "{}", ours(text));
        }
        let slash = refused("esdb:/admin:s3cret@x").to_string();
        assert!(slash.contains("esdb://") && !slash.contains("s3cret"), "{slash}");
        assert!(
            Address::is_one("kdb://x")
                && Address::is_one("esdb:/x")
                && !Address::is_one("./ledger")
                && !Address::is_one("a/b://c")
        );
    }
}
