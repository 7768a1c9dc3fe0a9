//! From commands to events: a fresh ledger, the recorded clock, and random bits from the case's name.

use super::case::{Case, Step};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_journal::{FileJournal, Journal as _, Position};
use jejak_ledger::{Home, Outcome, Randomness, Sequencer, Status};
use std::path::Path;

/// The history that the commands of a case make, one event a line.
pub(super) fn record(case: &Case) -> String {
    let dir = tempfile::tempdir().expect("a directory");
    write(case, dir.path());
    lines(&FileJournal::open_read_only(dir.path()).expect("the journal"))
}

/// Writes the ledger of a case into a new directory, with a signed head.
pub(super) fn write(case: &Case, dir: &Path) {
    write_steps(case, &case.steps(), dir);
}

/// The same from some of its steps.
pub(super) fn write_steps(case: &Case, steps: &[Step], dir: &Path) {
    let mut random = Randomness::seeded(&case.name);
    let simulated = Simulated { scale: 1, seed: case.name.clone() };
    let origin = format!("jejak.example/{}", case.name);
    let home = Home::create(dir, &case.name, &origin, Currency::IDR, Some(simulated), &mut random)
        .expect("a new ledger");
    let begins = steps.first().expect("a first command").recorded;
    let mut sequencer = Sequencer::begin(home, random, begins).expect("a first line");
    let person = Actor { kind: ActorKind::User, id: ActorId::new("participant").expect("a word") };
    for step in steps {
        let outcome = sequencer.handle(&step.item, person, step.recorded).expect("an answer");
        check_outcome(&case.name, step, &outcome);
    }
    sequencer.sign().expect("a signed head");
}

fn check_outcome(case: &str, step: &Step, outcome: &Outcome) {
    let refused = outcome.problem.as_ref().map(|problem| problem.code.as_str());
    assert_eq!(refused, step.refused.as_deref(), "{case}: {}\n{outcome:?}", step.text);
    let expected = if refused.is_some() { Status::Refused } else { Status::Recorded };
    assert_eq!(outcome.status, expected, "{case}: {}", step.text);
}

fn lines(journal: &FileJournal) -> String {
    let mut text = String::new();
    for batch in journal.read(Position(0)).expect("the lines") {
        let frame = batch.expect("a frame").unpack().expect("a good frame");
        text.push_str(std::str::from_utf8(frame.as_bytes()).expect("text"));
    }
    text
}
