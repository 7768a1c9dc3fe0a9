//! The case of revocations through the binary: every cause of release, and money in flight on a day in between.

use super::binary::run;
use jejak_simulator::Revocations;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const PERSONS: u32 = 1_000;

/// Count and minor units by cause.
type Sums = BTreeMap<String, (i64, i64)>;

fn minor(value: &Value) -> i64 {
    value.as_str().expect("text").replace('.', "").parse().expect("digits")
}

fn replayed(ledger: &Path, arguments: &[&str]) -> (Value, Sums) {
    let all = run(ledger, &[&["--json", "replay"], arguments].concat()).exits(0).json();
    let rows = all["released"].as_array().expect("rows").iter();
    let sum = |row: &Value| (row["count"].as_i64().expect("a count"), minor(&row["amount"]));
    let sums = rows.map(|row| (row["cause"].as_str().expect("text").to_owned(), sum(row))).collect();
    (all, sums)
}

#[test]
fn revocations_release_the_grants_of_unbought_cards_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("case");
    let persons = PERSONS.to_string();
    let told =
        run(&ledger, &["--json", "simulate", "--case", "revocations", "--persons", &persons]).exits(0).json();
    assert_eq!((&told["persons"], &told["released"]), (&1000.into(), &"3550000000.00".into()));

    let expected = *Revocations::new("jejak", PERSONS).expected();
    let counted = |(persons, minor): (u64, i64)| (i64::try_from(persons).expect("few"), minor);
    let (all, sums) = replayed(&ledger, &[]);
    assert_eq!(sums["no-purchase"], (1000, 355_000_000_000));
    assert_eq!(sums["no-purchase"], counted(expected.no_purchase));
    assert_eq!(sums["ineligible"], counted(expected.ineligible));
    assert_eq!(sums["withdrawn"], counted(expected.withdrawn));
    assert_eq!(sums["balance-lapsed"].1, expected.balances);
    assert_eq!(sums["cash-lapsed"].1, expected.closed);
    assert_eq!(sums["not-arrived"].1, expected.after_end);
    // Every rupiah: granted = released + what stays committed, and by now that was delivered.
    let fund = &all["delivery"][0];
    let granted = minor(&all["funnel"][0]["granted"]);
    assert_eq!(granted, sums.values().map(|sum| sum.1).sum::<i64>() + minor(&fund["committed"]));
    assert_eq!(fund["committed"], fund["delivered"]);
    // The same went back to the treasury under a receipt number.
    assert_eq!(minor(&fund["returned"]), 355_000_000_000);
    assert!(all["published"].is_null(), "published figures are of the whole programme");

    // 1 October 2020, 20:00: revoked that afternoon, with payments at the bank. They are not released.
    let (then, sums) = replayed(&ledger, &["--known", "2020-10-01T13:00:00.000Z"]);
    let instructed: i64 = then["balances"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["account"].as_str().is_some_and(|name| name.contains("/partner-clearing")))
        .map(|row| minor(&row["balance"]))
        .sum();
    assert_eq!(instructed.abs(), 60 * 60_000_000, "sixty second instalments are with the bank");
    let committed = minor(&then["delivery"][0]["committed"]);
    assert_eq!(granted, sums.values().map(|sum| sum.1).sum::<i64>() + committed);
    assert!(sums["no-purchase"].0 < 1000, "terms that began anew have not ended");
    run(&ledger, &["verify"]).exits(0);
}
