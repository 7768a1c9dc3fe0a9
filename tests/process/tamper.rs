//! A changed history is found, and the first bad position is named.

use super::binary::run;
use super::forge::{find, heads, put_together, segment, take_apart, with_lines};
use super::items::{copy, empty, two_courses};
use super::seed::Seeded;
use jejak_ledger::Home;
use jejak_ledger::verify::verify;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The failures that `jejak verify` finds; it must find some.
pub(super) fn failures(ledger: &Path, more: &[&str]) -> Vec<Value> {
    let verified = run(ledger, &[&["--json", "verify"], more].concat()).exits(1).json();
    verified["failures"].as_array().expect("failures").clone()
}

/// Asserts that the first failure covers `position`: it is named, or lies between two heads that are named.
pub(super) fn covers(failures: &[Value], position: usize, heads: &[(u64, std::path::PathBuf)]) {
    let named = failures[0]["position"].as_u64().expect("a position");
    let position = u64::try_from(position).expect("small");
    let next = heads.iter().map(|(size, _)| *size).find(|size| *size > position).expect("a head behind it");
    assert!(named <= position && named < next, "position {position}: {failures:?}");
    let before = heads.iter().map(|(size, _)| *size).filter(|size| *size <= position).max().unwrap_or(0);
    assert!(named >= before, "position {position} is behind the good head {before}: {failures:?}");
}

/// Where each frame begins in the file, and the position of its first line.
pub(super) fn frames(bytes: &[u8]) -> Vec<(usize, u64)> {
    let begins = (8..bytes.len().saturating_sub(16)).filter(|at| bytes[*at..].starts_with(b"JEJK"));
    let first = |at: usize| u64::from_le_bytes(bytes[at + 8..at + 16].try_into().expect("8 bytes"));
    begins.map(|at| (at - 8, first(at))).collect()
}

#[test]
fn a_bit_flipped_anywhere_is_found() {
    let good = two_courses();
    let bytes = fs::read(segment(good.path())).unwrap();
    let frames = frames(&bytes);
    assert!(frames.len() > 5, "several frames");
    let spoilt = tempfile::tempdir().unwrap();
    copy(good.path(), spoilt.path());
    let home = Home::open(spoilt.path()).unwrap();
    let mut random = Seeded::new("a_bit_flipped_anywhere_is_found");
    for _ in 0..400 {
        let (at, bit) = (random.below(bytes.len()), random.below(8));
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        fs::write(segment(spoilt.path()), &flipped).unwrap();
        let found = verify(&home, &[], |_| ()).unwrap();
        let failure = found.failures.first().unwrap_or_else(|| panic!("byte {at}, bit {bit}: not found"));
        let (_, first) = frames.iter().rev().find(|(begin, _)| *begin <= at).unwrap();
        assert_eq!(failure.position(), Some(*first), "byte {at}, bit {bit}: {failure}");
    }
}

#[test]
fn a_flipped_bit_ends_with_status_1_and_its_position() {
    let good = two_courses();
    let bytes = fs::read(segment(good.path())).unwrap();
    let (begin, first) = frames(&bytes)[3];
    let mut random = Seeded::new("a_flipped_bit_ends_with_status_1");
    for _ in 0..4 {
        let mut flipped = bytes.clone();
        flipped[begin + random.below(200)] ^= 1 << random.below(8);
        fs::write(segment(good.path()), &flipped).unwrap();
        assert_eq!(failures(good.path(), &[])[0]["position"], first);
        // Nothing more is written to it, and nothing is read from it as if it were good.
        for arguments in [&["submit", "-"][..], &["balances"], &["checkpoint"]] {
            run(good.path(), arguments).exits(2);
        }
    }
}

#[test]
fn an_altered_line_with_every_checksum_right_is_found() {
    let good = two_courses();
    let position = find(good.path(), "voucher.spent.v1");
    let spoilt = with_lines(good.path(), |lines| {
        lines[position] = lines[position].replace("600000.00", "500000.00");
    });
    let found = failures(spoilt.path(), &[]);
    covers(&found, position, &heads(good.path()));
    assert!(found[0]["problem"].as_str().unwrap().contains("not those that were signed"), "{found:?}");
}

#[test]
fn two_exchanged_lines_are_found() {
    let good = two_courses();
    let position = find(good.path(), "participant.verified.v1");
    // Of the same person and within minutes: each line is good where the other stood, but for the recorded time.
    let spoilt = with_lines(good.path(), |lines| lines.swap(position, position + 1));
    let found = failures(spoilt.path(), &[]);
    covers(&found, position + 1, &heads(good.path()));
}

