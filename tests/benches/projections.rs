//! What read models cost, on a simulated history: `cargo bench -p jejak-tests --bench projections`, or with `SCALE=70`
//! a seventieth of the real programme, some ten million lines, or with `LEDGER=…` a ledger that is there. Nothing is
//! asserted. The baseline of the same run is the
//! replay: reading, parsing and folding the same lines on two cores, without any model.

mod history;

use jejak_domain::state::State;
use jejak_journal::Journal as _;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::export::parquet;
use jejak_projections::export::reading::Source;
use jejak_projections::models;
use jejak_projections::projector::{self, Projector};
use jejak_projections::query::{Limits, Reader};
use std::path::Path;
use std::time::{Duration, Instant};

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let given = std::env::var_os("LEDGER");
    if given.is_none() {
        history::write(dir.path(), history::scale(1_000));
    }
    let home = Home::open(given.as_ref().map_or(dir.path(), Path::new)).expect("a ledger");
    let lines = home.read_journal().expect("the journal").len();
    println!("{lines} lines");
    let baseline = time(|| replay(&home));
    report("baseline: replay", lines, baseline, None);
    let folded = time(|| {
        let changed = projector::fold(&home, &mut |_| ()).expect("folded");
        println!("{changed} changed rows, those of several parts counted in each");
    });
    report("models in memory", lines, folded, Some(baseline));
    let stored = time(|| drop(Projector::open(&home, &mut |_| ()).expect("projected")));
    report("SQLite, all of it", lines, stored, Some(baseline));
    let file = projector::path_of(&home);
    println!(
        "SQLite: {:.0} bytes a line; peak memory of all of the above {} KiB",
        per_line(&file, lines),
        peak_memory()
    );
    answers(&file, lines);
    let out = dir.path().join("parquet");
    let source = Source::open(&file).expect("read models");
    let written = time(|| parquet::export(&source, &models::tables(), &out).expect("exported"));
    report("Parquet, all of it", lines, written, Some(baseline));
    println!("peak memory of all of the above {} KiB", peak_memory());
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(what: &str, lines: u64, time: Duration, baseline: Option<Duration>) {
    let rate = lines as f64 / time.as_secs_f64() / 1e3;
    let ratio = baseline.map_or_else(String::new, |base| {
        format!(", {:.2} times the baseline's time", time.as_secs_f64() / base.as_secs_f64())
    });
    println!("{what:<18} {:8.2} s  {rate:7.0} k lines/s{ratio}", time.as_secs_f64());
}

fn replay(home: &Home) {
    let journal = home.read_journal().expect("the journal");
    let mut state = State::new();
    let replay = Replay::new(&home.manifest.origin).without_hashes();
    let folded = replay.run(&journal, |decoded| {
        for (_, event) in decoded.events() {
            state.apply(event);
        }
        Ok(())
    });
    folded.expect("a replay");
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_line(file: &Path, lines: u64) -> f64 {
    std::fs::metadata(file).expect("a file").len() as f64 / lines as f64
}

/// A person's history, and balances just before they are kept again, at places all over the history.
fn answers(file: &Path, lines: u64) {
    let mut reader = Reader::open(file).expect("read models");
    let questions = include_str!("../../crates/projections/QUESTIONS.md");
    let balances =
        questions.split("```sql\n").last().and_then(|rest| rest.split("```").next()).expect("a question");
    let persons = "SELECT subject FROM participants ORDER BY subject LIMIT 1 OFFSET (SELECT count(*) FROM participants) / 100 * ";
    let (mut histories, mut pasts) = (Vec::new(), Vec::new());
    for hundredth in 1..100 {
        let person = ask(&mut reader, &format!("{persons}{hundredth}")).1;
        let history = format!("SELECT * FROM postings WHERE subject = {person} ORDER BY position, line");
        histories.push(ask(&mut reader, &history).0);
        let position = (lines / 100 * hundredth / 16_384 * 16_384).saturating_sub(1);
        pasts.push(ask(&mut reader, &balances.replace("20000", &position.to_string())).0);
    }
    for (what, mut times) in [("a person's history", histories), ("a past balance", pasts)] {
        times.sort_unstable();
        println!("{what}: median {:.2?}, slowest of 99 {:.2?}", times[49], times[98]);
    }
}

fn ask(reader: &mut Reader, question: &str) -> (Duration, String) {
    let start = Instant::now();
    let limits = Limits { rows: 100_000, time: Duration::from_mins(1), bytes: 1 << 30 };
    let answer = reader.ask(question, limits).expect("an answer");
    let taken = start.elapsed();
    let first = answer.rows.first().and_then(|row| row.first()).map(jejak_projections::query::text::shown);
    (taken, format!("'{}'", first.unwrap_or_default()))
}

/// The most memory that this process ever had, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process's status");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number")
}
