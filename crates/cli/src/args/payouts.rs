//! What can be typed about payout runs.

use clap::{Args, Subcommand};
use jejak_domain::ids::{ActorId, Digest, DocumentNumber, PartyCode, ProgrammeCode, Reason};
use jejak_domain::time::Day;
use std::num::NonZero;
use std::path::PathBuf;

/// A run, as it is typed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunName {
    pub(crate) programme: ProgrammeCode,
    pub(crate) number: DocumentNumber,
}

impl RunName {
    fn parse(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("run/").unwrap_or(text);
        let (programme, number) = name
            .split_once('/')
            .ok_or_else(|| "write PROGRAMME/NUMBER, such as prakerja-2020/2021-04-03-bni".to_owned())?;
        let programme = ProgrammeCode::new(programme).map_err(|problem| problem.to_string())?;
        let number = DocumentNumber::new(number).map_err(|problem| problem.to_string())?;
        Ok(Self { programme, number })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Payouts {
    #[command(subcommand)]
    pub(crate) step: Step,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Gather all payments that one partner can make on a day, and end the list.
    #[command(
        after_help = "Repeat it after an interruption: it goes on where it stopped.\n\nExample:\n  jejak payouts prepare prakerja-2020/2021-04-03-bni --partner bni --payon 2021-04-03 --as bendahara-1"
    )]
    Prepare(Prepare),
    /// Approve exactly what was prepared, by another person.
    #[command(
        after_help = "Example:\n  jejak payouts approve prakerja-2020/2021-04-03-bni --sha256 9f86d0818… --as ppk-1"
    )]
    Approve(Approve),
    /// Instruct the payments of an approved run.
    #[command(
        after_help = "What cannot be paid any more is left out and named (status 1). Repeat it after an interruption, or with \
                      --limit for a part at a time.\n\nExample:\n  jejak payouts release prakerja-2020/2021-04-03-bni --as bendahara-1"
    )]
    Release(Release),
    /// Write the files of a released run for the bank: `pain.001.001.09`.
    #[command(
        after_help = "PAYER.toml says who pays: name, account and bic. The same run gives the same bytes; a file that differs from the one \
                      that was issued before is not written. Accounts are opened for this, which the access journal tells.\n\nExample:\n  jejak payouts export prakerja-2020/2021-04-03-bni --payer payer.toml --out ./bank --as bendahara-1"
    )]
    Export(Export),
    /// Give a run up before it is released.
    #[command(
        after_help = "Example:\n  jejak payouts cancel prakerja-2020/2021-04-03-bni --reason mistake --as bendahara-1"
    )]
    Cancel(Cancel),
    /// Tell where runs stand: phase, sums, approvals given and needed, and the digest to approve.
    #[command(after_help = "Example:\n  jejak payouts status prakerja-2020/2021-04-03-bni")]
    Status(Status),
}

/// Who does it: a person who holds the role for it, where roles were given.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Who does it.
    #[arg(long = "as", value_name = "PERSON", value_parser = ActorId::new)]
    pub(crate) actor: ActorId,
}

#[derive(Debug, Args)]
pub(crate) struct Prepare {
    /// The run: PROGRAMME/NUMBER.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: RunName,
    /// The payment partner.
    #[arg(long, value_parser = PartyCode::new)]
    pub(crate) partner: PartyCode,
    /// The day in Jakarta on which the partner shall pay.
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub(crate) payon: Day,
    /// Only this batch.
    #[arg(long)]
    pub(crate) batch: Option<u16>,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The run: PROGRAMME/NUMBER.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: RunName,
    /// The digest that `prepare` and `status` print.
    #[arg(long, value_name = "DIGEST", value_parser = Digest::new)]
    pub(crate) sha256: Digest,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    /// The run: PROGRAMME/NUMBER.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: RunName,
    /// Instruct no more than so many payments now; the others stay approved.
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The run: PROGRAMME/NUMBER.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: RunName,
    /// A TOML file with name, account and bic of the account that pays.
    #[arg(long, value_name = "FILE")]
    pub(crate) payer: PathBuf,
    /// Directory for the files; it is made where it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Payments in one file, at most.
    #[arg(long, default_value = "10000", value_name = "COUNT")]
    pub(crate) most: NonZero<usize>,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The run: PROGRAMME/NUMBER.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: RunName,
    /// Why, as a word.
    #[arg(long, value_parser = Reason::new)]
    pub(crate) reason: Reason,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// One run: PROGRAMME/NUMBER; without it, all.
    #[arg(value_name = "RUN", value_parser = RunName::parse)]
    pub(crate) run: Option<RunName>,
}
