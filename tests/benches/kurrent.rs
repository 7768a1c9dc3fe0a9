//! What a line costs on the protocol of EventStoreDB, beside the engine on files: `cargo bench -p jejak-tests --bench
//! kurrent`. The server is the small one of `tests/esdb` in this process, on loopback and on the same cores, and says
//! nothing about a real one; `JEJAK_KURRENTDB=esdb://…` names one to measure instead.

mod history;

use jejak_esdb::{Options, Server as Esdb};
use jejak_journal::{Commit, FileJournal, Journal, OpenOptions, Position};
use jejak_kurrent::{Address, Patience, Server};
use jejak_ledger::Home;
use std::time::{Duration, Instant};

/// Lines that are appended together, about: what a busy service gathers while the group before is on its way.
const GROUP_LINES: u32 = 1_000;

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    history::write(dir.path(), history::scale(5_000));
    let groups = groups(&Home::open(dir.path()).expect("a ledger"));
    let lines: u64 = groups.iter().flatten().map(|commit| u64::from(commit.len())).sum();
    println!("{lines} lines in {} appends", groups.len());

    let files = tempfile::tempdir().expect("a directory");
    let mut journal = FileJournal::create_with(files.path(), OpenOptions::default()).expect("a journal");
    let appended = append(&mut journal, &groups);
    let read = read(&journal);
    report("files, baseline: append", lines, appended, None);
    report("files, baseline: read", lines, read, None);
    let baseline = (appended, read);

    if let Ok(connection) = std::env::var("JEJAK_KURRENTDB") {
        return measure("the named server", &connection, &groups, baseline);
    }
    let esdb = Esdb::start(Options::default()).expect("a server");
    measure("server for tests, in memory", &esdb.connection_string(), &groups, baseline);
    let data = tempfile::tempdir().expect("a directory");
    let options = Options { data: Some(data.path().to_owned()), ..Options::default() };
    let esdb = Esdb::start(options).expect("a server");
    measure("server for tests, on files", &esdb.connection_string(), &groups, baseline);
}

/// The history's own commits, some at a time.
fn groups(home: &Home) -> Vec<Vec<Commit>> {
    let (mut groups, mut group, mut lines) = (Vec::new(), Vec::new(), 0);
    for batch in home.read_journal().expect("the journal").read(Position(0)).expect("frames") {
        let frame = batch.expect("a frame").unpack().expect("lines");
        let all: Vec<&[u8]> = frame.lines().collect();
        for range in frame.commits() {
            let range =
                usize::try_from(range.start).expect("small")..usize::try_from(range.end).expect("small");
            let commit = Commit::from_lines(all.get(range).expect("lines of the frame")).expect("a commit");
            lines += commit.len();
            group.push(commit);
            if lines >= GROUP_LINES {
                groups.push(std::mem::take(&mut group));
                lines = 0;
            }
        }
    }
    groups.push(group);
    groups
}

fn append(journal: &mut dyn Journal, groups: &[Vec<Commit>]) -> Duration {
    let start = Instant::now();
    for group in groups {
        journal.append(Position(journal.len()), group).expect("recorded");
    }
    start.elapsed()
}

fn read(journal: &dyn Journal) -> Duration {
    let start = Instant::now();
    let mut lines = 0;
    for batch in journal.read(Position(0)).expect("frames") {
        lines += batch.expect("a frame").unpack().expect("lines").lines().len();
    }
    assert_eq!(u64::try_from(lines), Ok(journal.len()));
    start.elapsed()
}

fn measure(
    name: &str,
    connection: &str,
    groups: &[Vec<Commit>],
    (append_base, read_base): (Duration, Duration),
) {
    let join = if connection.contains('?') { '&' } else { '?' };
    let ledger = format!("bench_{}", std::process::id());
    let address: Address = format!("{connection}{join}ledger={ledger}").parse().expect("an address");
    let mut journal =
        Server::new(&address, Patience::default()).and_then(|it| it.open(None)).expect("a stream");
    let appended = append(&mut journal, groups);
    report(&format!("{name}: append"), journal.len(), appended, Some(append_base));
    report(&format!("{name}: read"), journal.len(), read(&journal), Some(read_base));
    // One small commit after another, each waited for: what a service with one client has.
    let single = Commit::from_lines(["{}"]).expect("a commit");
    let start = Instant::now();
    for _ in 0..50 {
        journal.append(Position(journal.len()), std::slice::from_ref(&single)).expect("recorded");
    }
    println!("{name}: one line alone takes {:.1} ms", start.elapsed().as_secs_f64() * 1_000.0 / 50.0);
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(what: &str, lines: u64, time: Duration, baseline: Option<Duration>) {
    let each = time.as_secs_f64() * 1e6 / lines as f64;
    let ratio = baseline.map_or_else(String::new, |base| {
        format!(", {:.1} times the baseline's cost", time.as_secs_f64() / base.as_secs_f64())
    });
    println!(
        "{what:<40} {:7.0} k lines/s, {each:6.2} µs a line{ratio}",
        lines as f64 / time.as_secs_f64() / 1e3
    );
}
