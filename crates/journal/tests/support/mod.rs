//! What the test files share: realistic lines and shorthands.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test file uses its part"
)]

use jejak_journal::{Commit, FileJournal, Journal, Position};

/// A line like a real event: fixed shape, varying ids, about 400 bytes. The subject is one of `subjects`.
pub fn line(i: u64, subjects: u64) -> Vec<u8> {
    let id = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let who = subject(i % subjects);
    format!(
        "{{\"commandid\":\"0197{:012x}\",\"data\":{{\"amount\":{{\"currency\":\"IDR\",\"value\":\"{}.00\"}},\"channel\":\"BNI\",\
         \"course\":\"course/{:06}\",\"note\":\"simulated\",\"platform\":\"platform/{}\"}},\"id\":\"0197{:012x}-7{:03x}-8{:015x}\",\
         \"programme\":\"prakerja-2020\",\"recordedtime\":\"2020-08-{:02}T{:02}:{:02}:{:02}.000Z\",\"source\":\"ledger.example/prakerja\",\
         \"specversion\":\"1.0\",\"subject\":\"{who}\",\"time\":\"2020-08-{:02}T10:00:00.000Z\",\"type\":\"id.jejak.voucher.spent.v1\"}}",
        id >> 16,
        100_000 + id % 900_000,
        id % 4_000,
        id % 7,
        i,
        id % 4096,
        id >> 4,
        1 + i % 28,
        i % 24,
        i % 60,
        id % 60,
        1 + i % 28,
    )
    .into_bytes()
}

pub fn subject(n: u64) -> String {
    format!("participant/{:016x}", n.wrapping_mul(0xD6E8_FEB8_6659_FD93))
}

/// Finds the subject and the command id of such a line without parsing it.
pub fn keys_of(line: &[u8], add: &mut dyn FnMut(&[u8])) {
    for name in ["\"subject\":\"", "\"commandid\":\""] {
        let Some(at) = line.windows(name.len()).position(|window| window == name.as_bytes()) else {
            continue;
        };
        let rest = &line[at + name.len()..];
        if let Some(end) = rest.iter().position(|&b| b == b'"') {
            add(&rest[..end]);
        }
    }
}

/// Appends lines `from..from + sizes.sum()` as commits of the given sizes, in one frame.
pub fn append(journal: &mut FileJournal, sizes: &[u64]) {
    let at = journal.len();
    let mut next = at;
    let commits: Vec<Commit> = sizes
        .iter()
        .map(|&size| {
            let commit = Commit::from_lines((next..next + size).map(|i| line(i, 17))).unwrap();
            next += size;
            commit
        })
        .collect();
    journal.append(Position(at), &commits).unwrap();
}
