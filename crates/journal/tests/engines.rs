//! Every engine passes the same suite.

use jejak_journal::{FileJournal, Journal, MemoryJournal, conformance};

#[test]
fn memory() {
    conformance::check(MemoryJournal::new);
}

#[test]
fn file() {
    let root = tempfile::tempdir().unwrap();
    let mut n = 0;
    conformance::check(|| {
        n += 1;
        FileJournal::create(root.path().join(n.to_string())).unwrap()
    });
}

#[test]
fn chosen_at_run_time() {
    conformance::check(|| -> Box<dyn Journal> { Box::new(MemoryJournal::new()) });
}
