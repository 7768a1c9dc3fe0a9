//! Every question of `QUESTIONS.md` is asked of a simulated history, and has an answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod common;

use common::Growing;
use jejak_domain::state::State;
use jejak_journal::Journal as _;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::balances::balances;
use jejak_projections::projector::{Projector, path_of};
use jejak_projections::query::text::shown;
use jejak_projections::query::{Limits, Reader};
use rusqlite::types::Value;
use std::path::Path;
use std::time::Duration;

const LIMITS: Limits = Limits { rows: 10_000, time: Duration::from_mins(1), bytes: 1 << 30 };

/// A whole history with its read models.
fn projected(dir: &Path) -> (Home, Reader) {
    let mut ledger = Growing::new(dir, 20_000);
    ledger.grow_to_the_end();
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let reader = Reader::open(&path_of(&ledger.home)).unwrap();
    (ledger.home, reader)
}

fn questions() -> Vec<&'static str> {
    let text = include_str!("../QUESTIONS.md");
    text.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn a_past_balance_is_what_a_replay_to_there_gives() {
    let question = *questions().last().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (home, mut reader) = projected(dir.path());
    let journal = home.read_journal().unwrap();
    assert!(journal.len() > 16_385, "a kept balance is used");
    for position in [1, 9_999, 16_383, 16_384, 16_385, journal.len()] {
        let asked = question.replace("20000", &position.to_string());
        let mut ours: Vec<_> =
            reader.ask(&asked, LIMITS).unwrap().rows.iter().map(|row| account(row)).collect();
        let mut state = State::new();
        let replay = Replay::new(&home.manifest.origin).until(Some(position));
        let folded = replay.run(&journal, |decoded| {
            decoded.events().for_each(|(_, event)| drop(state.apply(event)));
            Ok(())
        });
        folded.unwrap();
        let mut replayed: Vec<_> = balances(&state).into_iter().map(|of| (of.account, of.balance)).collect();
        ours.sort();
        replayed.sort();
        assert_eq!(ours, replayed, "position {position}");
    }
}

fn account(row: &[Value]) -> (String, String) {
    let cells: Vec<_> = row.iter().map(shown).filter(|cell| !cell.is_empty()).collect();
    let (balance, account) = cells.split_last().unwrap();
    (account.join("/"), balance.clone())
}

#[test]
fn all_of_them_have_answers() {
    let questions = questions();
    assert_eq!(questions.len(), 21);
    let dir = tempfile::tempdir().unwrap();
    let (_, mut reader) = projected(dir.path());
    for question in questions {
        let answer = reader.ask(question, LIMITS).unwrap_or_else(|error| panic!("{error}:\n{question}"));
        assert!(!answer.rows.is_empty(), "no rows:\n{question}");
        println!("{}\n{:?}", answer.columns.join(" "), answer.rows.first().unwrap());
    }
}
