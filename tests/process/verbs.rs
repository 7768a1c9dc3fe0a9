//! Every verb on a good ledger: exit status, and the shape of what it prints.

use super::binary::{Run, run, run_with};
use super::items::{empty, participant, recorded, register, two_courses};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;

const PERSON: &str = "participant/01780000-0000-7000-8000-000000000001";

/// The names of an object, in order.
fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn init_makes_a_ledger_once() {
    let dir = tempfile::tempdir().unwrap();
    let made = run(dir.path(), &["--json", "init", "--origin", "jejak.example/first"]).exits(0).json();
    assert_eq!(made["origin"], "jejak.example/first");
    assert!(made["key"].as_str().unwrap().starts_with("jejak.example/first+"), "{made}");
    let again = run(dir.path(), &["init"]).exits(2);
    assert!(again.err.contains("already holds a ledger"), "{}", again.err);
    let verified = run(dir.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!((recorded(dir.path()), &verified["heads"]), (0, &json!(1)));
}

#[test]
fn what_is_not_a_ledger_or_not_a_command_exits_2() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in
        [&["verify"][..], &["replay"], &["balances"], &["show", PERSON], &["checkpoint"], &["events"]]
    {
        let answer = run(dir.path(), arguments).exits(2);
        assert!(answer.err.contains("no ledger in"), "{arguments:?}: {}", answer.err);
    }
    for arguments in
        [&["rewrite"][..], &["show", "moon/1"], &["day", "2021-02-30"], &["replay", "--known", "now"], &[]]
    {
        run(dir.path(), arguments).exits(2);
    }
}

#[test]
fn submit_and_import_answer_every_line() {
    let dir = empty();
    let input = format!("{}\n\n{}\n", register(1), register(2));
    let answer = run_with(dir.path(), &["submit", "-"], input.as_bytes()).exits(0);
    let rows = answer.rows();
    let first = rows[0]["positions"][0].as_u64().expect("a position");
    let expected = [
        json!({"line":1,"commandid":"register-1","status":"recorded","positions":[first]}),
        json!({"line":3,"commandid":"register-2","status":"recorded","positions":[first + 1]}),
    ];
    assert_eq!(rows, expected);
    assert!(answer.err.contains("2 recorded, 0 repeated, 0 refused"), "{}", answer.err);
    let file = dir.path().join("facts.ndjson");
    std::fs::write(&file, super::items::reported(1)).unwrap();
    let answer = run(dir.path(), &["import", file.to_str().unwrap()]).exits(0);
    assert_eq!(answer.rows()[0]["status"], "recorded");
    run(dir.path(), &["import", "no-such-file.ndjson"]).exits(2);
}

#[test]
fn a_command_at_the_door_of_facts_is_turned_away() {
    let dir = empty();
    let wrong = run_with(dir.path(), &["import", "-"], register(1).as_bytes()).exits(1);
    assert_eq!(wrong.rows()[0]["problem"]["code"], "input.wrong_door");
    let wrong = run_with(dir.path(), &["submit", "-"], super::items::reported(1).as_bytes()).exits(1);
    assert_eq!(wrong.rows()[0]["problem"]["code"], "input.wrong_door");
}

#[test]
fn verify_and_checkpoint() {
    let dir = two_courses();
    let verified = run(dir.path(), &["--json", "verify"]).exits(0).json();
    let shape = [
        "cosignedahead",
        "failures",
        "heads",
        "keys",
        "lines",
        "newesthead",
        "origin",
        "root",
        "segregation",
        "witnessed",
        "witnesses",
    ];
    assert_eq!(names(&verified), shape);
    assert_eq!((&verified["failures"], &verified["witnessed"]), (&json!([]), &json!(false)));
    let text = run(dir.path(), &["verify"]).exits(0).out;
    assert!(text.contains("Result     good") && text.contains("not witnessed"), "{text}");
    let head = run(dir.path(), &["checkpoint"]).exits(0).out;
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("jejak.example/two-courses"));
    assert_eq!(lines.next().map(str::to_owned), Some(verified["lines"].to_string()));
    assert!(head.contains("\u{2014} jejak.example/two-courses "), "signed: {head}");
}

