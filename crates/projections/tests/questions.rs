//! Every question of `QUESTIONS.md` is asked of a simulated history, and has an answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod common;

use common::Growing;
use jejak_projections::projector::{Projector, path_of};
use jejak_projections::query::{Limits, Reader};
use std::time::Duration;

#[test]
fn all_twenty_have_answers() {
    let text = include_str!("../QUESTIONS.md");
    let questions: Vec<_> =
        text.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(questions.len(), 20);
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Growing::new(dir.path(), 20_000);
    ledger.grow_to_the_end();
    drop(Projector::open(&ledger.home, &mut |_| ()).unwrap());
    let mut reader = Reader::open(&path_of(&ledger.home)).unwrap();
    let limits = Limits { rows: 10_000, time: Duration::from_mins(1) };
    for question in questions {
        let answer = reader.ask(question, limits).unwrap_or_else(|error| panic!("{error}:\n{question}"));
        assert!(!answer.rows.is_empty(), "no rows:\n{question}");
        println!("{}\n{:?}", answer.columns.join(" "), answer.rows.first().unwrap());
    }
}
