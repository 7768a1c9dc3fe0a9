//! Where a ledger is: a directory, or a stream of a server.

use jejak_kurrent::{Address, Labels, Patience, Server};
use jejak_ledger::copying::Side;
use jejak_ledger::home::{before_data, subject_of, type_of};
use jejak_ledger::remote::{Part, Remote};
use std::path::PathBuf;

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
