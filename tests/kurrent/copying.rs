//! `jejak copy`, in both directions, and every verb on the copy.

use super::{address, esdb, on};
use crate::process::binary::{Run, run};
use jejak_esdb::Server as Esdb;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_history_goes_to_a_server_and_back_with_the_same_lines_heads_and_balances() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (first, state, second) =
        (dir.path().join("first"), dir.path().join("state"), dir.path().join("second"));
    run(&first, &["simulate", "--scale", "50000"]).exits(0);
    let address = address(&esdb);
    let copy = |from: &str, to: &str| {
        run(Path::new("unused"), &["--json", "copy", "--from", from, "--to", to]).exits(0).json()
    };
    let out = copy(first.to_str().unwrap(), &address);
    let again = copy(first.to_str().unwrap(), &address);
    assert_eq!((again["copiedlines"].as_u64(), &again["root"]), (Some(0), &out["root"]));
    assert!(out["lines"].as_u64().unwrap() > 5_000, "{out}");

    let verified = on(&esdb, &state, &["--json", "verify"]).exits(0).json();
    assert_eq!((&verified["root"], &verified["lines"]), (&out["root"], &out["lines"]));
    for verb in [&["--json", "balances"][..], &["--json", "findings"], &["events", "--from", "5000"]] {
        let (there, here) = (on(&esdb, &state, verb), run(&first, verb));
        assert_eq!((there.code, there.out), (here.code, here.out), "{verb:?}");
    }
    // What is kept here can be deleted.
    fs::remove_dir_all(state.join("journal")).unwrap();
    fs::remove_dir_all(state.join("views")).unwrap_or_default();
    on(&esdb, &state, &["verify"]).exits(0);

    let back = copy(&address, second.to_str().unwrap());
    assert_eq!((&back["root"], &back["commits"]), (&out["root"], &out["commits"]));
    let all = |ledger: &Path| run(ledger, &["events"]).exits(0).out;
    assert!(all(&first) == all(&second), "every line, byte for byte");
    let heads = |ledger: &Path| {
        let mut files: Vec<_> =
            fs::read_dir(ledger.join("checkpoints")).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(heads(&first), heads(&second));
}

#[test]
fn a_place_with_another_ledger_is_left_as_it_is() {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    run(&one, &["init"]).exits(0);
    run(&two, &["init", "--origin", "other.example/ledger"]).exits(0);
    let copy = |from: &Path| {
        run(Path::new("unused"), &["copy", "--from", from.to_str().unwrap(), "--to", &address(&esdb)])
    };
    copy(&one).exits(0);
    let told = copy(&two).exits(2).err;
    assert!(told.contains("choose another place"), "{told}");
    let told = run(Path::new("unused"), &["copy", "--from", "esdb://", "--to", "x"]).exits(2).err;
    assert!(told.contains("esdb://"), "{told}");
}

/// A ledger with a few heads, spoilt, and its copying to a server of its own.
fn copied_spoilt(spoil: impl Fn(&Path)) -> (tempfile::TempDir, Esdb, Run) {
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let ledger = dir.path().join("ledger");
    run(&ledger, &["simulate", "--scale", "1000000"]).exits(0);
    spoil(&ledger);
    let copied = copy(&ledger, &esdb);
    (dir, esdb, copied)
}

fn copy(ledger: &Path, esdb: &Esdb) -> Run {
    run(Path::new("unused"), &["copy", "--from", ledger.to_str().unwrap(), "--to", &address(esdb)])
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Nothing of it is on the server: an honest ledger goes there under the same name.
fn still_free(esdb: &Esdb) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("honest");
    run(&ledger, &["init", "--origin", "another.example/ledger"]).exits(0);
    copy(&ledger, esdb).exits(0);
    on(esdb, &dir.path().join("state"), &["verify"]).exits(0);
}

#[test]
fn a_ledger_that_lost_lines_under_its_heads_is_not_copied() {
    let (_dir, esdb, copied) = copied_spoilt(|ledger| {
        let last = files(&ledger.join("journal"))
            .into_iter()
            .rfind(|path| path.extension().is_some_and(|end| end == "zst"));
        let file = fs::OpenOptions::new().write(true).open(last.unwrap()).unwrap();
        file.set_len(file.metadata().unwrap().len() * 3 / 4).unwrap();
    });
    let told = copied.exits(1).out;
    assert!(told.contains("lines are missing at the end") && !told.contains("good"), "{told}");
    still_free(&esdb);
}

#[test]
fn a_head_that_is_forged_or_none_is_not_copied() {
    for junk in [false, true] {
        let (dir, esdb, copied) = copied_spoilt(|ledger| {
            let heads = files(&ledger.join("checkpoints"));
            let head = &heads[heads.len() / 2];
            let text = fs::read_to_string(head).unwrap();
            let root = text.lines().nth(2).unwrap();
            let forged = text.replace(root, "jejakjejakjejakjejakjejakjejakjejakjejakjeg=");
            fs::write(head, if junk { "junk\n" } else { &forged }).unwrap();
        });
        let heads = files(&dir.path().join("ledger/checkpoints"));
        let told = copied.exits(1).out;
        let named = heads[heads.len() / 2].display().to_string();
        assert!(told.contains("1 signed heads") && told.contains(&named), "{told}");
        still_free(&esdb);
    }
}

#[test]
fn a_head_that_was_signed_for_other_lines_is_not_copied() {
    // Signed by the right key, for a history that was then written anew from an older copy.
    let (dir, esdb) = (tempfile::tempdir().unwrap(), esdb());
    let (ledger, old) = (dir.path().join("ledger"), dir.path().join("old"));
    run(&ledger, &["init"]).exits(0);
    run(&ledger, &["backup", "--to", old.to_str().unwrap()]).exits(0);
    let item = |day: &str| {
        let path = dir.path().join(day);
        let data = r#"{"born":"1990-05","education":"primary","employment":"job-seeker","regency":"3171","sex":"female"}"#;
        let subject = format!("participant/01790000-0000-7000-8000-0000000000{day}");
        fs::write(
            &path,
            format!(r#"{{"type":"participant.register.v1","subject":"{subject}","data":{data}}}"#),
        )
        .unwrap();
        path
    };
    run(&ledger, &["submit", item("01").to_str().unwrap()]).exits(0);
    run(&ledger, &["checkpoint"]).exits(0);
    let heads = files(&ledger.join("checkpoints"));
    fs::rename(ledger.join("keys"), dir.path().join("keys")).unwrap();
    run(
        &dir.path().join("again"),
        &[
            "restore",
            "--from",
            old.to_str().unwrap(),
            "--to",
            dir.path().join("again").to_str().unwrap(),
            "--keys",
            dir.path().join("keys").to_str().unwrap(),
        ],
    )
    .exits(0);
    let again = dir.path().join("again");
    run(&again, &["submit", item("02").to_str().unwrap()]).exits(0);
    let last = heads.last().unwrap();
    fs::copy(last, again.join("checkpoints").join(last.file_name().unwrap())).unwrap();
    let told = copy(&again, &esdb).exits(1).out;
    assert!(told.contains("other lines than are there"), "{told}");
    still_free(&esdb);
}