#[test]
fn a_proof_convinces_with_the_public_key_alone() {
    let dir = two_courses();
    let proof = run(dir.path(), &["prove", "42"]).exits(0).out;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("42.tlog-proof");
    std::fs::write(&file, &proof).unwrap();
    let key = key_of(dir.path());
    let check =
        |key: &str| run(elsewhere.path(), &["--json", "check-proof", file.to_str().unwrap(), "--key", key]);
    let proved = check(&key).exits(0).json();
    assert_eq!((&proved["proved"], &proved["position"]), (&json!(true), &json!(42)));
    let line = run(dir.path(), &["events", "--from", "42"]).exits(0).out;
    assert_eq!(proved["line"].as_str(), line.lines().next());

    // Another ledger's key, and any changed line, prove nothing.
    let other = empty();
    assert_eq!(check(&key_of(other.path())).exits(1).json()["proved"], json!(false));
    let spoilt = proof.replacen("extra ", "extra AAAA", 1);
    std::fs::write(&file, spoilt).unwrap();
    assert_eq!(check(&key).exits(1).json()["proved"], json!(false));
    run(elsewhere.path(), &["check-proof", "missing", "--key", &key]).exits(2);
}

#[test]
fn what_is_not_there_is_not_proved_and_signs_nothing() {
    let dir = two_courses();
    // A line that no head covers yet: a proof of it would sign one.
    run_with(dir.path(), &["submit", "-"], register(1).as_bytes()).exits(0);
    let (_, newest) = super::forge::heads(dir.path()).pop().unwrap();
    std::fs::remove_file(newest).unwrap();
    let heads = super::forge::heads(dir.path());
    let refused = run(dir.path(), &["prove", "99999"]).exits(2).err;
    assert!(refused.contains("no line at position 99999"), "{refused}");
    assert_eq!(super::forge::heads(dir.path()), heads);
    let last = recorded_lines(dir.path()) - 1;
    run(dir.path(), &["prove", &last.to_string()]).exits(0);
    assert_eq!(super::forge::heads(dir.path()).len(), heads.len() + 1);
}

fn recorded_lines(ledger: &Path) -> usize {
    run(ledger, &["events"]).exits(0).out.lines().count()
}

