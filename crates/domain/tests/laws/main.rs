//! The laws under random histories: whatever is commanded and whatever is reported, every identity holds at every
//! position, nothing on a card is below zero, and nothing panics.
//!
//! The world itself checks after each step that the books balance, that cards are whole and agree with the books, and
//! that the line is canonical and read as it was written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that cannot go on must stop"
)]

mod count;
mod honest;
mod steps;
mod sums;

use count::Count;
use jejak_domain::books::FundBooks;
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::chart::Account;
use jejak_domain::entitlement::CardMoney;
use jejak_domain::entry::Entry;
use jejak_domain::findings::{Finding, RuleName, find};
use jejak_domain::ids::Position;
use jejak_domain::laws::beyond_budget;
use jejak_domain::line::Event;
use jejak_domain::state::State;
use jejak_domain::testing::World;
use jejak_domain::time::Day;
use proptest::prelude::*;
use std::collections::BTreeMap;
use steps::{Step, beginning, command, fact, step};
use sums::Sums;

/// Takes the steps, with facts among them or without, and holds the laws that the world does not hold itself.
fn live(steps: &[Step], facts: impl Fn(&Step) -> bool) -> World {
    let mut world = beginning();
    let mut sums = Sums::default();
    let mut counted = 0;
    let mut day = Day::parse("2021-01-02").unwrap();
    for (index, step) in steps.iter().enumerate() {
        for _ in 0..step.days {
            if world.state.closed_day().is_none_or(|closed| closed < day) {
                let before = overpaid(&world);
                world.close_day(&day.to_string());
                assert!(overpaid(&world) <= before, "time itself pays nothing");
            }
            day = day.plus(1);
        }
        world.at(&day.to_string()).by(if index % 2 == 0 { "dewi" } else { "eko" });
        if facts(step) {
            let (subject, name, data) = fact(step);
            let was_within = beyond_budget(&world.state).is_empty();
            world.found();
            world.fact(&subject, name, data);
            if was_within && !beyond_budget(&world.state).is_empty() {
                assert!(
                    world.found().contains(&RuleName::BeyondBudget),
                    "{name} went beyond the budget unseen"
                );
            }
        } else {
            let (subject, name, data) = command(step);
            let before = overpaid(&world);
            let committed = beyond_budget(&world.state);
            // Most are refused, which is as good a test as any.
            let _ = world.ask(&subject, name, data);
            let more = beyond_budget(&world.state);
            assert!(more.iter().zip(&committed).all(|(more, before)| more.1 <= before.1), "{name}: {more:?}");
            assert!(more.len() <= committed.len(), "{name} committed beyond the budget: {more:?}");
            assert!(overpaid(&world) <= before, "{name} paid beyond the right");
        }
        world.events[counted..].iter().for_each(|event| sums.add(event));
        counted = world.events.len();
        sums.hold(&world.state);
        for card in cards(&world.state) {
            assert_nothing_below_zero(&card);
        }
    }
    world
}

fn overpaid(world: &World) -> i128 {
    world.state.books.funds().iter().map(|books| books.balance(Account::OverpaymentReceivable)).sum()
}

fn cards(state: &State) -> Vec<CardMoney> {
    state
        .people
        .iter()
        .flat_map(|person| person.entitlements().map(jejak_domain::entitlement::Entitlement::card))
        .collect()
}

fn assert_nothing_below_zero(card: &CardMoney) {
    let parts = [card.allocated, card.unearned, card.voucher, card.spent, card.due];
    let more = [card.instructed, card.suspense, card.paid, card.released];
    assert!(parts.iter().chain(&more).all(|minor| *minor >= 0), "{card:?}");
}

/// Issued = spent, net of what was restored, + released + balance, from the entries alone.
fn hold_voucher_identity(events: &[Event]) -> State {
    let mut state = State::new();
    let mut kept: BTreeMap<String, i128> = BTreeMap::new();
    for event in events {
        let entry = state.apply(event);
        let Some(card) = state.card_of(event).map(|card| (card.entitlement.card(), card.currency())) else {
            continue;
        };
        let entry = entry.filter(|entry| entry.currency == card.1);
        let change = entry.as_ref().map_or(0, voucher_change);
        let balance = kept.entry(format!("{} {:?}", event.subject, event.programme)).or_default();
        *balance += change;
        assert_eq!(*balance, i128::from(card.0.voucher), "after {}", event.payload.name());
    }
    state
}

fn voucher_change(entry: &Entry) -> i128 {
    let of = |account, minor: i64| if account == Account::VoucherBalance { i128::from(minor) } else { 0 };
    entry.movements().iter().map(|each| of(each.credit, each.minor) - of(each.debit, each.minor)).sum()
}

fn balances(books: &[&FundBooks]) -> String {
    let of =
        |each: &&FundBooks| Account::ALL.iter().map(|account| each.balance(*account)).collect::<Vec<_>>();
    format!(
        "{:?}",
        books.iter().map(|each| (each.fund, each.currency, of(each), each.parties())).collect::<Vec<_>>()
    )
}

