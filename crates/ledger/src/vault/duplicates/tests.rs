//! Rows are found again, added without writing old ones again, taken out without a trace, and thrown away when in doubt.

use super::{Duplicates, Purpose, Row, SMALL};
use crate::vault::Master;
use jejak_domain::ids::ParticipantId;
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

const ALL: u64 = u64::MAX;

fn master() -> Master {
    Master::new(&Zeroizing::new([5; 32]))
}

fn id(number: u64) -> ParticipantId {
    // As ids are: the bytes that differ are anywhere.
    ParticipantId(Uuid::from_u128(u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 40 | 0x8000))
}

fn row(number: u64, purpose: Purpose) -> Row {
    Row::new(&master(), purpose, &format!("{number}"), id(number))
}

fn put(table: &mut Duplicates, numbers: std::ops::Range<u64>) {
    for number in numbers {
        for purpose in [Purpose::Nik, Purpose::Kk, Purpose::Account] {
            table.put(row(number, purpose)).unwrap();
        }
    }
}

fn open(path: &Path) -> Duplicates {
    Duplicates::open_at(path.to_path_buf(), Some(&master()), ALL).unwrap()
}

fn has(table: &Duplicates, number: u64) -> bool {
    !table.same(&row(number, Purpose::Nik)).unwrap().is_empty()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("duplicates");
    (dir, path)
}

#[test]
fn rows_are_found_in_memory_and_in_the_file_and_the_first_comes_first() {
    let (_dir, path) = place();
    let mut table = open(&path);
    put(&mut table, 1..200);
    let other = Row::new(&master(), Purpose::Nik, "7", id(900));
    table.put(other).unwrap();
    let third = Row::new(&master(), Purpose::Nik, "7", id(901));
    let expected = [row(7, Purpose::Nik), other];
    assert_eq!(table.same(&third).unwrap(), expected);
    table.write(Some(&master()), 10).unwrap();
    assert_eq!(table.same(&third).unwrap(), expected);
    table.put(third).unwrap();
    table.put(other).unwrap();
    table.write(Some(&master()), 20).unwrap();
    let table = open(&path);
    assert_eq!(table.covered(), 20);
    assert_eq!(table.same(&third).unwrap(), [row(7, Purpose::Nik), other, third]);
    assert!(table.same(&row(7, Purpose::Kk)).unwrap().len() == 1 && !has(&table, 200));
    assert!((1..200).all(|number| has(&table, number)));
}

#[test]
fn what_is_added_writes_nothing_of_the_past_again() {
    let (_dir, path) = place();
    let mut table = open(&path);
    put(&mut table, 1..1_000);
    table.write(Some(&master()), 10).unwrap();
    let before = fs::read(&path).unwrap();
    put(&mut table, 1_000..1_010);
    table.write(Some(&master()), 20).unwrap();
    let after = fs::read(&path).unwrap();
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len() - before.len(), 4_096);
    // Nothing new: nothing is written.
    put(&mut table, 1..1_010);
    table.write(Some(&master()), 30).unwrap();
    assert_eq!(fs::read(&path).unwrap(), after);
}

#[test]
fn an_erased_person_is_in_no_byte_of_the_file() {
    let (_dir, path) = place();
    let mut table = open(&path);
    put(&mut table, 1..300);
    table.write(Some(&master()), 10).unwrap();
    put(&mut table, 300..310);
    let gone = [id(5), id(299), id(305)];
    let bytes: Vec<[u8; 16]> = gone.iter().map(|id| *id.0.as_bytes()).collect();
    let holds = |path: &Path| {
        let file = fs::read(path).unwrap();
        bytes.iter().filter(|id| file.windows(16).any(|window| window == &id[..])).count()
    };
    assert_eq!(holds(&path), 2);
    table.remove(&gone, Some(&master())).unwrap();
    assert_eq!(holds(&path), 0, "before anything else is written");
    table.write(Some(&master()), 20).unwrap();
    assert_eq!(holds(&path), 0);
    for table in [table, open(&path)] {
        let found = (1..310).filter(|number| has(&table, *number)).count();
        assert_eq!((found, table.rows), (306, 918));
    }
}

#[test]
fn a_torn_end_is_read_again_from_the_lines_and_anything_else_altered_throws_the_table_away() {
    let (_dir, path) = place();
    let mut table = open(&path);
    put(&mut table, 1..100);
    table.write(Some(&master()), 10).unwrap();
    let old = length(&path);
    put(&mut table, 100..200);
    table.write(Some(&master()), 20).unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in [whole.len() - 1, usize::try_from(old).unwrap() + 5_000, usize::try_from(old).unwrap()] {
        fs::write(&path, &whole[..cut]).unwrap();
        let table = open(&path);
        assert_eq!(table.covered(), 10, "{cut}");
        assert!(has(&table, 99) && length(&path).is_multiple_of(4_096));
    }
    for at in [0, 9, 17, 30, 4_090, 5_000] {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        fs::write(&path, altered).unwrap();
        let table = open(&path);
        assert_eq!((table.covered(), has(&table, 99), path.exists()), (0, false, false), "{at}");
    }
    // Pages in another order, a table of a longer history, and that of another ledger.
    let swapped = [&whole[4_096..8_192], &whole[..4_096], &whole[8_192..]].concat();
    fs::write(&path, swapped).unwrap();
    assert!(!has(&open(&path), 99));
    fs::write(&path, &whole).unwrap();
    assert!(!has(&Duplicates::open_at(path.clone(), Some(&master()), 19).unwrap(), 99));
    assert!(!path.exists());
    fs::write(&path, &whole).unwrap();
    let other = Master::new(&Zeroizing::new([6; 32]));
    assert!(!has(&Duplicates::open_at(path.clone(), Some(&other), ALL).unwrap(), 99));
    assert!(!path.exists());
}

#[test]
fn empty_places_are_given_back_when_they_outweigh() {
    let (_dir, path) = place();
    let mut table = open(&path);
    let persons = u64::from(SMALL) / 1_000 * 600;
    put(&mut table, 0..persons);
    table.write(Some(&master()), 10).unwrap();
    let full = length(&path);
    let gone: Vec<_> = (0..persons / 3 * 2).map(id).collect();
    table.remove(&gone[..gone.len() / 2], Some(&master())).unwrap();
    assert_eq!((open(&path).rows, length(&path)), (u32::try_from(persons * 2).unwrap(), full));
    table.remove(&gone, Some(&master())).unwrap();
    let kept = open(&path);
    assert!(length(&path) * 2 < full, "{} of {full}", length(&path));
    assert_eq!((kept.covered(), kept.rows), (10, u32::try_from(persons).unwrap()));
    assert!((0..persons).all(|number| has(&kept, number) == (number >= persons / 3 * 2)));
    let again = open(&path);
    assert_eq!((again.covered(), again.rows), (10, kept.rows));
}

#[test]
fn a_person_takes_150_bytes_on_disk_and_half_of_that_in_memory() {
    let (_dir, path) = place();
    let mut table = open(&path);
    // As full as the tables are with 16.4 million persons: 49 of 67 million places.
    let persons = 8_020;
    put(&mut table, 0..persons);
    let memory = u64::try_from(table.by_text.bytes() + table.by_participant.bytes()).unwrap() / persons;
    table.write(Some(&master()), 10).unwrap();
    assert!(table.waiting.is_empty());
    let disk = length(&path) / persons;
    assert!(memory <= 75 && disk <= 150, "{memory} in memory, {disk} on disk");
}
