//! The files beside a server: every verb but this one reads them, so they are compared with what the server has.

use super::Failure;
use crate::checkpoints::Checkpoints;
use crate::home::{Home, HomeError};
use crate::mirror::{differs, repairable};
use crate::remote::RemoteError;
use crate::roots::roots;
use jejak_journal::merkle::{Hash, TreeBuilder};
use jejak_journal::{FileJournal, Journal, OpenError};
use std::collections::BTreeSet;

/// The files, and the root that the server's lines have at their length.
#[derive(Default)]
pub(super) struct Beside {
    files: Option<FileJournal>,
    root: Option<Hash>,
}

impl Beside {
    /// Opens them, before the server's stream is: they follow it.
    pub(super) fn open(home: &Home, failures: &mut Vec<Failure>) -> Result<Self, HomeError> {
        let files = match home.remote().map(|_| home.read_journal_as_it_is()) {
            None | Some(Err(HomeError::Journal(OpenError::NoJournal { .. }))) => None,
            Some(Ok(files)) => Some(files),
            Some(Err(problem @ HomeError::Journal(_))) => {
                failures.push(Failure::Files(repairable(home, problem)));
                None
            }
            Some(Err(problem)) => return Err(problem),
        };
        Ok(Self { files, root: None })
    }

    /// Lines in the files, where there are any.
    pub(super) fn len(&self) -> Option<u64> {
        self.files.as_ref().map(FileJournal::len).filter(|len| *len > 0)
    }

    /// Looks at the tree of the server's lines at each size.
    pub(super) fn look(&mut self, tree: &TreeBuilder) {
        if self.len() == Some(tree.size()) {
            self.root = Some(tree.root());
        }
    }

    /// What does not agree.
    pub(super) fn end(self, home: &Home, server: &dyn Journal) -> Option<Failure> {
        let (len, files) = (self.len()?, self.files?);
        let found = roots(&files, &BTreeSet::from([len]));
        if let Ok(found) = &found
            && self.root.is_some()
            && found.get(&len) == self.root.as_ref()
        {
            return None;
        }
        if server.len() < len {
            // These files are all that is left of the lines that the server lost.
            let shorter = RemoteError::Shorter { files: len, stream: server.len() };
            return Some(Failure::Files(shorter.into()));
        }
        match found.and_then(|_| differs(&files, server, 0)) {
            Ok(None) => None,
            Ok(Some(position)) if is_signed(home, &files, position) => {
                Some(Failure::Files(RemoteError::Other { position }.into()))
            }
            Ok(Some(position)) => Some(Failure::Mirror { dir: home.dir().join("journal"), position }),
            Err(problem) => Some(Failure::Files(repairable(home, HomeError::Read(problem)))),
        }
    }
}

/// True when a head that the ledger's key has signed covers this line as it stands in the files: then it is not the files
/// that were altered.
fn is_signed(home: &Home, files: &FileJournal, position: u64) -> bool {
    let newest = home.verifying_key().and_then(|key| Checkpoints::of(home).newest_within(&key, files.len()));
    let Ok(Some(head)) = newest else { return false };
    let root =
        roots(files, &BTreeSet::from([head.size])).ok().and_then(|found| found.get(&head.size).copied());
    position < head.size && root == Some(head.root)
}
