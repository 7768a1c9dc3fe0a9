//! `jejak balances`.

use super::replay::{check_end, is_in};
use super::{print, print_json};
use crate::Exit;
use crate::args::Replay as Arguments;
use crate::table::{Columns, grouped};
use jejak_domain::state::State;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::balances::balances;
use std::path::Path;

/// Prints the balance of every account.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let journal = home.read_journal()?;
    check_end(&journal, arguments)?;
    let mut state = State::new();
    Replay::new(&home.manifest.origin).until(arguments.at).without_hashes().run(&journal, |decoded| {
        for (_, event) in decoded.events().filter(|(_, event)| is_in(event, arguments)) {
            state.apply(event);
        }
        Ok(())
    })?;
    let list = balances(&state);
    if json {
        print_json(&list)?;
        return Ok(Exit::Good);
    }
    let mut table = Columns::new(&["Account", ""], &["Balance"]);
    for each in &list {
        table.row([each.account.clone(), each.currency.clone(), grouped(&each.balance)]);
    }
    print(table)?;
    Ok(Exit::Good)
}
