//! The recorded histories of `replay/`: each case is folded from its events and made again from its commands, and
//! both must give exactly what its files say. `UPDATE=1 cargo test -p jejak-tests replay` writes the files anew.

mod case;
mod fold;
mod record;

use case::Case;

/// One test a case, and a test that no folder of `replay/` is left without one.
macro_rules! cases {
    ($($test:ident = $folder:literal,)*) => {
        $(#[test]
        fn $test() {
            check($folder);
        })*

        #[test]
        fn every_folder_has_its_test() {
            assert_eq!(case::folders(), [$($folder),*], "list the folders of replay/ in tests/replay/mod.rs, in order");
        }
    };
}

cases! {
    cancelled_course = "cancelled-course",
    cash_hand_over = "cash-hand-over",
    failed_payout = "failed-payout",
    ineligible_repaid = "ineligible-repaid",
    revoked_card = "revoked-card",
    two_courses = "two-courses",
    webinar = "webinar",
}

/// Writes the ledger of a case into a new directory.
pub(crate) fn ledger_of(folder: &str, dir: &std::path::Path) {
    record::write(&Case::of(folder), dir);
}

/// Writes the ledger of a case as it stood before the first item of a type.
pub(crate) fn ledger_before(folder: &str, name: &str, dir: &std::path::Path) {
    let case = Case::of(folder);
    let steps = case.steps();
    let end = steps.iter().position(|step| step.item.request.name() == name).expect("such an item");
    record::write_steps(&case, &steps[..end], dir);
}

fn check(folder: &str) {
    let case = Case::of(folder);
    case.expect("history.jsonl", &record::record(&case));
    let folded = fold::fold(&case.read("history.jsonl"));
    case.expect("balances.json", &folded.balances);
    case.expect("cards.json", &folded.cards);
    case.expect("findings.json", &folded.findings);
    case.expect("head.txt", &folded.head);
    assert!(!case.read("README.md").trim().is_empty(), "{folder} tells its story in README.md");
}
