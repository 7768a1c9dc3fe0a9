//! Sealing with AES-256-GCM: a value opens only with its person's key, and only in its own place.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use jejak_domain::ids::{Digest, ParticipantId};
use jejak_domain::participant::Sealed;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a nonce. Each is drawn; a person's key seals a handful of values in a lifetime.
pub(super) const NONCE: usize = 12;

/// A secret of 256 bits: wiped when dropped, never shown.
type Secret = Zeroizing<[u8; 32]>;

/// Another secret for one purpose, from which the first cannot be found.
fn derive(secret: &Secret, purpose: &str) -> Secret {
    Zeroizing::new(mac(secret, purpose.as_bytes()))
}

pub(super) fn mac(secret: &Secret, message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&secret[..]).expect("a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn cipher(secret: &Secret) -> Aes256Gcm {
    #[expect(clippy::expect_used, reason = "32 bytes are a key of 256 bits")]
    Aes256Gcm::new_from_slice(&secret[..]).expect("32 bytes")
}

pub(super) fn encrypt(secret: &Secret, nonce: [u8; NONCE], aad: &[u8], msg: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "only texts of 64 GB are refused")]
    cipher(secret).encrypt(&nonce.into(), Payload { msg, aad }).expect("a short text")
}

pub(super) fn decrypt(
    secret: &Secret,
    nonce: [u8; NONCE],
    aad: &[u8],
    msg: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    cipher(secret).decrypt(&nonce.into(), Payload { msg, aad }).ok().map(Zeroizing::new)
}

/// What a sealed value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Name, NIK, KK and phone.
    Identity,
    /// Number and holder of an account.
    Account,
}

/// Where a sealed value belongs: moved anywhere else, it does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The ledger.
    pub origin: &'a str,
    /// Whose it is.
    pub participant: ParticipantId,
    /// The event that holds it.
    pub event: Uuid,
    /// What it is.
    pub field: Field,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let Self { origin, participant, event, field } = self;
        // No part can hold a newline, so no two places are written alike.
        format!("jejak sealed v1\n{origin}\n{participant}\n{event}\n{field:?}").into_bytes()
    }
}

/// The key of one person. It has no readable `Debug`.
#[derive(Clone)]
pub struct PersonKey(Secret);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.0
    }

    /// Its name: half of a SHA-256, which tells nothing of it.
    pub fn name(&self) -> Digest {
        let whole = Digest::of([&b"jejak key name v1\n"[..], &self.0[..]]);
        // Half of 64 hexadecimal digits.
        whole.as_str().get(..32).and_then(|half| Digest::new(half).ok()).unwrap_or(whole)
    }

    /// Sixteen bytes that tell whether a command asks for the same.
    pub(crate) fn digest(&self, command: &[u8]) -> [u8; 32] {
        mac(&derive(&self.0, "command"), command)
    }

    pub(crate) fn seal(&self, place: &Place<'_>, nonce: [u8; NONCE], plain: &[u8]) -> Sealed {
        let sealed = encrypt(&derive(&self.0, "seal"), nonce, &place.bytes(), plain);
        #[expect(clippy::expect_used, reason = "the largest identity has 700 bytes, the smallest 12")]
        Sealed::new(&URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
            .expect("a value of a few hundred bytes")
    }

    pub(crate) fn unseal(&self, place: &Place<'_>, sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed.as_str()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        decrypt(&derive(&self.0, "seal"), *nonce, &place.bytes(), sealed)
    }
}

/// The ledger's personal key: it wraps the keys of persons, and finds duplicates, each with a key for that alone.
pub(crate) struct Master {
    pub(super) wrap: Secret,
    pub(super) nik: Secret,
    pub(super) kk: Secret,
    pub(super) account: Secret,
    pub(super) table: Secret,
}

impl Master {
    pub(super) fn new(key: &Secret) -> Self {
        let of = |purpose| derive(key, purpose);
        Self {
            wrap: of("wrap"),
            nik: of("duplicates nik"),
            kk: of("duplicates kk"),
            account: of("duplicates account"),
            table: of("duplicates table"),
        }
    }
}