#[test]
fn heads_and_proofs_have_a_form_for_programs_and_one_form_of_the_root() {
    let dir = two_courses();
    let head = run(dir.path(), &["--json", "checkpoint"]).exits(0).json();
    assert_eq!(names(&head), ["file", "note", "origin", "root", "size"]);
    let verified = run(dir.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!((&head["root"], &head["size"]), (&verified["root"], &verified["lines"]));
    let note = run(dir.path(), &["checkpoint"]).exits(0).out;
    assert_eq!((head["note"].as_str(), note.lines().nth(2)), (Some(note.as_str()), head["root"].as_str()));
    assert!(run(dir.path(), &["verify"]).exits(0).out.contains(head["root"].as_str().unwrap()));
    let proof = run(dir.path(), &["--json", "prove", "42"]).exits(0).json();
    assert_eq!(names(&proof), ["position", "proof", "size"]);
    assert_eq!(proof["proof"].as_str(), Some(run(dir.path(), &["prove", "42"]).exits(0).out.as_str()));
    assert!(run(dir.path(), &["demo", "--help"]).exits(0).out.contains("--json changes nothing"));
}

#[test]
fn an_unknown_type_is_not_silently_empty() {
    let dir = two_courses();
    let refused = run(dir.path(), &["events", "--type", "voucher.spend.v1"]).exits(2).err;
    assert!(refused.contains("no event type") && refused.contains("voucher.spent.v1"), "{refused}");
    run(dir.path(), &["events", "--type", "loan.offered.v1"]).exits(0);
    run(dir.path(), &["events", "--type", "id.jejak.voucher.spent.v1"]).exits(0);
}

#[test]
fn a_follower_sees_what_comes() {
    let dir = empty();
    let arguments = ["--json", "events", "--follow", "--type", "participant.registered.v1"];
    let mut follower = super::binary::spawn(dir.path(), &arguments);
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    for number in 1..=3 {
        run_with(dir.path(), &["submit", "-"], register(number).as_bytes()).exits(0);
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"]["subject"], json!(participant(number)), "{line}");
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn persons_and_platforms_owed_sum_to_the_gap() {
    let dir = tempfile::tempdir().unwrap();
    crate::replay::ledger_of("two-courses", dir.path());
    // Between a purchase and its settlement the platform is owed.
    let days = ["2021-03-31", "2021-04-02", "2021-04-05", "2021-04-30", "2021-12-31"];
    let mut seen = false;
    for day in days {
        let owed = run(dir.path(), &["--json", "owed", "--effective", day]).exits(0).json();
        let rows = owed["rows"].as_array().unwrap();
        let sum = |of: &str| -> i128 {
            let of = rows.iter().filter(|row| row.get(of).is_some());
            of.map(|row| row["sum"].as_str().unwrap().replace('.', "").parse::<i128>().unwrap()).sum()
        };
        let (persons, platforms) = (sum("participant"), sum("platform"));
        seen |= platforms > 0;
        let replayed = run(dir.path(), &["--json", "replay", "--effective", day]).exits(0).json();
        let gap = replayed["delivery"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["undelivered"].as_str().unwrap().replace('.', "").parse::<i128>().unwrap());
        let gap = gap.sum::<i128>();
        assert_eq!(persons + platforms, gap, "{day}: {rows:?}");
        let total = |of: &str| -> i128 {
            let totals = owed["totals"].as_array().unwrap().iter();
            totals.map(|row| row[of].as_str().unwrap().replace('.', "").parse::<i128>().unwrap()).sum()
        };
        let totals = ["topersons", "toplatforms", "together", "gap"].map(total);
        assert_eq!(totals, [persons, platforms, gap, gap], "{day}: {owed}");
        let text = run(dir.path(), &["owed", "--effective", day]).exits(0).out;
        assert!(text.contains("and the gap between committed and delivered is"), "{text}");
    }
    assert!(seen, "on one of these days a platform was owed");
}

#[test]
fn another_currency_has_its_own_decimals() {
    let dir = empty();
    let toml = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/domain/tests/meals/school-meal.toml");
    let definition = std::fs::read_to_string(toml).unwrap().replace("PHP", "KWD");
    let definition =
        definition.replace("100.50", "100.500").replace("25.25", "25.250").replace("10.05", "10.051");
    let subject = "programme/school-meal";
    let submit = |who: &str, item: Value| {
        run_with(dir.path(), &["submit", "-", "--as", who], item.to_string().as_bytes()).exits(0);
    };
    submit("one", json!({"type":"programme.propose.v1","subject":subject,"data":{"definition":definition}}));
    submit("two", json!({"type":"programme.publish.v1","subject":subject,"data":{"revision":1}}));
    let dinar = |value: &str| json!({"currency":"KWD","value":value});
    let time = "2026-01-10T02:00:00.000Z";
    let grant =
        json!({"batch":1,"decree":"D-1","benefits":[{"amount":dinar("100.500"),"benefit":"kitchen"}]});
    let facts = [
        json!({"type":"decree.opened.v1","subject":"decree/school-meal/D-1","time":time,"data":{"batch":1,"count":1,
            "date":"2026-01-10","listsha256":"0".repeat(64),"sum":dinar("100.500")}}),
        json!({"type":"entitlement.decreed.v1","subject":participant(1),"programme":"school-meal","time":time,"data":grant}),
        json!({"type":"fund.disbursed.v1","subject":"fund/school-meal/2026","time":time,
            "data":{"amount":dinar("1000.125"),"sp2d":"1","spm":"1"}}),
    ];
    let facts = facts.map(|fact| fact.to_string()).join("\n");
    run_with(dir.path(), &["import", "-"], facts.as_bytes()).exits(0);
    let rows = run(dir.path(), &["--json", "show", &participant(1)]).exits(0).rows();
    assert_eq!(
        (&rows[0]["card"]["currency"], &rows[0]["card"]["voucher"]),
        (&json!("KWD"), &json!("100.500"))
    );
    assert_eq!(rows[0]["movements"][0]["amount"], json!("100.500"));
    for (subject, amount) in [(participant(1).as_str(), "100.500"), ("fund/school-meal/2026", "1,000.125")] {
        let text = run(dir.path(), &["show", subject]).exits(0).out;
        assert!(text.contains(&format!("KWD {amount}")), "{text}");
    }
    let text = run(dir.path(), &["owed"]).exits(0).out;
    assert!(text.contains("KWD") && text.contains("100.500"), "{text}");
}

fn key_of(ledger: &Path) -> String {
    let manifest = std::fs::read_to_string(ledger.join("ledger.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap();
    manifest["key"].as_str().unwrap().to_owned()
}

#[test]
fn show_has_running_balances() {
    let dir = two_courses();
    let rows = run(dir.path(), &["--json", "show", PERSON]).exits(0).rows();
    assert_eq!(names(&rows[0]), ["card", "movements", "position", "recordedtime", "time", "type"]);
    let last = &rows.last().unwrap()["card"];
    let expected = json!({
        "currency": "IDR", "allocated": "3550000.00", "voucher": "0.00", "unearned": "0.00", "spent": "950000.00",
        "due": "0.00", "instructed": "0.00", "suspense": "0.00", "paid": "2550000.00", "released": "50000.00",
    });
    assert_eq!(last, &expected);
    let table = run(dir.path(), &["show", PERSON]).exits(0).out;
    assert!(table.contains("voucher.spent.v1") && table.contains("2,550,000"), "{table}");
    run(dir.path(), &["show", &participant(99)]).exits(1);
}

#[test]
fn money_is_shown_for_subjects_without_a_card_too() {
    let dir = two_courses();
    let fund = "fund/prakerja-2020/2021";
    let rows = run(dir.path(), &["--json", "show", fund]).exits(0).rows();
    let disbursed = rows.iter().find(|row| row["type"] == "fund.disbursed.v1").unwrap();
    assert_eq!(disbursed["movements"], json!([{"debit":"bank","credit":"treasury","amount":"3550000.00"}]));
    let table = run(dir.path(), &["show", fund]).exits(0).out;
    assert!(table.contains("treasury -> bank 3,550,000") && !table.contains("Voucher"), "{table}");
}

#[test]
fn an_error_names_its_cause_once() {
    let dir = two_courses();
    std::fs::remove_dir_all(dir.path().join("keys")).unwrap();
    let refused = run(dir.path(), &["checkpoint"]).exits(2).err;
    assert_eq!(refused.matches("os error").count(), 1, "{refused}");
    // An auditor has no keys, and needs none.
    for arguments in [&["verify"][..], &["balances"], &["replay"], &["events"], &["prove", "3"], &["owed"]] {
        run(dir.path(), arguments).exits(0);
    }
}

#[test]
fn balances_are_exact_texts() {
    let dir = two_courses();
    let balances = run(dir.path(), &["--json", "balances"]).exits(0).json();
    let expected = json!([
        {"account":"prakerja-2020/2021/treasury","currency":"IDR","balance":"-3500000.00"},
        {"account":"prakerja-2020/2021/committed-pool","currency":"IDR","balance":"3500000.00"},
    ]);
    assert_eq!(balances, expected);
}

#[test]
fn events_are_the_lines_themselves() {
    let dir = two_courses();
    let recorded =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../replay/two-courses/history.jsonl"));
    let recorded = recorded.unwrap();
    assert_eq!(run(dir.path(), &["events"]).exits(0).out, recorded);
    let spent = run(dir.path(), &["--json", "events", "--type", "voucher.spent.v1"]).exits(0).rows();
    assert_eq!(spent.len(), 2);
    assert_eq!(names(&spent[0]), ["event", "position"]);
    let position = spent[1]["position"].to_string();
    let rest = run(dir.path(), &["events", "--from", &position, "--subject", PERSON]).exits(0);
    assert!(rest.out.lines().count() > 10 && rest.out.lines().all(|line| line.contains(PERSON)));
}

#[test]
fn replay_knows_what_was_known_and_what_had_happened() {
    let dir = two_courses();
    let replay =
        |arguments: &[&str]| run(dir.path(), &[&["--json", "replay"], arguments].concat()).exits(0).json();
    let whole = replay(&[]);
    assert_eq!(treasury(&whole), Some("-3500000.00"));
    assert_eq!(treasury(&replay(&["--effective", "2021-12-01"])), Some("-3550000.00"));
    assert_eq!(treasury(&replay(&["--known", "2021-03-31T08:59:59.999Z"])), None);
    assert_eq!(treasury(&replay(&["--known", "2021-03-31T09:00:00.000Z"])), Some("-3550000.00"));
    assert_eq!(treasury(&replay(&["--at", "10"])), None);
    // The whole history would pass for another one.
    let end = run(dir.path(), &["--json", "verify"]).exits(0).json()["lines"].as_u64().unwrap();
    let (end, beyond) = (end.to_string(), (end + 1).to_string());
    run(dir.path(), &["replay", "--at", &end]).exits(0);
    for verb in ["replay", "owed", "findings"] {
        let refused = run(dir.path(), &[verb, "--at", &beyond]).exits(2).err;
        assert!(refused.contains("is beyond the end"), "{refused}");
    }
    let text = run(dir.path(), &["replay"]).exits(0).out;
    assert!(text.contains("3,500,000"), "{text}");
}

fn treasury(replayed: &Value) -> Option<&str> {
    let balances = replayed["balances"].as_array().expect("balances");
    let found = balances.iter().find(|each| each["account"] == "prakerja-2020/2021/treasury")?;
    found["balance"].as_str()
}

#[test]
fn findings_and_those_who_are_owed() {
    let dir = tempfile::tempdir().unwrap();
    crate::replay::ledger_of("ineligible-repaid", dir.path());
    let findings = run(dir.path(), &["--json", "findings"]).exits(1).rows();
    assert_eq!(names(&findings[0]), ["position", "rule", "sentence", "subject"]);
    assert_eq!(findings[0]["rule"], "listed-at-selection");
    let before = ["findings", "--known", "2021-05-19T16:59:59.999Z"];
    run(dir.path(), &before).exits(0);
    assert_eq!(run(dir.path(), &["--json", "owed"]).exits(0).json()["rows"], json!([]));
    let then = run(dir.path(), &["--json", "owed", "--effective", "2021-04-30"]).exits(0).json();
    assert_eq!(
        then["rows"][0]["sum"], "2350000.00",
        "3,550,000 less a course and an incentive of 600,000: {then:?}"
    );
}

#[test]
fn the_same_seed_writes_the_same_ledger() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let written = dirs.each_ref().map(|dir| {
        let ledger = dir.path().join("ledger");
        run(&ledger, &["--json", "simulate", "--scale", "400000", "--seed", "s"]).exits(0);
        let verified = run(&ledger, &["--json", "verify"]).exits(0).json();
        assert!(run(&ledger, &["events"]).exits(0).out.lines().next().unwrap().contains("\"simulated\""));
        (verified["root"].clone(), verified["lines"].clone())
    });
    assert_eq!(written[0], written[1]);
    run(&dirs[0].path().join("ledger"), &["simulate"]).exits(2);
}

#[test]
fn the_ledger_may_be_named_by_the_environment() {
    let dir = two_courses();
    let mut command = super::binary::command(Path::new("nowhere"), &["balances"]);
    assert_eq!(command.output().unwrap().status.code(), Some(2));
    let mut command = std::process::Command::new(super::binary::path());
    command.env("JEJAK_LEDGER", dir.path()).args(["--json", "balances"]);
    assert!(command.output().unwrap().status.success());
}

#[test]
fn every_help_says_what_it_is_for_and_shows_an_example() {
    let dir = tempfile::tempdir().unwrap();
    let help = |verb: &str| -> Run { run(dir.path(), &[verb, "--help"]).exits(0) };
    for verb in
        ["init", "simulate", "demo", "import", "submit", "replay", "verify", "prove", "check-proof", "show"]
    {
        assert!(help(verb).out.contains("Example"), "{verb}");
    }
    for verb in ["day", "events", "findings", "owed", "rehearse"] {
        assert!(help(verb).out.contains("Example"), "{verb}");
    }
    help("checkpoint");
    help("balances");
    let whole = run(dir.path(), &["--help"]).exits(0).out;
    assert!(whole.contains("Exit status: 0") && whole.contains("JEJAK_LEDGER"), "{whole}");
}
