//! Where in a file something stands, and what cannot be read there.

use std::fmt;

/// Where in a file: enough to find it with any editor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line of the file, from 1.
    pub line: u64,
    /// Entry of the statement, or transaction of the answer, from 1; 0 before the first.
    pub entry: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if self.entry > 0 {
            write!(f, ", entry {}", self.entry)?;
        }
        Ok(())
    }
}

/// A part of a file that cannot be read. The rest of the file is read on; this becomes a break.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Unreadable {
    /// Where.
    pub place: Place,
    /// What is wrong, in a sentence, without names or numbers of persons.
    pub problem: String,
    /// The bytes as they stand there, at most a kilobyte of them, so that nothing is lost. They may name persons.
    pub raw: Vec<u8>,
}

/// Why a file as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is of another kind.
    #[error("this is no {expected}: {found}")]
    Other {
        /// What was to be read.
        expected: &'static str,
        /// What it seems to be.
        found: String,
    },
    /// It ends in the middle, or its frame is broken. What was handed over before stands.
    #[error("{place}: the file is broken off or damaged here: {problem}; ask for it again")]
    Damaged {
        /// Where.
        place: Place,
        /// What is wrong.
        problem: String,
    },
    /// It is not in UTF-8: nothing in it is guessed.
    #[error(
        "{place}: the file is not in UTF-8; ask for it in UTF-8, or convert it from the encoding that the bank names"
    )]
    Encoding {
        /// Where.
        place: Place,
    },
    /// Something in it that no bank sends, and that could harm.
    #[error("{place}: {what} is refused: no bank sends it")]
    Refused {
        /// Where.
        place: Place,
        /// What.
        what: &'static str,
    },
    /// The system refuses.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
}
