//! Ed25519 keys of signed notes, signature type 0x01, in the text forms that Go's `note` package reads too.

use std::fmt;

use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

use crate::checkpoint::encoding::{from_base64, from_hex8, to_base64, to_hex8};
use crate::checkpoint::note::{Note, NoteError, NoteSignature, is_key_name};

/// Ed25519 as `signed-note` defines it.
const TYPE_ED25519: u8 = 0x01;
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// Why a text is not a key. The text itself is never repeated: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name cannot stand in a note.
    #[error("a key name is not empty and has no spaces, control characters or plus signs")]
    Name,
    /// Not of the form.
    #[error("a public key is written name+id+base64, a private one PRIVATE+KEY+name+id+base64")]
    Form,
    /// Another signature type than Ed25519.
    #[error("the key is of type {0:#04x}: a log signs with Ed25519 (0x01), a witness cosigns with 0x04")]
    Type(u8),
    /// Name, id and key do not belong together.
    #[error("the key id does not match name and key: the text was altered or put together wrongly")]
    Id,
    /// The 32 bytes are not a usable point.
    #[error("the 32 bytes are not a valid Ed25519 public key")]
    Point,
}

/// Signs notes. Holds a secret: it has no readable `Debug`.
#[derive(Clone)]
pub struct SigningKey {
    public: VerifyingKey,
    secret: ed25519_dalek::SigningKey,
}

/// Verifies notes: name, id and public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

/// `SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]`
pub(super) fn key_id(name: &str, kind: u8, public: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([b'\n', kind]);
    hasher.update(public);
    let hash: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

impl SigningKey {
    /// The key of this name for 32 secret random bytes, which the caller must supply.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(name, &secret.verifying_key().to_bytes())?;
        Ok(Self { public, secret })
    }

    /// Reads `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`.
    ///
    /// # Errors
    /// When the text is not of that form or its parts contradict each other.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.trim_end_matches('\n').strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Form)?;
        let (name, id, seed) = split(rest, TYPE_ED25519)?;
        let key = Self::from_seed(name, &seed)?;
        if key.public.id == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The secret as text, for the key file only.
    pub fn to_secret_text(&self) -> String {
        let VerifyingKey { name, id, .. } = &self.public;
        format!("{PRIVATE_PREFIX}{}", to_text(name, *id, TYPE_ED25519, &self.secret.to_bytes()))
    }

    /// The same secret under another name, for a second log of the same owner.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn named(&self, name: &str) -> Result<Self, KeyError> {
        Self::from_seed(name, &self.secret.to_bytes())
    }

    /// The key for those who verify.
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// A signature of the text.
    pub fn sign(&self, text: &str) -> NoteSignature {
        let signature = self.secret.sign(text.as_bytes()).to_bytes().to_vec();
        NoteSignature { name: self.public.name.clone(), key_id: self.public.id, signature }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

impl VerifyingKey {
    /// A key from its parts.
    ///
    /// # Errors
    /// [`KeyError::Name`] or [`KeyError::Point`].
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, TYPE_ED25519, public), key })
    }

    /// Reads `name+id+base64(0x01 ‖ public key)`, a *vkey*.
    ///
    /// # Errors
    /// When the text is not of that form or its parts contradict each other.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, public) = split(text.trim_end_matches('\n'), TYPE_ED25519)?;
        let key = Self::new(name, &public)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// Name of the key: for a ledger, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of a hash over name and key; no identifier to rely on by itself.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The 32 bytes of the public key.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Checks that this key signed the note. Signatures of other keys are ignored; of this key's, every one must hold.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] or [`NoteError::WrongSignature`].
    pub fn verify(&self, note: &Note) -> Result<(), NoteError> {
        let mut signed = false;
        for signature in note.signatures().iter().filter(|s| s.name == self.name && s.key_id == self.id) {
            let good = Signature::from_slice(&signature.signature)
                .and_then(|signature| self.key.verify_strict(note.text().as_bytes(), &signature));
            good.map_err(|_| NoteError::WrongSignature { name: self.name.clone() })?;
            signed = true;
        }
        if signed {
            return Ok(());
        }
        Err(NoteError::Unsigned { name: self.name.clone(), key_id: to_hex8(self.id) })
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_text(&self.name, self.id, TYPE_ED25519, &self.key.to_bytes()))
    }
}

