//! `jejak project`.

use super::{note, print, print_json};
use crate::Exit;
use crate::args::Project;
use crate::place::Ledger;
use crate::progress::{bar, spinner};
use crate::stop::Stop;
use crate::table::{Columns, grouped};
use jejak_journal::Journal as _;
use jejak_ledger::Home;
use jejak_projections::check::Difference;
use jejak_projections::export::parquet;
use jejak_projections::export::reading::Source;
use jejak_projections::models::tables;
use jejak_projections::projector::Projector;
use jejak_projections::store::Standing;
use serde_json::json;
use std::time::{Duration, Instant};

/// How often it looks for new lines.
const LOOK: Duration = Duration::from_millis(200);
/// Differences that people are shown.
const SHOWN: usize = 20;

/// Brings the read models up to date, and keeps them so where that is asked for.
pub(super) fn run(ledger: &Ledger, json: bool, arguments: &Project) -> anyhow::Result<Exit> {
    let stop = Stop::listen()?;
    let home = Home::open(&ledger.dir)?;
    let start = Instant::now();
    let progress = bar("projecting", Some(home.read_journal()?.len()));
    let mut tell = |position| progress.set_position(position);
    let mut projector = Projector::open(&home, &mut tell)?;
    let mut standing = projector.catch_up(&mut tell)?;
    progress.finish_and_clear();
    let differences = if arguments.check {
        let progress = bar("checking", Some(standing.position));
        let differences = projector.check(&mut |position| progress.set_position(position))?;
        progress.finish_and_clear();
        Some(differences)
    } else {
        None
    };
    if let Some(dir) = &arguments.parquet {
        let shown = spinner("writing Parquet");
        parquet::refresh(&Source::open(projector.store().path())?, &tables(), dir)?;
        shown.finish_and_clear();
    }
    if arguments.follow {
        let path = projector.store().path().display();
        note(&format!("{path} holds {} lines and follows", grouped(standing.position)))?;
        standing = follow(ledger, &mut projector, json, &stop)?;
    }
    let seconds = start.elapsed();
    if json {
        as_json(&projector, &standing, differences.as_deref(), seconds)?;
    } else {
        as_text(&projector, &standing, differences.as_deref(), seconds)?;
    }
    Ok(if differences.is_none_or(|found| found.is_empty()) { Exit::Good } else { Exit::Finding })
}

/// Stores what comes until it is told to stop, and says each time how fast, and how much has come meanwhile.
fn follow(ledger: &Ledger, projector: &mut Projector, json: bool, stop: &Stop) -> anyhow::Result<Standing> {
    let shown = spinner("following");
    let mut standing = projector.store().standing()?;
    while !stop.asked_within(LOOK) {
        ledger.refresh()?;
        let (before, start) = (standing.position, Instant::now());
        standing = projector.catch_up(&mut |_| ())?;
        let lines = standing.position - before;
        if lines == 0 {
            continue;
        }
        let milliseconds = u64::try_from(start.elapsed().as_millis())?;
        let rate = lines.saturating_mul(1_000) / milliseconds.max(1);
        let lag = projector.lag()?;
        if json {
            print_json(&json!({
                "position": standing.position, "root": standing.root, "lines": lines,
                "milliseconds": milliseconds, "linesasecond": rate, "lag": lag,
            }))?;
        }
        shown.set_message(format!(
            "position {}, {} lines/s, {} behind",
            grouped(standing.position),
            grouped(rate),
            grouped(lag)
        ));
    }
    shown.finish_and_clear();
    Ok(standing)
}

fn as_json(
    projector: &Projector,
    standing: &Standing,
    differences: Option<&[Difference]>,
    time: Duration,
) -> anyhow::Result<()> {
    let rows: serde_json::Map<_, _> =
        projector.store().counts()?.into_iter().map(|(name, rows)| (name.to_owned(), json!(rows))).collect();
    print_json(&json!({
        "position": standing.position, "root": standing.root, "file": projector.store().path(), "rows": rows,
        "milliseconds": u64::try_from(time.as_millis())?,
        "differences": differences.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }))
}

fn as_text(
    projector: &Projector,
    standing: &Standing,
    differences: Option<&[Difference]>,
    time: Duration,
) -> anyhow::Result<()> {
    let mut table = Columns::new(&["Table"], &["Rows"]);
    for (name, rows) in projector.store().counts()? {
        table.row([name.to_owned(), grouped(rows)]);
    }
    print(table)?;
    match differences {
        Some([]) => print("Checked: the events give exactly these rows.")?,
        Some(found) => {
            let more = found.len().saturating_sub(SHOWN);
            found.iter().take(SHOWN).try_for_each(print)?;
            let rest = if more > 0 { format!(" ({} more)", grouped(more)) } else { String::new() };
            print(format!(
                "{} differences{rest}: somebody changed the file. The rows that the events give have taken their place.",
                grouped(found.len())
            ))?;
        }
        None => {}
    }
    print(format!(
        "{}\nposition {}, root {}, in {:.1} s",
        projector.store().path().display(),
        grouped(standing.position),
        standing.root,
        time.as_secs_f64()
    ))
}
