//! `jejak rehearse`: today's rules change nothing, and changed ones come to what is computed from the lines alone.

mod alone;

use super::binary::{Run, run};
use alone::{Changed, People};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

fn definition(programme: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schemas/programme/{programme}.toml"))
}

/// A simulated ledger in which every applicant is recorded, and one with recipients and counts.
fn simulated(applicants: &'static str) -> &'static Path {
    static FULL: OnceLock<TempDir> = OnceLock::new();
    static SUMMARY: OnceLock<TempDir> = OnceLock::new();
    let (place, scale) = if applicants == "full" { (&FULL, "40000") } else { (&SUMMARY, "20000") };
    let make = || {
        let dir = tempfile::tempdir().expect("a directory");
        let arguments = ["simulate", "--scale", scale, "--applicants", applicants, "--seed", "rehearsal"];
        run(&dir.path().join("ledger"), &arguments).exits(0);
        dir
    };
    let dir: &'static TempDir = place.get_or_init(make);
    Box::leak(dir.path().join("ledger").into_boxed_path())
}

fn rehearse(ledger: &Path, file: &Path) -> Value {
    run(ledger, &["--json", "rehearse", file.to_str().expect("text")]).exits(0).json()
}

/// A definition with one text in the place of another, wherever it stands.
fn changed(programme: &str, changes: &[(&str, &str)], dir: &Path) -> PathBuf {
    let mut text = std::fs::read_to_string(definition(programme)).expect("a definition");
    for (from, to) in changes {
        assert!(text.contains(from), "{programme} does not say {from}");
        text = text.replace(from, to);
    }
    let file = dir.join("changed.toml");
    std::fs::write(&file, text).expect("a file");
    file
}

/// Every row is the same before and after, and there is at least one. Gives the number of persons.
fn assert_nothing_differs(report: &Value) -> u64 {
    for measure in ["granted", "earned"] {
        for (name, zero) in
            [("gain", json!(0)), ("lose", json!(0)), ("net", json!("0.00")), ("lost", json!("0.00"))]
        {
            assert_eq!(report[measure][name], zero, "{measure}");
        }
        for row in ["batches", "provinces"].iter().flat_map(|rows| report[rows].as_array().expect("rows")) {
            assert_eq!(row[measure]["difference"], "0.00", "{row}");
            assert_eq!(row[measure]["before"], row[measure]["after"], "{row}");
            assert_eq!(row["persons"]["before"], row["persons"]["after"], "{row}");
        }
    }
    for none in ["persons", "lotteries", "gainsunknown", "changed", "notasked"] {
        assert_eq!(report[none], json!([]), "{none}");
    }
    report["granted"]["unchanged"].as_u64().expect("a count")
}

#[test]
fn the_rules_of_today_change_nothing_in_any_recorded_case() {
    let cases = [
        ("cancelled-course", "prakerja-2020", 2),
        ("cash-hand-over", "bt-pklw-2021", 4),
        ("failed-payout", "prakerja-2020", 2),
        ("ineligible-repaid", "prakerja-2020", 1),
        ("revoked-card", "prakerja-2020", 1),
        ("two-courses", "prakerja-2020", 1),
        ("webinar", "prakerja-2023", 1),
    ];
    for (case, programme, persons) in cases {
        let dir = tempfile::tempdir().unwrap();
        crate::replay::ledger_of(case, dir.path());
        let report = rehearse(dir.path(), &definition(programme));
        assert_eq!(assert_nothing_differs(&report), persons, "{case}");
        let sum = |measure: &str| alone::minor(&report["batches"][0][measure]["before"]);
        assert!(sum("granted") > 0, "{case}");
    }
}

#[test]
fn the_rules_of_today_change_nothing_in_a_simulated_history() {
    for applicants in ["summary", "full"] {
        for programme in ["prakerja-2020", "prakerja-2023", "bt-pklw-2021", "bt-pklwn-2022"] {
            let report = rehearse(simulated(applicants), &definition(programme));
            assert!(assert_nothing_differs(&report) > 9, "{programme}");
            assert_eq!(report["kept"], 0, "every decision of {programme} follows from rules and facts");
        }
    }
}

#[test]
fn what_is_recorded_is_what_the_lines_say() {
    let ledger = simulated("summary");
    let people = People::of(&run(ledger, &["events"]).exits(0).rows());
    let report = rehearse(ledger, &definition("prakerja-2020"));
    let sum = |measure: &str| -> i64 {
        let rows = report["batches"].as_array().expect("rows").iter();
        rows.map(|row| alone::minor(&row[measure]["after"])).sum()
    };
    assert_eq!((sum("granted"), sum("earned")), people.recorded());
}

/// One amount of every version and the age limit of two are changed at once.
const CHANGES: [(&str, &str); 2] = [("\"600000.00\"", "\"700000.00\""), ("maximum = 64", "maximum = 40")];
const CHANGED: Changed = Changed { more_an_instalment: 10_000_000, oldest: 40, batches: 18..=47 };

#[test]
fn one_amount_and_one_age_limit_come_to_a_list_that_the_lines_alone_give() {
    let (ledger, dir) = (simulated("full"), tempfile::tempdir().unwrap());
    let report = rehearse(ledger, &changed("prakerja-2020", &CHANGES, dir.path()));
    let people = People::of(&run(ledger, &["events"]).exits(0).rows());
    let expected = people.under(&CHANGED);
    let found = alone::rows_of(&report["persons"]);
    let gone = found.values().filter(|row| row.granted.1 == 0).count();
    let new = found.values().filter(|row| row.granted.0 == 0).count();
    assert!(gone > 20 && new > 10 && found.len() > 300, "{gone} {new} {}", found.len());
    for (subject, row) in &expected {
        assert_eq!(found.get(subject), Some(row), "{subject}");
    }
    assert_eq!(found.len(), expected.len());
    // The sums are those of the list.
    let more = |row: &&alone::Row| row.granted.1 > row.granted.0;
    let gained: i64 = expected.values().filter(more).map(|row| row.granted.1 - row.granted.0).sum();
    assert_eq!(alone::minor(&report["granted"]["gained"]), gained);
    assert_eq!(report["granted"]["gain"], expected.values().filter(more).count());
    let net: i64 = expected.values().map(|row| row.granted.1 - row.granted.0).sum();
    for rows in ["batches", "provinces"] {
        let rows = report[rows].as_array().expect("rows").iter();
        assert_eq!(rows.map(|row| alone::minor(&row["granted"]["difference"])).sum::<i64>(), net);
    }
}

#[test]
fn a_lottery_is_drawn_again_and_weighed() {
    let (ledger, dir) = (simulated("full"), tempfile::tempdir().unwrap());
    let report = rehearse(ledger, &changed("prakerja-2020", &CHANGES, dir.path()));
    let lotteries = report["lotteries"].as_array().expect("rows");
    assert!(lotteries.len() > 10);
    let seeds = run(ledger, &["events", "--type", "batch.drawn.v1"]).exits(0).out;
    for lottery in lotteries {
        assert!(seeds.contains(lottery["seed"].as_str().expect("text")), "{lottery}");
        let chance = &lottery["chances"][0];
        for (side, grant) in [("before", 355_000_000), ("after", 395_000_000)] {
            let pool = chance["pool"][side].as_i64().expect("a count");
            let places = chance["places"].as_i64().expect("a count");
            assert_eq!(alone::minor(&chance["expected"][side]), grant * places.min(pool) / pool, "{lottery}");
        }
    }
    let text = run(ledger, &["rehearse", dir.path().join("changed.toml").to_str().unwrap()]).exits(0).out;
    for words in
        ["Drawn again with the recorded seed", "Expected", "is unknown, and in no sum", "more persons"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("Gains unknown"), "everybody who applied is recorded");
    let persons = text.lines().filter(|line| line.starts_with("participant/")).count();
    assert_eq!(persons, 20);
}

#[test]
fn with_beneficiaries_only_gains_are_unknown() {
    let (ledger, dir) = (simulated("summary"), tempfile::tempdir().unwrap());
    let file = changed("prakerja-2020", &CHANGES[1..], dir.path());
    let report = rehearse(ledger, &file);
    assert_eq!((&report["granted"]["gain"], &report["lotteries"]), (&json!(0), &json!([])));
    let lost = report["granted"]["lose"].as_u64().expect("a count");
    let unknown = report["gainsunknown"].as_array().expect("rows").iter();
    let places: u64 = unknown.map(|row| row["places"].as_u64().expect("a count")).sum();
    assert!(lost > 20 && places == lost, "{lost} lose a place, and {places} would fall to others");
    let text = run(ledger, &["rehearse", file.to_str().unwrap()]).exits(0).out;
    assert!(text.contains("Gains unknown"), "{text}");
}

#[test]
fn a_rehearsal_of_the_past_knows_only_what_was_before() {
    let (ledger, file) = (simulated("summary"), definition("prakerja-2020"));
    let at = |position: &str| -> Run {
        run(ledger, &["--json", "rehearse", file.to_str().unwrap(), "--at", position])
    };
    let part = at("20000").exits(0).json();
    let whole = rehearse(ledger, &file);
    assert!(assert_nothing_differs(&part) < assert_nothing_differs(&whole));
    assert_eq!(part["lines"], 20_000);
    assert!(at("99999999").exits(2).err.contains("beyond the end"));
}

#[test]
fn a_file_that_cannot_be_rehearsed_says_where_and_why() {
    let (ledger, dir) = (simulated("summary"), tempfile::tempdir().unwrap());
    let refused = |changes: &[(&str, &str)]| {
        let file = changed("prakerja-2020", changes, dir.path());
        let answer = run(ledger, &["rehearse", file.to_str().unwrap()]).exits(2);
        assert!(answer.err.contains("changed.toml"), "{}", answer.err);
        answer.err
    };
    for (from, to, words) in [
        ("minimum_hours = 6", "minimum_hours = -6", &["line 28", "minimum_hours"][..]),
        ("minimum_hours", "least_hours", &["line 28", "least_hours"]),
        ("\"prakerja-2020\"", "\"prakerja-2030\"", &["prakerja-2030", "prakerja-2020, "]),
        ("\"IDR\"", "\"USD\"", &["pays in IDR", "USD"]),
        ("count = 4", "count = 0", &["0 instalments"]),
    ] {
        let error = refused(&[(from, to)]);
        assert!(words.iter().all(|word| error.contains(word)), "{words:?}: {error}");
    }
    let missing = run(ledger, &["rehearse", "nowhere.toml"]).exits(2).err;
    assert!(missing.contains("nowhere.toml") && missing.contains("No such file"), "{missing}");
}
