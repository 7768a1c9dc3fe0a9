//! Who depends on whom, from the manifests themselves.

use super::sources::{files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use toml::{Table, Value};

/// The arrows, and only these. A crate that is not listed may depend on nothing of ours.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "jejak",
        &[
            "jejak-domain",
            "jejak-journal",
            "jejak-kurrent",
            "jejak-ledger",
            "jejak-payments",
            "jejak-projections",
            "jejak-server",
            "jejak-simulator",
        ],
    ),
    ("jejak-server", &["jejak-projections", "jejak-ledger", "jejak-domain", "jejak-journal"]),
    ("jejak-payments", &["jejak-domain"]),
    ("jejak-projections", &["jejak-ledger", "jejak-domain", "jejak-journal"]),
    ("jejak-ledger", &["jejak-domain", "jejak-journal"]),
    ("jejak-kurrent", &["jejak-journal"]),
    ("jejak-domain", &[]),
    ("jejak-journal", &[]),
    ("jejak-simulator", &[]),
];

fn manifests() -> BTreeMap<String, Table> {
    let paths =
        files(&root().join("crates"), &["toml"]).into_iter().filter(|path| path.ends_with("Cargo.toml"));
    let read = |path| {
        let table: Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        (table["package"]["name"].as_str().unwrap().to_owned(), table)
    };
    paths.map(read).collect()
}

/// Names in a table of dependencies.
fn names(table: &Table, key: &str) -> BTreeSet<String> {
    table.get(key).and_then(Value::as_table).into_iter().flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn the_arrows_between_crates_are_these() {
    let manifests = manifests();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for (name, manifest) in &manifests {
        assert!(known.contains(name.as_str()), "{name} is new: say in tests/tidy what it may depend on");
        let allowed = ARROWS.iter().find(|(each, _)| each == name).map_or(&[][..], |(_, allowed)| *allowed);
        for dependency in names(manifest, "dependencies").iter().filter(|each| each.starts_with("jejak")) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
        let built_with = names(manifest, "build-dependencies");
        assert!(built_with.is_empty(), "{name} builds with {built_with:?}: nothing may run at build time");
    }
    assert_eq!(manifests.len(), ARROWS.len(), "a crate of the list is gone");
}

#[test]
fn domain_and_journal_stand_on_nothing_that_waits_or_draws() {
    for name in ["jejak-domain", "jejak-journal"] {
        let direct = names(&manifests()[name], "dependencies");
        for banned in ["tokio", "getrandom", "rand", "async-trait", "futures", "chrono", "time", "reqwest"] {
            assert!(!direct.contains(banned), "{name} depends on {banned}");
        }
    }
}

#[test]
fn only_what_waits_for_a_network_needs_an_async_runtime() {
    for (name, manifest) in manifests() {
        let direct = names(&manifest, "dependencies");
        for runtime in ["tokio", "async-std", "smol", "futures-util"] {
            let serves = matches!(name.as_str(), "jejak" | "jejak-kurrent" | "jejak-server");
            assert!(serves || !direct.contains(runtime), "{name} depends on {runtime}");
        }
    }
}

#[test]
fn numbers_in_json_are_never_arbitrary() {
    // With this feature a number becomes text somewhere in the tree, and money could come in as a number.
    for path in files(&root(), &["toml"]).into_iter().filter(|path| path.ends_with("Cargo.toml")) {
        let text = fs::read_to_string(&path).unwrap();
        let asked = text
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains("arbitrary_precision"));
        assert!(!asked, "{} asks for it", path.display());
    }
    // Another crate could ask for it too; the parser shows whether one did.
    let number: serde_json::Value = serde_json::from_str("1e2").unwrap();
    assert_eq!(number.to_string(), "100.0", "serde_json keeps numbers as text: a dependency asks for it");
}

#[test]
fn every_dependency_is_named_once_for_all() {
    for (name, manifest) in manifests() {
        let table = manifest.get("dependencies").and_then(Value::as_table).into_iter().flatten();
        for (dependency, spec) in table {
            let of_workspace = spec.get("workspace").and_then(Value::as_bool) == Some(true);
            assert!(of_workspace, "{name}: write the version of {dependency} in the workspace's manifest");
        }
    }
}
