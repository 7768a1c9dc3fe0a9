//! A ledger that an earlier program wrote opens, is read and is written to. `UPDATE=1 cargo test -p jejak-tests upgrade`
//! writes it anew; after a release only a new folder is added.

use super::binary::{run, run_with};
use super::items::{copy, register, seal, two_courses};
use std::fs;
use std::path::{Path, PathBuf};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join("format-1")
}

fn head_and_balances(ledger: &Path) -> (String, String) {
    let verified = run(ledger, &["--json", "verify"]).exits(0).out;
    (verified, run(ledger, &["--json", "balances"]).exits(0).out)
}

/// A sealed segment with an index, and an unsealed one.
fn write_anew() {
    let ledger = two_courses();
    seal(ledger.path());
    let input: String = (1..=3).map(|number| register(number) + "\n").collect();
    run_with(ledger.path(), &["submit", "-"], input.as_bytes()).exits(0);
    let (verified, balances) = head_and_balances(ledger.path());
    for derived in ["views/fingerprints", "journal/lock"] {
        let _ = fs::remove_file(ledger.path().join(derived));
    }
    let _ = fs::remove_dir_all(fixture());
    copy(ledger.path(), &fixture().join("ledger"));
    fs::write(fixture().join("verified.json"), verified).unwrap();
    fs::write(fixture().join("balances.json"), balances).unwrap();
}

#[test]
fn a_ledger_of_format_1_opens_with_its_head_and_balances() {
    if std::env::var_os("UPDATE").is_some() {
        write_anew();
    }
    let dir = tempfile::tempdir().unwrap();
    copy(&fixture().join("ledger"), dir.path());
    let expected = |name: &str| fs::read_to_string(fixture().join(name)).unwrap();
    let (verified, balances) = head_and_balances(dir.path());
    // What was said then is said still; a later program may say more.
    let object = |text: &str| serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(text).unwrap();
    let now = object(&verified);
    for (name, then) in object(&expected("verified.json")) {
        assert_eq!(now.get(&name), Some(&then), "{name}");
    }
    assert_eq!(balances, expected("balances.json"));
    // The writer folds it, signs the head that is there, repeats what was recorded, and goes on.
    run(dir.path(), &["checkpoint"]).exits(0);
    assert_eq!(run(dir.path(), &["--json", "verify"]).exits(0).out, verified);
    let again = run_with(dir.path(), &["submit", "-"], register(3).as_bytes()).exits(0).rows();
    assert_eq!(again[0]["status"], "repeated");
    let more = run_with(dir.path(), &["submit", "-"], register(4).as_bytes()).exits(0).rows();
    assert_eq!(more[0]["status"], "recorded");
    run(dir.path(), &["verify"]).exits(0);
}
