//! Tokens of an outside identity provider (OpenID Connect).

use super::Claims;
use crate::config::{Algorithm, Oidc};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jejak_domain::ids::ActorId;
use jejak_domain::time::Timestamp;
use jsonwebtoken::jwk::{CommonParameters, JwkSet, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm as Known, DecodingKey, Validation};
use parking_lot::RwLock;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// Seconds that the clocks of provider and service may be apart.
const LEEWAY: i64 = 30;

/// The provider's keys and what is demanded of its tokens.
pub(crate) struct Outside {
    demands: Oidc,
    keys: RwLock<Keys>,
    /// True while the file cannot be read: the keys that were in it last count, and this is said once.
    stale: AtomicBool,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    changed: Option<SystemTime>,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("demands", &self.demands).finish_non_exhaustive()
    }
}

/// Why the provider's keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("reading {path} failed: {source}")]
    Read {
        /// The file.
        path: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It is not a key set.
    #[error("{path} is not a JWKS: {source}")]
    Form {
        /// The file.
        path: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl Outside {
    /// Reads the keys.
    pub(crate) fn new(demands: Oidc) -> Result<Self, KeysError> {
        let outside = Self { demands, keys: RwLock::default(), stale: AtomicBool::new(false) };
        outside.read_keys()?;
        Ok(outside)
    }

    /// Reads the keys when the file changed. Keys that cannot be used are passed over.
    fn read_keys(&self) -> Result<(), KeysError> {
        let path = &self.demands.jwks;
        let named = || path.display().to_string();
        let failed = |source| KeysError::Read { path: named(), source };
        let changed = std::fs::metadata(path).and_then(|data| data.modified()).map_err(failed)?;
        if self.keys.read().changed == Some(changed) {
            return Ok(());
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let set: JwkSet =
            serde_json::from_str(&text).map_err(|source| KeysError::Form { path: named(), source })?;
        let mut by_id = HashMap::new();
        for key in &set.keys {
            let for_tokens = is_for_signatures(&key.common);
            if let (true, Some(id), Ok(usable)) =
                (for_tokens, key.common.key_id.clone(), DecodingKey::from_jwk(key))
            {
                by_id.insert(id, usable);
            }
        }
        *self.keys.write() = Keys { by_id, changed: Some(changed) };
        Ok(())
    }

    /// Looks at the file for each token, so that a key counts from the moment it is in there, and no longer than it is.
    fn follow_keys(&self) {
        let read = self.read_keys();
        let stale = self.stale.swap(read.is_err(), Ordering::Relaxed);
        if let (Err(error), false) = (read, stale) {
            tracing::error!(%error, "the provider's keys cannot be read: those of before count until they can");
        }
    }

    /// Checks a token: algorithm, key, signature, issuer, audience, time.
    pub(crate) fn check(&self, token: &str) -> Result<Claims, String> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
        if names_extensions(token) {
            return Err("it names extensions (crit) that are not known here".to_owned());
        }
        let allowed: Vec<Known> = self.demands.algorithms.iter().map(|each| known(*each)).collect();
        if !allowed.contains(&header.alg) {
            return Err(format!("algorithm {:?} is not among those that are allowed", header.alg));
        }
        let id = header.kid.ok_or("the token does not name its key (kid)")?;
        self.follow_keys();
        let key = self.keys.read().by_id.get(&id).cloned();
        let key = key.ok_or_else(|| format!("key {id:?} is not in the provider's key set"))?;
        // Only the header's own algorithm, which was found to be allowed: a key is never tried with another one.
        let mut rules = Validation::new(header.alg);
        rules.set_audience(&[&self.demands.audience]);
        rules.set_issuer(&[&self.demands.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss"]);
        rules.leeway = LEEWAY.unsigned_abs();
        rules.validate_nbf = true;
        let token = jsonwebtoken::decode::<HashMap<String, Value>>(token, &key, &rules);
        let claims = token.map_err(|error| error.to_string())?.claims;
        // A list of issuers says nothing of who issued it.
        if claims.get("iss").and_then(Value::as_str) != Some(self.demands.issuer.as_str()) {
            return Err("InvalidIssuer".to_owned());
        }
        let person = claims.get(&self.demands.person).and_then(Value::as_str);
        let person = person.ok_or_else(|| format!("the token has no claim {:?}", self.demands.person))?;
        let until = claims.get("exp").and_then(Value::as_i64).and_then(|end| end.checked_add(LEEWAY));
        let until = until.and_then(|end| end.checked_mul(1_000)).ok_or("exp is out of all reason")?;
        let person = ActorId::new(person).map_err(|error| error.to_string())?;
        Ok(Claims { person, until: Timestamp::from_millisecond(until), role: None })
    }
}

/// A key for secrets signs nothing (RFC 7517 sections 4.2 and 4.3).
fn is_for_signatures(key: &CommonParameters) -> bool {
    let used = key.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    used && key.key_operations.as_ref().is_none_or(|each| each.contains(&KeyOperations::Verify))
}

/// Whoever does not know what is critical must refuse the token (RFC 7515 section 4.1.11).
fn names_extensions(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|header| serde_json::from_slice::<Value>(&header).ok());
    header.is_none_or(|header| header.get("crit").is_some())
}

fn known(algorithm: Algorithm) -> Known {
    match algorithm {
        Algorithm::RS256 => Known::RS256,
        Algorithm::PS256 => Known::PS256,
        Algorithm::ES256 => Known::ES256,
        Algorithm::ES384 => Known::ES384,
        Algorithm::EdDSA => Known::EdDSA,
    }
}
