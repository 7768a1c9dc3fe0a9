//! `jejak copy`, in both directions, and every verb on the copy.

use super::{address, esdb, on};
use crate::process::binary::run;
use std::path::Path;

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
    std::fs::remove_dir_all(state.join("journal")).unwrap();
    std::fs::remove_dir_all(state.join("views")).unwrap_or_default();
    on(&esdb, &state, &["verify"]).exits(0);

    let back = copy(&address, second.to_str().unwrap());
    assert_eq!((&back["root"], &back["commits"]), (&out["root"], &out["commits"]));
    let all = |ledger: &Path| run(ledger, &["events"]).exits(0).out;
    assert!(all(&first) == all(&second), "every line, byte for byte");
    let heads = |ledger: &Path| {
        let mut files: Vec<_> =
            std::fs::read_dir(ledger.join("checkpoints")).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read(file).unwrap()).collect::<Vec<_>>()
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