#[test]
fn two_exchanged_lines_of_one_moment_are_found() {
    let good = two_courses();
    let position = find(good.path(), "programme.part_recorded.v1");
    let spoilt = with_lines(good.path(), |lines| lines.swap(position + 1, position + 2));
    covers(&failures(spoilt.path(), &[]), position + 1, &heads(good.path()));
}

#[test]
fn a_line_left_out_is_found() {
    let good = two_courses();
    for (text, nth) in [("voucher.spent.v1", 0), ("payout.failed.v1", 0), ("fund.returned.v1", 0)] {
        let position = find(good.path(), text) + nth;
        let spoilt = with_lines(good.path(), |lines| {
            lines.remove(position);
        });
        covers(&failures(spoilt.path(), &[]), position, &heads(good.path()));
    }
}

#[test]
fn a_line_put_in_is_found() {
    let good = two_courses();
    let position = find(good.path(), "payout.settled.v1");
    let spoilt = with_lines(good.path(), |lines| lines.insert(position + 1, lines[position].clone()));
    covers(&failures(spoilt.path(), &[]), position + 1, &heads(good.path()));
}

#[test]
fn a_tail_cut_at_a_frame_is_found_by_the_heads() {
    let good = two_courses();
    let frames = take_apart(good.path());
    let kept = frames.len() - 3;
    let spoilt = put_together(good.path(), &frames[..kept].to_vec());
    let len = frames[..kept].iter().flatten().flatten().count();
    let found = failures(spoilt.path(), &[]);
    assert_eq!(found[0]["position"], len);
    assert!(found[0]["problem"].as_str().unwrap().contains("lines are missing at the end"), "{found:?}");
    // Nobody goes on writing behind the cut.
    run(spoilt.path(), &["checkpoint"]).exits(2);
}

#[test]
fn a_tail_cut_with_its_heads_is_found_only_by_a_head_from_elsewhere() {
    let good = two_courses();
    let frames = take_apart(good.path());
    let kept = frames.len() - 3;
    let spoilt = put_together(good.path(), &frames[..kept].to_vec());
    let len = u64::try_from(frames[..kept].iter().flatten().flatten().count()).unwrap();
    for (_, path) in heads(spoilt.path()).into_iter().filter(|(size, _)| *size > len) {
        fs::remove_file(path).unwrap();
    }
    run(spoilt.path(), &["verify"]).exits(0);
    let elsewhere = heads(good.path());
    for (size, head) in &elsewhere {
        let more = ["--checkpoint", head.to_str().unwrap()];
        if *size <= len {
            run(spoilt.path(), &[&["verify"][..], &more].concat()).exits(0);
        } else {
            assert_eq!(failures(spoilt.path(), &more)[0]["position"], len);
        }
    }
}

#[test]
fn a_history_written_anew_with_the_right_key_is_found_by_a_head_from_elsewhere() {
    let good = two_courses();
    let position = find(good.path(), "voucher.spent.v1");
    let spoilt = with_lines(good.path(), |lines| {
        lines[position] = lines[position].replace("600000.00", "500000.00");
    });
    for (_, path) in heads(spoilt.path()) {
        fs::remove_file(path).unwrap();
    }
    run(spoilt.path(), &["checkpoint"]).exits(0);
    run(spoilt.path(), &["verify"]).exits(0);
    let elsewhere = heads(good.path());
    let (size, head) = elsewhere.iter().find(|(size, _)| *size > u64::try_from(position).unwrap()).unwrap();
    let found = failures(spoilt.path(), &["--checkpoint", head.to_str().unwrap()]);
    let named = found[0]["position"].as_u64().unwrap();
    assert!(
        named <= u64::try_from(position).unwrap() && position < usize::try_from(*size).unwrap(),
        "{found:?}"
    );
}

#[test]
fn a_head_of_another_key_or_a_changed_head_is_a_failure() {
    let (good, other) = (two_courses(), empty());
    let (_, foreign) = heads(other.path()).remove(0);
    let found = failures(good.path(), &["--checkpoint", foreign.to_str().unwrap()]);
    assert_eq!(found.len(), 1);
    let (_, own) = heads(good.path()).remove(0);
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&own, text.replacen("jejak.example/two-courses\n", "jejak.example/two-courses\n1", 1)).unwrap();
    assert!(!failures(good.path(), &[]).is_empty());
}
