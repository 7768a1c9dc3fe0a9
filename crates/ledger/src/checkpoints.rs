//! Signed tree heads: one file each, named by the size of the tree, never changed.

use crate::home::{Home, HomeError, file_error, put_whole};
use jejak_journal::checkpoint::{Checkpoint, CheckpointError, Note, SigningKey, VerifyingKey};
use jejak_journal::merkle::TreeBuilder;
use std::fs;
use std::path::{Path, PathBuf};

/// One stored head, still to be trusted.
#[derive(Clone, Debug)]
pub struct CheckpointFile {
    /// The file.
    pub path: PathBuf,
    /// The note as it is.
    pub bytes: Vec<u8>,
}

impl CheckpointFile {
    /// Reads a head from a file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, HomeError> {
        let failed = |source| HomeError::File { action: "reading", path: path.to_path_buf(), source };
        Ok(Self { path: path.to_path_buf(), bytes: fs::read(path).map_err(failed)? })
    }

    /// Opens it: signature first, then content.
    ///
    /// # Errors
    /// When it is not signed by this key, or is not a checkpoint of its log.
    pub fn open(&self, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open(&self.bytes, key)
    }
}

/// The stored heads of a ledger.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    dir: PathBuf,
}

impl Checkpoints {
    /// The heads of a ledger; none need exist yet.
    pub fn of(home: &Home) -> Self {
        Self { dir: home.checkpoints_dir() }
    }

    /// The heads in a directory.
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf() }
    }

    /// Every stored head, by size.
    ///
    /// # Errors
    /// When the directory or a file cannot be read.
    pub fn all(&self) -> Result<Vec<CheckpointFile>, HomeError> {
        self.paths()?.iter().map(|path| CheckpointFile::read(path)).collect()
    }

    pub(crate) fn paths(&self) -> Result<Vec<PathBuf>, HomeError> {
        let mut paths = match fs::read_dir(&self.dir) {
            Ok(entries) => {
                entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect::<Vec<_>>()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(HomeError::File { action: "listing", path: self.dir.clone(), source }),
        };
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "checkpoint"));
        paths.sort_unstable();
        Ok(paths)
    }

    /// The newest head that this key has signed.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn newest(&self, key: &VerifyingKey) -> Result<Option<Checkpoint>, HomeError> {
        Ok(self.newest_signed(key)?.map(|(_, head)| head))
    }

    /// The newest one that covers no more than so many lines.
    pub(crate) fn newest_within(
        &self,
        key: &VerifyingKey,
        lines: u64,
    ) -> Result<Option<Checkpoint>, HomeError> {
        for path in self.paths()?.iter().rev() {
            if let Ok(head) = CheckpointFile::read(path)?.open(key)
                && head.size <= lines
            {
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    /// Its file.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn newest_file(&self, key: &VerifyingKey) -> Result<Option<CheckpointFile>, HomeError> {
        Ok(self.newest_signed(key)?.map(|(file, _)| file))
    }

    /// The same with its signatures, as text.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn newest_note(&self, key: &VerifyingKey) -> Result<Option<String>, HomeError> {
        let newest = self.newest_signed(key)?;
        Ok(newest.and_then(|(file, _)| String::from_utf8(file.bytes).ok()))
    }

    fn newest_signed(&self, key: &VerifyingKey) -> Result<Option<(CheckpointFile, Checkpoint)>, HomeError> {
        for path in self.paths()?.iter().rev() {
            let file = CheckpointFile::read(path)?;
            if let Ok(head) = file.open(key) {
                return Ok(Some((file, head)));
            }
        }
        Ok(None)
    }

    /// Signs the head of `tree` and keeps it. A head of this size that exists already is left as it is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn sign(&self, tree: &TreeBuilder, key: &SigningKey) -> Result<CheckpointFile, HomeError> {
        let path = self.path(tree.size());
        let origin = key.verifying_key().name();
        let note = Checkpoint::new(origin, tree).and_then(|checkpoint| checkpoint.sign(key).ok());
        let note = note.ok_or_else(|| HomeError::Key {
            path: self.dir.clone(),
            problem: format!("{origin:?} cannot name a log: choose a host and a path without spaces"),
        })?;
        let bytes = note.to_string().into_bytes();
        if path.exists() {
            let file = CheckpointFile::read(&path)?;
            match file.open(key.verifying_key()) {
                Ok(head) if head.root == tree.root() => return Ok(file),
                Ok(_) => return Err(HomeError::Fork { path }),
                // An interrupted write by an older program, or damage: it is signed again.
                Err(_) => {}
            }
        }
        self.write(&path, &bytes)?;
        Ok(CheckpointFile { path, bytes })
    }

    /// Keeps a head that was signed elsewhere, as it is. One of its size that exists already is left.
    ///
    /// # Errors
    /// When it is no head, or the file cannot be written.
    pub(crate) fn keep(&self, note: &str) -> Result<CheckpointFile, HomeError> {
        let no_head = |problem: String| HomeError::Key { path: self.dir.clone(), problem };
        let parsed = Note::parse(note.as_bytes()).map_err(|problem| no_head(problem.to_string()))?;
        let head = Checkpoint::parse(parsed.text()).map_err(|problem| no_head(problem.to_string()))?;
        let path = self.path(head.size);
        if path.exists() {
            return CheckpointFile::read(&path);
        }
        self.write(&path, note.as_bytes())?;
        Ok(CheckpointFile { path, bytes: note.as_bytes().to_vec() })
    }

    fn path(&self, size: u64) -> PathBuf {
        self.dir.join(format!("{size:012}.checkpoint"))
    }

    /// Another process may write the same head at the same moment: either is it.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
        fs::create_dir_all(&self.dir).map_err(file_error("creating", &self.dir))?;
        put_whole(path, bytes)
    }
}
