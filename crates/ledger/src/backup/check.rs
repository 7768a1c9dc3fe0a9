//! A backup, or what was restored from one, against what the backup says.

use super::note::{BackupNote, others};
use super::{BackupError, Standing, files};
use crate::checkpoints::CheckpointFile;
use crate::home::Home;
use crate::vault::KeyCheck;
use crate::verify::{Failure, verify_at};
use jejak_domain::ids::ParticipantId;
use jejak_journal::merkle::tree_of;
use jejak_journal::{FileJournal, Journal as _, OpenError, ReadError};
use std::collections::BTreeSet;
use std::path::Path;

/// What a copy comes to, and what is wrong with it.
#[derive(Debug)]
pub struct Check {
    /// What it comes to.
    pub standing: Standing,
    /// Lines that the backup speaks for; `None` when it says nothing, which is a finding.
    pub said: Option<u64>,
    /// Lines under the newest signed head that agrees.
    pub newest_head: Option<u64>,
    /// Whether the keys at hand open what is sealed; `None` when none were named.
    pub keys: Option<KeyCheck>,
    /// Persons who are erased in it.
    pub(super) erased: BTreeSet<ParticipantId>,
    /// What is missing or altered.
    pub findings: Vec<Finding>,
}

/// Something that is missing or altered.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// Nothing says what the backup holds: a cut tail would not show.
    #[error(
        "backup.toml is missing: this is no finished backup, and nothing says how many lines it should hold; what is above is \
         what can be read. Make the backup again; a copy made by jejak follow is a ledger as it is, and jejak verify checks it"
    )]
    Unfinished,
    /// What verification finds.
    #[error(transparent)]
    Verify(#[from] Failure),
    /// Lines are missing at the end.
    #[error("position {lines}: the lines from here on are missing: the backup says that it holds {said}")]
    Short {
        /// Lines that are there.
        lines: u64,
        /// Lines that the backup speaks for.
        said: u64,
    },
    /// Lines are not those that were copied.
    #[error("lines before position {said} were altered: their root is not the one that the backup names")]
    Root {
        /// Lines that the backup speaks for.
        said: u64,
    },
    /// The books come to something else.
    #[error("the balances at position {said} are not those that the backup names")]
    Balances {
        /// Lines that the backup speaks for.
        said: u64,
    },
    /// A file that the backup names.
    #[error("{path} is missing")]
    Missing {
        /// Its path in the backup.
        path: String,
    },
    /// A file that was altered.
    #[error("{path} was altered: its SHA-256 is {found}, not {said}")]
    Altered {
        /// Its path in the backup.
        path: String,
        /// The digest that it has.
        found: String,
        /// The digest that the backup names.
        said: String,
    },
    /// The journal of looks cannot be read.
    #[error("access: {0}")]
    Access(AccessProblem),
}

/// What is wrong with the journal of looks.
#[derive(Debug, thiserror::Error)]
pub enum AccessProblem {
    /// It does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It does not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is not as long as the backup says, or not the same.
    #[error("{found} lines, the backup says {said}, or other ones")]
    Other {
        /// Lines that are there.
        found: u64,
        /// Lines that the backup speaks for.
        said: u64,
    },
}

impl Finding {
    /// The first bad position, where one is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Verify(failure) => failure.position(),
            Self::Short { lines, .. } => Some(*lines),
            Self::Access(AccessProblem::Read(ReadError::Damaged { place, .. })) => Some(place.position.0),
            _ => None,
        }
    }
}

/// Reads the copy in `dir` to its end, and compares it with what the backup in `backup` says; tries the keys in `keys` on
/// what is sealed. Changes nothing.
///
/// # Errors
/// When there is nothing that can be read; what does not hold is in the result.
pub fn check(
    dir: &Path,
    backup: &Path,
    keys: Option<&Path>,
    progress: impl FnMut(u64),
) -> Result<Check, BackupError> {
    let note = BackupNote::read(backup)?;
    let home = Home::open(dir)?;
    let head = note.as_ref().and_then(|note| note.head.as_ref());
    let heads: Vec<CheckpointFile> = head
        .map(|head| CheckpointFile { path: backup.join("backup.toml"), bytes: head.clone().into_bytes() })
        .into_iter()
        .collect();
    let said = note.as_ref().map(|note| note.standing.lines);
    let result = verify_at(&home, &heads, said, keys, progress)?;
    let (standing, newest_head, at) = (result.standing(), result.newest_head, result.at);
    let (erased, keys) = (result.erased(), result.keys);
    // Where reading stopped at damage, the lines behind it are not missing.
    let whole = !result.failures.iter().any(|f| matches!(f, Failure::Replay(_) | Failure::Journal(_)));
    let unfinished = note.is_none().then_some(Finding::Unfinished);
    let mut findings: Vec<Finding> =
        unfinished.into_iter().chain(result.failures.into_iter().map(Finding::from)).collect();
    if let Some(note) = &note {
        if whole {
            compare(&note.standing, &standing, at.as_ref(), &mut findings);
        }
        look_at_files(dir, note, &mut findings)?;
        if let Some((said, root)) = note.access {
            findings.extend(look_at_access(dir, said, root).err().map(Finding::Access));
        }
    }
    Ok(Check { standing, said, newest_head, keys, erased, findings })
}

fn compare(said: &Standing, now: &Standing, then: Option<&Standing>, findings: &mut Vec<Finding>) {
    match then {
        None => findings.push(Finding::Short { lines: now.lines, said: said.lines }),
        Some(then) if then.root != said.root => findings.push(Finding::Root { said: said.lines }),
        Some(then) if then.balances != said.balances => findings.push(Finding::Balances { said: said.lines }),
        Some(_) => {}
    }
}

fn look_at_files(dir: &Path, note: &BackupNote, findings: &mut Vec<Finding>) -> Result<(), BackupError> {
    for (path, said) in &note.files {
        let file = dir.join(path);
        if !file.exists() {
            findings.push(Finding::Missing { path: path.clone() });
            continue;
        }
        let found = files::digest(&file)?;
        if found != *said {
            findings.push(Finding::Altered { path: path.clone(), found, said: said.clone() });
        }
    }
    // What came later is named by its own content.
    for path in others(dir)?.into_iter().filter(|path| !note.files.contains_key(path)) {
        let name = path.rsplit('/').next().unwrap_or_default();
        if !path.starts_with("blobs/") || name.len() != 64 {
            continue;
        }
        let found = files::digest(&dir.join(&path))?;
        if found != name {
            let said = name.to_owned();
            findings.push(Finding::Altered { path, found, said });
        }
    }
    Ok(())
}

fn look_at_access(dir: &Path, said: u64, root: jejak_journal::merkle::Hash) -> Result<(), AccessProblem> {
    let journal = FileJournal::open_read_only(dir.join("access"))?;
    if journal.len() < said || tree_of(&journal, said)?.root() != root {
        return Err(AccessProblem::Other { found: journal.len(), said });
    }
    // The lines behind are read too, for their checksums.
    tree_of(&journal, journal.len())?;
    Ok(())
}
