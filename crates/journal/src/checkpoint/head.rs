//! A tree head: origin, size, root (C2SP `tlog-checkpoint` v1.0.0, without extension lines).

use std::fmt;

use crate::checkpoint::encoding::{hash_from_base64, number, to_base64};
use crate::checkpoint::key::{SigningKey, VerifyingKey};
use crate::checkpoint::note::{Note, NoteError, is_key_name};
use crate::merkle::{Hash, Mismatch, TreeBuilder, verify_consistency};

/// What a log says of itself at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log, as a URL without scheme; also the name of the key that signs.
    pub origin: String,
    /// Number of lines.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

/// Why a text is not a trusted checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Not a note, or not signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not the three lines.
    #[error("a checkpoint is exactly three lines: origin, size without leading zeros, base64 of 32 bytes")]
    Form,
    /// Of another log than the key.
    #[error("the checkpoint is of {found}, the key of {expected}")]
    Origin {
        /// Name of the key.
        expected: String,
        /// Origin in the checkpoint.
        found: String,
    },
}

impl Checkpoint {
    /// The head of a tree. `None` when the origin is empty or has spaces, control characters or plus signs.
    pub fn new(origin: &str, tree: &TreeBuilder) -> Option<Self> {
        is_key_name(origin).then(|| Self { origin: origin.to_owned(), size: tree.size(), root: tree.root() })
    }

    /// Reads the three lines.
    ///
    /// # Errors
    /// [`CheckpointError::Form`], also when extension lines follow: we write none and accept none.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        Self::from_lines(text).ok_or(CheckpointError::Form)
    }

    fn from_lines(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let (size, root) = (number(size)?, hash_from_base64(root)?);
        let valid = lines.next().is_none() && is_key_name(origin);
        valid.then(|| Self { origin: origin.to_owned(), size, root })
    }

    /// The root as the note has it, in base64.
    pub fn root_text(&self) -> String {
        to_base64(&self.root)
    }

    /// Signs it with the key of its origin.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when the key has another name.
    pub fn sign(&self, key: &SigningKey) -> Result<Note, CheckpointError> {
        self.check_origin(key.verifying_key())?;
        let mut note = Note::new(self.to_string()).ok_or(CheckpointError::Form)?;
        note.add(key.sign(note.text()));
        Ok(note)
    }

    /// Opens a signed checkpoint: signature first, then content.
    ///
    /// # Errors
    /// When it is not signed by this key, or is not a checkpoint of this key's log.
    pub fn open(note: &[u8], key: &VerifyingKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        key.verify(&note)?;
        let checkpoint = Self::parse(note.text())?;
        checkpoint.check_origin(key)?;
        Ok(checkpoint)
    }

    fn check_origin(&self, key: &VerifyingKey) -> Result<(), CheckpointError> {
        if self.origin == key.name() {
            return Ok(());
        }
        Err(CheckpointError::Origin { expected: key.name().to_owned(), found: self.origin.clone() })
    }

    /// Checks that this checkpoint extends an older one of the same log, given the consistency proof.
    ///
    /// # Errors
    /// Says in which way history was not kept.
    pub fn extends(&self, older: &Self, proof: &[Hash]) -> Result<(), Mismatch> {
        verify_consistency(older.size, &older.root, self.size, &self.root, proof)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{consistency_ranges, leaf_hash};

    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name, &[3; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification() {
        let checkpoint = Checkpoint::parse(TEXT).unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.to_string(), TEXT);
    }

    #[test]
    fn one_form_only() {
        let bad = [
            TEXT.replace("20852163", "020852163"),
            TEXT.replace("20852163", "+20852163"),
            TEXT.replace("20852163", "18446744073709551616"),
            TEXT.replace("CsUY", "sUY"),
            TEXT.replace("q2I=", "q2I"),
            TEXT.replace("q2I=", "q2J="),
            format!("{TEXT}extension\n"),
            format!("{TEXT}\n"),
            TEXT.trim_end().into(),
            TEXT.replace("behind-the-sofa", "behind the sofa"),
        ];
        for text in bad {
            assert_eq!(Checkpoint::parse(&text), Err(CheckpointError::Form), "{text:?}");
        }
    }

    #[test]
    fn signing_and_opening_belong_to_the_origin() {
        let checkpoint = Checkpoint::parse(TEXT).unwrap();
        let ours = key("example.com/behind-the-sofa");
        let note = checkpoint.sign(&ours).unwrap().to_string();
        assert_eq!(Checkpoint::open(note.as_bytes(), ours.verifying_key()), Ok(checkpoint.clone()));
        let other = key("example.com/other");
        assert!(matches!(checkpoint.sign(&other), Err(CheckpointError::Origin { .. })));
        let mut foreign = Note::new(TEXT).unwrap();
        foreign.add(other.sign(TEXT));
        let opened = Checkpoint::open(foreign.to_string().as_bytes(), other.verifying_key());
        assert!(matches!(opened, Err(CheckpointError::Origin { .. })));
    }

    #[test]
    fn no_flipped_bit_of_a_signed_checkpoint_gives_another_one() {
        let ours = key("example.com/behind-the-sofa");
        let truth = Checkpoint::parse(TEXT).unwrap();
        let note = truth.sign(&ours).unwrap().to_string();
        for bit in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Checkpoint::open(&bytes, ours.verifying_key()).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn extends_only_what_it_extends() {
        let mut tree = TreeBuilder::new();
        tree.extend((0..5_u8).map(|i| leaf_hash(&[i])));
        let older = Checkpoint::new("a", &tree).unwrap();
        let mut builder = crate::merkle::ProofBuilder::new(&consistency_ranges(5, 9).unwrap());
        (0..9_u8).map(|i| leaf_hash(&[i])).for_each(|leaf| builder.push(leaf));
        tree.extend((5..9_u8).map(|i| leaf_hash(&[i])));
        let newer = Checkpoint::new("a", &tree).unwrap();
        let proof = builder.finish().unwrap();
        assert_eq!(newer.extends(&older, &proof), Ok(()));
        assert_eq!(older.extends(&newer, &proof), Err(Mismatch::Shrinks { old: 9, new: 5 }));
        let rewritten = Checkpoint { root: [0; 32], ..older };
        assert_eq!(newer.extends(&rewritten, &proof), Err(Mismatch::OldRoot));
    }
}
