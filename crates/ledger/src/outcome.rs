//! The answers to items.

use jejak_domain::ids::CommandId;
use jejak_domain::refusal::Refusal;
use serde::Serialize;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is in the journal.
    Recorded,
    /// It was in the journal already.
    Repeated,
    /// It was not carried out.
    Refused,
}

/// Why an item was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code.
    pub code: String,
    /// What stands in the way, and what to do.
    pub detail: String,
    /// The programme version whose rule refused, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code.to_string(), detail: refusal.sentence, rule: refusal.rule }
    }
}

/// The answer to one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The item's idempotency key.
    #[serde(rename = "commandid", skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
    /// What became of it.
    pub status: Status,
    /// Positions of its lines.
    pub positions: Vec<u64>,
    /// Why it was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

impl Outcome {
    /// The answer to an item that was not carried out.
    pub fn refused(command_id: Option<CommandId>, problem: Problem) -> Self {
        Self { command_id, status: Status::Refused, positions: Vec::new(), problem: Some(problem) }
    }
}
