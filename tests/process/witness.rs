//! Heads that a witness has cosigned: `verify` says by whom, and of how many lines.

use super::binary::run;
use super::forge::{find, heads, with_lines};
use super::items::two_courses;
use jejak_journal::checkpoint::{Note, WitnessSigner};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

fn witness(name: &str) -> WitnessSigner {
    WitnessSigner::from_seed(name, &[7; 32]).unwrap()
}

/// A head of a ledger, cosigned and kept elsewhere.
fn cosigned(head: &Path, by: &WitnessSigner, to: &Path) -> PathBuf {
    cosigned_at(1_640_995_200, head, by, to)
}

fn cosigned_at(time: u64, head: &Path, by: &WitnessSigner, to: &Path) -> PathBuf {
    let mut note = Note::parse(&fs::read(head).unwrap()).unwrap();
    by.cosign(&mut note, time);
    let path = to.join(head.file_name().unwrap());
    fs::write(&path, note.to_string()).unwrap();
    path
}

#[test]
fn verify_says_by_whom_a_head_is_witnessed() {
    let (dir, elsewhere) = (two_courses(), tempfile::tempdir().unwrap());
    let bpk = witness("witness.example/bpk");
    let heads = heads(dir.path());
    let (size, newest) = heads.last().unwrap();
    let head = cosigned(newest, &bpk, elsewhere.path());
    let key = bpk.key().to_string();
    let arguments = ["verify", "--checkpoint", head.to_str().unwrap(), "--witness", &key];
    let verified = run(dir.path(), &[&["--json"], &arguments[..]].concat()).exits(0).json();
    assert_eq!(verified["witnessed"], json!(true));
    let expected = json!([{"witness":"witness.example/bpk","size":size,"time":"2022-01-01T00:00:00.000Z"}]);
    assert_eq!(verified["witnesses"], expected);
    let text = run(dir.path(), &arguments).exits(0).out;
    assert!(text.contains("witnessed by witness.example/bpk") && !text.contains("rewritten"), "{text}");
    // A head of fewer lines says nothing of the rest.
    let (_, older) = &heads[heads.len() / 2];
    let older = cosigned(older, &bpk, elsewhere.path());
    let arguments = ["verify", "--checkpoint", older.to_str().unwrap(), "--witness", &key];
    let text = run(dir.path(), &arguments).exits(0).out;
    assert!(text.contains("lines are not witnessed"), "{text}");
}

#[test]
fn a_witness_that_did_not_cosign_or_wrongly_is_told() {
    let (dir, elsewhere) = (two_courses(), tempfile::tempdir().unwrap());
    let (bpk, other) = (witness("witness.example/bpk"), witness("witness.example/other"));
    let (_, newest) = heads(dir.path()).pop().unwrap();
    let head = cosigned(&newest, &bpk, elsewhere.path());
    let failures = |witness: &WitnessSigner| {
        let key = witness.key().to_string();
        let arguments = ["--json", "verify", "--checkpoint", head.to_str().unwrap(), "--witness", &key];
        let verified = run(dir.path(), &arguments).exits(1).json();
        assert_eq!((&verified["witnessed"], &verified["witnesses"]), (&json!(false), &json!([])));
        verified["failures"][0]["problem"].as_str().unwrap().to_owned()
    };
    assert!(failures(&other).contains("no head from elsewhere is cosigned by witness.example/other"));
    // The cosignature of another head, put under this one.
    let (_, older) = heads(dir.path()).remove(0);
    let of_another = fs::read_to_string(cosigned(&older, &bpk, elsewhere.path())).unwrap();
    let text = fs::read_to_string(&newest).unwrap() + of_another.lines().last().unwrap() + "\n";
    fs::write(&head, text).unwrap();
    assert!(failures(&bpk).contains("signature of witness.example/bpk is wrong"));
    run(dir.path(), &["verify", "--witness", "nonsense", "--checkpoint", head.to_str().unwrap()]).exits(2);
    run(dir.path(), &["verify", "--witness", &bpk.key().to_string()]).exits(2);
}

#[test]
fn a_rewritten_history_is_not_vouched_for() {
    let (dir, elsewhere) = (two_courses(), tempfile::tempdir().unwrap());
    let bpk = witness("witness.example/bpk");
    let (_, newest) = heads(dir.path()).pop().unwrap();
    let head = cosigned(&newest, &bpk, elsewhere.path());
    let position = find(dir.path(), "voucher.spent.v1");
    let spoilt = with_lines(dir.path(), |lines| {
        lines[position] = lines[position].replace("600000.00", "500000.00");
    });
    for (_, path) in heads(spoilt.path()) {
        fs::remove_file(path).unwrap();
    }
    run(spoilt.path(), &["checkpoint"]).exits(0);
    let key = bpk.key().to_string();
    let arguments = ["--json", "verify", "--checkpoint", head.to_str().unwrap(), "--witness", &key];
    let verified = run(spoilt.path(), &arguments).exits(1).json();
    assert_eq!(verified["witnessed"], json!(false), "{verified}");
}

#[test]
fn a_cosignature_of_a_time_that_has_not_come_is_told_and_not_counted() {
    let (dir, elsewhere) = (two_courses(), tempfile::tempdir().unwrap());
    let bpk = witness("witness.example/bpk");
    let (size, newest) = heads(dir.path()).pop().unwrap();
    // The first second of the year 3000.
    let head = cosigned_at(32_503_680_000, &newest, &bpk, elsewhere.path());
    let key = bpk.key().to_string();
    let arguments = ["verify", "--checkpoint", head.to_str().unwrap(), "--witness", &key];
    let verified = run(dir.path(), &[&["--json"], &arguments[..]].concat()).exits(1).json();
    assert_eq!((&verified["witnessed"], &verified["witnesses"]), (&json!(false), &json!([])));
    let ahead = json!([{"witness":"witness.example/bpk","size":size,"time":"3000-01-01T00:00:00.000Z"}]);
    assert_eq!(verified["cosignedahead"], ahead);
    let text = run(dir.path(), &arguments).exits(1).out;
    assert!(
        text.contains("3000-01-01T00:00:00.000Z, which has not come") && text.contains("not witnessed"),
        "{text}"
    );
}