/// `name+id+base64(type ‖ 32 bytes)`
pub(super) fn to_text(name: &str, id: [u8; 4], kind: u8, key: &[u8; 32]) -> String {
    let bytes = [&[kind][..], key].concat();
    format!("{name}+{}+{}", to_hex8(id), to_base64(&bytes))
}

/// The parts of [`to_text`]; base64 may contain a plus sign itself.
pub(super) fn split(text: &str, kind: u8) -> Result<(&str, [u8; 4], [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let id = from_hex8(id).ok_or(KeyError::Form)?;
    let bytes = from_base64(base64).ok_or(KeyError::Form)?;
    match bytes.split_first() {
        Some((&found, key)) if found == kind => Ok((name, id, key.try_into().map_err(|_| KeyError::Form)?)),
        Some((&found, _)) => Err(KeyError::Type(found)),
        None => Err(KeyError::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example key pair and note of Go's golang.org/x/mod/sumdb/note.
    const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn signs_as_go_does() {
        let key = SigningKey::parse(PRIVATE).unwrap();
        assert_eq!(key.to_secret_text(), PRIVATE);
        assert_eq!(key.verifying_key().to_string(), PUBLIC);
        let (text, _) = NOTE.rsplit_once("\n\n").unwrap();
        let mut note = Note::new(format!("{text}\n")).unwrap();
        note.add(key.sign(note.text()));
        assert_eq!(note.to_string(), NOTE);
        assert!(!format!("{key:?}").contains("AYEKFALV"));
    }

    #[test]
    fn verifies_what_go_signed_and_nothing_else() {
        let key = VerifyingKey::parse(PUBLIC).unwrap();
        let note = Note::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(key.verify(&note), Ok(()));
        let altered = Note::parse(NOTE.replace("don't", "do").as_bytes()).unwrap();
        assert_eq!(key.verify(&altered), Err(NoteError::WrongSignature { name: "PeterNeumann".into() }));
        let stranger = SigningKey::from_seed("PeterNeumann", &[7; 32]).unwrap();
        assert!(matches!(stranger.verifying_key().verify(&note), Err(NoteError::Unsigned { .. })));
    }

    #[test]
    fn strangers_signatures_are_ignored_but_a_second_wrong_one_of_ours_is_not() {
        let key = VerifyingKey::parse(PUBLIC).unwrap();
        let mut note = Note::parse(NOTE.as_bytes()).unwrap();
        note.add(NoteSignature { name: "PeterNeumann".into(), key_id: [0; 4], signature: vec![1; 70] });
        note.add(NoteSignature { name: "witness".into(), key_id: key.id(), signature: vec![1; 64] });
        assert_eq!(key.verify(&note), Ok(()));
        note.add(NoteSignature { name: "PeterNeumann".into(), key_id: key.id(), signature: vec![1; 64] });
        assert!(key.verify(&note).is_err());
    }

    #[test]
    fn what_is_no_key() {
        let refused = [
            ("", KeyError::Form),
            ("PeterNeumann+c74f20a3", KeyError::Form),
            ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
            ("PeterNewmann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
            ("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Type(4)),
            ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
            ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Form),
        ];
        for (text, error) in refused {
            assert_eq!(VerifyingKey::parse(text), Err(error), "{text}");
        }
        // The neutral point verifies signatures that nobody made.
        let neutral = [&[1_u8][..], &[0; 31]].concat();
        assert_eq!(VerifyingKey::new("a", &neutral.try_into().unwrap()), Err(KeyError::Point));
    }
}
