//! Bad lines: each is answered with its number and what is wrong, nothing of it is recorded, the rest goes on.

use super::binary::{Run, run, run_with};
use super::items::{empty, recorded as in_journal, register, reported};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write as _;

/// A good item with one thing spoilt.
fn spoilt(good: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(good.contains(from), "{from} is in {good}");
    good.replacen(from, to, 1).into_bytes()
}

/// Bad lines of a command or a fact, each with a word of the reason that must be given.
fn bad_lines(good: &str) -> Vec<(Vec<u8>, &'static str)> {
    let subject = r#""subject":"participant/"#;
    let mut lines = vec![
        (spoilt(good, "\"data\":{", "\"data\":{\"nik\":\"3171\","), "unknown field `nik`"),
        (spoilt(good, "\"time\":", "\"tiem\":"), "unknown field `tiem`"),
        (
            spoilt(good, "\"time\":", "\"time\":\"2022-01-03T02:00:00.000Z\",\"time\":"),
            "duplicate field `time`",
        ),
        (spoilt(good, subject, &format!("\"subject\":\"ledger\",{subject}")), "duplicate field `subject`"),
        (spoilt(good, "000Z\"", "000+07:00\""), "is not a time"),
        (spoilt(good, ".000Z\"", "Z\""), "is not a time"),
        (spoilt(good, "participant/01790000", "participant/0179ZZZZ"), "participant"),
        (spoilt(good, "\"type\":\"participant.", "\"type\":\"moon."), "unknown type"),
        (spoilt(good, "\"data\":{", "\"data\":["), "expected"),
        (good.as_bytes()[..good.len() - 1].to_vec(), "the line ends inside a value"),
        (format!("{good}{good}").into_bytes(), "trailing characters"),
        (b"{}".to_vec(), "missing field"),
        (b"null".to_vec(), "expected"),
        (b"[]".to_vec(), "expected an object"),
        (format!("\u{feff}{good}").into_bytes(), "byte order mark"),
        (spoilt(good, "\"data\":{", "\"actor\":[\"user\",\"x\"],\"data\":{"), "expected an object"),
        (good.split(',').next().unwrap().as_bytes().to_vec(), "the line ends inside a value"),
        (b"NaN".to_vec(), "expected"),
        (b"\x00".to_vec(), "expected"),
        (vec![b'{'; 60_000], "key must be a string"),
        (vec![b'['; 60_000], "expected"),
        (vec![b'x'; 10 << 20], "10485760 bytes"),
    ];
    let mut latin = good.as_bytes().to_vec();
    latin[9] = 0xe9;
    lines.push((latin, "not UTF-8 text from byte 9 on"));
    lines
}

