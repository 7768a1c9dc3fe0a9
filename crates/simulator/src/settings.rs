//! What a simulation is asked for, and what it gives.

/// How much of the real programme is told, and with which luck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// One `scale`-th of every real count; 1 is the whole programme.
    pub scale: u32,
    /// Seed of all random numbers.
    pub seed: String,
    /// Whether everyone who applied is told of.
    pub applicants: Applicants,
}

/// How applicants who were not selected are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Applicants {
    /// One summary a batch, and a small sample one by one.
    #[default]
    Summary,
    /// Every one of them.
    Full,
}

/// One command or fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// When the ledger receives it: milliseconds since 1970-01-01T00:00:00Z. Never decreases.
    pub recorded: i64,
    /// The item: one JSON object on one line, its keys in alphabetical order.
    pub json: String,
}
