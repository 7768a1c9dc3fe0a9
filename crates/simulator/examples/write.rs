//! Writes a history to standard output: `write SCALE SEED [full]`, or only counts it: `write SCALE SEED count`.

use jejak_simulator::{Applicants, Settings, Simulation};
use std::io::{BufWriter, Write as _};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let scale = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let seed = arguments.next().unwrap_or_else(|| "demo".to_owned());
    let word = arguments.next().unwrap_or_default();
    let applicants = if word == "full" { Applicants::Full } else { Applicants::Summary };
    let mut simulation = Simulation::new(Settings { scale, seed, applicants });
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut counted = (0u64, 0u64, 0usize);
    while let Some(item) = simulation.next() {
        counted.0 += 1;
        counted.1 += u64::try_from(item.json.len()).unwrap_or(0);
        counted.2 = counted.2.max(simulation.alive());
        if word != "count" {
            writeln!(out, "{}", item.json)?;
        }
    }
    if word == "count" {
        let totals = simulation.oracle().now().sum(|_| true);
        let money = simulation.oracle().now().money(|_| true);
        writeln!(
            out,
            "items {}, bytes {}, most alive {}\n{totals:#?}\n{money:#?}",
            counted.0, counted.1, counted.2
        )?;
        for figure in jejak_simulator::published() {
            let factor = if figure.unit.scales() { i64::from(scale) } else { 1 };
            let found = simulation.oracle().answer(figure).unwrap_or(-1) * factor;
            let (id, value, kind) = (figure.id, figure.value, figure.kind);
            writeln!(out, "{id:<28} {kind:?} {value:>20} {found:>20} {:>20}", found - value)?;
        }
    }
    Ok(())
}
