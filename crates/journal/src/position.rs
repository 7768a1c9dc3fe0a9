//! A line number. Never stored in the line itself.

use std::fmt;

/// Line number from 0 (not a byte offset, not a count).
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

impl Position {
    /// The position that lies `lines` further on. Stops at `u64::MAX`, which no journal reaches.
    #[must_use]
    pub const fn plus(self, lines: u64) -> Self {
        Self(self.0.saturating_add(lines))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
