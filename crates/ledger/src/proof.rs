//! A proof that carries its line: C2SP `tlog-proof` with the line in the `extra` field, so that one file and the
//! public key are all that a checker needs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jejak_journal::checkpoint::{Checkpoint, Note, ProofFile, ProofFileError, VerifyingKey};
use jejak_journal::merkle::ProofError;
use jejak_journal::{FileJournal, Position, ReadError};

/// A line with the proof that it is in the ledger.
#[derive(Clone, Debug)]
pub struct Proof {
    line: Vec<u8>,
    file: ProofFile,
}

/// Why a line cannot be proved, or a proof proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum LineProofError {
    /// Reading the line.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Computing the hashes.
    #[error(transparent)]
    Compute(#[from] ProofError),
    /// The proof does not hold.
    #[error(transparent)]
    File(#[from] ProofFileError),
    /// The line is not in the file.
    #[error("the proof does not carry its line: there is no `extra` line with base64 after the first")]
    Line,
}

impl Proof {
    /// Proves the line at `position` against a signed head over `size` lines.
    ///
    /// # Errors
    /// When the line is not under that head, or cannot be read.
    pub fn of(journal: &FileJournal, position: u64, size: u64, head: Note) -> Result<Self, LineProofError> {
        let index = Position(position);
        let hashes = journal.prove_inclusion(index, size)?;
        Ok(Self { line: journal.read_line(index)?, file: ProofFile { index, hashes, checkpoint: head } })
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let text = self.file.to_string();
        match text.split_once('\n') {
            Some((first, rest)) => format!("{first}\nextra {}\n{rest}", STANDARD.encode(&self.line)),
            None => text,
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not a proof, or does not carry its line.
    pub fn read(bytes: &[u8]) -> Result<Self, LineProofError> {
        let file = ProofFile::parse(bytes)?;
        let text = std::str::from_utf8(bytes).map_err(|_| LineProofError::Line)?;
        let extra = text.lines().nth(1).and_then(|line| line.strip_prefix("extra "));
        let line = extra.and_then(|extra| STANDARD.decode(extra).ok()).ok_or(LineProofError::Line)?;
        Ok(Self { line, file })
    }

    /// Checks signature and hashes. Returns the head.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn check(&self, key: &VerifyingKey) -> Result<Checkpoint, LineProofError> {
        Ok(self.file.check(&self.line, key)?)
    }

    /// The position of the line.
    pub fn position(&self) -> u64 {
        self.file.index.0
    }

    /// The line.
    pub fn line(&self) -> &[u8] {
        &self.line
    }
}
