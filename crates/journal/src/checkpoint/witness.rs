//! Cosignatures of witnesses (C2SP `tlog-cosignature` v1.0.1, Ed25519). A witness signs a head only when it extends every
//! head of this log that it has signed before: whoever holds the log's key alone cannot rewrite what was cosigned.

use std::fmt;

use ed25519_dalek::{Signature, Signer};

use crate::checkpoint::key::{KeyError, key_id, split, to_text};
use crate::checkpoint::note::{Note, NoteError, NoteSignature, is_key_name};

/// Timestamped Ed25519 cosignature as `signed-note` numbers it.
const TYPE_COSIGNATURE: u8 = 0x04;

/// The public key of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

/// The secret key of a witness: for those who run one, and for tests.
#[derive(Clone)]
pub struct WitnessSigner {
    public: WitnessKey,
    secret: ed25519_dalek::SigningKey,
}

fn message(time: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

impl WitnessKey {
    fn new(name: &str, public: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, TYPE_COSIGNATURE, public), key })
    }

    /// Reads `name+id+base64(0x04 ‖ public key)`.
    ///
    /// # Errors
    /// When the text is not of that form or its parts contradict each other.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, public) = split(text.trim_end_matches('\n'), TYPE_COSIGNATURE)?;
        let key = Self::new(name, &public)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// Name of the witness.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When this witness cosigned the note, in seconds since 1970; the latest time when it did more than once. `None`
    /// when it did not. Only the log's own signature tells whose head it is: see [`Checkpoint::open`](super::Checkpoint).
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`] when a cosignature in its name does not hold.
    pub fn cosigned(&self, note: &Note) -> Result<Option<u64>, NoteError> {
        let mut latest = None;
        for signature in
            note.signatures().iter().filter(|each| each.name == self.name && each.key_id == self.id)
        {
            let time = self.time_of(signature, note.text());
            latest =
                latest.max(Some(time.ok_or_else(|| NoteError::WrongSignature { name: self.name.clone() })?));
        }
        Ok(latest)
    }

    fn time_of(&self, signature: &NoteSignature, text: &str) -> Option<u64> {
        let (time, signature) = signature.signature.split_first_chunk::<8>()?;
        let (time, signature) = (u64::from_be_bytes(*time), Signature::from_slice(signature).ok()?);
        self.key.verify_strict(&message(time, text), &signature).ok()?;
        Some(time)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_text(&self.name, self.id, TYPE_COSIGNATURE, &self.key.to_bytes()))
    }
}

impl WitnessSigner {
    /// The key of this name for 32 secret random bytes, which the caller must supply.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = WitnessKey::new(name, &secret.verifying_key().to_bytes())?;
        Ok(Self { public, secret })
    }

    /// The key for those who verify.
    pub const fn key(&self) -> &WitnessKey {
        &self.public
    }

    /// Cosigns a note at `time`, in seconds since 1970. That it extends what was cosigned before is the caller's to check.
    pub fn cosign(&self, note: &mut Note, time: u64) {
        let signature = self.secret.sign(&message(time, note.text()));
        let bytes = [&time.to_be_bytes()[..], &signature.to_bytes()].concat();
        note.add(NoteSignature { name: self.public.name.clone(), key_id: self.public.id, signature: bytes });
    }
}

impl fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessSigner({})", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Checkpoint, SigningKey, VerifyingKey};
    use crate::merkle::TreeBuilder;

    fn cosigned() -> (SigningKey, WitnessSigner, Note) {
        let log = SigningKey::from_seed("log.example/a", &[1; 32]).unwrap();
        let witness = WitnessSigner::from_seed("witness.example/w", &[2; 32]).unwrap();
        let mut note = Checkpoint::new("log.example/a", &TreeBuilder::new()).unwrap().sign(&log).unwrap();
        witness.cosign(&mut note, 1_679_315_147);
        (log, witness, note)
    }

    #[test]
    fn a_cosigned_head_opens_as_before_and_tells_its_witness() {
        let (log, witness, note) = cosigned();
        let bytes = note.to_string().into_bytes();
        assert!(Checkpoint::open(&bytes, log.verifying_key()).is_ok());
        let note = Note::parse(&bytes).unwrap();
        let key = WitnessKey::parse(&witness.key().to_string()).unwrap();
        assert_eq!(key.cosigned(&note), Ok(Some(1_679_315_147)));
        let stranger = WitnessSigner::from_seed("witness.example/w", &[3; 32]).unwrap();
        assert_eq!(stranger.key().cosigned(&note), Ok(None));
        // A key is of one kind: the same bytes as a log's key have another id.
        assert_eq!(VerifyingKey::parse(&key.to_string()), Err(KeyError::Type(4)));
        assert_eq!(WitnessKey::parse(&log.verifying_key().to_string()), Err(KeyError::Type(1)));
    }

    #[test]
    fn what_is_signed_is_what_the_specification_says() {
        let (_, witness, note) = cosigned();
        let signature = &note.signatures()[1].signature;
        let text = format!("cosignature/v1\ntime 1679315147\n{}", note.text());
        let expected = witness.secret.sign(text.as_bytes()).to_bytes();
        assert_eq!(signature[..8], 1_679_315_147_u64.to_be_bytes());
        assert_eq!(signature[8..], expected);
    }

    #[test]
    fn no_altered_cosignature_holds() {
        let (log, witness, note) = cosigned();
        for byte in 0..note.signatures()[1].signature.len() {
            let mut signature = note.signatures()[1].clone();
            signature.signature[byte] ^= 1;
            let mut altered = Note::new(note.text()).unwrap();
            altered.add(log.sign(note.text()));
            altered.add(signature);
            assert!(witness.key().cosigned(&altered).is_err(), "byte {byte}");
        }
        let mut moved = Note::new(note.text().replace("\n0\n", "\n1\n")).unwrap();
        moved.add(note.signatures()[1].clone());
        assert!(witness.key().cosigned(&moved).is_err());
    }
}
