//! Read models: killed at any moment, asked for two dates, written for other programs, and without anybody's name.

use super::binary::{run, run_with, spawn};
use super::items::{empty, nik, participant, register_with_identity, two_courses};
use super::seed::Seeded;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Kills a projection once its file has grown to some size; false when it ended before.
fn killed_at(ledger: &Path, file: &str, size: u64) -> bool {
    let mut child = spawn(ledger, &["project"]);
    let path = ledger.join("views").join(file);
    loop {
        if child.try_wait().expect("a state").is_some() {
            return false;
        }
        if fs::metadata(&path).is_ok_and(|file| file.len() >= size) {
            child.kill().expect("killed");
            child.wait().expect("an end");
            return true;
        }
        std::thread::yield_now();
    }
}

/// Days of the simulated history are closed: this is of today.
fn register_now(number: u32) -> String {
    let mut item: Value = serde_json::from_str(&register_with_identity(number)).expect("an item");
    item.as_object_mut().expect("an object").remove("time");
    item.to_string()
}

#[test]
fn a_projection_that_is_killed_goes_on_without_loss_or_repeat() {
    let mut seed = Seeded::new("projection");
    let dir = tempfile::tempdir().expect("a directory");
    let ledger = dir.path().join("ledger");
    run(&ledger, &["simulate", "--scale", "120000"]).exits(0);
    run(&ledger, &["project"]).exits(0);
    let file = ledger.join("views/jejak.sqlite");
    let whole = fs::metadata(&file).expect("a file").len();
    let wanted = run(&ledger, &["--json", "project"]).exits(0).json();
    fs::remove_file(&file).expect("the file goes");
    let mut killed = 0;
    for _ in 0..6 {
        let size = u64::try_from(seed.below(usize::try_from(whole).expect("a size"))).expect("a size");
        killed += u32::from(killed_at(&ledger, "jejak.sqlite.next", size));
        assert!(!file.exists() || killed == 0, "nothing that is not whole is shown");
        let _ = fs::remove_file(&file);
    }
    assert!(killed > 0, "nothing was ever killed");
    // Whole once, then in pieces, each killed while it is stored.
    run(&ledger, &["project"]).exits(0);
    for round in 0..6 {
        let items: Vec<_> = (0..200).map(|each| register_now(round * 200 + each)).collect();
        run_with(&ledger, &["submit", "-"], items.join("\n").as_bytes()).exits(0);
        let size = u64::try_from(seed.below(100_000)).expect("a size");
        killed_at(&ledger, "jejak.sqlite-wal", size);
    }
    let told = run(&ledger, &["--json", "project", "--check"]).exits(0).json();
    assert_eq!(told["differences"], json!([]), "{told}");
    let before = wanted["rows"]["participants"].as_u64().expect("a count");
    assert_eq!(told["rows"]["participants"], before + 1_200);
}

#[test]
fn a_correction_of_an_earlier_day_shows_on_one_date_and_not_on_the_other() {
    let ledger = two_courses();
    let person = "participant/01780000-0000-7000-8000-000000000001";
    let show = |more: &[&str]| {
        let rows = run(ledger.path(), &[&["--json", "show", person], more].concat()).exits(0).rows();
        rows.iter().filter(|row| row["type"] == "participant.register_reported.v1").count()
    };
    let before = show(&[]);
    let late = json!({
        "type": "participant.register_reported.v1", "subject": person, "time": "2021-04-01T02:00:00.000Z",
        "data": { "asof": "2021-03-31", "listed": false, "register": "dtks" },
    });
    run_with(ledger.path(), &["import", "-"], late.to_string().as_bytes()).exits(0);
    assert_eq!(show(&[]), before + 1);
    assert_eq!(show(&["--effective", "2021-04-01"]), show(&["--effective", "2021-03-31"]) + 1);
    assert_eq!(show(&["--known", "2024-12-31T16:59:59.999Z"]), before, "nobody knew it then");
    let refused = run(ledger.path(), &["show", person, "--at", "999999"]).exits(2).err;
    assert!(refused.contains("is beyond the end"), "{refused}");
}

#[test]
fn parquet_is_kept_up_to_date_beside_what_else_is_there() {
    let ledger = two_courses();
    let out = ledger.path().join("parquet");
    let project = || run(ledger.path(), &["project", "--parquet", out.to_str().expect("a path")]).exits(0);
    project();
    let read = |name: &str| fs::read(out.join(name)).expect("a file");
    let (first, batches) = (read("participants.parquet"), read("batches.parquet"));
    fs::write(out.join("notes.txt"), "mine").expect("a file");
    project();
    assert_eq!((read("participants.parquet"), read("batches.parquet")), (first.clone(), batches));
    run_with(ledger.path(), &["submit", "-"], register_with_identity(7).as_bytes()).exits(0);
    project();
    assert_ne!(read("participants.parquet"), first);
    assert_eq!(read("notes.txt"), b"mine");
    let names = fs::read_dir(&out).expect("a directory").map(|each| each.expect("a file").file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".new")));
    let both = run(ledger.path(), &["project", "--follow", "--parquet", "x"]).exits(2).err;
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn nobody_is_named_in_what_analysts_get() {
    let ledger = empty();
    let mut items = Vec::new();
    for number in 1..=3 {
        items.push(register_with_identity(number));
        let account =
            json!({ "holder": format!("Contoh {number}"), "number": format!("8880001234{number}") });
        let data = json!({ "account": account, "channel": "bank", "partner": "bni" });
        let link =
            json!({ "type": "participant.link_account.v1", "subject": participant(number), "data": data });
        items.push(link.to_string());
    }
    run_with(ledger.path(), &["submit", "-"], items.join("\n").as_bytes()).exits(0);
    run(ledger.path(), &["project"]).exits(0);
    for format in ["csv", "ocel", "hledger", "beancount", "parquet"] {
        let out = ledger.path().join("views").join(format!("out-{format}"));
        run(ledger.path(), &["export", "--format", format, "--out", out.to_str().expect("a path")]).exits(0);
    }
    let arrow = run(ledger.path(), &["sql", "--format", "json", "SELECT * FROM participants"]).exits(0).out;
    let mut searched = vec![arrow.into_bytes()];
    collect(&ledger.path().join("views"), &mut searched);
    assert!(searched.len() > 30, "{} files", searched.len());
    for bytes in searched {
        for secret in ["Contoh".to_owned(), "8880001234".to_owned(), nik(1), nik(2), nik(3)] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in what analysts get");
        }
    }
}

fn collect(dir: &Path, into: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(fs::read(path).expect("a file"));
        }
    }
}
