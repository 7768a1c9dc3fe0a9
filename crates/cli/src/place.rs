//! Where a ledger is: a directory, or a stream of a server.

use anyhow::{Context as _, bail};
use jejak_kurrent::{Address, Labels, Patience, Server};
use jejak_ledger::copying::Side;
use jejak_ledger::envelope::{before_data, subject_of, type_of};
use jejak_ledger::remote::{Part, Remote};
use jejak_ledger::{Home, mirror};
use std::fmt;
use std::path::{Path, PathBuf};

/// A place as it is typed. It is read after the arguments are: what is wrong with one would be repeated there as it
/// stands, with its password.
#[derive(Clone)]
pub(crate) struct Typed(String);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl Typed {
    /// Reads it.
    pub(crate) fn place(&self) -> anyhow::Result<Place> {
        if Address::is_one(&self.0) {
            return Ok(Place::Server(self.0.parse()?));
        }
        Ok(Place::Directory(PathBuf::from(&self.0)))
    }
}

/// Refuses an address of a server where a directory is wanted: it would become the name of one, password included.
pub(crate) fn check_directory(option: &str, path: &Path) -> anyhow::Result<()> {
    if path.to_str().is_some_and(Address::is_one) {
        bail!("{option} names a directory, and this is the address of a server: use `jejak copy` for one");
    }
    Ok(())
}

/// A directory or a server.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Directory(PathBuf),
    Server(Address),
}

impl Place {
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

    /// Takes over what was signed since, for who reads the server's own lines and wants the files as they are.
    pub(crate) fn refresh_heads(&self) -> anyhow::Result<()> {
        if self.remote.is_some() {
            mirror::update_heads(&self.home()?)?;
        }
        Ok(())
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
