//! The engine for tests and for trials that keep nothing.

use crate::batch::{Batch, Batches, Frame};
use crate::commit::Commit;
use crate::error::{AppendError, ReadError};
use crate::journal::Journal;
use crate::num::u64_of;
use crate::position::Position;

/// A journal in memory: never durable, otherwise like any other.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    /// Commits with the position of their first line, in order.
    commits: Vec<(u64, Commit)>,
    len: u64,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Journal for MemoryJournal {
    fn len(&self) -> u64 {
        self.len
    }

    fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        if at.0 != self.len {
            return Err(AppendError::WrongPosition { asked: at, expected: Position(self.len) });
        }
        for commit in commits {
            self.commits.push((self.len, commit.clone()));
            self.len += u64::from(commit.len());
        }
        Ok(())
    }

    fn read(&self, from: Position) -> Result<Batches, ReadError> {
        if from.0 > self.len {
            return Err(ReadError::BehindEnd { asked: from, len: self.len });
        }
        let begin = self.commits.partition_point(|(first, commit)| first + u64::from(commit.len()) <= from.0);
        let commits: Vec<(u64, Commit)> = self.commits.iter().skip(begin).cloned().collect();
        Ok(Batches::new(commits.into_iter().filter_map(move |(first, commit)| {
            let frame = Frame::from_commits(Position(first), [&commit])?;
            let skip = u32::try_from(from.0.saturating_sub(first)).ok()?;
            frame.trimmed(skip, u32::MAX).map(|frame| Ok(Batch::from(frame)))
        })))
    }
}

impl MemoryJournal {
    /// All lines in order, for assertions.
    pub fn lines(&self) -> Vec<&[u8]> {
        let mut lines = Vec::with_capacity(crate::num::usize_of(self.len));
        lines.extend(self.commits.iter().flat_map(|(_, commit)| commit.lines()));
        debug_assert_eq!(u64_of(lines.len()), self.len);
        lines
    }
}
