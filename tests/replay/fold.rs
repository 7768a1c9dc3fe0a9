//! From events to balances, cards and the head, with every identity checked after every event.

use jejak_domain::entitlement::CardMoney;
use jejak_domain::findings::{Finding, Step, find};
use jejak_domain::ids::{ParticipantId, Position, ProgrammeCode};
use jejak_domain::laws::{Flows, breaches};
use jejak_domain::line::Event;
use jejak_domain::money::{Currency, Money};
use jejak_domain::state::State;
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::merkle::{TreeBuilder, leaf_hash};
use jejak_projections::balances::balances;
use serde::Serialize;

/// What a history comes to, as the texts of its files.
pub(super) struct Folded {
    pub(super) balances: String,
    pub(super) cards: String,
    pub(super) findings: String,
    pub(super) head: String,
}

/// What a rule concludes, as `jejak findings --json` prints it.
#[derive(Serialize)]
struct FindingRow {
    rule: &'static str,
    position: Position,
    subject: String,
    sentence: String,
}

impl FindingRow {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.as_str(),
            position: finding.position,
            subject: finding.subject.to_string(),
            sentence: finding.sentence.clone(),
        }
    }
}

/// One card at the end, in exact decimals.
#[derive(Serialize)]
struct CardRow {
    participant: ParticipantId,
    programme: ProgrammeCode,
    currency: Currency,
    status: String,
    allocated: String,
    voucher: String,
    unearned: String,
    spent: String,
    due: String,
    instructed: String,
    suspense: String,
    paid: String,
    released: String,
}

/// Folds a history, one event a line.
pub(super) fn fold(history: &str) -> Folded {
    let (mut state, mut flows, mut tree) = (State::new(), Flows::default(), TreeBuilder::new());
    let (mut origin, mut findings) = (String::new(), Vec::new());
    for (position, line) in history.lines().enumerate() {
        let (event, source) = Event::read_with_source(line.as_bytes())
            .unwrap_or_else(|error| panic!("position {position}: {error}"));
        source.clone_into(&mut origin);
        flows.add(&state, &event);
        let entry = state.apply(&event);
        let position = Position(u64::try_from(position).expect("small"));
        findings.extend(find(Step { position, event: &event, entry: entry.as_ref(), state: &state }));
        tree.push(leaf_hash(line.as_bytes()));
        check_identities(&state, &flows, position);
    }
    Folded {
        balances: rows(&balances(&state)),
        cards: rows(&cards(&state)),
        findings: rows(&findings.iter().map(FindingRow::of).collect::<Vec<_>>()),
        head: Checkpoint::new(&origin, &tree).expect("an origin").to_string(),
    }
}

fn check_identities(state: &State, flows: &Flows, position: Position) {
    let broken = breaches(state, flows);
    assert!(broken.is_empty(), "position {position}: {broken:?}");
    for person in state.people.iter() {
        for entitlement in person.entitlements() {
            assert!(
                entitlement.card().is_whole(),
                "position {position}: {} {:?}",
                person.id,
                entitlement.card()
            );
        }
    }
}

fn cards(state: &State) -> Vec<CardRow> {
    let mut rows = Vec::new();
    for person in state.people.iter() {
        for entitlement in person.entitlements() {
            let programme = state.programmes.at(entitlement.programme).expect("a programme");
            let status = entitlement.status.to_string();
            rows.push(card_row(person.id, programme.code, programme.currency(), status, &entitlement.card()));
        }
    }
    rows
}

fn card_row(
    participant: ParticipantId,
    programme: ProgrammeCode,
    currency: Currency,
    status: String,
    card: &CardMoney,
) -> CardRow {
    let text = |minor| Money::of_minor(minor, currency).text();
    CardRow {
        participant,
        programme,
        currency,
        status,
        allocated: text(card.allocated),
        voucher: text(card.voucher),
        unearned: text(card.unearned),
        spent: text(card.spent),
        due: text(card.due),
        instructed: text(card.instructed),
        suspense: text(card.suspense),
        paid: text(card.paid),
        released: text(card.released),
    }
}

/// A list with one entry a line, so that a difference shows where it is.
fn rows<T: Serialize>(list: &[T]) -> String {
    if list.is_empty() {
        return "[]\n".to_owned();
    }
    let lines: Vec<String> = list.iter().map(|each| serde_json::to_string(each).expect("text")).collect();
    format!("[\n  {}\n]\n", lines.join(",\n  "))
}
