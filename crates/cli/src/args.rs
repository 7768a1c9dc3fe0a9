//! What can be typed.

pub(crate) mod payouts;
mod questions;

pub(crate) use payouts::{Payouts, RunName, Step, Who};
pub(crate) use questions::{Export, ExportFormat, Format, Project, Rehearse, Sql};

use crate::place::Typed;
use clap::{Args, Parser, Subcommand};
use jejak_domain::access::Role;
use jejak_domain::ids::{ActorId, PartyCode, ProgrammeCode};
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_domain::time::{Day, Timestamp};
use jejak_journal::checkpoint::WitnessKey;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An event-sourced ledger for benefit disbursement.
#[derive(Debug, Parser)]
#[command(
    name = "jejak",
    version,
    about,
    after_help = "Exit status: 0 all is well, 1 a finding, a refusal or a failed check, 2 it could not be done, 3 \
                  (verify) the history is whole, but one person made and approved the same money, or acted without right."
)]
pub(crate) struct Arguments {
    /// Directory of the ledger, or address of the server that keeps it:
    /// `esdb://user:pass@host:2113?tls=true&ledger=NAME`.
    #[arg(
        long,
        global = true,
        env = "JEJAK_LEDGER",
        hide_env_values = true,
        default_value = "./ledger",
        value_name = "PLACE"
    )]
    pub(crate) ledger: Typed,
    /// Directory for the keys and files of a ledger that a server keeps; all but the keys can be deleted.
    #[arg(long, global = true, env = "JEJAK_STATE", value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Print figures as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Open for writing although acknowledged lines are missing at the end of the journal, or keys of persons. What was
    /// lost stays lost. For a ledger on a server it gives up only the keys: lines that were lost there are still in
    /// --state, and `jejak copy` brings them back.
    #[arg(long, global = true)]
    pub(crate) accept_loss: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make an empty ledger with its own keys.
    #[command(after_help = "Example:\n  jejak --ledger ./ledger init --origin ledger.example.go.id/benefits")]
    Init(Init),
    /// Write the history of Kartu Prakerja from its published figures into a new ledger.
    #[command(
        after_help = "Examples:\n  jejak --ledger ./small simulate --scale 10000 --seed first\n  jejak --ledger ./case simulate --case revocations --persons 1000"
    )]
    Simulate(Simulate),
    /// Simulate, replay, compare with the published figures, and tell the story of a few persons.
    #[command(
        after_help = "It prints a story for people and has no form for programs: --json changes nothing here. Each step \
                      names the command that gives its figures, and that has.\n\nExample:\n  jejak demo --scale 5000"
    )]
    Demo(Demo),
    /// Record facts: what has already happened outside.
    #[command(
        after_help = "Examples:\n  jejak import bank-answers.ndjson\n  zcat legacy.ndjson.gz | jejak import -"
    )]
    Import(Intake),
    /// Submit commands, one JSON object a line; one outcome a line comes back.
    #[command(after_help = "Example:\n  jejak submit sales.ndjson --as platform-7")]
    Submit(Intake),
    /// Rebuild balances and counts from the journal.
    #[command(
        after_help = "Example:\n  jejak replay --known 2021-01-31T17:00:00.000Z --effective 2020-12-31"
    )]
    Replay(Replay),
    /// List what the rules conclude from the history: payments beyond a right, late lists, late settlements.
    #[command(after_help = "Example:\n  jejak findings --known 2021-03-28T16:59:59.999Z")]
    Findings(Replay),
    /// List which persons and platforms are still owed money, with the sums and the gap that they explain.
    #[command(after_help = "Example:\n  jejak owed --effective 2020-12-31")]
    Owed(Replay),
    /// Run a changed programme definition over the recorded facts: who would gain or lose, and what it would cost.
    #[command(
        after_help = "Nothing is recorded. The rules of today give a difference of zero.\n\nExamples:\n  jejak rehearse prakerja-2020-changed.toml\n  jejak --json rehearse prakerja-2020-changed.toml --at 100000"
    )]
    Rehearse(Rehearse),
    /// Check the tree, the signed heads, the order of lines and every identity.
    #[command(
        after_help = "Exit status: 0 all is well; 1 the history is broken; 3 it is whole, but one person made and \
                      approved the same money, or acted without right; 2 it could not be read.\n\nExample:\n  jejak \
                      verify --checkpoint head-from-last-year.checkpoint"
    )]
    Verify(Verify),
    /// Sign the head over all lines and print it.
    Checkpoint,
    /// Print a proof that a line is in the ledger, for checking without the ledger.
    #[command(after_help = "Example:\n  jejak prove 42 > 42.tlog-proof")]
    Prove(Prove),
    /// Check a proof with nothing but the ledger's public key.
    #[command(after_help = "Example:\n  jejak check-proof 42.tlog-proof --key \"$(cat ledger.vkey)\"")]
    CheckProof(CheckProof),
    /// Show the events of one subject, with running balances where it has a card.
    #[command(
        after_help = "A correction of an earlier day shows with --effective that day, and not with --known that day.\n\nExamples:\n  jejak show participant/0171b2c8-1c00-7e52-9f3c-5d0a4c6b7e11\n  jejak show participant/0171b2c8-1c00-7e52-9f3c-5d0a4c6b7e11 --known 2020-12-31T16:59:59.999Z --effective 2020-12-31"
    )]
    Show(Show),
    /// Command what a day brings by itself, and close it.
    #[command(after_help = "Example:\n  jejak day 2021-04-29 --dry-run")]
    Day(DayArguments),
    /// Prepare, approve and release payout runs.
    Payouts(Payouts),
    /// Print the balance of every account.
    #[command(after_help = "Example:\n  jejak balances --json --effective 2020-12-31")]
    Balances(Replay),
    /// Bring the read models up to date: one SQLite file, `views/jejak.sqlite`.
    #[command(
        after_help = "Examples:\n  jejak project --follow\n  jejak project --check\n  jejak project --parquet ./parquet\n\nThe file can be opened by sqlite3, DBeaver, pandas or R at any moment, and deleted at any moment. --check exits with \
                      status 1 when the file was not what the events give."
    )]
    Project(Project),
    /// Write the books, or all read models, in a form that other programs read.
    #[command(
        after_help = "Examples:\n  jejak export --format hledger --out books.journal --effective 2020-12-31\n  jejak export --format beancount --out books.beancount\n  jejak export --format parquet --out ./parquet --at 100000\n  \
                      jejak export --format csv --out ./csv --known 2021-03-31T16:59:59.999Z\n\nIn CSV and Parquet, cells that fewer than ten persons share are left empty."
    )]
    Export(Export),
    /// Ask the read models a question in SQL; nothing can be changed by it.
    #[command(
        after_help = "Examples:\n  jejak sql \"SELECT programme, batch, count(*) AS persons FROM entitlements GROUP BY 1, 2\"\n  jejak sql --at 100000 --format csv \"SELECT account, \
                      sum(debit_minor) - sum(credit_minor) AS minor FROM postings GROUP BY account\"\n\nThe tables and their columns: jejak sql \"SELECT * FROM jejak_columns\""
    )]
    Sql(Sql),
    /// Copy a ledger, also one that is running: only what is not there yet, and then read all of it back.
    #[command(
        after_help = "Examples:\n  jejak backup --to /mnt/backup/ledger\n  jejak backup --to /mnt/backup/ledger --with-keys /mnt/safe/keys\n\nKeys are copied only with --with-keys: without them nobody can write in the ledger's name. Keys of erased persons are not copied, and those of an earlier copy in the same place are overwritten. server.toml and TLS files are not copied."
    )]
    Backup(Backup),
    /// Make a ledger from a backup, and prove that it gives the same tree head and balances.
    #[command(
        after_help = "Examples:\n  jejak restore --from /mnt/backup/ledger --check\n  jejak restore --from /mnt/backup/ledger --to ./restored --keys /mnt/safe/keys"
    )]
    Restore(Restore),
    /// Copy durable lines to a second directory as they come, until it is told to stop.
    #[command(
        after_help = "Example:\n  jejak follow --to /mnt/standby/ledger\n\nThe copy can be read and verified at any moment: jejak --ledger /mnt/standby/ledger verify"
    )]
    Follow(Follow),
    /// Copy a ledger to another engine, and prove that both give the same tree head.
    #[command(
        after_help = "Examples:\n  jejak copy --from ./ledger --to 'esdb://admin:changeit@localhost:2113?tls=true&ledger=prakerja'\n  jejak copy --from 'esdb://admin:changeit@localhost:2113?tls=true&ledger=prakerja' --to ./copy\n\nAn interrupted copying goes on where it stopped. Keys are never copied."
    )]
    Copy(Copy),
    /// Offer the ledger as a service over HTTP.
    #[command(
        after_help = "Examples:\n  jejak serve --listen 127.0.0.1:8080\n  jejak --ledger 'esdb://localhost:2113?tls=false&ledger=prakerja' serve --standby\n\nLimits, TLS, the identity provider and traces are set in server.toml in the ledger's directory."
    )]
    Serve(Serve),
    /// Make a token for the service, signed with this machine's key.
    #[command(
        after_help = "Examples:\n  jejak token --role auditor --person rini --for 8h\n  jejak token --role platform --party toko --person toko-service --for 30d"
    )]
    Token(Token),
    /// Print the access journal: who looked at personal data, what was refused, who was turned away.
    #[command(
        after_help = "It is checked against its signed heads as well: exit status 1 and a line on standard error when \
                      it is not what was signed.\n\nExample:\n  jejak access --from 1000"
    )]
    Access(Access),
    /// Print events as they are in the journal.
    #[command(after_help = "Example:\n  jejak events --type voucher.spent.v1 --from 1000")]
    Events(Events),
}

