//! Taking items from a stream: one JSON object a line, one outcome a line, in order. A bad line says why and changes
//! nothing; the rest goes on.

use crate::item::{Item, ItemError, Request};
use crate::outcome::{Outcome, Problem, Status};
use crate::sequencer::{Sequencer, SequencerError};
use jejak_domain::actor::Actor;
use jejak_domain::line::LINE_LIMIT;
use jejak_domain::time::Timestamp;
use serde::Serialize;
use std::io::{BufRead, BufReader, Error, Read};

/// Outcomes that wait for one sync.
const GROUP: usize = 1_000;

/// Which door the stream comes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Commands: they ask.
    Commands,
    /// Facts: they report.
    Facts,
}

/// The answer to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineOutcome {
    /// Number of the line, from 1.
    pub line: u64,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In the journal now.
    pub recorded: u64,
    /// In the journal before.
    pub repeated: u64,
    /// Refused, or not readable.
    pub refused: u64,
}

/// Why a stream ended early.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The stream cannot be read. What came before is recorded.
    #[error(
        "reading after line {line} failed: {source}; what came before is recorded, hand in the rest again"
    )]
    Read {
        /// The last whole line.
        line: u64,
        /// The system's answer.
        source: Error,
    },
    /// Nothing more can be recorded.
    #[error(transparent)]
    Sequencer(#[from] SequencerError),
    /// The answer could not be given.
    #[error("writing an outcome failed: {0}")]
    Write(Error),
}

/// Takes every line of `input`. Each outcome is handed to `answer` after its lines are durable, and before a further
/// line is waited for: whoever hands lines in one by one gets each answer.
///
/// # Errors
/// When the stream breaks off or the ledger cannot record any more.
pub fn take(
    sequencer: &mut Sequencer,
    input: &mut BufReader<impl Read>,
    door: Door,
    actor: Actor,
    mut clock: impl FnMut() -> Timestamp,
    mut answer: impl FnMut(&LineOutcome) -> Result<(), Error>,
) -> Result<Counts, IntakeError> {
    let mut waiting: Vec<LineOutcome> = Vec::new();
    let mut counts = Counts::default();
    let mut line = 0;
    loop {
        let at_hand = input.buffer().contains(&b'\n');
        if !at_hand || waiting.len() >= GROUP {
            sequencer.flush()?;
            for outcome in waiting.drain(..) {
                counts.add(outcome.outcome.status);
                answer(&outcome).map_err(IntakeError::Write)?;
            }
        }
        let Some(bytes) = next_line(input).map_err(|source| IntakeError::Read { line, source })? else {
            return Ok(counts);
        };
        line += 1;
        if bytes.as_ref().is_ok_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace)) {
            continue;
        }
        let outcome = match bytes.and_then(|bytes| Item::read(&bytes)) {
            Ok(item) if is_of(door, &item.request) => sequencer.handle(&item, actor, clock())?,
            Ok(item) => refuse(item.command_id, "input.wrong_door", wrong_door(door, item.request.name())),
            Err(problem) => refuse(None, "input.invalid", problem.to_string()),
        };
        waiting.push(LineOutcome { line, outcome });
    }
}

fn is_of(door: Door, request: &Request) -> bool {
    matches!((door, request), (Door::Commands, Request::Command(_)) | (Door::Facts, Request::Fact(_)))
}

fn wrong_door(door: Door, name: &str) -> String {
    match door {
        Door::Commands => format!("{name} is a fact: hand it in with `jejak import`"),
        Door::Facts => format!("{name} is a command: hand it in with `jejak submit`"),
    }
}

fn refuse(command_id: Option<jejak_domain::ids::CommandId>, code: &str, detail: String) -> Outcome {
    let problem = Problem { code: code.to_owned(), detail, rule: None };
    Outcome { command_id, status: Status::Refused, positions: Vec::new(), problem: Some(problem) }
}

impl Counts {
    fn add(&mut self, status: Status) {
        match status {
            Status::Recorded => self.recorded += 1,
            Status::Repeated => self.repeated += 1,
            Status::Refused => self.refused += 1,
        }
    }
}

/// The next line without its newline. A line that is too long is read past and told by its length, never kept.
fn next_line(input: &mut impl BufRead) -> Result<Option<Result<Vec<u8>, ItemError>>, Error> {
    let mut line = Vec::new();
    let mut length = 0;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok((length > 0).then(|| whole(line, length)));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        length += part.len();
        if length <= LINE_LIMIT {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(whole(line, length)));
        }
    }
}

fn whole(line: Vec<u8>, length: usize) -> Result<Vec<u8>, ItemError> {
    if length > LINE_LIMIT { Err(ItemError::Long(length)) } else { Ok(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_read_past() {
        let mut text = b"a\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 10 << 20));
        text.extend(b"\nb");
        let mut input = std::io::BufReader::new(&text[..]);
        let mut next = || next_line(&mut input).unwrap();
        assert_eq!(next().unwrap().unwrap(), b"a");
        assert!(matches!(next().unwrap(), Err(ItemError::Long(length)) if length == 10 << 20));
        assert_eq!(next().unwrap().unwrap(), b"b");
        assert!(next().is_none());
    }
}
