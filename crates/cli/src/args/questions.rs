//! What can be typed after the verbs that answer questions: read models, SQL, exports, rehearsals.

use super::Replay;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Project {
    /// Go on with what comes, until it is told to stop; with --json, a line each time tells rate and lag.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Compute all rows again from the events alone, compare them with the stored ones, and put right what differs.
    #[arg(long)]
    pub(crate) check: bool,
    /// Also write every table as Parquet into this directory, in the place of what was written there before.
    #[arg(long, value_name = "DIR", conflicts_with = "follow")]
    pub(crate) parquet: Option<PathBuf>,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Aligned, for people.
    Table,
    /// Comma-separated values.
    Csv,
    /// One JSON object.
    Json,
    /// A stream of Apache Arrow.
    Arrow,
}

/// In which form something leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportFormat {
    /// The books as a journal of hledger.
    Hledger,
    /// The books as a file of beancount.
    Beancount,
    /// All tables as CSV, with a data dictionary and control totals.
    Csv,
    /// All tables as Parquet.
    Parquet,
    /// The events with their objects as OCEL 2.0, for process mining.
    Ocel,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// In which form.
    #[arg(long, value_enum)]
    pub(crate) format: ExportFormat,
    /// A new file, or a new directory for tables.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
    /// Which part of the history.
    #[command(flatten)]
    pub(crate) part: Replay,
}

#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// One SELECT.
    #[arg(value_name = "QUESTION")]
    pub(crate) question: String,
    /// As things stood then.
    #[command(flatten)]
    pub(crate) part: Replay,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// The most rows that an answer may have.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) rows: usize,
    /// The most seconds that an answer may take.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// The changed definition: TOML as it is proposed, or JSON with the same names.
    pub(crate) file: PathBuf,
    /// Only lines before this position.
    #[arg(long, value_name = "POSITION")]
    pub(crate) at: Option<u64>,
}
