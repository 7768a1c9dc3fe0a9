//! The command log: which command ids were used, and for what.
//!
//! A key is unique within its subject for ever. The filter in memory answers for new keys; for a key that may have
//! been used, the journal's index gives the line to look at.

use crate::envelope::command_key;
use crate::filter::Filter;
use crate::item::{Item, Request};
use crate::vault::PersonKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jejak_domain::ids::{ActorId, CommandId};
use jejak_domain::line::{CommandHash, CommandKey, Event, LineError};
use jejak_domain::subject::Subject;
use jejak_journal::{FileJournal, Frame, Journal as _, Position, ReadError};
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What is known of a command id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Never used with this subject.
    New,
    /// Used for the same, and recorded at these positions.
    Same(Vec<u64>),
    /// Used for something else, or by another where that is not to be told apart, at this position.
    Other(u64),
}

/// Why the command log cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum CommandLogError {
    /// Reading the journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A line of the journal is not an event.
    #[error("position {position}: {problem}")]
    Line {
        /// Where.
        position: u64,
        /// What is wrong.
        problem: LineError,
    },
}

/// Keys and filter.
#[derive(Debug)]
pub(crate) struct CommandLog {
    mac: Hmac<Sha256>,
    filter: Filter,
}

/// The canonical command: its fields in the order of RFC 8785.
#[derive(Serialize)]
struct Canonical<'a> {
    data: &'a Request,
    #[serde(skip_serializing_if = "Option::is_none")]
    programme: Option<jejak_domain::ids::ProgrammeCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reportedon: Option<jejak_domain::time::Day>,
    subject: Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<jejak_domain::time::Timestamp>,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl CommandLog {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mac = Hmac::new_from_slice(key).expect("a key of any length");
        Self { mac, filter: Filter::default() }
    }

    /// The first 16 bytes of HMAC-SHA-256 over the canonical command, keyed by the person's own key where it holds
    /// personal data: without that key nobody can try names and numbers against it.
    pub(crate) fn digest(
        &self,
        item: &Item,
        person: Option<&PersonKey>,
    ) -> Result<CommandHash, serde_json::Error> {
        let command = Zeroizing::new(canonical(item)?);
        let bytes: [u8; 32] = if let Some(key) = person {
            key.digest(&command)
        } else {
            let mut mac = self.mac.clone();
            mac.update(&command);
            mac.finalize().into_bytes().into()
        };
        let mut hash = [0; 16];
        hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        Ok(CommandHash(hash))
    }

    /// Remembers a used key.
    pub(crate) fn add(&mut self, subject: Subject, id: CommandId) {
        self.filter.add(hash(subject, id));
    }

    /// False when the key is surely new.
    pub(crate) fn may_know(&self, subject: Subject, id: CommandId) -> bool {
        self.filter.may_have(hash(subject, id))
    }

    /// Looks a key up. Reads one line, however many its subject has. With `only`, a repeat is told to
    /// nobody but that actor.
    pub(crate) fn look_up(
        journal: &FileJournal,
        subject: Subject,
        key: CommandKey,
        only: Option<ActorId>,
    ) -> Result<Known, CommandLogError> {
        let index_key = command_key(subject.to_string().as_bytes(), key.id.as_str().as_bytes());
        for position in journal.positions_of(&index_key)? {
            let Some(batch) = journal.read(position)?.next() else { continue };
            let frame = batch?.unpack()?;
            let event = read(frame.line(0).unwrap_or_default(), position)?;
            let Some(used) = event.command.filter(|used| used.id == key.id && event.subject == subject)
            else {
                continue;
            };
            let told = only.is_none_or(|only| only == event.actor.id);
            return if told && used.hash == key.hash {
                Ok(Known::Same(first_commit(&frame)))
            } else {
                Ok(Known::Other(position.0))
            };
        }
        Ok(Known::New)
    }
}

fn read(line: &[u8], position: Position) -> Result<Event, CommandLogError> {
    Event::read(line).map_err(|problem| CommandLogError::Line { position: position.0, problem })
}

/// Positions of the frame's first commit.
fn first_commit(frame: &Frame) -> Vec<u64> {
    let lines = frame.commits().next().map_or(1, |range| u64::from(range.end - range.start));
    let first = frame.first().0;
    (first..first + lines).collect()
}

fn canonical(item: &Item) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Canonical {
        data: &item.request,
        programme: item.programme,
        reportedon: item.reported_on,
        subject: item.subject,
        time: item.time,
        kind: item.request.name(),
    })
}

/// A spread of subject and key over 64 bits. It need not withstand an attacker: a collision costs one look-up.
fn hash(subject: Subject, id: CommandId) -> u64 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(SPREAD).rotate_left(29);
    let start = match subject {
        Subject::Participant(id) => {
            let (high, low) = id.0.as_u64_pair();
            mix(mix(SPREAD, high), low)
        }
        other => other.to_string().bytes().fold(SPREAD, |hash, byte| mix(hash, byte.into())),
    };
    let words = id.as_str().as_bytes().chunks(8);
    words
        .fold(start, |hash, chunk| mix(hash, chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))))
}
