//! The access journal: who looked at personal data, for what, what was refused or turned away, and which
//! personal data was handed in again.
//!
//! It is a second journal under `access/`, of the same form as the ledger's, with a tree of its own and heads signed with
//! the ledger's key under the name `<origin>/access`. A line about a look at personal data is durable before the data is
//! given; a refusal is noted without making its answer wait.

mod check;
#[cfg(test)]
mod tests;
mod writer;

pub use check::{AccessCheck, AccessFailure, Anchors, check};
pub use writer::{AccessLog, AccessLogError};

use crate::checkpoints::Checkpoints;
use crate::home::{Home, HomeError};
use crate::mirror::Mirrored;
use crate::remote::{Part, Stream};
use jejak_domain::access::Role;
use jejak_domain::ids::{ActorId, CommandId, DocumentNumber, ParticipantId, Reason};
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;
use jejak_journal::checkpoint::{SigningKey, VerifyingKey};
use jejak_journal::{FileJournal, OpenError, OpenOptions, Position};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of the access journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Random; its bits also blind the leaf hash.
    pub id: Uuid,
    /// When.
    pub time: Timestamp,
    /// Who, where a token told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// The roles held then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// What.
    pub access: Access,
}

/// What somebody did or tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Access {
    /// Looked at personal data.
    Read {
        /// What for.
        purpose: Reason,
        /// Under which case.
        #[serde(skip_serializing_if = "Option::is_none")]
        case: Option<DocumentNumber>,
        /// Whose.
        participants: Vec<ParticipantId>,
        /// Names of the fields that were shown; never what is in them.
        fields: Vec<String>,
        /// What came of it.
        result: Shown,
        /// Lines of the ledger at that time.
        lines: u64,
    },
    /// Read this journal through the service.
    LogRead {
        /// What for.
        purpose: Reason,
        /// Under which case.
        #[serde(skip_serializing_if = "Option::is_none")]
        case: Option<DocumentNumber>,
        /// First line that was shown.
        from: u64,
        /// Lines that were shown.
        count: u64,
    },
    /// Handed in an item that was not carried out.
    ItemRefused {
        /// Command or fact, where it could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What it was about.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<Subject>,
        /// Its key.
        #[serde(skip_serializing_if = "Option::is_none")]
        commandid: Option<CommandId>,
        /// Why.
        code: String,
    },
    /// Handed in an item with personal data again that was carried out before.
    ItemRepeated {
        /// The command.
        name: String,
        /// What it was about.
        subject: Subject,
        /// Its key.
        #[serde(skip_serializing_if = "Option::is_none")]
        commandid: Option<CommandId>,
    },
    /// Was turned away.
    RequestDenied {
        /// The route, by its pattern.
        route: String,
        /// Why.
        code: String,
        /// How often since the last such line, where it is not once.
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u64>,
    },
}

/// What a look at personal data came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Something was shown.
    Shown,
    /// The data is erased.
    Erased,
    /// There is none.
    Nothing,
}

impl Entry {
    /// The line in canonical form: keys in order, no spaces, no numbers but counts.
    fn line(&self) -> Result<Vec<u8>, serde_json::Error> {
        // A map of serde_json keeps its keys sorted.
        serde_json::to_vec(&serde_json::to_value(self)?)
    }

    /// Reads a line, which must be in that form.
    fn read(line: &[u8]) -> Result<Self, String> {
        let entry: Self = serde_json::from_slice(line).map_err(|problem| problem.to_string())?;
        match entry.line() {
            Ok(written) if written == line => Ok(entry),
            _ => Err("not in canonical form".to_owned()),
        }
    }
}

fn signing_key(home: &Home) -> Result<SigningKey, HomeError> {
    let named = home.secrets()?.signing.named(&name(home));
    named.map_err(|problem| HomeError::Key { path: home.keys_dir(), problem: problem.to_string() })
}

fn verifying_key(home: &Home) -> Result<VerifyingKey, HomeError> {
    let key = VerifyingKey::new(&name(home), &home.verifying_key()?.to_bytes());
    key.map_err(|problem| HomeError::Key { path: home.keys_dir(), problem: problem.to_string() })
}

/// The name under which its heads are signed.
fn name(home: &Home) -> String {
    format!("{}/access", home.manifest.origin)
}

fn heads(home: &Home) -> Checkpoints {
    Checkpoints::in_dir(&home.access_dir().join("checkpoints"))
}

/// Brings the files up to the server that keeps the access journal. Where another process writes them, that one does.
pub(crate) fn update(home: &Home) -> Result<(), HomeError> {
    let Some(remote) = home.remote() else { return Ok(()) };
    take_heads(home)?;
    let stream = remote.journal(Part::Access)?;
    if stream.is_empty() {
        return Ok(());
    }
    let files = match FileJournal::open(home.access_dir(), OpenOptions::default()) {
        Err(OpenError::Locked { .. }) => return Ok(()),
        Err(OpenError::NoJournal { .. }) => FileJournal::create(home.access_dir())?,
        files => files?.0,
    };
    Ok(Mirrored::new(files, Some(stream)).copy()?)
}

/// Takes over heads that were signed elsewhere.
fn take_heads(home: &Home) -> Result<(), HomeError> {
    let Some(remote) = home.remote() else { return Ok(()) };
    let kept = heads(home);
    remote.texts(Part::AccessHeads, 0)?.iter().try_for_each(|head| kept.keep(head).map(drop))
}

/// The journal where it counts: on the server, since files there are behind until something is noted here, or in the
/// files. `None` when nothing was ever written.
fn journal(home: &Home) -> Result<Option<Stream>, HomeError> {
    if let Some(stream) = home.stream(Part::Access)? {
        return Ok(Some(stream));
    }
    match FileJournal::open_read_only(home.access_dir()) {
        Ok(journal) => Ok(Some(Box::new(journal))),
        Err(OpenError::NoJournal { .. }) => Ok(None),
        Err(problem) => Err(problem.into()),
    }
}

/// The newest signed head of the access journal, as it was signed.
///
/// # Errors
/// When a head cannot be read.
pub fn newest_head(home: &Home) -> Result<Option<String>, HomeError> {
    take_heads(home)?;
    heads(home).newest_note(&verifying_key(home)?)
}

/// Lines from a position on, at most `limit`, as they are; none when nothing was ever written.
///
/// # Errors
/// When the files are damaged, or the server that keeps it does not answer.
pub fn lines(home: &Home, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, HomeError> {
    let mut lines = Vec::new();
    let Some(journal) = journal(home)? else { return Ok(lines) };
    if from >= journal.len() {
        return Ok(lines);
    }
    for batch in journal.read(Position(from))? {
        let frame = batch?.unpack()?;
        for (position, line) in (frame.first().0..).zip(frame.lines()) {
            if lines.len() == limit {
                return Ok(lines);
            }
            lines.push((position, line.to_vec()));
        }
    }
    Ok(lines)
}
