//! Where a ledger is: a directory, or a stream of a server.

use anyhow::Context as _;
use jejak_kurrent::{Address, Labels, Patience, Server};
use jejak_ledger::copying::Side;
use jejak_ledger::envelope::{before_data, subject_of, type_of};
use jejak_ledger::remote::{Part, Remote};
use jejak_ledger::{Home, mirror};
use std::fmt;
use std::path::{Path, PathBuf};

/// A place as it is typed.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Directory(PathBuf),
    Server(Address),
}

impl Place {
    /// For arguments.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if !Address::is_one(text) {
            return Ok(Self::Directory(text.into()));
        }
        text.parse().map(Self::Server).map_err(|problem: jejak_kurrent::AddressError| problem.to_string())
    }

    /// The same for copying.
    pub(crate) fn side(&self) -> anyhow::Result<Side> {
        Ok(match self {
            Self::Directory(dir) => Side::Files(dir.clone()),
            Self::Server(address) => Side::Server(remote(address)?),
        })
    }
}

/// A ledger as the verbs see it: a directory, and the server that keeps its journal where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) dir: PathBuf,
    pub(crate) remote: Option<Remote>,
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.remote {
            None => self.dir.display().fmt(f),
            Some(remote) => f.write_str(remote.place()),
        }
    }
}

impl Ledger {
    /// In a directory.
    pub(crate) fn in_directory(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf(), remote: None }
    }

    /// `state` is the directory for what a server does not keep: keys, and files that can be made again.
    pub(crate) fn at(place: &Place, state: Option<&Path>) -> anyhow::Result<Self> {
        match place {
            Place::Directory(dir) => Ok(Self::in_directory(dir)),
            Place::Server(address) => {
                let dir = state.map_or_else(|| default_state(address), |dir| Ok(dir.to_path_buf()))?;
                Ok(Self { dir, remote: Some(remote(address)?) })
            }
        }
    }

    /// Opens it.
    pub(crate) fn home(&self) -> anyhow::Result<Home> {
        Ok(match &self.remote {
            None => Home::open(&self.dir)?,
            Some(remote) => Home::of_server(&self.dir, remote.clone())?,
        })
    }

    /// Brings its files up to the server, for whoever reads them.
    pub(crate) fn refresh(&self) -> anyhow::Result<()> {
        if self.remote.is_some() {
            mirror::update(&self.home()?)?;
        }
        Ok(())
    }

    /// A home that was just made, with the server that shall keep its journal.
    pub(crate) fn kept(&self, home: Home) -> Home {
        match &self.remote {
            None => home,
            Some(remote) => home.kept_by(remote.clone()),
        }
    }
}

fn default_state(address: &Address) -> anyhow::Result<PathBuf> {
    let var = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = var("XDG_STATE_HOME").or_else(|| var("HOME").map(|home| home.join(".local/state")));
    let base = base
        .context("there is no home directory for the keys and files of this ledger: name one with --state")?;
    Ok(base.join("jejak").join(format!("{}@{}", address.ledger(), address.host())))
}

/// The streams of a ledger on a server.
pub(crate) fn remote(address: &Address) -> anyhow::Result<Remote> {
    let server = Server::new(address, Patience::default())?;
    Ok(Remote::new(&address.to_string(), move |part| {
        let journal = server.open(part.name())?;
        Ok(match part {
            Part::Lines => Box::new(journal.labelled(labels_of)),
            _ => Box::new(journal),
        })
    }))
}

fn labels_of(line: &[u8]) -> Labels<'_> {
    fn text(bytes: Option<&[u8]>) -> Option<&str> {
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
    Labels {
        kind: text(type_of(line)),
        subject: text(subject_of(line)),
        correlation: text(before_data(line, "correlationid")),
        causation: text(before_data(line, "causationid")),
    }
}