/// Commands, time, and honest words from outside: every account is exactly what the lines say, and no rule finds an
/// amount that is not what it moved, a double settlement, or money that nobody knows.
fn live_honestly(steps: &[Step]) -> World {
    let mut world = beginning();
    let mut count = Count::default();
    world.events.iter().for_each(|event| count.add(event));
    let mut counted = world.events.len();
    let mut day = Day::parse("2021-01-02").unwrap();
    for (index, step) in steps.iter().enumerate() {
        for _ in 0..step.days {
            if world.state.closed_day().is_none_or(|closed| closed < day) {
                world.close_day(&day.to_string());
            }
            day = day.plus(1);
        }
        world.at(&day.to_string()).by(["dewi", "eko", "fitri"][index % 3]);
        let next = count.honest(usize::from(step.which), step.choice, day).filter(|_| step.number == 1);
        let (subject, name, data) = next.unwrap_or_else(|| command(step));
        if Command::names().any(|known| known.strip_suffix(".v1") == Some(name)) {
            let _ = world.ask(&subject, name, data);
        } else {
            world.fact(&subject, name, data);
        }
        world.events[counted..].iter().for_each(|event| count.add(event));
        counted = world.events.len();
        count.hold(&world.state);
    }
    world
}

/// What only a dishonest or mistaken fact can bring.
const DISHONEST: [RuleName; 9] = [
    RuleName::AmountMismatch,
    RuleName::CertificateTooEarly,
    RuleName::CommissionAboveCap,
    RuleName::CompletionWithoutPurchase,
    RuleName::DuplicateSettlement,
    RuleName::PaidBeyondRight,
    RuleName::PurchaseAfterRevocation,
    RuleName::SettledByAnotherPartner,
    RuleName::UnmatchedReturn,
];

fn dishonest(events: &[Event]) -> Vec<Finding> {
    let mut state = State::new();
    let mut all = Vec::new();
    for (event, position) in events.iter().zip(0..) {
        let entry = state.apply(event);
        let step = jejak_domain::findings::Step {
            position: Position(position),
            event,
            entry: entry.as_ref(),
            state: &state,
        };
        all.extend(find(step).into_iter().filter(|finding| DISHONEST.contains(&finding.rule)));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn commands_alone_never_pay_beyond_a_right(steps in prop::collection::vec(step(), 1..150)) {
        let world = live(&steps, |_| false);
        prop_assert_eq!(overpaid(&world), 0);
        prop_assert_eq!(beyond_budget(&world.state), []);
    }

    #[test]
    fn an_honest_history_is_what_its_lines_say(steps in prop::collection::vec(step(), 1..150)) {
        let world = live_honestly(&steps);
        prop_assert_eq!(overpaid(&world), 0);
        prop_assert_eq!(dishonest(&world.events), vec![]);
    }

    #[test]
    fn no_history_breaks_an_identity(steps in prop::collection::vec(step(), 1..120)) {
        // One in three is a fact.
        let world = live(&steps, |step| step.choice % 3 == 0);
        let again = hold_voucher_identity(&world.events);
        prop_assert_eq!(balances(&again.books.funds()), balances(&world.state.books.funds()), "folding is deterministic");
        prop_assert_eq!(cards(&again), cards(&world.state));
    }

    #[test]
    fn facts_alone_never_panic(steps in prop::collection::vec(step(), 1..120)) {
        live(&steps, |_| true);
    }

    #[test]
    fn no_bytes_make_reading_panic(which in any::<prop::sample::Index>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let names: Vec<_> = Payload::names().collect();
        let path = format!("{}/../../replay/golden/{}.json", env!("CARGO_MANIFEST_DIR"), which.get(&names));
        let mut line = std::fs::read(path).unwrap();
        line.pop();
        for (place, byte) in cuts {
            let place = place.index(line.len());
            match byte % 4 {
                0 => line.truncate(place.max(1)),
                1 => drop(line.remove(place)),
                2 => line.insert(place, byte),
                _ => line[place] = byte,
            }
            if line.is_empty() {
                line.push(byte);
            }
        }
        if let Ok((event, source)) = Event::read_with_source(&line) {
            let written = event.write(source).unwrap();
            prop_assert_eq!(Event::read(&written).unwrap(), event);
        }
    }

    #[test]
    fn no_text_makes_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
        prop_assert!(Event::read(&bytes).is_err());
        prop_assert!(Event::read(text.as_bytes()).is_err());
    }
}

/// Random commands would prove little if nearly all were refused: each kind is carried out somewhere.
#[test]
fn random_commands_reach_everything_that_matters() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    for round in 0..240 {
        let steps = prop::collection::vec(step(), 150).new_tree(&mut runner).unwrap().current();
        let begun = beginning().events.len();
        let world = if round % 2 == 0 { live(&steps, |_| false) } else { live_honestly(&steps) };
        for event in &world.events[begun..] {
            *seen.entry(event.payload.name()).or_default() += 1;
        }
    }
    for name in [
        "custody.drawn.v1",
        "custody.handed_over.v1",
        "decree.closed.v1",
        "entitlement.decreed.v1",
        "entitlement.reinstated.v1",
        "entitlement.revoked.v1",
        "instalment.lapsed.v1",
        "instalment.scheduled.v1",
        "payout.failed.v1",
        "payout.instructed.v1",
        "payout.retried.v1",
        "payout.returned.v1",
        "payout.settled.v1",
        "recovery.demanded.v1",
        "recovery.escalated.v1",
        "recovery.instalments_agreed.v1",
        "recovery.repaid.v1",
        "recovery.withdrawn.v1",
        "recovery.written_off.v1",
        "survey.submitted.v1",
        "voucher.expired.v1",
        "voucher.lapsed.v1",
        "voucher.refunded.v1",
        "voucher.restored.v1",
        "voucher.settled.v1",
        "voucher.spent.v1",
    ] {
        assert!(seen.contains_key(name), "{name} was never carried out: {seen:?}");
    }
}
