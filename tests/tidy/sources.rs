//! Every file that we wrote.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, in lines.
const MOST_LINES: usize = 500;

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// Files below `dir` with one of these extensions; none means all. Nothing that a build or a tool left there.
pub(super) fn files(dir: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | ".git") && !path.join("ledger.toml").exists() {
                found.extend(files(&path, extensions));
            }
        } else if extensions.is_empty() || extensions.iter().any(|each| name.ends_with(&format!(".{each}"))) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn code() -> Vec<PathBuf> {
    ["crates", "tests"].into_iter().flat_map(|dir| files(&root().join(dir), &["rs"])).collect()
}

#[test]
fn no_source_file_is_longer_than_it_can_be_read() {
    for path in code() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines: divide it by subject", path.display());
    }
}

#[test]
fn the_pure_crates_read_no_clock_and_touch_nothing() {
    let banned = ["SystemTime", "Instant::now", "std::env", "std::process", "std::net", "thread::sleep"];
    for krate in ["domain", "journal"] {
        for path in files(&root().join("crates").join(krate).join("src"), &["rs"]) {
            let text = fs::read_to_string(&path).unwrap();
            for word in banned {
                assert!(!text.contains(word), "{} has {word}", path.display());
            }
        }
    }
    for path in files(&root().join("crates/domain/src"), &["rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["std::fs", "std::io", "std::thread", "HashMap::iter"] {
            let in_tests = text.find("#[cfg(test)]").unwrap_or(text.len());
            assert!(!text[..in_tests].contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn only_the_command_line_reads_the_clock() {
    for path in files(&root().join("crates"), &["rs"]) {
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        if shown.contains("/benches/") || shown.contains("/examples/") || shown.contains("/tests/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            shown.starts_with("crates/cli/") || !text.contains("SystemTime::now"),
            "{shown} reads the clock"
        );
    }
}

#[test]
fn tests_neither_sleep_nor_hold_a_port() {
    let words = [["thread", "::sleep("].concat(), ["127.0.0.1", ":8"].concat(), ["localhost", ":"].concat()];
    // A benchmark may keep a pace.
    let tests = files(&root().join("tests"), &["rs"]).into_iter();
    for path in tests.filter(|path| !path.starts_with(root().join("tests/benches"))) {
        let text = fs::read_to_string(&path).unwrap();
        for word in &words {
            assert!(!text.contains(word.as_str()), "{} has {word}", path.display());
        }
    }
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    // Put together here, so that this file does not find itself.
    let banned = ["work"]
        .map(|dir| format!("/{dir}/"))
        .into_iter()
        .chain(["home", "Users"].map(|dir| format!("/{dir}/")));
    let banned: Vec<String> = banned.collect();
    for path in files(&root(), &["rs", "toml", "md", "sh", "json", "jsonl", "ndjson", "txt", "yml", "yaml"]) {
        let text = fs::read_to_string(&path).unwrap();
        for word in &banned {
            let named = text
                .split_whitespace()
                .any(|each| each.trim_start_matches(['"', '`', '(']).starts_with(word));
            assert!(!named, "{} names {word}", path.display());
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    for path in files(&root().join("crates"), &["toml"]).into_iter().chain([root().join("tests/Cargo.toml")])
    {
        if path.ends_with("Cargo.toml") {
            let text = fs::read_to_string(&path).unwrap();
            let forbidden = ["[lints]\nworkspace = true", "unsafe_code = \"forbid\""];
            let found = forbidden.iter().any(|each| text.contains(each));
            assert!(found, "{} neither takes the workspace's lints nor forbids it itself", path.display());
        }
    }
}
