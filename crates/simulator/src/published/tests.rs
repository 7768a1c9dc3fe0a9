use super::*;
use std::collections::HashSet;

#[test]
fn ids_are_unique_and_most_rows_are_derived() {
    let table = published();
    let ids: HashSet<&str> = table.iter().map(|figure| figure.id).collect();
    assert_eq!(ids.len(), table.len());
    let derived = table.iter().filter(|figure| figure.kind == Kind::Derived).count();
    assert!(derived * 10 >= table.len() * 6, "{derived} of {}", table.len());
}

#[test]
fn counts_of_the_plan_are_not_called_derived() {
    // Whom a decree takes and a term revokes is in the plan, batch by batch: such a row restates it.
    use Measure::{Applied, Appropriated, Decreed, Eligible, OperatingCost, Remitted, Returned};
    use Measure::{Revoked, RevokedSum, Unrevoked, UnrevokedSum};
    let planned = [
        Applied,
        Appropriated,
        Decreed,
        Eligible,
        OperatingCost,
        Remitted,
        Returned,
        Revoked,
        RevokedSum,
        Unrevoked,
        UnrevokedSum,
        Measure::Handed,
        Measure::HandedByPolice,
        Measure::ListedLate,
        Measure::LoanListed,
        Measure::FailedShare,
        Measure::WalletShare,
        Measure::EntrepreneurShare,
    ];
    for figure in published() {
        let is_planned = planned.contains(&figure.measure);
        assert!(!is_planned || figure.kind != Kind::Derived, "{}", figure.id);
    }
}

#[test]
fn every_day_asked_for_is_kept() {
    for figure in published() {
        if let Some(day) = figure.until {
            assert!(crate::steps::KEPT.iter().any(|&(_, name)| name == day), "{}: {day}", figure.id);
        }
    }
}

#[test]
fn revocations_of_batches_1_to_4_multiply_to_the_published_sum() {
    let of = |id| published().iter().find(|figure| figure.id == id).map(|figure| figure.value).unwrap();
    assert_eq!(of("revoked-1-4") * 355_000_000, of("revoked-1-4-sum"));
    assert_eq!(of("taken-2020") - of("quota-2020"), -4);
    assert_eq!(of("batches-1-2") - of("batches-1-2-printed"), 9);
}
