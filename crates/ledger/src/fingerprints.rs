//! Four bytes of each line's leaf hash, kept in `views/` to find *where* a line was altered. A signed head proves only
//! that some line below it is not the one that was signed; here the first such line can be named.
//!
//! Nothing is proved by them: whoever alters a line can alter its fingerprint, and then only the two heads around it
//! are known. They can be deleted at any time; the next writer makes them again.

use crate::home::{Home, HomeError};
use jejak_journal::merkle::{Hash, leaf_hash};
use jejak_journal::{FileJournal, Journal, Position};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const BYTES: u64 = 4;

/// The fingerprints of a ledger, open for the writer.
#[derive(Debug)]
pub(crate) struct Fingerprints {
    path: PathBuf,
    file: File,
    waiting: Vec<u8>,
}

fn path_of(home: &Home) -> PathBuf {
    home.dir().join("views").join("fingerprints")
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> HomeError {
    let path = path.to_path_buf();
    move |source| HomeError::File { action, path, source }
}

fn first_bytes(leaf: &Hash) -> [u8; 4] {
    let [a, b, c, d, ..] = *leaf;
    [a, b, c, d]
}

impl Fingerprints {
    /// Opens them; when they are not exactly those of the journal's length, they are made again.
    pub(crate) fn open(home: &Home, journal: &FileJournal) -> Result<Self, HomeError> {
        let path = path_of(home);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(failed("creating", dir))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed("opening", &path))?;
        let length = file.metadata().map_err(failed("measuring", &path))?.len();
        if length != journal.len() * BYTES {
            file.set_len(0).map_err(failed("emptying", &path))?;
            make(&file, journal).map_err(failed("writing", &path))??;
        }
        file.seek(SeekFrom::End(0)).map_err(failed("seeking in", &path))?;
        Ok(Self { path, file, waiting: Vec::new() })
    }

    /// Adds a line that is not durable yet.
    pub(crate) fn push(&mut self, leaf: &Hash) {
        self.waiting.extend_from_slice(&first_bytes(leaf));
    }

    /// Writes those whose lines are durable now. They are not synced: what is lost is made again.
    pub(crate) fn write(&mut self) -> Result<(), HomeError> {
        self.file.write_all(&self.waiting).map_err(failed("writing", &self.path))?;
        self.waiting.clear();
        Ok(())
    }
}

fn make(file: &File, journal: &FileJournal) -> Result<Result<(), HomeError>, std::io::Error> {
    let mut out = BufWriter::new(file);
    let batches = match journal.read(Position(0)) {
        Ok(batches) => batches,
        Err(problem) => return Ok(Err(problem.into())),
    };
    for batch in batches {
        match batch.and_then(jejak_journal::Batch::unpack) {
            Ok(frame) => {
                for line in frame.lines() {
                    out.write_all(&first_bytes(&leaf_hash(line)))?;
                }
            }
            Err(problem) => return Ok(Err(problem.into())),
        }
    }
    out.flush()?;
    Ok(Ok(()))
}

/// The first position in `from..until` whose line has another fingerprint; `None` when they are missing, or agree.
pub(crate) fn first_altered(home: &Home, journal: &dyn Journal, from: u64, until: u64) -> Option<u64> {
    let mut file = File::open(path_of(home)).ok()?;
    file.seek(SeekFrom::Start(from * BYTES)).ok()?;
    let mut file = std::io::BufReader::new(file);
    for batch in journal.read(Position(from)).ok()? {
        let frame = batch.ok()?.unpack().ok()?;
        for (position, line) in (frame.first().0..until).zip(frame.lines()) {
            let mut kept = [0; 4];
            file.read_exact(&mut kept).ok()?;
            if kept != first_bytes(&leaf_hash(line)) {
                return Some(position);
            }
        }
        if frame.first().0 + u64::from(frame.len()) >= until {
            return None;
        }
    }
    None
}
