//! What is durable, as it becomes so: for whoever follows.

use bytes::Bytes;
use jejak_journal::{Commit, Position};
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// Groups that a follower may be behind before it has to read from the disk.
const GROUPS: usize = 32;

/// Lines that became durable together.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Position of the first.
    pub(crate) first: u64,
    /// The lines, without newlines.
    pub(crate) lines: Arc<[Bytes]>,
}

/// Tells of durable lines.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    length: watch::Sender<u64>,
    groups: broadcast::Sender<Group>,
}

impl Live {
    pub(crate) fn new(length: u64) -> Self {
        Self { length: watch::Sender::new(length), groups: broadcast::Sender::new(GROUPS) }
    }

    /// Durable lines.
    pub(crate) fn length(&self) -> u64 {
        *self.length.borrow()
    }

    /// Durable lines, now and later.
    pub(crate) fn lengths(&self) -> watch::Receiver<u64> {
        self.length.subscribe()
    }

    /// Groups from now on. A follower that is too slow is told how many it missed.
    pub(crate) fn groups(&self) -> broadcast::Receiver<Group> {
        self.groups.subscribe()
    }

    /// Sets the length after the ledger was opened again.
    pub(crate) fn reopened(&self, length: u64) {
        self.length.send_replace(length);
    }

    /// Tells of a group.
    pub(crate) fn publish(&self, first: Position, commits: &[Commit]) {
        let lines: u64 = commits.iter().map(|commit| u64::from(commit.len())).sum();
        // Before the group: who reads it from the disk instead must find that it is there.
        self.length.send_replace(first.0 + lines);
        // Nobody listens: nothing is copied.
        if self.groups.receiver_count() > 0 {
            let lines = commits.iter().flat_map(Commit::lines).map(Bytes::copy_from_slice).collect();
            // Whoever stopped listening meanwhile misses nothing.
            let _ = self.groups.send(Group { first: first.0, lines });
        }
    }
}
