//! The events: streams by name, and one log of all of them.

mod decide;
mod file;
mod metadata;
mod stream;

use self::decide::{Decision, check, decide};
use self::file::LogFile;
pub(crate) use self::stream::Extent;
use self::stream::Stream;
use bytes::Bytes;
use parking_lot::{Mutex, RwLock, RwLockUpgradableReadGuard};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use uuid::Uuid;

/// The revision of the event that closes a tombstoned stream.
pub(crate) const TOMBSTONE: u64 = i64::MAX.unsigned_abs();
/// How many of the last events a writer that expects no revision is compared with.
const RECENT: usize = 100_000;
/// Where the first event lies; a real server has records of its own before it.
const FIRST_POSITION: u64 = 512;

/// UTF-8, kept as bytes that the wire shares.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Text(Bytes);

impl Text {
    pub(crate) fn parse(bytes: Bytes) -> Option<Self> {
        std::str::from_utf8(&bytes).is_ok().then_some(Self(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Parsed as UTF-8, so the default is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }
}

/// An event as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) stream: Text,
    pub(crate) revision: u64,
    /// Both the commit and the prepare position: rises with every event, with gaps.
    pub(crate) position: u64,
    pub(crate) id: Uuid,
    pub(crate) kind: Text,
    pub(crate) is_json: bool,
    /// Ticks of 100 ns since 1970.
    pub(crate) created: i64,
    pub(crate) metadata: Bytes,
    pub(crate) data: Bytes,
}

impl Record {
    /// The bytes that a record takes in the log of positions.
    fn length(&self) -> u64 {
        let bytes = self.stream.0.len() + self.kind.0.len() + self.metadata.len() + self.data.len();
        64 + u64::try_from(bytes).unwrap_or(u64::MAX / 2)
    }
}

/// An event that a client wants written.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) id: Uuid,
    pub(crate) kind: Text,
    pub(crate) is_json: bool,
    pub(crate) metadata: Bytes,
    pub(crate) data: Bytes,
}

impl Proposal {
    /// The bytes that count towards the limit of an append.
    pub(crate) fn size(&self) -> usize {
        self.data.len() + self.metadata.len() + 2 * self.kind.0.len()
    }
}

/// What a writer expects of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    StreamExists,
    NoStream,
    Revision(u64),
}

/// Where a write ended. Without events there is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) revision: Option<u64>,
    pub(crate) position: Option<u64>,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    WrongRevision {
        current: Option<u64>,
    },
    StreamDeleted,
    /// The file could not be written; the events may come back when it is opened again.
    NotStored(String),
}

pub(crate) struct Store {
    inner: RwLock<Inner>,
    /// The number of events in the log, for those who wait for more.
    grown: watch::Sender<usize>,
    /// Without one the events are only in memory.
    file: Option<Mutex<LogFile>>,
}

#[derive(Default)]
struct Inner {
    log: Vec<Arc<Record>>,
    streams: HashMap<Text, Stream>,
    recent: Recent,
}

/// The last events by their id, as far as writers with weak expectations are compared with them.
#[derive(Default)]
struct Recent {
    by_id: HashMap<Uuid, Arc<Record>>,
    order: VecDeque<Uuid>,
}

impl Recent {
    fn insert(&mut self, record: &Arc<Record>) {
        self.by_id.insert(record.id, Arc::clone(record));
        self.order.push_back(record.id);
        if self.order.len() > RECENT
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }

    fn revision(&self, stream: &Text, id: &Uuid) -> Option<u64> {
        self.by_id.get(id).filter(|record| record.stream == *stream).map(|record| record.revision)
    }
}

impl Inner {
    /// The next record's position.
    fn end(&self) -> u64 {
        self.log.last().map_or(FIRST_POSITION, |last| last.position + last.length())
    }

    fn insert(&mut self, record: Arc<Record>) {
        let stream = self.streams.entry(record.stream.clone()).or_default();
        if record.revision == TOMBSTONE {
            stream.tombstone = Some(Arc::clone(&record));
        } else {
            stream.records.push(Arc::clone(&record));
        }
        if let Some(described) = record.stream.as_str().strip_prefix("$$") {
            let described = self.streams.entry(Text::from(described)).or_default();
            described.metadata = Some(metadata::Metadata::parse(&record.data));
        }
        self.recent.insert(&record);
        self.log.push(record);
    }
}

