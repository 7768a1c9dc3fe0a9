//! `jejak access`.

use super::print;
use crate::Exit;
use crate::args::Access;
use crate::place::Ledger;
use jejak_ledger::access_log;

/// Lines that are read at once.
const PAGE: usize = 10_000;

/// Prints the access journal as it is, and then whether it is what was signed.
pub(super) fn run(ledger: &Ledger, arguments: &Access) -> anyhow::Result<Exit> {
    let home = ledger.home()?;
    let mut from = arguments.from;
    loop {
        let lines = access_log::lines(&home, from, PAGE)?;
        let Some((last, _)) = lines.last() else { break };
        from = last + 1;
        for (_, line) in &lines {
            print(String::from_utf8_lossy(line))?;
        }
    }
    let checked = access_log::check(&home, &access_log::Anchors::new())?;
    if checked.failures.is_empty() {
        return Ok(Exit::Good);
    }
    #[expect(clippy::print_stderr, reason = "standard output holds the lines alone")]
    for failure in checked.failures.iter().take(100) {
        eprintln!("jejak: access journal: {failure}");
    }
    Ok(Exit::Finding)
}
