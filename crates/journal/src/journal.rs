//! The trait: what an engine must be able to do, and no more.

use crate::batch::Batches;
use crate::commit::Commit;
use crate::error::{AppendError, ReadError};
use crate::position::Position;

/// Lines in order, durable. One writer, any number of readers.
pub trait Journal {
    /// Number of durable lines, and so the position of the next one.
    fn len(&self) -> u64;

    /// True before the first line.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes the commits durable as one group, with one sync, and returns after it.
    /// No commits at all is allowed and only checks `at`.
    ///
    /// # Errors
    /// [`AppendError::WrongPosition`] with the true length when `at` is not the end; otherwise see there.
    /// After any error none of these lines was acknowledged.
    fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError>;

    /// All lines from `from` to the end as it is now. `from` may lie inside a commit.
    ///
    /// # Errors
    /// [`ReadError::BehindEnd`] when `from` is greater than [`len`](Self::len); damage is reported by the iterator
    /// and by [`Batch::unpack`](crate::Batch::unpack).
    fn read(&self, from: Position) -> Result<Batches, ReadError>;
}

/// So that an engine can be chosen at run time.
impl<J: Journal + ?Sized> Journal for Box<J> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        (**self).append(at, commits)
    }

    fn read(&self, from: Position) -> Result<Batches, ReadError> {
        (**self).read(from)
    }
}
