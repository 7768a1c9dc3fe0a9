//! `jejak findings`.

use super::replay::{check_end, is_in};
use super::{print, print_json};
use crate::Exit;
use crate::args::Replay as Arguments;
use crate::table::Columns;
use jejak_domain::findings::{Finding, Step, find};
use jejak_domain::ids::Position;
use jejak_domain::state::State;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use serde_json::json;
use std::path::Path;

/// Lists what the rules conclude from the history, or from the part of it that was known and had happened.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let findings = collect(&Home::open(dir)?, arguments)?;
    if json {
        for each in &findings {
            print_json(&json!({
                "rule": each.rule.as_str(), "position": each.position, "subject": each.subject, "sentence": each.sentence,
            }))?;
        }
    } else {
        let mut table = Columns::new(&["Rule", "Position", "Subject", "Found"], &[]);
        for each in &findings {
            let cells = [
                each.rule.to_string(),
                each.position.to_string(),
                each.subject.to_string(),
                each.sentence.clone(),
            ];
            table.row(cells);
        }
        if !findings.is_empty() {
            print(table)?;
        }
        print(format!("{} findings.", findings.len()))?;
    }
    Ok(if findings.is_empty() { Exit::Good } else { Exit::Finding })
}

/// Folds the history and collects what its rules find.
pub(super) fn collect(home: &Home, arguments: &Arguments) -> anyhow::Result<Vec<Finding>> {
    let journal = home.read_journal()?;
    check_end(&journal, arguments)?;
    let (mut state, mut findings) = (State::new(), Vec::new());
    Replay::new(&home.manifest.origin).until(arguments.at).without_hashes().run(&journal, |decoded| {
        for (position, event) in decoded.events().filter(|(_, event)| is_in(event, arguments)) {
            let entry = state.apply(event);
            findings.extend(find(Step {
                position: Position(position),
                event,
                entry: entry.as_ref(),
                state: &state,
            }));
        }
        Ok(())
    })?;
    Ok(findings)
}
