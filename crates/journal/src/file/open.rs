//! Opening: list the segments, look at each, decide about the end, and only then write anything.

use std::io;
use std::path::{Path, PathBuf};

use crate::batch::Place;
use crate::error::{Damage, ReadError};
use crate::file::disk::{Access, LockGuard};
use crate::file::options::{Cut, CutReason, OpenError, OpenOptions, Recovery};
use crate::file::reader::Store;
use crate::file::recovery::{self, Scan, Tail, Torn, Verdict};
use crate::file::seek_table;
use crate::file::segment::{self, Frames, Segment};
use crate::num::usize_of;
use crate::position::Position;

/// What is found on disk.
pub(crate) struct Found {
    pub(crate) segments: Vec<Segment>,
    pub(crate) tail: Option<LostTail>,
    pub(crate) seek_tables_lost: Vec<PathBuf>,
    pub(crate) temporary: Vec<String>,
}

/// A tail that the verdict gives up.
pub(crate) struct LostTail {
    pub(crate) segment: Position,
    pub(crate) place: Place,
    pub(crate) bytes: u64,
    pub(crate) reason: CutReason,
}

pub(crate) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_path_buf();
    move |source| OpenError::Io { action, path, source }
}

/// Locks the directory of the segments itself: a lock file could be removed by hand, and then a second writer would
/// lock a new one.
pub(crate) fn take_lock(store: &Store) -> Result<LockGuard, OpenError> {
    match store.disk.lock(&store.dir) {
        Ok(Some(guard)) => Ok(guard),
        Ok(None) => Err(OpenError::Locked { dir: store.dir.to_path_buf() }),
        Err(source) => Err(io_error("locking", &store.dir)(source)),
    }
}

/// Looks at every segment without changing anything.
pub(crate) fn inspect(store: &Store, dir: &Path, options: &OpenOptions) -> Result<Found, OpenError> {
    let names = match store.disk.list(&store.dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::NoJournal { dir: dir.to_path_buf() });
        }
        other => other.map_err(io_error("listing", &store.dir))?,
    };
    let mut firsts: Vec<Position> = names.iter().filter_map(|name| segment::first_of(name)).collect();
    firsts.sort_unstable();
    if firsts.is_empty() {
        return Err(OpenError::NoJournal { dir: dir.to_path_buf() });
    }
    let mut found = Found {
        segments: Vec::with_capacity(firsts.len()),
        tail: None,
        seek_tables_lost: Vec::new(),
        temporary: names.into_iter().filter(|name| segment::is_temporary(name)).collect(),
    };
    let mut end = Position(0);
    for (i, &first) in firsts.iter().enumerate() {
        if first != end {
            let file = segment::path_of(&store.dir, first);
            return Err(OpenError::Gap { file, expected: end });
        }
        let last = i + 1 == firsts.len();
        let segment = inspect_segment(store, first, last, options, &mut found)?;
        end = segment.end();
        found.segments.push(segment);
    }
    check_length(dir, end, options)?;
    Ok(found)
}

fn check_length(dir: &Path, end: Position, options: &OpenOptions) -> Result<(), OpenError> {
    match options.newest_checkpoint {
        Some(checkpoint) if end.0 < checkpoint && !options.accept_loss => {
            Err(OpenError::BelowCheckpoint { dir: dir.to_path_buf(), len: end.0, checkpoint })
        }
        _ => Ok(()),
    }
}

/// Looks again at the last segment of a journal that is being written to.
pub(crate) fn reinspect(store: &Store, first: Position) -> Result<Segment, OpenError> {
    let mut found =
        Found { segments: Vec::new(), tail: None, seek_tables_lost: Vec::new(), temporary: Vec::new() };
    inspect_segment(store, first, true, &OpenOptions::default(), &mut found)
}

