//! A changed history is found in whatever shape it lies on the disk: as appended, sealed, in several segments. Where
//! the fingerprints are left, the first changed line itself is named.

use super::binary::{run, run_with};
use super::forge::{Shape, find, heads, put_together_as, segments, take_apart, with_lines_as};
use super::items::{register, two_courses};
use super::seed::Seeded;
use super::tamper::{covers, failures, frames};
use jejak_ledger::Home;
use jejak_ledger::verify::verify;
use serde_json::json;
use std::fs;
use std::path::Path;

/// Sealed files are read-only: they are replaced, as someone with the disk could.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Where the closing table of a sealed segment begins; the end of the file when there is none.
fn table(bytes: &[u8]) -> usize {
    bytes.windows(4).rposition(|window| window == b"JEJS").map_or(bytes.len(), |at| at - 8)
}

/// The position that a segment is named after.
fn first_of(path: &Path) -> u64 {
    path.file_name().unwrap().to_str().unwrap()[..12].parse().unwrap()
}

#[test]
fn the_shape_alone_changes_nothing() {
    let good = two_courses();
    let root = run(good.path(), &["--json", "verify"]).exits(0).json()["root"].clone();
    let mut files = Vec::new();
    for shape in Shape::ALL {
        let other = put_together_as(shape, good.path(), &take_apart(good.path()));
        assert_eq!(run(other.path(), &["--json", "verify"]).exits(0).json()["root"], root, "{shape:?}");
        let paths = segments(other.path());
        let sealed =
            paths.iter().map(|path| fs::read(path).unwrap()).filter(|bytes| table(bytes) < bytes.len());
        files.push((paths.len(), sealed.count()));
    }
    assert!(
        files[0] == (1, 0) && files[1] == (1, 1) && files[2].0 > 3 && files[2].1 == files[2].0 - 1,
        "{files:?}"
    );
}

#[test]
fn a_bit_flipped_anywhere_in_any_segment_is_found() {
    let good = two_courses();
    let mut random = Seeded::new("a_bit_flipped_anywhere_in_any_segment_is_found");
    for shape in [Shape::Sealed, Shape::Segments] {
        let spoilt = put_together_as(shape, good.path(), &take_apart(good.path()));
        let home = Home::open(spoilt.path()).unwrap();
        let paths = segments(spoilt.path());
        let total = verify(&home, &[], |_| ()).unwrap().lines;
        let ends: Vec<u64> = paths.iter().skip(1).map(|path| first_of(path)).chain([total]).collect();
        for (path, end) in paths.into_iter().zip(ends) {
            let bytes = fs::read(&path).unwrap();
            let frames = frames(&bytes[..table(&bytes)]);
            for _ in 0..60 {
                let (at, bit) = (random.below(bytes.len()), random.below(8));
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                replace(&path, &flipped);
                let found = verify(&home, &[], |_| ()).unwrap().failures;
                let place = format!("{shape:?}, {}, byte {at}, bit {bit}", path.display());
                if at < table(&bytes) {
                    let failure = found.first().unwrap_or_else(|| panic!("{place}: not found"));
                    let (_, first) = frames.iter().rev().find(|(begin, _)| *begin <= at).unwrap();
                    assert_eq!(failure.position(), Some(*first), "{place}: {failure}");
                } else {
                    // The table is made from the lines, and no part of what they say. Where it cannot even be told
                    // for one, the place behind the last line is named.
                    assert!(
                        found.iter().all(|failure| failure.position() == Some(end)),
                        "{place}: {found:?}"
                    );
                }
            }
            replace(&path, &bytes);
        }
        assert!(verify(&home, &[], |_| ()).unwrap().failures.is_empty());
    }
}

#[test]
fn the_first_altered_line_is_named_by_its_fingerprint() {
    let good = two_courses();
    let position = find(good.path(), "voucher.spent.v1");
    for shape in Shape::ALL {
        let alter = || {
            with_lines_as(shape, good.path(), |lines| {
                lines[position] = lines[position].replace("600000.00", "500000.00");
            })
        };
        let spoilt = alter();
        let found = failures(spoilt.path(), &[]);
        assert_eq!(found[0]["position"], json!(position), "{shape:?}: {found:?}");
        let problem = found[0]["problem"].as_str().unwrap();
        assert!(problem.contains("the first line that differs from its fingerprint"), "{problem}");
        // Without them, two heads stand around it.
        fs::remove_file(spoilt.path().join("views/fingerprints")).unwrap();
        covers(&failures(spoilt.path(), &[]), position, &heads(good.path()));
    }
}

#[test]
fn exchanged_missing_and_repeated_lines_are_named() {
    let good = two_courses();
    let parts = find(good.path(), "programme.part_recorded.v1");
    let spent = find(good.path(), "voucher.spent.v1");
    for shape in Shape::ALL {
        let exchanged = with_lines_as(shape, good.path(), |lines| lines.swap(parts + 1, parts + 2));
        assert_eq!(failures(exchanged.path(), &[])[0]["position"], json!(parts + 1), "{shape:?}");
        let without = with_lines_as(shape, good.path(), |lines| {
            lines.remove(spent);
        });
        assert_eq!(failures(without.path(), &[])[0]["position"], json!(spent), "{shape:?}");
        let twice = with_lines_as(shape, good.path(), |lines| lines.insert(spent, lines[spent].clone()));
        assert_eq!(failures(twice.path(), &[])[0]["position"], json!(spent + 1), "{shape:?}");
    }
}

#[test]
fn a_tail_cut_at_a_frame_is_named() {
    let good = two_courses();
    let frames = take_apart(good.path());
    for shape in Shape::ALL {
        for lost in [1, 3, frames.len() / 2] {
            let kept = &frames[..frames.len() - lost];
            let spoilt = put_together_as(shape, good.path(), &kept.to_vec());
            let len = kept.iter().flatten().flatten().count();
            assert_eq!(failures(spoilt.path(), &[])[0]["position"], json!(len), "{shape:?}, {lost} frames");
        }
    }
}

#[test]
fn a_segment_that_is_gone_is_named() {
    let good = two_courses();
    let whole = put_together_as(Shape::Segments, good.path(), &take_apart(good.path()));
    let paths = segments(whole.path());
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        let found = failures(whole.path(), &[]);
        assert_eq!(found[0]["position"], json!(first_of(path)), "{found:?}");
        fs::write(path, bytes).unwrap();
    }
    run(whole.path(), &["verify"]).exits(0);
}

#[test]
fn nothing_is_written_on_an_altered_history() {
    let good = two_courses();
    let position = find(good.path(), "voucher.spent.v1");
    for shape in Shape::ALL {
        let spoilt = with_lines_as(shape, good.path(), |lines| {
            lines[position] = lines[position].replace("600000.00", "500000.00");
        });
        let before: Vec<Vec<u8>> =
            segments(spoilt.path()).iter().map(|path| fs::read(path).unwrap()).collect();
        for arguments in [&["submit", "-"][..], &["import", "-"], &["checkpoint"], &["day", "2021-12-31"]] {
            let refused = run_with(spoilt.path(), arguments, register(1).as_bytes()).exits(2).err;
            assert!(refused.contains("are not those that were signed"), "{shape:?}: {refused}");
        }
        let after: Vec<Vec<u8>> =
            segments(spoilt.path()).iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(before == after, "{shape:?}");
        assert_eq!(heads(spoilt.path()).len(), heads(good.path()).len());
    }
}
