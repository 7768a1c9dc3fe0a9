//! A ledger whose journal a server keeps: a stream for its lines, and streams beside it for what goes with them.
//!
//! A stream is a [`Journal`] like any other. Heads and the manifest are texts of several lines; each stands in its
//! stream as one JSON string.

use crate::home::Manifest;
use jejak_journal::{AppendError, Commit, Journal, Position, ReadError};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The streams of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its lines.
    Lines,
    /// Signed heads over its lines.
    Heads,
    /// What this ledger is.
    Manifest,
    /// Who looked at personal data.
    Access,
    /// Signed heads over that.
    AccessHeads,
    /// Which service writes.
    Writers,
}

impl Part {
    /// What is added to the name of the stream.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Lines => None,
            Self::Heads => Some("heads"),
            Self::Manifest => Some("manifest"),
            Self::Access => Some("access"),
            Self::AccessHeads => Some("access_heads"),
            Self::Writers => Some("writers"),
        }
    }
}

/// A journal that a server keeps.
pub type Stream = Box<dyn Journal + Send + Sync>;

type Opened = Result<Stream, Box<dyn std::error::Error + Send + Sync>>;

/// Why what a server keeps cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The stream cannot be opened.
    #[error(transparent)]
    Open(Box<dyn std::error::Error + Send + Sync>),
    /// Reading it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// No ledger is there.
    #[error("no ledger at {0}: make one with `jejak init`, or copy one there with `jejak copy`")]
    Missing(String),
    /// Lines without a manifest.
    #[error(
        "{place}: the stream has {lines} lines but no manifest: an interrupted init, simulate or copy; repeat the copy, or \
         choose another name with ledger=NAME, or delete the stream on the server"
    )]
    Unfinished {
        /// Where, without a password.
        place: String,
        /// Lines that are there.
        lines: u64,
    },
    /// There is one already.
    #[error("{0} already holds a ledger: choose another name with ledger=NAME")]
    Exists(String),
    /// The server has fewer lines than were read from it before.
    #[error(
        "the server has {stream} lines, but {files} were read from it before: acknowledged lines are \
         lost there; restore it, or bring them back with `jejak copy --from DIR --to PLACE`, where DIR is what --state names"
    )]
    Shorter {
        /// Lines in the files here.
        files: u64,
        /// Lines of the stream.
        stream: u64,
    },
    /// The server has another history.
    #[error(
        "position {position}: the server holds another line than was read from it before: keep both, and find out which was altered"
    )]
    Other {
        /// The last line of the files here.
        position: u64,
    },
    /// The files here are not what was read from the server.
    #[error(
        "{}: somebody changed lines below position {below}: delete this directory, and it is made again from the server; \
         delete views/ beside it too",
        dir.display()
    )]
    Altered {
        /// The files' directory.
        dir: PathBuf,
        /// Lines that were compared.
        below: u64,
    },
    /// The files here are damaged.
    #[error("{problem}; {} is a copy of what the server has: delete it, and it is made again", dir.display())]
    Mirror {
        /// The files' directory.
        dir: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Something else stands in the stream.
    #[error("{place}: the {what} at position {position} is none: {problem}")]
    Form {
        /// Which server and ledger.
        place: String,
        /// What should be there.
        what: &'static str,
        /// Where in its stream.
        position: u64,
        /// What is wrong.
        problem: String,
    },
}

/// Adds texts to a stream that is open. Who else writes there only comes first.
pub(crate) fn append_texts(journal: &mut dyn Journal, texts: &[String]) -> Result<(), RemoteError> {
    let commit =
        |text: &String| Commit::new(vec![serde_json::Value::from(text.as_str()).to_string().into_bytes()]);
    let commits = texts.iter().map(commit).collect::<Result<Vec<_>, _>>();
    let commits = commits.map_err(|problem| RemoteError::Open(Box::new(problem)))?;
    loop {
        match journal.append(Position(journal.len()), &commits) {
            // The journal has learned the true length.
            Err(AppendError::WrongPosition { .. }) => {}
            other => return Ok(other?),
        }
    }
}

/// Opens the streams of one ledger on one server.
#[derive(Clone)]
pub struct Remote {
    place: String,
    open: Arc<dyn Fn(Part) -> Opened + Send + Sync>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({})", self.place)
    }
}

impl Remote {
    /// `place` is for people, without a password.
    pub fn new(place: &str, open: impl Fn(Part) -> Opened + Send + Sync + 'static) -> Self {
        Self { place: place.to_owned(), open: Arc::new(open) }
    }

