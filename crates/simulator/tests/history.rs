//! The history as a reader sees it: same seed same bytes, time in order, strict lines, books that add up.

use jejak_simulator::{Applicants, Item, Measure, Scope, Settings, Simulation, published};
use std::collections::{BTreeMap, HashMap, HashSet};

fn settings(scale: u32, seed: &str) -> Settings {
    Settings { scale, seed: seed.to_owned(), applicants: Applicants::Summary }
}

fn tell(simulation: &mut Simulation) -> Vec<Item> {
    simulation.collect()
}

#[test]
fn the_same_seed_tells_the_same_history_and_another_seed_another() {
    let first = tell(&mut Simulation::new(settings(20_000, "a")));
    let again = tell(&mut Simulation::new(settings(20_000, "a")));
    let other = tell(&mut Simulation::new(settings(20_000, "b")));
    assert!(first == again);
    assert!(first != other);
}

#[test]
fn time_never_runs_back_and_lines_have_only_the_allowed_keys_in_order() {
    let allowed = ["actor", "commandid", "data", "programme", "reportedon", "subject", "time", "type"];
    let mut last = i64::MIN;
    for item in Simulation::new(settings(5_000, "lines")) {
        assert!(item.recorded >= last);
        last = item.recorded;
        assert!(!item.json.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&item.json).expect("JSON");
        let object = value.as_object().expect("an object");
        for key in ["data", "subject", "time", "type"] {
            assert!(object.contains_key(key), "{key}: {}", item.json);
        }
        assert!(object.keys().all(|key| allowed.contains(&key.as_str())), "{}", item.json);
        // serde_json sorts keys: writing it again gives the same bytes only when ours were sorted.
        assert_eq!(value.to_string(), item.json);
    }
}

#[test]
fn command_ids_are_never_used_twice_for_a_subject() {
    let mut seen = HashSet::new();
    for item in Simulation::new(settings(5_000, "ids")) {
        let value: serde_json::Value = serde_json::from_str(&item.json).expect("JSON");
        match value.get("commandid") {
            Some(id) => assert!(seen.insert((value["subject"].to_string(), id.to_string())), "{}", item.json),
            None => assert_eq!(value["type"], "entitlement.decree.v1", "{}", item.json),
        }
    }
}

#[test]
fn counts_are_one_nth_of_the_real_ones() {
    let mut simulation = Simulation::new(settings(1_000, "counts"));
    tell(&mut simulation);
    let standing = simulation.oracle().now();
    let decreed = |first, last| {
        standing.measure(Measure::Decreed, &Scope::Batches { programme: "prakerja-2020", first, last })
    };
    assert_eq!([decreed(1, 1), decreed(2, 2), decreed(3, 3), decreed(4, 9)], [168, 288, 225, 4_800]);
    assert_eq!([decreed(10, 10), decreed(19, 19), decreed(21, 21)], [116, 800, 754]);
    let of_batch_19 = Scope::Batches { programme: "prakerja-2020", first: 19, last: 19 };
    assert_eq!(standing.measure(Measure::Applied, &of_batch_19), 3_968);
    assert_eq!(standing.measure(Measure::Eligible, &of_batch_19), 2_414);
    // A revocation for want of a purchase releases the whole grant.
    let all = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2022 };
    let revoked = standing.measure(Measure::Revoked, &all);
    assert_eq!(standing.measure(Measure::RevokedSum, &all), revoked * 355_000_000);
}

