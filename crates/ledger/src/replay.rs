//! Reading a history back: frames are unpacked, hashed and decoded by workers, and folded in order.
//!
//! Frames are dealt to the workers in turn and taken back in the same turn, so that order needs no sorting and the
//! memory in use is bounded by a few frames a worker.

use jejak_domain::line::{Event, LineError};
use jejak_domain::time::Timestamp;
use jejak_journal::merkle::{CompactRange, leaf_hash};
use jejak_journal::{Batch, Frame, Journal, Position, ReadError};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Frames that may wait at each worker.
const QUEUE: usize = 2;

/// Why a history cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Reading the journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A line is not an event that this program knows.
    #[error("position {position}: {problem}")]
    Line {
        /// Where.
        position: u64,
        /// What is wrong.
        problem: LineError,
    },
    /// A line of another ledger.
    #[error("position {position}: the line is of {found}, this ledger is {expected}")]
    Source {
        /// Where.
        position: u64,
        /// The ledger's origin.
        expected: String,
        /// The line's.
        found: String,
    },
    /// Recorded time goes back.
    #[error("position {position}: recorded at {found}, before the line before it ({before})")]
    TimeBack {
        /// Where.
        position: u64,
        /// Recorded time of the line.
        found: Timestamp,
        /// Recorded time of the line before.
        before: Timestamp,
    },
    /// Lines are missing.
    #[error("the lines before position {found} are missing")]
    Gap {
        /// The first line that is there.
        found: u64,
    },
    /// Whoever asked does not wait any more.
    #[error("given up: nobody waits for it any more")]
    GivenUp,
    /// A worker stopped without an answer, which is a defect of this program.
    #[error("a worker stopped without an answer: this is a defect, please report it")]
    Worker,
}

impl ReplayError {
    /// The first bad position, where one is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Line { position, .. } | Self::Source { position, .. } | Self::TimeBack { position, .. } => {
                Some(*position)
            }
            Self::Gap { found } => Some(*found),
            Self::Read(ReadError::Damaged { place, .. }) => Some(place.position.0),
            Self::Read(_) | Self::GivenUp | Self::Worker => None,
        }
    }
}

/// What one worker made of one frame.
#[derive(Debug)]
pub struct Decoded {
    first: u64,
    events: Vec<Event>,
    /// Hashes of its lines, in one range, or more where a head was asked for in between.
    pub ranges: Vec<CompactRange>,
    /// Bytes of its lines, newlines included.
    pub bytes: usize,
}

impl Decoded {
    /// Its events with their positions.
    pub fn events(&self) -> impl Iterator<Item = (u64, &Event)> {
        (self.first..).zip(&self.events)
    }

    /// Position after its last line.
    pub fn end(&self) -> u64 {
        self.first + u64::try_from(self.events.len()).unwrap_or(u64::MAX)
    }
}

/// How to read a history back.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    origin: &'a str,
    from: u64,
    until: Option<u64>,
    heads: &'a [u64],
    hashing: bool,
    workers: usize,
}

impl<'a> Replay<'a> {
    /// All of it, with hashes, on all cores.
    pub fn new(origin: &'a str) -> Self {
        let workers = thread::available_parallelism().map_or(1, NonZero::get) + 1;
        Self { origin, from: 0, until: None, heads: &[], hashing: true, workers }
    }

    /// Begins at this position: what comes before it was read already.
    #[must_use]
    pub fn from(mut self, position: u64) -> Self {
        self.from = position;
        self
    }

    /// Stops before this position.
    #[must_use]
    pub fn until(mut self, position: Option<u64>) -> Self {
        self.until = position;
        self
    }

    /// Splits the hashes at these sizes, in ascending order, so that the heads there can be compared.
    #[must_use]
    pub fn with_heads(mut self, sizes: &'a [u64]) -> Self {
        self.heads = sizes;
        self
    }

    /// Leaves the hashes out.
    #[must_use]
    pub fn without_hashes(mut self) -> Self {
        self.hashing = false;
        self
    }

