//! Checking the access journal where it counts, in its files or on the server: its tree, its heads, its lines.

use super::{Entry, heads, journal, take_heads, verifying_key};
use crate::home::{Home, HomeError};
use crate::secrets::hex;
use jejak_domain::ids::Digest;
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::merkle::{TreeBuilder, leaf_hash};
use jejak_journal::{Journal, OpenError, Position, ReadError};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Something in the access journal that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum AccessFailure {
    /// The files are damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lines cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A head is not signed by the ledger's key.
    #[error("{}: not a head of this access journal", .0.display())]
    Signature(PathBuf),
    /// Lines are not those that were signed.
    #[error("lines up to {size} are not those that were signed in {}", path.display())]
    Head {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
    },
    /// Lines are missing at the end.
    #[error("the head in {} covers {size} lines, the access journal has {len}", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
        /// Lines that are there.
        len: u64,
    },
    /// Less is there than the ledger's own lines say, or something else.
    #[error(
        "the ledger's own lines vouch for {said} lines of it, and it has {len}, or other ones: lines were removed or altered"
    )]
    Anchor {
        /// Lines that the ledger speaks of.
        said: u64,
        /// Lines that are there.
        len: u64,
    },
    /// A line is not an entry.
    #[error("line {position}: {problem}")]
    Line {
        /// Where.
        position: u64,
        /// What is wrong.
        problem: String,
    },
}

/// What the ledger's own lines say of it: roots by number of lines.
pub type Anchors = BTreeMap<u64, Digest>;

/// The result.
#[derive(Debug, Default)]
pub struct AccessCheck {
    /// Lines that were read.
    pub lines: u64,
    /// Heads that agree.
    pub heads: usize,
    /// What does not hold.
    pub failures: Vec<AccessFailure>,
}

/// Checks the access journal, also against what the ledger's own lines say of it, where `anchors` has any; a ledger that
/// was never offered as a service has none.
///
/// # Errors
/// When a file cannot be opened at all; what does not hold is in the result.
pub fn check(home: &Home, anchors: &Anchors) -> Result<AccessCheck, HomeError> {
    let mut check = AccessCheck::default();
    let key = verifying_key(home)?;
    // Before the lines: a service that runs signs what it has written, so the lines are there.
    take_heads(home)?;
    let mut heads_by_size: BTreeMap<u64, (PathBuf, Checkpoint)> = BTreeMap::new();
    for file in heads(home).all()? {
        match file.open(&key) {
            Ok(head) => {
                heads_by_size.insert(head.size, (file.path, head));
            }
            Err(_) => check.failures.push(AccessFailure::Signature(file.path)),
        }
    }
    let mut tree = TreeBuilder::new();
    match journal(home) {
        Ok(Some(journal)) => {
            if let Err(problem) = check.read(&*journal, &mut tree, &heads_by_size, anchors) {
                check.failures.push(problem.into());
            }
        }
        Ok(None) => {}
        Err(HomeError::Journal(problem)) => check.failures.push(problem.into()),
        Err(other) => return Err(other),
    }
    check.lines = tree.size();
    let beyond = heads_by_size.into_iter().next_back().filter(|(size, _)| *size > tree.size());
    if let Some((size, (path, _))) = beyond.filter(|_| check.failures.is_empty()) {
        check.failures.push(AccessFailure::Cut { path, size, len: tree.size() });
    }
    if let Some((said, _)) = anchors.last_key_value().filter(|(said, _)| **said > tree.size()) {
        check.failures.push(AccessFailure::Anchor { said: *said, len: tree.size() });
    }
    Ok(check)
}

impl AccessCheck {
    fn read(
        &mut self,
        journal: &dyn Journal,
        tree: &mut TreeBuilder,
        heads: &BTreeMap<u64, (PathBuf, Checkpoint)>,
        anchors: &Anchors,
    ) -> Result<(), ReadError> {
        for batch in journal.read(Position(0))? {
            for line in batch?.unpack()?.lines() {
                let position = tree.size();
                if let Err(problem) = Entry::read(line) {
                    self.failures.push(AccessFailure::Line { position, problem });
                }
                tree.push(leaf_hash(line));
                let said = tree.size();
                if anchors.get(&said).is_some_and(|root| root.as_str() != hex(&tree.root())) {
                    self.failures.push(AccessFailure::Anchor { said, len: journal.len() });
                }
                match heads.get(&tree.size()) {
                    Some((_, head)) if head.root == tree.root() => self.heads += 1,
                    Some((path, head)) => {
                        self.failures.push(AccessFailure::Head { path: path.clone(), size: head.size });
                    }
                    None => {}
                }
            }
        }
        Ok(())
    }
}