impl Verb {
    /// Directories that are named, with their options: an address of a server is none.
    pub(crate) fn directories(&self) -> Vec<(&'static str, &Path)> {
        let all = match self {
            Self::Backup(backup) => {
                vec![("--to", Some(&backup.to)), ("--with-keys", backup.with_keys.as_ref())]
            }
            Self::Restore(restore) => vec![
                ("--from", Some(&restore.from)),
                ("--to", restore.to.as_ref()),
                ("--keys", restore.keys.as_ref()),
            ],
            Self::Follow(follow) => vec![("--to", Some(&follow.to))],
            _ => Vec::new(),
        };
        all.into_iter().filter_map(|(option, path)| Some((option, path?.as_path()))).collect()
    }

    /// Reads what is there, and so wants it to be what counts.
    pub(crate) fn reads(&self) -> bool {
        !matches!(
            self,
            Self::Init(_)
                | Self::Simulate(_)
                | Self::Demo(_)
                | Self::Restore(_)
                | Self::Copy(_)
                | Self::CheckProof(_)
                | Self::Import(_)
                | Self::Submit(_)
                | Self::Serve(_)
        ) && !matches!(self, Self::Payouts(Payouts { step }) if !matches!(step, Step::Status(_)))
    }
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Name under which heads are signed: a host and a path, without scheme.
    #[arg(long, default_value = "jejak.example/ledger")]
    pub(crate) origin: String,
    /// Name for people.
    #[arg(long, default_value = "Benefit ledger")]
    pub(crate) name: String,
    /// ISO 4217 code of the ledger's currency.
    #[arg(long, default_value = "IDR", value_parser = Currency::new)]
    pub(crate) currency: Currency,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// One N-th of the real programme.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) scale: u32,
    /// The same seed gives the same ledger.
    #[arg(long, default_value = "jejak")]
    pub(crate) seed: String,
    /// Record applicants who were not selected one by one, not only as counts.
    #[arg(long, value_parser = ["summary", "full"], default_value = "summary")]
    pub(crate) applicants: String,
    /// A case of its own instead of the programme. `revocations`: cards revoked for want of a purchase, among cards
    /// with purchases and payouts in flight; scale and applicants have no part in it.
    #[arg(long, value_parser = ["revocations"], conflicts_with_all = ["scale", "applicants"])]
    pub(crate) case: Option<String>,
    /// Persons revoked in the case; as many were as published when nothing is said.
    #[arg(long, requires = "case", default_value_t = jejak_simulator::REVOKED, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) persons: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// One N-th of the real programme.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) scale: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Intake {
    /// NDJSON file, plain or compressed with gzip or zstd; `-` reads standard input.
    pub(crate) file: PathBuf,
    /// Who hands it in, for items that do not say.
    #[arg(long = "as", default_value = "operator", value_parser = ActorId::new, value_name = "PERSON")]
    pub(crate) actor: ActorId,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Only lines before this position.
    #[arg(long, value_name = "POSITION")]
    pub(crate) at: Option<u64>,
    /// Only what was recorded by then.
    #[arg(long, value_parser = Timestamp::parse, value_name = "TIME")]
    pub(crate) known: Option<Timestamp>,
    /// Only what had happened by the end of that day in Jakarta.
    #[arg(long, value_parser = Day::parse, value_name = "DATE")]
    pub(crate) effective: Option<Day>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A signed head from elsewhere: only such a head shows a tail cut together with the ledger's own heads.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// The public key of a witness who must have cosigned one of these heads, as a C2SP verifier key.
    #[arg(long, value_name = "VKEY", value_parser = WitnessKey::parse, requires = "checkpoint")]
    pub(crate) witness: Vec<WitnessKey>,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// Position of the line.
    pub(crate) position: u64,
}