/// A part of a stream, and what there was of the stream when it was read.
pub(crate) struct Page {
    pub(crate) extent: Extent,
    pub(crate) records: Vec<Arc<Record>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Forwards,
    Backwards,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self { inner: RwLock::default(), grown: watch::Sender::new(0), file: None }
    }

    /// Takes up the events of a directory, and keeps all that come there.
    ///
    /// # Errors
    /// When the file cannot be read, or is damaged before its end.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        let (file, records) = LogFile::open(directory)?;
        let mut inner = Inner::default();
        for record in records {
            inner.insert(Arc::new(record));
        }
        let grown = watch::Sender::new(inner.log.len());
        Ok(Self { inner: RwLock::new(inner), grown, file: Some(Mutex::new(file)) })
    }

    /// Tells of every growth of the log.
    pub(crate) fn watch(&self) -> watch::Receiver<usize> {
        self.grown.subscribe()
    }

    /// Writes the events, all or none of them, by the rules of [`decide`].
    pub(crate) fn append(
        &self,
        stream: &Text,
        expected: Expected,
        events: &[Proposal],
    ) -> Result<Written, Refusal> {
        let inner = self.inner.upgradable_read();
        let unknown = Stream::default();
        let known = inner.streams.get(stream).unwrap_or(&unknown);
        match decide(known, expected, events, |id| inner.recent.revision(stream, id)) {
            Decision::Refuse(refusal) => Err(refusal),
            Decision::Known(written) => Ok(written),
            Decision::Write => {
                let next = known.next_revision();
                let mut writer = Writer::new(&inner);
                if known.is_soft_deleted() {
                    writer.describe(&inner, stream, next);
                }
                for (revision, event) in (next..).zip(events) {
                    writer.write(stream, revision, event);
                }
                self.insert(inner, writer)
            }
        }
    }

    /// Hides the events of a stream; the next append goes on after them.
    pub(crate) fn delete(&self, stream: &Text, expected: Expected) -> Result<Written, Refusal> {
        let inner = self.inner.upgradable_read();
        let unknown = Stream::default();
        let known = inner.streams.get(stream).unwrap_or(&unknown);
        check(known, expected)?;
        // Of the two ways to delete only this one wants something to delete.
        if expected == Expected::Any && known.records.is_empty() {
            return Err(Refusal::WrongRevision { current: None });
        }
        let mut writer = Writer::new(&inner);
        writer.describe(&inner, stream, TOMBSTONE);
        self.insert(inner, writer)
    }

    /// Closes a stream for good.
    pub(crate) fn tombstone(&self, stream: &Text, expected: Expected) -> Result<Written, Refusal> {
        let inner = self.inner.upgradable_read();
        check(inner.streams.get(stream).unwrap_or(&Stream::default()), expected)?;
        let mut writer = Writer::new(&inner);
        let event = writer.own_event("$streamDeleted", Bytes::new());
        writer.write(stream, TOMBSTONE, &event);
        self.insert(inner, writer)
    }

    /// Stores and shows what was written. Readers go on while the file is synced.
    fn insert(
        &self,
        inner: RwLockUpgradableReadGuard<'_, Inner>,
        writer: Writer,
    ) -> Result<Written, Refusal> {
        if let Some(file) = &self.file {
            file.lock().write(&writer.records).map_err(|error| Refusal::NotStored(error.to_string()))?;
        }
        let last = writer.records.last();
        let written = Written { revision: last.map(|it| it.revision), position: last.map(|it| it.position) };
        let mut inner = RwLockUpgradableReadGuard::upgrade(inner);
        for record in writer.records {
            inner.insert(record);
        }
        self.grown.send_replace(inner.log.len());
        Ok(written)
    }

    /// At most `limit` events of a stream that may be seen: from `from` on, or from there back.
    pub(crate) fn stream(&self, name: &Text, order: Order, from: u64, limit: usize) -> Page {
        let inner = self.inner.read();
        let Some(stream) = inner.streams.get(name) else {
            return Page { extent: Extent::Missing, records: Vec::new() };
        };
        let extent = stream.extent(name, now());
        let records = match extent {
            Extent::Found { first, last } => stream.records(order, first, last, from, limit),
            Extent::Missing | Extent::Deleted => Vec::new(),
        };
        Page { extent, records }
    }

    /// How many events a stream has been given, without its tombstone.
    pub(crate) fn written(&self, stream: &Text) -> u64 {
        self.inner.read().streams.get(stream).map_or(0, Stream::next_revision)
    }

    /// How many events the log has.
    pub(crate) fn len(&self) -> usize {
        self.inner.read().log.len()
    }

    /// The place in the log of the first event at or after a position.
    pub(crate) fn place(&self, position: u64) -> usize {
        self.inner.read().log.partition_point(|it| it.position < position)
    }

    /// At most `limit` events of the log: from a place on, or those before it, the last first.
    pub(crate) fn log(&self, order: Order, place: usize, limit: usize) -> Vec<Arc<Record>> {
        let inner = self.inner.read();
        match order {
            Order::Forwards => inner.log.iter().skip(place).take(limit).cloned().collect(),
            Order::Backwards => {
                let place = place.min(inner.log.len());
                inner.log.iter().take(place).rev().take(limit).cloned().collect()
            }
        }
    }
}

/// Numbers the records of one write.
struct Writer {
    position: u64,
    created: i64,
    records: Vec<Arc<Record>>,
}

impl Writer {
    fn new(inner: &Inner) -> Self {
        let last = inner.log.last().map_or(0, |last| last.created);
        Self { position: inner.end(), created: now().max(last), records: Vec::new() }
    }

    fn write(&mut self, stream: &Text, revision: u64, event: &Proposal) {
        let record = Record {
            stream: stream.clone(),
            revision,
            position: self.position,
            id: event.id,
            kind: event.kind.clone(),
            is_json: event.is_json,
            created: self.created,
            metadata: event.metadata.clone(),
            data: event.data.clone(),
        };
        self.position += record.length();
        self.records.push(Arc::new(record));
    }

    /// Writes to the stream's metadata where the stream begins, and leaves the rest of it.
    fn describe(&mut self, inner: &Inner, stream: &Text, truncate_before: u64) {
        let name = Text::from(format!("$${}", stream.as_str()).as_str());
        let described = inner.streams.get(&name);
        let old = described.and_then(|it| it.records.last()).map(|it| &*it.data);
        let event = self.own_event("$metadata", metadata::truncated(old, truncate_before));
        self.write(&name, described.map_or(0, Stream::next_revision), &event);
    }

    fn own_event(&self, kind: &str, data: Bytes) -> Proposal {
        let id = Uuid::from_u64_pair(self.created.unsigned_abs(), self.position);
        let is_json = !data.is_empty();
        Proposal { id, kind: Text::from(kind), is_json, metadata: Bytes::new(), data }
    }
}

/// Ticks of 100 ns since 1970.
pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_nanos() / 100).unwrap_or(i64::MAX)
}
