//! What read models cost, on a simulated history: `cargo bench -p jejak-tests --bench projections`, or with `SCALE=70`
//! a seventieth of the real programme, some ten million lines, or with `LEDGER=…` a ledger that is there. Nothing is
//! asserted. The baseline of the same run is the
//! replay: reading, parsing and folding the same lines on two cores, without any model.

mod history;

use jejak_domain::state::State;
use jejak_journal::Journal as _;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::projector::{self, Projector};
use std::path::Path;
use std::time::{Duration, Instant};

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let home = match std::env::var_os("LEDGER") {
        Some(given) => Home::open(Path::new(&given)).expect("a ledger"),
        None => {
            history::write(dir.path(), history::scale(1_000));
            Home::open(dir.path()).expect("a ledger")
        }
    };
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
    println!("SQLite: {:.0} bytes a line", per_line(&file, lines));
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