#[derive(Debug, Args)]
pub(crate) struct CheckProof {
    /// The proof file.
    pub(crate) file: PathBuf,
    /// The ledger's public key, as a C2SP verifier key.
    #[arg(long, value_name = "VKEY")]
    pub(crate) key: String,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The subject: kind/name.
    #[arg(value_parser = Subject::parse)]
    pub(crate) subject: Subject,
    /// Which part of the history.
    #[command(flatten)]
    pub(crate) part: Replay,
}

#[derive(Debug, Args)]
pub(crate) struct DayArguments {
    /// The day in Jakarta.
    #[arg(value_parser = Day::parse)]
    pub(crate) date: Day,
    /// Only list what it would bring. This reads only, and can be asked beside a writer.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Directory of the backup; an earlier one is brought up to date.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Copy the keys too, to this directory apart from the backup.
    #[arg(long, value_name = "DIR")]
    pub(crate) with_keys: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// Directory of the backup.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// New directory of the ledger.
    #[arg(long, value_name = "DIR", required_unless_present = "check", conflicts_with = "check")]
    pub(crate) to: Option<PathBuf>,
    /// Directory of the keys. Without them the ledger can be read and verified, but not written to.
    /// With --check: tries them on what is sealed, and prints nothing of it.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Only prove that the backup is good; nothing is written.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// Directory of the copy; it goes on where it stopped.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// Directory, or address of a server.
    #[arg(long, value_name = "PLACE")]
    pub(crate) from: Typed,
    /// Directory, or address of a server: empty, or with the beginning of the same ledger.
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Typed,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port; port 0 lets the system choose. Without it, that of server.toml, else 127.0.0.1:8080.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Follow another service on the same server, answer readers, and write only once it is promoted:
    /// `POST /v1/promote` by an operator.
    #[arg(long)]
    pub(crate) standby: bool,
    /// Another file than server.toml in the ledger's directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// What the person may do: registrar, platform, provider, ppk, ppspm, bendahara, kpa, reconciler, reviewer, auditor,
    /// analyst, key-custodian or operator.
    #[arg(long, value_parser = role)]
    pub(crate) role: Role,
    /// Who it is: the same for every token of one person.
    #[arg(long, value_parser = ActorId::new, value_name = "ID")]
    pub(crate) person: ActorId,
    /// How long it holds: 30m, 8h or 7d.
    #[arg(long = "for", default_value = "8h", value_parser = duration, value_name = "TIME")]
    pub(crate) lasts: Duration,
    /// The platform or provider, for these two roles.
    #[arg(long, value_parser = PartyCode::new)]
    pub(crate) party: Option<PartyCode>,
    /// Only for this programme.
    #[arg(long, value_parser = ProgrammeCode::new, value_name = "CODE")]
    pub(crate) programme: Option<ProgrammeCode>,
}

fn role(text: &str) -> Result<Role, String> {
    let role = Role::ALL.iter().copied().find(|role| role.as_str() == text);
    role.ok_or_else(|| {
        let all: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("choose one of {}", all.join(", "))
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number with s, m, h or d, such as 8h, at most 3650d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(seconds).filter(|seconds| (1..=3_650 * 86_400).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[derive(Debug, Args)]
pub(crate) struct Access {
    /// First line.
    #[arg(long, default_value_t = 0, value_name = "POSITION")]
    pub(crate) from: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// First position.
    #[arg(long, default_value_t = 0, value_name = "POSITION")]
    pub(crate) from: u64,
    /// Only this type, such as voucher.spent.v1.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// Only this subject.
    #[arg(long, value_parser = Subject::parse)]
    pub(crate) subject: Option<Subject>,
    /// Go on as lines are added.
    #[arg(long)]
    pub(crate) follow: bool,
}
