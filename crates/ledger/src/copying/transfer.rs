//! The same history in another engine: lines, boundaries of commits, and so the root, whatever the files look like.
//!
//! What is there already must be the beginning of the history, so an interrupted transfer goes on where it stopped and
//! another history is never overwritten. At the end all of the copy is read back.

use jejak_journal::merkle::{Hash, TreeBuilder, leaf_hash};
use jejak_journal::{AppendError, Commit, CommitError, Journal, Position, ReadError};
use sha2::{Digest as _, Sha256};

/// What was transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Lines that were not there before.
    pub lines: u64,
    /// What both come to now.
    pub standing: Spine,
}

/// What tells one history from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spine {
    /// Lines.
    pub lines: u64,
    /// The root over them.
    pub root: Hash,
    /// SHA-256 over the lengths of all commits, each as four bytes, little-endian.
    pub commits: Hash,
}

/// Why a transfer ended.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Reading either side.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing the copy.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The copy has what the source has not.
    #[error(
        "the copy has {copy} lines and the source only {source_lines}: copy the other way, or to another place"
    )]
    Longer {
        /// Lines of the copy.
        copy: u64,
        /// Lines of the source.
        source_lines: u64,
    },
    /// Two histories.
    #[error(
        "the {0} lines of the copy are not the first lines of the source: keep both, and find out which was altered"
    )]
    Differs(u64),
    /// The copy reads back as something else.
    #[error("the copy was read back and is not the source: root or commits differ at {0} lines")]
    ReadBack(u64),
    /// A commit of the source is none.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Lines and bytes of one append: one sync, one frame, a few requests of a server.
const GROUP_LINES: u32 = 8_192;
const GROUP_BYTES: usize = 4 << 20;

#[derive(Default)]
struct Walk {
    tree: TreeBuilder,
    commits: Sha256,
}

impl Walk {
    fn take(&mut self, lines: &[&[u8]]) {
        self.tree.extend(lines.iter().map(|line| leaf_hash(line)));
        self.commits.update(u32::try_from(lines.len()).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn spine(&self) -> Spine {
        let commits = self.commits.clone().finalize().into();
        Spine { lines: self.tree.size(), root: self.tree.root(), commits }
    }
}

/// What a journal comes to, all of it read.
///
/// # Errors
/// When it cannot be read.
pub fn spine(journal: &dyn Journal) -> Result<Spine, ReadError> {
    let mut walk = Walk::default();
    for batch in journal.read(Position(0))? {
        let frame = batch?.unpack()?;
        for range in frame.commits() {
            walk.take(&range.filter_map(|line| frame.line(line)).collect::<Vec<_>>());
        }
    }
    Ok(walk.spine())
}

/// Commits on their way.
struct Group<'a> {
    to: &'a mut dyn Journal,
    commits: Vec<Commit>,
    lines: u32,
    bytes: usize,
}

impl Group<'_> {
    fn add(&mut self, commit: Commit) -> Result<(), TransferError> {
        self.lines += commit.len();
        self.bytes += commit.as_bytes().len();
        self.commits.push(commit);
        if self.lines >= GROUP_LINES || self.bytes >= GROUP_BYTES { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), TransferError> {
        self.to.append(Position(self.to.len()), &self.commits)?;
        self.commits.clear();
        (self.lines, self.bytes) = (0, 0);
        Ok(())
    }
}

/// Brings `to` up to `from`, and reads it back. `progress` is told the lines that are there.
///
/// # Errors
/// When one side cannot be read or written, or `to` holds another history.
pub fn transfer(
    from: &dyn Journal,
    to: &mut dyn Journal,
    mut progress: impl FnMut(u64),
) -> Result<Transferred, TransferError> {
    let there = spine(to)?;
    if there.lines > from.len() {
        return Err(TransferError::Longer { copy: there.lines, source_lines: from.len() });
    }
    let mut walk = Walk::default();
    let mut same = there == walk.spine();
    let mut group = Group { to, commits: Vec::new(), lines: 0, bytes: 0 };
    for batch in from.read(Position(0))? {
        let frame = batch?.unpack()?;
        for range in frame.commits() {
            let lines: Vec<&[u8]> = range.filter_map(|line| frame.line(line)).collect();
            if walk.tree.size() >= there.lines {
                // A boundary that is passed over is one that the source has not.
                if !same {
                    return Err(TransferError::Differs(there.lines));
                }
                group.add(Commit::from_lines(&lines)?)?;
            }
            walk.take(&lines);
            if walk.tree.size() == there.lines {
                same = there == walk.spine();
            }
        }
        progress(walk.tree.size());
    }
    if !same {
        return Err(TransferError::Differs(there.lines));
    }
    group.send()?;
    let (standing, back) = (walk.spine(), spine(to)?);
    if back != standing {
        return Err(TransferError::ReadBack(back.lines));
    }
    Ok(Transferred { lines: standing.lines - there.lines, standing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jejak_journal::MemoryJournal;

    fn journal(commits: &[&[&str]]) -> MemoryJournal {
        let mut journal = MemoryJournal::new();
        for lines in commits {
            let commit = Commit::from_lines(*lines).unwrap();
            journal.append(Position(journal.len()), &[commit]).unwrap();
        }
        journal
    }

    #[test]
    fn a_transfer_goes_on_where_it_stopped_and_keeps_every_boundary() {
        let all: &[&[&str]] = &[&["a", "b"], &["c"], &["d", "e", "f"]];
        let from = journal(all);
        for there in 0..=all.len() {
            let mut to = journal(all.get(..there).unwrap());
            let before = to.len();
            let done = transfer(&from, &mut to, |_| ()).unwrap();
            assert_eq!(done, Transferred { lines: from.len() - before, standing: spine(&from).unwrap() });
            assert_eq!(to.lines(), from.lines());
        }
    }

    #[test]
    fn another_history_is_never_continued() {
        let from = journal(&[&["a", "b"], &["c"]]);
        let others: [&[&[&str]]; 4] = [&[&["a", "x"]], &[&["a"], &["b"]], &[&["a", "b", "c"]], &[&["a"]]];
        for other in others {
            let mut to = journal(other);
            let before = to.clone();
            let refused = transfer(&from, &mut to, |_| ());
            assert!(matches!(refused, Err(TransferError::Differs(_))), "{other:?}: {refused:?}");
            assert_eq!(to.lines(), before.lines());
        }
        let mut to = journal(&[&["a", "b"], &["c"], &["d"]]);
        assert!(matches!(
            transfer(&from, &mut to, |_| ()),
            Err(TransferError::Longer { copy: 4, source_lines: 3 })
        ));
    }
}