    /// Hands every frame to `fold`, in order.
    ///
    /// # Errors
    /// The first problem, in the order of positions.
    pub fn run<J: Journal + ?Sized>(
        &self,
        journal: &J,
        mut fold: impl FnMut(&Decoded) -> Result<(), ReplayError>,
    ) -> Result<(), ReplayError> {
        let batches = journal.read(Position(self.from))?;
        thread::scope(|scope| {
            let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
            for _ in 0..self.workers {
                let (input, work) = sync_channel::<Result<Batch, ReadError>>(QUEUE);
                let (done, output) = sync_channel(QUEUE);
                let worker = self.clone();
                scope.spawn(move || worker.work(&work, &done));
                inputs.push(input);
                outputs.push(output);
            }
            scope.spawn(move || deal(batches, &inputs));
            let mut checks = Checks { next: self.from, recorded: None };
            for turn in 0.. {
                let Some(output) = outputs.get(turn % self.workers) else { return Err(ReplayError::Worker) };
                let Ok(decoded) = output.recv() else { return Ok(()) };
                let decoded = decoded?;
                checks.check(&decoded)?;
                fold(&decoded)?;
                if self.until.is_some_and(|until| decoded.end() >= until) {
                    return Ok(());
                }
            }
            Ok(())
        })
    }

    fn work(
        &self,
        work: &Receiver<Result<Batch, ReadError>>,
        done: &SyncSender<Result<Decoded, ReplayError>>,
    ) {
        for batch in work {
            let decoded =
                batch.and_then(Batch::unpack).map_err(ReplayError::from).and_then(|frame| self.decode(frame));
            // Nobody waits any more after the first problem.
            if done.send(decoded).is_err() {
                return;
            }
        }
    }

    fn decode(&self, frame: Frame) -> Result<Decoded, ReplayError> {
        let first = frame.first().0;
        let frame = match self.until.and_then(|until| u32::try_from(until.saturating_sub(first)).ok()) {
            Some(take) if take < frame.len() => match frame.trimmed(0, take) {
                Some(frame) => frame,
                None => return Ok(Decoded { first, events: Vec::new(), ranges: Vec::new(), bytes: 0 }),
            },
            _ => frame,
        };
        let ranges = if self.hashing { self.hash(&frame) } else { Vec::new() };
        let mut events = Vec::with_capacity(frame.lines().len());
        for (position, line) in (first..).zip(frame.lines()) {
            events.push(self.read(position, line)?);
        }
        Ok(Decoded { first, events, ranges, bytes: frame.as_bytes().len() })
    }

    fn read(&self, position: u64, line: &[u8]) -> Result<Event, ReplayError> {
        let read = Event::read_with_source(line);
        let (event, source) = read.map_err(|problem| ReplayError::Line { position, problem })?;
        if source != self.origin {
            let (expected, found) = (self.origin.to_owned(), source.to_owned());
            return Err(ReplayError::Source { position, expected, found });
        }
        Ok(event)
    }

    fn hash(&self, frame: &Frame) -> Vec<CompactRange> {
        let (begin, end) = (frame.first().0, frame.first().0 + u64::from(frame.len()));
        let from = self.heads.partition_point(|size| *size <= begin);
        let mut cuts = self.heads.iter().skip(from).copied().take_while(|size| *size < end).peekable();
        if cuts.peek().is_none() {
            return vec![CompactRange::of_frame(frame)];
        }
        let mut ranges = Vec::new();
        let mut range = CompactRange::starting_at(begin);
        for (position, line) in (begin..).zip(frame.lines()) {
            if cuts.next_if_eq(&position).is_some() {
                ranges.push(std::mem::replace(&mut range, CompactRange::starting_at(position)));
            }
            range.push(leaf_hash(line));
        }
        ranges.push(range);
        ranges
    }
}

/// Deals batches to the workers in turn, until there are none or nobody works any more.
fn deal(
    batches: impl Iterator<Item = Result<Batch, ReadError>>,
    inputs: &[SyncSender<Result<Batch, ReadError>>],
) {
    for (batch, input) in batches.zip(inputs.iter().cycle()) {
        let failed = batch.is_err();
        if input.send(batch).is_err() || failed {
            return;
        }
    }
}

/// What must hold from frame to frame.
struct Checks {
    next: u64,
    recorded: Option<Timestamp>,
}

impl Checks {
    fn check(&mut self, decoded: &Decoded) -> Result<(), ReplayError> {
        if decoded.first != self.next {
            return Err(ReplayError::Gap { found: decoded.first });
        }
        for (position, event) in decoded.events() {
            if let Some(before) = self.recorded.filter(|before| event.recorded < *before) {
                return Err(ReplayError::TimeBack { position, found: event.recorded, before });
            }
            self.recorded = Some(event.recorded);
        }
        self.next = decoded.end();
        Ok(())
    }
}
