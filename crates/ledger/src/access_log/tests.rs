//! Nothing is shown that was not noted, and nothing noted can be altered unseen.

use super::{Access, AccessFailure, AccessLog, Anchors, Shown, check, lines};
use crate::home::Home;
use crate::randomness::Randomness;
use jejak_domain::access::Role;
use jejak_domain::ids::{ActorId, Digest, ParticipantId, Reason};
use jejak_domain::money::Currency;
use jejak_domain::time::Timestamp;
use jejak_journal::faults::FaultyDisk;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::from_millisecond(1_000);

fn home() -> (tempfile::TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let random = &mut Randomness::system();
    let home = Home::create(dir.path(), "Test", "example.org/test", Currency::IDR, None, random).unwrap();
    (dir, home)
}

fn rini() -> ActorId {
    ActorId::new("rini").unwrap()
}

fn look() -> Access {
    Access::Read {
        purpose: Reason::new("audit-sample").unwrap(),
        case: None,
        participants: vec![ParticipantId(uuid::Uuid::from_u128(7))],
        fields: vec!["identity.name".to_owned()],
        result: Shown::Shown,
        lines: 12,
    }
}

fn away() -> Access {
    Access::RequestDenied { route: "/v1/access".to_owned(), code: "access.token".to_owned(), times: None }
}

#[test]
fn looks_of_many_are_durable_when_they_return_and_go_on_after_a_restart() {
    let (_dir, home) = home();
    assert_eq!(check(&home, &Anchors::new()).unwrap().lines, 0);
    for round in 1..=2_usize {
        let (log, thread) = AccessLog::start(&home).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let before = lines(&home, 0, 1_000).unwrap().len();
                        log.append(NOW, rini(), vec![Role::Auditor], look()).unwrap();
                        assert!(lines(&home, 0, 1_000).unwrap().len() > before);
                        assert!(log.note(NOW, None, Vec::new(), away()));
                    }
                });
            }
        });
        assert!(AccessLog::start(&home).is_err(), "two writers");
        drop(log);
        thread.join().unwrap();
        let checked = check(&home, &Anchors::new()).unwrap();
        assert!(checked.failures.is_empty(), "{:?}", checked.failures);
        assert_eq!((checked.lines, checked.heads > round), (80 * u64::try_from(round).unwrap(), true));
    }
    let (position, line) = lines(&home, 3, 1).unwrap().remove(0);
    let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
    assert!(position == 3 && line["access"]["type"].is_string(), "{line}");
}

#[test]
fn a_disk_that_fails_shows_nothing_and_is_taken_again_when_it_works() {
    let (_dir, home) = home();
    let disk = FaultyDisk::new();
    let (log, thread) = AccessLog::start_on(&home, Arc::new(disk.clone())).unwrap();
    log.append(NOW, rini(), Vec::new(), look()).unwrap();
    disk.fail_sync_after(0);
    assert!(log.append(NOW, rini(), Vec::new(), look()).is_err());
    assert!(log.failure().is_some() && log.lost() == 1);
    // One sync fails, those after it succeed.
    log.append(NOW, rini(), Vec::new(), look()).unwrap();
    assert!(log.failure().is_none());
    drop(log);
    thread.join().unwrap();
}

#[test]
fn a_line_that_was_altered_or_cut_off_is_found() {
    let (dir, home) = home();
    let write = |count: usize| {
        let (log, thread) = AccessLog::start(&home).unwrap();
        (0..count).for_each(|_| log.append(NOW, rini(), Vec::new(), look()).unwrap());
        drop(log);
        thread.join().unwrap();
    };
    write(3);
    let journal = dir.path().join("access/journal");
    let kept = tempfile::tempdir().unwrap();
    let name = "000000000000.jsonl.zst";
    std::fs::copy(journal.join(name), kept.path().join(name)).unwrap();
    write(2);
    assert!(check(&home, &Anchors::new()).unwrap().failures.is_empty());
    let whole = std::fs::read(journal.join(name)).unwrap();
    std::fs::copy(kept.path().join(name), journal.join(name)).unwrap();
    assert!(matches!(
        check(&home, &Anchors::new()).unwrap().failures[..],
        [AccessFailure::Cut { size: 5, len: 3, .. }]
    ));
    assert!(AccessLog::start(&home).is_err(), "a shorter journal than was signed");
    // Other lines in the place of those that were signed.
    std::fs::remove_dir_all(&journal).unwrap();
    let heads = dir.path().join("access/checkpoints");
    let aside = kept.path().join("heads");
    std::fs::rename(&heads, &aside).unwrap();
    write(5);
    std::fs::remove_dir_all(&heads).unwrap();
    std::fs::rename(&aside, &heads).unwrap();
    let failures = check(&home, &Anchors::new()).unwrap().failures;
    assert!(matches!(failures[0], AccessFailure::Head { .. }), "{failures:?}");
    std::fs::write(journal.join(name), whole).unwrap();
    assert!(check(&home, &Anchors::new()).unwrap().failures.is_empty());
}

#[test]
fn what_the_ledger_says_of_it_holds_or_is_told() {
    let (dir, home) = home();
    let (log, thread) = AccessLog::start(&home).unwrap();
    (0..3).for_each(|_| log.append(NOW, rini(), Vec::new(), look()).unwrap());
    let head = log.head(&home).unwrap().unwrap();
    log.append(NOW, rini(), Vec::new(), look()).unwrap();
    drop(log);
    thread.join().unwrap();
    let root = Digest::new(&crate::secrets::hex(&head.root)).unwrap();
    let said = |lines: u64| Anchors::from([(lines, root)]);
    assert!(check(&home, &said(head.size)).unwrap().failures.is_empty());
    let other = if head.size == 2 { 1 } else { 2 };
    assert!(matches!(
        check(&home, &said(other)).unwrap().failures[..],
        [AccessFailure::Anchor { len: 4, .. }]
    ));
    // Journal and heads are gone together: nothing else would tell, also when other lines take their place.
    std::fs::remove_dir_all(dir.path().join("access")).unwrap();
    assert!(check(&home, &Anchors::new()).unwrap().failures.is_empty());
    let failures = check(&home, &said(3)).unwrap().failures;
    assert!(matches!(failures[..], [AccessFailure::Anchor { said: 3, len: 0 }]), "{failures:?}");
    let (log, thread) = AccessLog::start(&home).unwrap();
    (0..5).for_each(|_| log.append(NOW, rini(), Vec::new(), look()).unwrap());
    drop(log);
    thread.join().unwrap();
    let failures = check(&home, &said(3)).unwrap().failures;
    assert!(matches!(failures[..], [AccessFailure::Anchor { said: 3, len: 5 }]), "{failures:?}");
}