/// Bad amounts, in a fact that has one.
fn bad_amounts() -> Vec<(Vec<u8>, &'static str)> {
    let fact = |money: &str| {
        let item = r#"{"type":"fund.interest_credited.v1","subject":"fund/prakerja-2020/2021","data":{"amount":MONEY,"reference":"R-1"}}"#;
        item.replace("MONEY", money).into_bytes()
    };
    let rupiah = |value: &str| fact(&format!(r#"{{"currency":"IDR","value":{value}}}"#));
    vec![
        (rupiah("0.1"), "floating point `0.1`"),
        (rupiah("600000"), "integer `600000`"),
        (rupiah("NaN"), "expected value"),
        (rupiah("1e400"), "number out of range"),
        (rupiah("\"0.1\""), "0.1"),
        (rupiah("\"1e5\""), "1e5"),
        (rupiah("\"+1.00\""), "+1.00"),
        (rupiah("\"01.00\""), "01.00"),
        (rupiah("\"1,000.00\""), "1,000.00"),
        (rupiah("\"1_000.00\""), "1_000.00"),
        (rupiah("\" 1.00\""), " 1.00"),
        (rupiah("\"-0.00\""), "-0.00"),
        (rupiah("\"NaN\""), "NaN"),
        (rupiah(&format!("\"{}.00\"", "9".repeat(30))), "too large"),
        (fact(r#"{"currency":"idr","value":"1.00"}"#), "idr"),
        (fact(r#"{"currency":"ZZZ","value":"1.00"}"#), "ZZZ"),
        (fact(r#"{"currency":"JPY","value":"1.00"}"#), "1.00"),
        (fact(r#"{"value":"1.00"}"#), "missing field"),
        (fact(r#"{"currency":"IDR","value":"1.00","value":"2.00"}"#), "duplicate field"),
        (fact("[\"IDR\",\"1.00\"]"), "expected an object"),
        (rupiah("\"1\\u0030.0\""), "10.0"),
        (rupiah("[]"), "expected"),
        (fact("0.1"), "expected an object"),
        (fact("null"), "expected"),
    ]
}

/// Hands in a good line, then each bad one followed by a good one, and checks every answer.
fn check(verb: &str, good: fn(u32) -> String, bad: &[(Vec<u8>, &str)]) {
    let dir = empty();
    let mut input = good(0).into_bytes();
    for ((bad, _), number) in bad.iter().zip(1..) {
        input.push(b'\n');
        input.extend(bad);
        input.push(b'\n');
        input.extend(good(number).bytes());
    }
    let answers = run_with(dir.path(), &[verb, "-"], &input).exits(1).rows();
    assert_eq!(answers.len(), 1 + 2 * bad.len());
    for (answer, line) in answers.iter().zip(1..) {
        assert_eq!(answer["line"], line, "{answer}");
    }
    for (pair, (text, reason)) in answers[1..].chunks(2).zip(bad) {
        let text = String::from_utf8_lossy(&text[..text.len().min(300)]);
        let (refused, recorded) = (&pair[0], &pair[1]);
        assert_eq!(refused["problem"]["code"], "input.invalid", "{text}: {refused}");
        assert_eq!((&refused["status"], &refused["positions"]), (&json!("refused"), &json!([])), "{text}");
        let detail = refused["problem"]["detail"].as_str().expect("a reason");
        assert!(detail.contains(reason), "{text}\n  was refused with: {detail}\n  and not with: {reason}");
        for leak in ["struct ", "Wire", "borrowed", "variant", "tuple", " line 1"] {
            assert!(!detail.contains(leak), "{leak:?} is of the program's inside: {detail}");
        }
        assert!(detail.len() < 400, "the reason does not repeat the line: {} bytes", detail.len());
        assert_eq!(recorded["status"], "recorded", "{text}: the line after it: {recorded}");
    }
    run(dir.path(), &["verify"]).exits(0);
    assert_eq!(in_journal(dir.path()), 1 + bad.len(), "the good lines, and nothing else");
}

#[test]
fn bad_commands_are_answered_and_the_rest_goes_on() {
    check("submit", register, &bad_lines(&register(9_999)));
}

#[test]
fn bad_facts_are_answered_and_the_rest_goes_on() {
    check("import", reported, &bad_lines(&reported(9_999)));
}

#[test]
fn bad_amounts_are_answered_and_the_rest_goes_on() {
    check("import", reported, &bad_amounts());
}

/// Facts that could not be posted: about the wrong subject, or about nobody's entitlement.
fn misfits() -> Vec<(Vec<u8>, &'static str)> {
    let rupiah = json!({"currency":"IDR","value":"1.00"});
    let settled = json!({"amount":rupiah,"attempt":1,"benefit":"incentive","channel":"bank","number":1,"partner":"p","reference":"r"});
    let disbursed = json!({"amount":rupiah,"sp2d":"1","spm":"1"});
    let drawn = json!({"amount":rupiah,"unit":"u"});
    let person = super::items::participant(1);
    let fact = |kind: &str, subject: &str, data: &Value| {
        json!({"type":kind,"subject":subject,"data":data}).to_string()
    };
    vec![
        (fact("payout.settled.v1", &person, &settled).into_bytes(), "needs a programme"),
        (fact("payout.settled.v1", "fund/x/2021", &settled).into_bytes(), "needs a programme"),
        (fact("fund.disbursed.v1", &person, &disbursed).into_bytes(), "is about a fund"),
        (fact("fund.disbursed.v1", "custody/x/2021", &disbursed).into_bytes(), "is about a fund"),
        (fact("custody.drawn.v1", "fund/x/2021", &drawn).into_bytes(), "is about a custody"),
        (
            fact("participant.account_unlinked.v1", "ledger", &json!({"reason":"x"})).into_bytes(),
            "is about a participant",
        ),
    ]
}

#[test]
fn facts_that_could_not_be_posted_are_answered() {
    check("import", reported, &misfits());
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn some_lines(count: u32) -> String {
    (1..=count).map(|number| register(number) + "\n").collect()
}

#[test]
fn whole_gzip_and_several_members_are_read() {
    let dir = empty();
    let mut input = gzip(&some_lines(3));
    input.extend(gzip(&(register(4) + "\n")));
    let answers = run_with(dir.path(), &["submit", "-"], &input).exits(0).rows();
    assert_eq!(answers.len(), 4);
}

#[test]
fn a_truncated_gzip_exits_2_after_recording_what_came_before() {
    let dir = empty();
    let whole = gzip(&some_lines(2_000));
    let answer = run_with(dir.path(), &["submit", "-"], &whole[..whole.len() / 2]).exits(2);
    let recorded = answer.rows().len();
    assert!(recorded > 10 && recorded < 2_000, "{recorded}");
    assert!(answer.err.contains(&format!("after line {recorded} ")), "{}", answer.err);
    let verified = run(dir.path(), &["--json", "verify"]).exits(0).json();
    assert_eq!(in_journal(dir.path()), recorded);
    assert_eq!(verified["newesthead"], verified["lines"], "what is recorded is also signed");
    // The whole file handed in again records the rest only.
    let again = run_with(dir.path(), &["submit", "-"], &whole).exits(0);
    assert!(
        again.err.contains(&format!("{} recorded, {recorded} repeated", 2_000 - recorded)),
        "{}",
        again.err
    );
}

#[test]
fn a_damaged_gzip_exits_2() {
    let dir = empty();
    let mut whole = gzip(&some_lines(2_000));
    let middle = whole.len() / 2;
    whole[middle] ^= 0x55;
    run_with(dir.path(), &["submit", "-"], &whole).exits(2);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn zstd_is_read_whole_with_skippable_frames_and_byte_by_byte() {
    let dir = empty();
    let mut input = vec![0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'x', b'y', b'z'];
    input.extend(zstd::encode_all(some_lines(3).as_bytes(), 1).unwrap());
    let whole = zstd::encode_all((register(4) + "\n").as_bytes(), 1).unwrap();
    input.extend(&whole);
    assert_eq!(run_with(dir.path(), &["submit", "-"], &input).exits(0).rows().len(), 4);
    for packed in [whole, gzip(&(register(4) + "\n")), (register(4) + "\r\n").into_bytes()] {
        let mut child = super::binary::spawn(dir.path(), &["submit", "-"]);
        let mut stdin = child.stdin.take().unwrap();
        for byte in packed {
            stdin.write_all(&[byte]).unwrap();
            stdin.flush().unwrap();
        }
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("repeated"), "{output:?}");
    }
}

#[test]
fn a_truncated_zstd_exits_2_after_recording_what_came_before() {
    let dir = empty();
    let mut input = zstd::encode_all(some_lines(3).as_bytes(), 1).unwrap();
    let second = zstd::encode_all((register(4) + "\n").as_bytes(), 1).unwrap();
    input.extend(&second[..second.len() - 6]);
    let answer = run_with(dir.path(), &["submit", "-"], &input).exits(2);
    assert!(answer.rows().len() >= 3, "{}", answer.out);
    assert!(answer.err.contains("standard input: reading after line"), "{}", answer.err);
    run(dir.path(), &["verify"]).exits(0);
}

#[test]
fn what_is_no_file_of_lines_is_told() {
    let dir = empty();
    let there = dir.path().to_str().unwrap();
    let directory = run(dir.path(), &["submit", there]).exits(2).err;
    assert!(directory.contains(there) && directory.contains("is a directory"), "{directory}");
    let missing = run(dir.path(), &["submit", "no-such-file"]).exits(2).err;
    assert!(missing.contains("no-such-file"), "{missing}");
    let nothing = run_with(dir.path(), &["submit", "-"], b"").exits(0);
    assert!(nothing.out.is_empty() && nothing.err.contains("0 recorded"), "{}", nothing.err);
    // One object on several lines: each line is told, and the first says what may be meant.
    let spread = register(1).replace(',', ",\n");
    let rows = run_with(dir.path(), &["submit", "-"], spread.as_bytes()).exits(1).rows();
    assert!(rows[0]["problem"]["detail"].as_str().unwrap().contains("on several lines"), "{}", rows[0]);
    // A pipe that is slow: every line is answered when it has come.
    let pipe = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = super::binary::spawn(dir.path(), &["submit", pipe.to_str().unwrap()]);
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    for number in 1..=2 {
        let line = register(number) + "\n";
        let (first, second) = line.split_at(40);
        writer.write_all(first.as_bytes()).unwrap();
        writer.write_all(second.as_bytes()).unwrap();
        let mut answer = String::new();
        std::io::BufRead::read_line(&mut out, &mut answer).unwrap();
        assert!(answer.contains("\"recorded\""), "{answer}");
    }
    drop(writer);
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_internal_event_is_no_fact() {
    let dir = empty();
    let opened =
        json!({"type":"ledger.schema_registered.v1","subject":"ledger","data":{"name":"x","sha256":"0"}});
    let day =
        json!({"type":"calendar.published.v1","subject":"calendar/2021","data":{"holidays":[],"year":2021}});
    let answers: Run =
        run_with(dir.path(), &["import", "-"], format!("{opened}\n{day}\n").as_bytes()).exits(1);
    let codes: Vec<Value> = answers.rows().iter().map(|row| row["problem"]["code"].clone()).collect();
    assert_eq!(codes, ["input.invalid", "input.invalid"]);
}
