//! The ledger's speed and size on a simulated history: `cargo bench -p jejak-tests`, or with `SCALE=100` one
//! hundredth of the real programme. Nothing is asserted; rates are printed beside a baseline of the same run: reading
//! the same frames and parsing each line as JSON into nothing, on one core.

mod history;

use jejak_domain::state::State;
use jejak_journal::{Journal as _, Position};
use jejak_ledger::replay::Replay;
use jejak_ledger::verify::verify;
use jejak_ledger::{Home, Randomness, Sequencer};
use serde::de::IgnoredAny;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = Instant::now();
    let lines = history::write(dir.path(), history::scale(1_000));
    report("simulate and write", lines, start.elapsed(), None);
    let home = Home::open(dir.path()).expect("a ledger");
    println!("unsealed: {:.1} bytes a line on disk", per_line(dir.path(), lines));
    report("open for writing", lines, time(|| drop(open(&home))), None);
    let baseline = time(|| parse(&home));
    report("baseline: parse", lines, baseline, None);
    report("replay", lines, time(|| replay(&home)), Some(baseline));
    let verified = time(|| {
        let result = verify(&home, &[], |_| {}).expect("a ledger");
        assert!(result.failures.is_empty(), "{:?}", result.failures);
    });
    report("verify", lines, verified, Some(baseline));
    let persons = persons(&home);
    println!("{persons} persons; peak memory of all of the above {} KiB", peak_memory());
    let (mut journal, _) = home.open_journal(None, false).expect("the journal");
    report("seal", lines, time(|| journal.seal().expect("sealed")), None);
    drop(journal);
    println!("sealed: {:.1} bytes a line on disk", per_line(dir.path(), lines));
    let verified = time(|| {
        let result = verify(&home, &[], |_| {}).expect("a ledger");
        assert!(result.failures.is_empty(), "{:?}", result.failures);
    });
    report("verify sealed", lines, verified, Some(baseline));
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(what: &str, lines: u64, time: Duration, baseline: Option<Duration>) {
    let rate = lines as f64 / time.as_secs_f64() / 1e6;
    let ratio = baseline.map_or_else(String::new, |base| {
        format!(", {:.2} times the baseline's rate", base.as_secs_f64() / time.as_secs_f64())
    });
    println!("{what:<18} {:7.2} s  {rate:5.2} M lines/s{ratio}", time.as_secs_f64());
}

fn open(home: &Home) -> Sequencer {
    Sequencer::open(home.clone(), Randomness::system(), false).expect("opens").0
}

fn parse(home: &Home) {
    let journal = home.read_journal().expect("the journal");
    for batch in journal.read(Position(0)).expect("frames") {
        let frame = batch.expect("a frame").unpack().expect("lines");
        for line in frame.lines() {
            serde_json::from_slice::<IgnoredAny>(line).expect("JSON");
        }
    }
}

fn replay(home: &Home) {
    let journal = home.read_journal().expect("the journal");
    let mut state = State::new();
    let folded = Replay::new(&home.manifest.origin).run(&journal, |decoded| {
        for (_, event) in decoded.events() {
            state.apply(event);
        }
        Ok(())
    });
    folded.expect("a good history");
}

fn persons(home: &Home) -> usize {
    verify(home, &[], |_| {}).expect("a ledger").state.people.iter().count()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_line(dir: &Path, lines: u64) -> f64 {
    let files = std::fs::read_dir(dir.join("journal")).expect("files");
    let zst = files
        .map(|file| file.expect("a file"))
        .filter(|file| file.path().extension().is_some_and(|e| e == "zst"));
    zst.map(|file| file.metadata().expect("its size").len()).sum::<u64>() as f64 / lines as f64
}

/// The most memory that this process has had, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().trim_end_matches(" kB").to_owned())
}