    /// Where it is, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Opens one stream.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub fn journal(&self, part: Part) -> Result<Stream, RemoteError> {
        (self.open)(part).map_err(RemoteError::Open)
    }

    /// The texts of a stream, in order, from a position on.
    ///
    /// # Errors
    /// When it cannot be read, or holds something else.
    pub fn texts(&self, part: Part, from: u64) -> Result<Vec<String>, RemoteError> {
        self.texts_of(&*self.journal(part)?, part, from)
    }

    /// The same of a stream that is open.
    pub(crate) fn texts_of(
        &self,
        journal: &dyn Journal,
        part: Part,
        from: u64,
    ) -> Result<Vec<String>, RemoteError> {
        let mut texts = Vec::new();
        if from >= journal.len() {
            return Ok(texts);
        }
        for batch in journal.read(Position(from))? {
            let frame = batch?.unpack()?;
            for (position, line) in (frame.first().0..).zip(frame.lines()) {
                let text = serde_json::from_slice(line).map_err(|problem| RemoteError::Form {
                    place: self.place.clone(),
                    what: part.name().unwrap_or("line"),
                    position,
                    problem: problem.to_string(),
                })?;
                texts.push(text);
            }
        }
        Ok(texts)
    }

    /// The last text of a stream.
    ///
    /// # Errors
    /// When it cannot be read, or holds something else.
    pub fn newest_text(&self, part: Part) -> Result<Option<String>, RemoteError> {
        let journal = self.journal(part)?;
        Ok(self.texts_of(&*journal, part, journal.len().saturating_sub(1))?.pop())
    }

    /// Adds texts. Who else writes there only comes first.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn add_texts(&self, part: Part, texts: &[String]) -> Result<(), RemoteError> {
        append_texts(&mut *self.journal(part)?, texts)
    }

    /// What the ledger there is; nothing when there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is no manifest.
    pub fn manifest(&self) -> Result<Option<Manifest>, RemoteError> {
        let Some(text) = self.newest_text(Part::Manifest)? else { return Ok(None) };
        let problem = |problem: toml::de::Error| RemoteError::Form {
            place: self.place.clone(),
            what: "manifest",
            position: 0,
            problem: problem.to_string(),
        };
        toml::from_str(&text).map(Some).map_err(problem)
    }

    /// Why there is no ledger where there is no manifest: nothing is there, or the beginning of one.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn missing(&self) -> Result<RemoteError, RemoteError> {
        let (place, lines) = (self.place.clone(), self.journal(Part::Lines)?.len());
        Ok(if lines == 0 { RemoteError::Missing(place) } else { RemoteError::Unfinished { place, lines } })
    }

    /// Makes sure that a new ledger can begin there.
    ///
    /// # Errors
    /// When there is one, or the beginning of one.
    pub fn check_free(&self) -> Result<(), RemoteError> {
        if self.manifest()?.is_some() {
            return Err(RemoteError::Exists(self.place.clone()));
        }
        match self.missing()? {
            RemoteError::Missing(_) => Ok(()),
            unfinished => Err(unfinished),
        }
    }

    /// Says what the ledger there is. Where keys are is no matter of the server.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self, manifest: &Manifest) -> Result<(), RemoteError> {
        let manifest = Manifest { keys: "keys".into(), ..manifest.clone() };
        let text = manifest.text().map_err(|problem| RemoteError::Open(Box::new(problem)))?;
        self.add_texts(Part::Manifest, &[text])
    }
}

#[cfg(test)]
pub(crate) mod memory {
    //! A server in memory, for tests of what is built on one.

    use super::{Part, Remote};
    use jejak_journal::{AppendError, Batches, Commit, Journal, MemoryJournal, Position, ReadError};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<MemoryJournal>>, u64);

    impl Journal for Shared {
        fn len(&self) -> u64 {
            self.1
        }

        fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
            let mut kept = self.0.lock().unwrap();
            let appended = kept.append(at, commits);
            self.1 = kept.len();
            appended
        }

        fn read(&self, from: Position) -> Result<Batches, ReadError> {
            self.0.lock().unwrap().read(from)
        }
    }

    /// A server without any stream.
    pub(crate) fn server() -> Remote {
        let streams: [Arc<Mutex<MemoryJournal>>; 6] = Default::default();
        Remote::new("a server in memory", move |part| {
            let index = match part {
                Part::Lines => 0,
                Part::Heads => 1,
                Part::Manifest => 2,
                Part::Access => 3,
                Part::AccessHeads => 4,
                Part::Writers => 5,
            };
            let kept = Arc::clone(&streams[index]);
            let len = kept.lock().unwrap().len();
            Ok(Box::new(Shared(kept, len)))
        })
    }
}
