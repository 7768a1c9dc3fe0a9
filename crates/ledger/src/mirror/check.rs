//! The files held against signed heads, and behind them against the server.

use crate::checkpoints::Checkpoints;
use crate::home::{Home, HomeError, file_error, put_whole};
use crate::remote::{RemoteError, Stream};
use crate::roots::roots;
use jejak_journal::merkle::{Hash, leaf_hash};
use jejak_journal::{Batches, FileJournal, Frame, Journal, Position, ReadError};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// Makes sure that the files are the first lines of the server's stream, unless they were found to be so and have not
/// changed since.
pub(crate) fn files(home: &Home, files: &FileJournal, stream: &Stream) -> Result<(), HomeError> {
    if files.is_empty() || remembered(home)?.as_ref() == Some(&stamp(home)?) {
        return Ok(());
    }
    let head = Checkpoints::of(home).newest_within(&home.verifying_key()?, files.len())?;
    let signed = head.as_ref().map_or(0, |head| head.size);
    let found = roots(files, &BTreeSet::from([signed]))?;
    if head.is_some_and(|head| found.get(&signed) != Some(&head.root)) {
        return Err(RemoteError::Altered { dir: home.dir().join("journal"), below: signed }.into());
    }
    Ok(behind(files, stream, signed)?)
}

/// Makes sure that the files from a position on are what the server has.
pub(super) fn behind(files: &FileJournal, stream: &Stream, from: u64) -> Result<(), RemoteError> {
    if stream.len() < files.len() {
        return Err(RemoteError::Shorter { files: files.len(), stream: stream.len() });
    }
    match differs(files, &**stream, from)? {
        Some(position) => Err(RemoteError::Other { position }),
        None => Ok(()),
    }
}

/// The first position from `from` on at which the files differ from the server, or at which the server ends.
pub(crate) fn differs(
    files: &FileJournal,
    server: &dyn Journal,
    from: u64,
) -> Result<Option<u64>, ReadError> {
    if from >= files.len() || from > server.len() {
        return Ok((from < files.len()).then_some(from));
    }
    let (mut ours, mut theirs) = (Leaves::of(files, from)?, Leaves::of(server, from)?);
    for position in from..files.len() {
        if ours.next()? != theirs.next()? {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

/// Hashes of lines, one after another.
struct Leaves {
    batches: Batches,
    frame: Option<Frame>,
    line: u32,
}

impl Leaves {
    fn of(journal: &dyn Journal, from: u64) -> Result<Self, ReadError> {
        Ok(Self { batches: journal.read(Position(from))?, frame: None, line: 0 })
    }

    fn next(&mut self) -> Result<Option<Hash>, ReadError> {
        loop {
            if let Some(line) = self.frame.as_ref().and_then(|frame| frame.line(self.line)) {
                self.line += 1;
                return Ok(Some(leaf_hash(line)));
            }
            let Some(batch) = self.batches.next() else { return Ok(None) };
            (self.frame, self.line) = (Some(batch?.unpack()?), 0);
        }
    }
}

fn path(home: &Home) -> PathBuf {
    home.dir().join("views").join("mirror")
}

fn remembered(home: &Home) -> Result<Option<String>, HomeError> {
    match fs::read_to_string(path(home)) {
        Ok(stamp) => Ok(Some(stamp)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error("reading", &path(home))(error)),
    }
}

/// The files are what the server has: until one of them changes.
pub(super) fn remember(home: &Home) -> Result<(), HomeError> {
    let (stamp, path) = (stamp(home)?, path(home));
    if remembered(home)?.as_ref() == Some(&stamp) {
        return Ok(());
    }
    let views = home.dir().join("views");
    fs::create_dir_all(&views).map_err(file_error("creating", &views))?;
    put_whole(&path, stamp.as_bytes())
}

/// Names, sizes and times of the files. The time of a file's last change cannot be set back by whoever changes it.
fn stamp(home: &Home) -> Result<String, HomeError> {
    let dir = home.dir().join("journal");
    let mut stamps = BTreeSet::new();
    for entry in fs::read_dir(&dir).map_err(file_error("listing", &dir))? {
        let path = entry.map_err(file_error("listing", &dir))?.path();
        if path.extension().is_some_and(|extension| extension == "zst") {
            let of = fs::metadata(&path).map_err(file_error("looking at", &path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let changed = (of.ctime(), of.ctime_nsec());
            stamps.insert(format!("{name} {} {} {}.{:09}", of.ino(), of.len(), changed.0, changed.1));
        }
    }
    Ok(stamps.into_iter().fold(String::new(), |mut text, stamp| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{stamp}");
        text
    }))
}
