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
    assert_eq!(of("revoked-1-8") * 355_000_000 / 1_000_000_000_000, 122);
    assert_eq!(of("taken-2020") - of("quota-2020"), -4);
    assert_eq!(of("batches-1-2") - of("batches-1-2-printed"), 9);
}
