//! Reading lines beside the writer: one reader of the journal that follows it, shared by all requests.

use crate::live::Live;
use crate::problem::Problem;
use crate::traces;
use bytes::Bytes;
use jejak_journal::{FileJournal, Journal as _, Position};
use jejak_ledger::{Home, HomeError};
use parking_lot::RwLock;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks, so that many small groups cost one.
const PAUSE: Duration = Duration::from_millis(20);

/// Bytes of lines that one reading gives at most, save where a single line has more.
const READING: usize = 4 << 20;

/// A line with its position.
pub(crate) type Line = (u64, Bytes);

/// The reader.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    journal: Arc<RwLock<FileJournal>>,
    live: Live,
}

impl Lines {
    pub(crate) fn open(home: &Home, live: Live) -> Result<Self, HomeError> {
        Ok(Self { journal: Arc::new(RwLock::new(home.read_journal()?)), live })
    }

    /// Keeps up with the writer, index included, so that nobody who asks has to wait for it.
    pub(crate) async fn follow(self) {
        let mut lengths = self.live.lengths();
        while lengths.changed().await.is_ok() {
            let lines = self.clone();
            let looked = tokio::task::spawn_blocking(move || {
                lines.with(|journal| Ok(journal.positions_of(b"ledger").map(drop)?))
            });
            if let Ok(Err(problem)) = looked.await {
                tracing::warn!(detail = problem.detail, "the journal cannot be followed");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Does something with a journal that holds every durable line. It may hold more: keep to [`Live::length`].
    pub(crate) fn with<T>(&self, work: impl FnOnce(&FileJournal) -> Result<T, Error>) -> Result<T, Problem> {
        self.caught_up().and_then(|()| work(&self.journal.read())).map_err(|error| Problem::internal(&error))
    }

    fn caught_up(&self) -> Result<(), Error> {
        if self.journal.read().len() < self.live.length() {
            self.journal.write().refresh_written()?;
        }
        Ok(())
    }

    /// Runs something that reads the disk where it holds up nobody else.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&FileJournal) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let _step = traces::step("read lines");
        let lines = self.clone();
        let work = tokio::task::spawn_blocking(move || lines.with(work));
        work.await.map_err(|error| Problem::internal(&error))?
    }

    /// Durable lines from a position on, at most `limit`, and fewer where they are long.
    pub(crate) async fn page(&self, from: u64, limit: usize) -> Result<Vec<Line>, Problem> {
        let until = self.live.length();
        self.ask(move |journal| page(journal, from, until, limit)).await
    }

    /// Every durable line about a subject, and only those.
    pub(crate) async fn about(&self, subject: String) -> Result<Vec<Line>, Problem> {
        let until = self.live.length();
        self.ask(move |journal| {
            let mut positions = journal.positions_of(subject.as_bytes())?;
            positions.retain(|position| position.0 < until);
            let lines = journal.read_lines(&positions)?;
            let own = |line: &Vec<u8>| jejak_ledger::envelope::subject_of(line) == Some(subject.as_bytes());
            let lines = positions.iter().zip(lines).filter(|(_, line)| own(line));
            Ok(lines.map(|(position, line)| (position.0, line.into())).collect())
        })
        .await
    }

    /// The position of the newest durable line about a subject.
    pub(crate) async fn newest_about(&self, subject: String) -> Result<Option<u64>, Problem> {
        let until = self.live.length();
        self.ask(move |journal| {
            let positions = journal.positions_of(subject.as_bytes())?;
            // Very rarely another subject has the same digest: the position is then too new, and nothing is missed.
            Ok(positions.iter().rev().map(|position| position.0).find(|position| *position < until))
        })
        .await
    }
}

fn page(journal: &FileJournal, from: u64, until: u64, limit: usize) -> Result<Vec<Line>, Error> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    if from >= until {
        return Ok(lines);
    }
    for batch in journal.read(Position(from))? {
        let frame = batch?.unpack()?;
        for (position, line) in (frame.first().0..until).zip(frame.lines()) {
            bytes += line.len();
            if lines.len() == limit || (bytes > READING && !lines.is_empty()) {
                return Ok(lines);
            }
            lines.push((position, Bytes::copy_from_slice(line)));
        }
        if frame.first().0 + u64::from(frame.len()) >= until {
            break;
        }
    }
    Ok(lines)
}

/// Why lines cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Read(#[from] jejak_journal::ReadError),
    #[error(transparent)]
    Open(#[from] jejak_journal::OpenError),
    #[error(transparent)]
    Proof(#[from] jejak_journal::merkle::ProofError),
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    LineProof(#[from] jejak_ledger::proof::LineProofError),
}
