//! Tokens of this machine, for a ledger without an identity provider: `jejak token` makes them with a key beside the
//! ledger's other keys, the service checks them with its public half.

use super::{ClaimedRole, Claims};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jejak_domain::access::Role;
use jejak_domain::ids::{ActorId, DocumentNumber, PartyCode, ProgrammeCode};
use jejak_domain::time::Timestamp;
use jejak_ledger::{Home, HomeError};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// What a token of this machine says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalToken {
    /// The ledger.
    pub iss: String,
    /// The ledger again: a token of one is nothing to another.
    pub aud: String,
    /// The person.
    pub sub: String,
    /// The role.
    pub role: Role,
    /// The platform or provider, for these two roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyCode>,
    /// The programme to which it is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<ProgrammeCode>,
    /// Seconds since 1970 from which on it holds.
    pub iat: u64,
    /// Seconds since 1970 until which it holds.
    pub exp: u64,
    /// The token's own name.
    pub jti: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The ledger's keys.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Signing.
    #[error("the token cannot be signed: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Makes and checks tokens.
pub struct LocalTokens {
    origin: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for LocalTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalTokens").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl LocalTokens {
    /// The key for tokens, made at first use.
    ///
    /// # Errors
    /// When the key cannot be read or written.
    pub fn of(home: &Home) -> Result<Self, TokenError> {
        let seed = home.token_seed()?;
        let public = home.verifying_key_of(&seed)?.to_bytes();
        Ok(Self {
            origin: home.manifest.origin.clone(),
            encoding: EncodingKey::from_ed_der(&pkcs8(&seed)),
            decoding: DecodingKey::from_ed_der(&public),
        })
    }

    /// The origin that tokens name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Signs a token.
    ///
    /// # Errors
    /// When signing fails.
    pub fn sign(&self, token: &LocalToken) -> Result<String, TokenError> {
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), token, &self.encoding)?)
    }

    /// Checks a token: signature, ledger, time.
    pub(crate) fn check(&self, token: &str) -> Result<Claims, String> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[&self.origin]);
        rules.set_issuer(&[&self.origin]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        rules.leeway = 0;
        rules.validate_nbf = true;
        let token = jsonwebtoken::decode::<LocalToken>(token, &self.decoding, &rules);
        let token = token.map_err(|error| error.to_string())?.claims;
        let until = i64::try_from(token.exp).ok().and_then(|seconds| seconds.checked_mul(1_000));
        let until = until.filter(|until| *until < LATEST).ok_or("exp is out of all reason")?;
        let issued = i64::try_from(token.iat).ok().and_then(|seconds| seconds.checked_mul(1_000));
        let issued = issued.filter(|issued| *issued < until).ok_or("iat is not before exp")?;
        let reference =
            DocumentNumber::new(&format!("token:{}", token.jti)).map_err(|error| error.to_string())?;
        let person = ActorId::new(&token.sub).map_err(|error| error.to_string())?;
        let role = ClaimedRole {
            role: token.role,
            party: token.party,
            programme: token.programme,
            issued: Timestamp::from_millisecond(issued),
            until: Timestamp::from_millisecond(until),
            reference,
        };
        Ok(Claims { person, until: role.until, role: Some(role) })
    }

    /// True when the token says that it is of this ledger; nothing is believed by that.
    pub(crate) fn claims(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct Issuer {
            iss: Option<String>,
        }
        let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let issuer = payload.and_then(|payload| serde_json::from_slice::<Issuer>(&payload).ok());
        issuer.and_then(|issuer| issuer.iss).is_some_and(|issuer| issuer == self.origin)
    }
}

/// The year 9998, in milliseconds: later times cannot be written in a line.
const LATEST: i64 = 253_370_764_800_000;

/// An Ed25519 seed as a PKCS#8 document (RFC 8410 §7): a fixed beginning and the 32 bytes.
fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    const BEGINNING: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    [&BEGINNING[..], seed].concat()
}