fn inspect_segment(
    store: &Store,
    first: Position,
    last: bool,
    options: &OpenOptions,
    found: &mut Found,
) -> Result<Segment, OpenError> {
    let mut cursor = store.cursor(first, 0)?;
    if let Some(sealed) = seek_table::of_file(&cursor, first)? {
        return Ok(sealed);
    }
    let scan = recovery::scan(&mut cursor, first)?;
    if scan.tail == Tail::SeekTable {
        found.seek_tables_lost.push(cursor.path().to_path_buf());
    }
    let place = cursor.place(scan.end);
    match recovery::decide(&scan.tail, scan.good_after.is_some(), last, options.accept_loss) {
        Verdict::Open => {}
        Verdict::Cut => {
            let reason = reason_of(&scan.tail);
            found.tail = Some(LostTail { segment: first, place, bytes: scan.tail_bytes, reason });
        }
        Verdict::RefuseLoss => {
            return Err(OpenError::DamagedEnd {
                place,
                damage: damage_of(&scan.tail),
                bytes: scan.tail_bytes,
            });
        }
        Verdict::RefuseCorruption => {
            let (damage, good_after) = (damage_of(&scan.tail), scan.good_after);
            return Err(OpenError::Corrupt { place, damage, good_after });
        }
    }
    let Scan { frames, end, bytes, tail, .. } = scan;
    let closed = !last || tail == Tail::SeekTable;
    Ok(Segment { first, lines: end.0 - first.0, bytes, closed, frames: Frames::Open(frames) })
}

fn reason_of(tail: &Tail) -> CutReason {
    match tail {
        Tail::Torn(Torn::Zeros) => CutReason::ZeroFilled,
        Tail::Damaged(damage) => CutReason::AcceptedLoss(damage.clone()),
        Tail::Torn(Torn::Short) | Tail::Clean | Tail::SeekTable => CutReason::Short,
    }
}

fn damage_of(tail: &Tail) -> Damage {
    match tail {
        Tail::Damaged(damage) => damage.clone(),
        Tail::Torn(Torn::Zeros) => Damage::Header("zeros"),
        Tail::Torn(Torn::Short) | Tail::Clean | Tail::SeekTable => Damage::Short,
    }
}

/// Makes the disk agree with what was found: keeps a lost tail aside, cuts it, removes left-overs, and syncs the
/// last segment, so that every line counted from now on is durable.
pub(crate) fn repair(store: &Store, found: &mut Found, options: &OpenOptions) -> Result<Recovery, OpenError> {
    let mut recovery =
        Recovery { seek_tables_lost: std::mem::take(&mut found.seek_tables_lost), ..Recovery::default() };
    for name in &found.temporary {
        let path = store.dir.join(name);
        store.disk.remove(&path).map_err(io_error("removing", &path))?;
        recovery.temporary_files_removed += 1;
    }
    if let Some(tail) = found.tail.take() {
        recovery.cut = Some(cut(store, tail)?);
    }
    if let Some(last) = found.segments.last().filter(|last| !last.is_sealed()) {
        let path = segment::path_of(&store.dir, last.first);
        let file = store.disk.open(&path, Access::Read).map_err(io_error("opening", &path))?;
        file.sync().map_err(io_error("syncing", &path))?;
    }
    let end = found.segments.last().map_or(0, |last| last.end().0);
    recovery.lines_lost_below_checkpoint = options.newest_checkpoint.unwrap_or(0).saturating_sub(end);
    Ok(recovery)
}

fn cut(store: &Store, tail: LostTail) -> Result<Cut, OpenError> {
    let path = segment::path_of(&store.dir, tail.segment);
    let mut cursor = store.cursor(tail.segment, tail.place.offset)?;
    let bytes = cursor.peek(usize_of(tail.bytes))?;
    let kept_in = keep_aside(store, tail.place.position, bytes)?;
    let file = store.disk.open(&path, Access::Write).map_err(io_error("opening", &path))?;
    // Synced with the whole segment, in `repair`.
    file.set_size(tail.place.offset).map_err(io_error("cutting", &path))?;
    Ok(Cut { place: tail.place, bytes: tail.bytes, reason: tail.reason, kept_in })
}

/// `torn-<position>-<n>.bin`, with the first `n` that is free: earlier ones are evidence and stay.
fn keep_aside(store: &Store, at: Position, bytes: &[u8]) -> Result<PathBuf, OpenError> {
    for n in 0_u64.. {
        let path = store.dir.join(format!("torn-{at}-{n}.bin"));
        match store.disk.create(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(io_error("creating", &path)(e)),
            Ok(file) => {
                file.write_all_at(bytes, 0).map_err(io_error("writing to", &path))?;
                file.sync().map_err(io_error("syncing", &path))?;
                store.disk.sync_dir(&store.dir).map_err(io_error("syncing", &store.dir))?;
                return Ok(path);
            }
        }
    }
    Err(OpenError::Read(ReadError::Io {
        action: "creating",
        path: store.dir.join(format!("torn-{at}")),
        source: io::Error::other("no free name"),
    }))
}
