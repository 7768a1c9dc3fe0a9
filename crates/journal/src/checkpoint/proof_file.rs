//! A proof that anyone can check offline (C2SP `tlog-proof`, as of its commit 0065ea5b).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=     from the leaf's sibling up
//! B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
//!                                                  an empty line, then the signed checkpoint
//! ledger.example/prakerja
//! …
//! ```

use std::fmt;

use crate::checkpoint::encoding::{from_base64, hash_from_base64, number, to_base64};
use crate::checkpoint::head::{Checkpoint, CheckpointError};
use crate::checkpoint::key::VerifyingKey;
use crate::checkpoint::note::{Note, NoteError};
use crate::merkle::{Hash, Mismatch, leaf_hash, verify_inclusion};
use crate::position::Position;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// More than a tree of 2⁶⁴ leaves can ask for.
const MAX_HASHES: usize = 64;

/// Index, inclusion proof and signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// Position of the line.
    pub index: Position,
    /// Hashes from the leaf's sibling up to the root's child.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, unchecked.
    pub checkpoint: Note,
}

/// Why a proof file proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFileError {
    /// Not such a file.
    #[error("line {line} of the proof: expected {expected}")]
    Form {
        /// Line from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The checkpoint is not trusted.
    #[error("checkpoint of the proof: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The line is not in the tree.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl ProofFile {
    /// Reads a proof file. An `extra` line is accepted and ignored, because nothing vouches for it.
    ///
    /// # Errors
    /// Names the line that is not as the format demands.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let form = |line, expected| ProofFileError::Form { line, expected };
        let text = std::str::from_utf8(bytes).map_err(|_| form(1, "UTF-8 text"))?;
        let (proof, note) =
            text.split_once("\n\n").ok_or_else(|| form(1, "an empty line before the checkpoint"))?;
        let mut lines = (1..).zip(proof.split('\n')).peekable();
        if lines.next().is_none_or(|(_, first)| first != FIRST_LINE) {
            return Err(form(1, FIRST_LINE));
        }
        if let Some((line, extra)) = lines.next_if(|(_, line)| line.starts_with("extra ")) {
            let base64 = extra.strip_prefix("extra ").unwrap_or_default();
            from_base64(base64).ok_or_else(|| form(line, "base64 after extra"))?;
        }
        let index = lines.next().and_then(|(_, line)| number(line.strip_prefix("index ")?));
        let index = Position(index.ok_or_else(|| form(2, "index and a number without leading zeros"))?);
        let mut hashes = Vec::new();
        for (line, text) in lines {
            let hash = hash_from_base64(text).filter(|_| hashes.len() < MAX_HASHES);
            hashes.push(hash.ok_or_else(|| form(line, "base64 of 32 bytes, at most 64 of them"))?);
        }
        let checkpoint = Note::parse(note.as_bytes()).map_err(CheckpointError::from)?;
        Ok(Self { index, hashes, checkpoint })
    }

    /// Checks everything: the signature by this key, and that `line` (without newline) stands at [`index`](Self::index)
    /// of the signed tree. Returns the checkpoint.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn check(&self, line: &[u8], key: &VerifyingKey) -> Result<Checkpoint, ProofFileError> {
        let checkpoint = self.open_checkpoint(key)?;
        verify_inclusion(self.index.0, leaf_hash(line), checkpoint.size, &checkpoint.root, &self.hashes)?;
        Ok(checkpoint)
    }

    /// Only the signed checkpoint.
    ///
    /// # Errors
    /// When it is not signed by this key, or is not a checkpoint of this key's log.
    pub fn open_checkpoint(&self, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open(self.checkpoint.to_string().as_bytes(), key)
    }
}

impl From<NoteError> for ProofFileError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", to_base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::SigningKey;
    use crate::merkle::{ProofBuilder, TreeBuilder, inclusion_ranges};

    fn line(i: u64) -> Vec<u8> {
        format!("line {i}").into_bytes()
    }

    fn proof(index: u64, size: u64) -> (ProofFile, SigningKey) {
        let key = SigningKey::from_seed("ledger.example/test", &[5; 32]).unwrap();
        let mut tree = TreeBuilder::new();
        let mut builder = ProofBuilder::new(&inclusion_ranges(index, size).unwrap());
        for hash in (0..size).map(|i| leaf_hash(&line(i))) {
            tree.push(hash);
            builder.push(hash);
        }
        let checkpoint = Checkpoint::new("ledger.example/test", &tree).unwrap().sign(&key).unwrap();
        (ProofFile { index: Position(index), hashes: builder.finish().unwrap(), checkpoint }, key)
    }

    #[test]
    fn written_read_and_checked() {
        for (index, size) in [(0, 1), (3, 11), (10, 11)] {
            let (proof, key) = proof(index, size);
            let read = ProofFile::parse(proof.to_string().as_bytes()).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.check(&line(index), key.verifying_key()).unwrap().size, size);
            assert!(matches!(read.check(b"another", key.verifying_key()), Err(ProofFileError::Mismatch(_))));
        }
    }

    #[test]
    fn an_extra_line_changes_nothing() {
        let (proof, key) = proof(3, 11);
        let text = proof.to_string().replacen("index", "extra QUJD\nindex", 1);
        let read = ProofFile::parse(text.as_bytes()).unwrap();
        assert!(read.check(&line(3), key.verifying_key()).is_ok());
    }

    #[test]
    fn no_flipped_bit_proves_anything() {
        let (proof, key) = proof(3, 11);
        let text = proof.to_string().into_bytes();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let outcome =
                ProofFile::parse(&bytes).and_then(|proof| proof.check(&line(3), key.verifying_key()));
            assert!(outcome.is_err(), "bit {bit}");
        }
    }

    #[test]
    fn names_the_bad_line() {
        let text = proof(3, 11).0.to_string();
        let error = |text: String| ProofFile::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error(text.replace("@v1", "@v2")).starts_with("line 1 "));
        assert!(error(text.replace("index 3", "index 03")).starts_with("line 2 "));
        let first_hash = text.lines().nth(2).unwrap();
        assert!(error(text.replace(first_hash, "AAAA")).starts_with("line 3 "));
    }
}