#[test]
fn the_books_add_up() {
    let mut simulation = Simulation::new(settings(1_000, "books"));
    let mut lowest = 0;
    while simulation.next().is_some() {
        for fund in &simulation.oracle().now().funds {
            lowest = lowest.min(fund.totals.bank).min(fund.totals.floats);
        }
    }
    assert_eq!(lowest, 0, "an account was overdrawn");
    let standing = simulation.oracle().now();
    for fund in &standing.funds {
        let cards = standing.sum(|row| row.programme == fund.programme && row.year == fund.year);
        let money = fund.totals;
        let granted = cards.decreed_sum;
        let released = cards.revoked_sum
            + cards.ineligible_sum
            + cards.lapsed_training
            + cards.lapsed_cash
            + cards.expired;
        let moved = cards.spent - cards.restored - cards.expired + cards.paid_sum();
        assert_eq!(granted, released + moved, "{} {}", fund.programme, fund.year);
        let delivered = cards.settled_platforms + cards.paid_sum();
        let held = money.bank + money.floats + money.drawn - money.handed - money.brought_back;
        assert_eq!(money.disbursed, money.returned + money.operating + delivered + held, "{}", fund.year);
        assert_eq!(money.floats, 0, "{} {}", fund.programme, fund.year);
        assert_eq!(money.recovered + money.returned, released, "{} {}", fund.programme, fund.year);
    }
}

/// Sums the lines themselves, and finds what the oracle says.
#[test]
fn the_oracle_agrees_with_its_own_lines() {
    let mut simulation = Simulation::new(settings(2_000, "lines and totals"));
    let mut minor: HashMap<String, i64> = HashMap::new();
    let mut count: BTreeMap<String, i64> = BTreeMap::new();
    for item in simulation.by_ref() {
        let value: serde_json::Value = serde_json::from_str(&item.json).expect("JSON");
        let kind = value["type"].as_str().expect("text").to_owned();
        let data = &value["data"];
        let money = ["amount", "price"].iter().find_map(|key| data[key]["value"].as_str());
        if let Some(money) = money {
            *minor.entry(kind.clone()).or_default() += money.replace('.', "").parse::<i64>().expect("digits");
        }
        *count.entry(kind).or_default() += 1;
    }
    let totals = simulation.oracle().now().sum(|_| true);
    let money = simulation.oracle().now().money(|_| true);
    assert_eq!(totals.decreed, count["entitlement.decree.v1"]);
    assert_eq!((totals.purchases, totals.spent), (count["voucher.spend.v1"], minor["voucher.spend.v1"]));
    assert_eq!(totals.cancelled, count["voucher.cancel.v1"]);
    assert_eq!(totals.settled_platforms, minor["voucher.settle.v1"] - minor["voucher.refunded.v1"]);
    assert_eq!(totals.demanded_sum, minor["recovery.demand.v1"]);
    assert_eq!(totals.repaid_sum, minor["recovery.repaid.v1"] - minor["recovery.refunded.v1"]);
    assert_eq!(money.charged, minor["fund.bank_charged.v1"]);
    assert_eq!(totals.settlements, count["payout.settled.v1"]);
    assert_eq!(totals.failures, count["payout.failed.v1"]);
    let returned = minor.get("payout.returned.v1").copied().unwrap_or(0);
    assert_eq!(totals.incentive_paid + totals.survey_paid, minor["payout.settled.v1"] - returned);
    assert_eq!(totals.cash_paid, minor["custody.hand_over.v1"]);
    assert_eq!(money.disbursed, minor["fund.disbursed.v1"]);
    assert_eq!(money.returned, minor["fund.returned.v1"]);
    assert_eq!(money.operating, minor["fund.operating_cost_paid.v1"]);
}

#[test]
fn every_published_figure_has_an_answer() {
    let mut simulation = Simulation::new(settings(5_000, "figures"));
    tell(&mut simulation);
    for figure in published() {
        let answer = simulation.oracle().answer(figure);
        assert!(answer.is_some(), "{}", figure.id);
    }
}

#[test]
fn with_full_applicants_everyone_who_joined_is_told_of() {
    let mut simulation =
        Simulation::new(Settings { scale: 50_000, seed: "full".to_owned(), applicants: Applicants::Full });
    let joined = simulation.by_ref().filter(|item| item.json.ends_with(r#""type":"batch.join.v1"}"#)).count();
    let standing = simulation.oracle().now();
    assert_eq!(i64::try_from(joined).expect("small"), standing.measure(Measure::Applied, &Scope::All));
}
