//! One of the two places of a copying: a directory or a server.

use super::CopyingError;
use super::heads::Head;
use crate::checkpoints::Checkpoints;
use crate::home::{Home, HomeError, Manifest};
use crate::remote::{Part, Remote, Stream};
use jejak_journal::{FileJournal, OpenError};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a ledger is, or shall be.
#[derive(Clone, Debug)]
pub enum Side {
    /// A directory.
    Files(PathBuf),
    /// Streams of a server.
    Server(Remote),
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(dir) => dir.display().fmt(f),
            Self::Server(remote) => f.write_str(remote.place()),
        }
    }
}

/// The directory of a journal in a ledger's directory.
fn dir_of(dir: &Path, part: Part) -> PathBuf {
    match part {
        Part::Access | Part::AccessHeads => dir.join("access"),
        Part::Lines | Part::Heads | Part::Manifest | Part::Writers => dir.to_path_buf(),
    }
}

impl Side {
    pub(super) fn manifest(&self) -> Result<Option<Manifest>, CopyingError> {
        match self {
            Self::Files(dir) => match Home::open(dir) {
                Ok(home) => Ok(Some(home.manifest)),
                Err(HomeError::Missing(_)) => Ok(None),
                Err(error) => Err(error.into()),
            },
            Self::Server(remote) => Ok(remote.manifest()?),
        }
    }

    /// Why there is no manifest.
    pub(super) fn missing(&self) -> Result<CopyingError, CopyingError> {
        Ok(match self {
            Self::Files(_) => CopyingError::Missing(self.to_string()),
            Self::Server(remote) => remote.missing()?.into(),
        })
    }

    /// Makes an empty ledger of this name.
    pub(super) fn begin(&self, manifest: &Manifest) -> Result<(), CopyingError> {
        match self {
            Self::Files(dir) => Ok(Home::receive(dir, manifest).map(|_| ())?),
            Self::Server(remote) => Ok(remote.begin(manifest)?),
        }
    }

    /// A journal to read; none when it was never begun.
    pub(super) fn read(&self, part: Part) -> Result<Option<Stream>, CopyingError> {
        match self {
            Self::Files(dir) => match FileJournal::open_read_only(dir_of(dir, part)) {
                Ok(journal) => Ok(Some(Box::new(journal))),
                Err(OpenError::NoJournal { .. }) => Ok(None),
                Err(error) => Err(HomeError::from(error).into()),
            },
            Self::Server(remote) => Ok(Some(remote.journal(part)?).filter(|stream| !stream.is_empty())),
        }
    }

    /// A journal to append to, made when it is not there.
    pub(super) fn write(&self, part: Part) -> Result<Stream, CopyingError> {
        let dir = match self {
            Self::Files(dir) => dir_of(dir, part),
            Self::Server(remote) => return Ok(remote.journal(part)?),
        };
        let options = || Home::options(None);
        match FileJournal::open(&dir, options()) {
            Ok((journal, _)) => Ok(Box::new(journal)),
            Err(OpenError::NoJournal { .. }) => {
                Ok(Box::new(FileJournal::create_with(&dir, options()).map_err(HomeError::from)?))
            }
            Err(error) => Err(HomeError::from(error).into()),
        }
    }

    pub(super) fn heads(&self, part: Part) -> Result<Vec<Head>, CopyingError> {
        Ok(match self {
            Self::Files(dir) => {
                let files = heads_in(dir, part).all()?.into_iter();
                files.map(|file| Head { place: file.path.display().to_string(), bytes: file.bytes }).collect()
            }
            Self::Server(remote) => {
                let (place, name) = (remote.place(), part.name().unwrap_or_default());
                let texts = (0_u64..).zip(remote.texts(part, 0)?);
                let head = |(position, text): (u64, String)| Head {
                    place: format!("{place}: {name} at position {position}"),
                    bytes: text.into_bytes(),
                };
                texts.map(head).collect()
            }
        })
    }

    pub(super) fn add_heads(&self, part: Part, heads: &[String]) -> Result<(), CopyingError> {
        match self {
            _ if heads.is_empty() => Ok(()),
            Self::Files(dir) => {
                let kept = heads_in(dir, part);
                Ok(heads.iter().try_for_each(|head| kept.keep(head).map(drop))?)
            }
            Self::Server(remote) => Ok(remote.add_texts(part, heads)?),
        }
    }
}

fn heads_in(dir: &Path, part: Part) -> Checkpoints {
    Checkpoints::in_dir(&dir_of(dir, part).join("checkpoints"))
}
