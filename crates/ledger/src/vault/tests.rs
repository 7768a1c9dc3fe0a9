//! A sealed value opens with its person's key, in its own place, and nowhere else.

use super::store::{Found, KeyStore};
use super::{Field, Master, PersonKey, Place, StoreCopy, VaultError};
use crate::randomness::Randomness;
use jejak_domain::ids::ParticipantId;
use jejak_domain::participant::Sealed;
use std::collections::BTreeSet;
use std::path::Path;
use uuid::Uuid;
use zeroize::Zeroizing;

fn id(number: u128) -> ParticipantId {
    ParticipantId(Uuid::from_u128(number))
}

fn place(origin: &str) -> Place<'_> {
    Place { origin, participant: id(1), event: Uuid::from_u128(2), field: Field::Identity }
}

#[test]
fn a_value_opens_only_in_its_own_place_with_its_own_key_and_unaltered() {
    let key = PersonKey::new([7; 32]);
    let here = place("example.org/a");
    let sealed = key.seal(&here, [9; 12], b"3273014101900000");
    assert_eq!(&key.unseal(&here, &sealed).unwrap()[..], b"3273014101900000");
    let elsewhere = [
        place("example.org/b"),
        Place { participant: id(3), ..here },
        Place { event: Uuid::from_u128(4), ..here },
        Place { field: Field::Account, ..here },
    ];
    for place in elsewhere {
        assert!(key.unseal(&place, &sealed).is_none(), "{place:?}");
    }
    assert!(PersonKey::new([8; 32]).unseal(&here, &sealed).is_none());
    let text = sealed.as_str();
    for at in 0..text.len() {
        let mut altered = text.as_bytes().to_vec();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = Sealed::new(std::str::from_utf8(&altered).unwrap()).unwrap();
        // The last digit has bits that belong to no byte: such a spelling is refused as well.
        assert!(key.unseal(&here, &altered).is_none(), "digit {at}");
    }
    assert!(!format!("{key:?}").contains('7'));
    assert_ne!(key.seal(&here, [1; 12], b"{\"nik\"}"), key.seal(&here, [2; 12], b"{\"nik\"}"));
}

#[test]
fn keys_come_back_until_they_are_destroyed_and_what_is_torn_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("persons.keys");
    let master = Master::new(&Zeroizing::new([1; 32]));
    let random = &mut Randomness::seeded("store");
    let mut store = KeyStore::open(path.clone()).unwrap();
    let keys = [PersonKey::new([2; 32]), PersonKey::new([3; 32])];
    store.stage(id(1), keys[0].clone());
    store.stage(id(9), PersonKey::new([9; 32]));
    store.forget(id(9));
    store.sync(&master, random).unwrap();
    store.stage(id(2), keys[1].clone());
    store.sync(&master, random).unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert_eq!(whole.len(), 3 * 128);
    assert!(!whole.windows(32).any(|bytes| bytes == [2; 32]), "a key in clear");
    // Interrupted: a part of a slot, or one that was never written.
    std::fs::write(&path, [&whole[..], &[1; 50]].concat()).unwrap();
    let name = |store: &mut KeyStore, number| match store.find(id(number), &master).unwrap() {
        Found::Key(key) => Some(key.name()),
        Found::None | Found::Destroyed => None,
    };
    let mut store = KeyStore::open(path.clone()).unwrap();
    assert_eq!([name(&mut store, 1), name(&mut store, 2)], keys.each_ref().map(|key| Some(key.name())));
    assert!(name(&mut store, 9).is_none());
    store.destroy(&[id(1), id(5)], &master).unwrap();
    store.stage(id(3), PersonKey::new([4; 32]));
    store.sync(&master, random).unwrap();
    let mut store = KeyStore::open(path.clone()).unwrap();
    assert!(matches!(store.find(id(1), &master), Ok(Found::Destroyed)));
    assert!(name(&mut store, 2).is_some() && name(&mut store, 3).is_some());
    let after = std::fs::read(&path).unwrap();
    let slot = &whole[128 + 24..128 + 84];
    assert!(
        !after.windows(20).any(|bytes| slot.windows(20).any(|old| old == bytes)),
        "the key is still there"
    );
    // A key moved to another slot does not open there.
    let moved = [&whole[..128], &whole[256..384], &whole[128..256]].concat();
    std::fs::write(&path, moved).unwrap();
    assert!(KeyStore::open(path).unwrap().find(id(1), &master).is_err());
}

#[test]
fn two_processes_share_a_file_and_neither_writes_over_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("persons.keys");
    let master = Master::new(&Zeroizing::new([1; 32]));
    let random = &mut Randomness::seeded("shared");
    let mut stores = [(); 2].map(|()| KeyStore::open(path.clone()).unwrap());
    for number in 0..20_u8 {
        let store = &mut stores[usize::from(number % 3 == 0)];
        store.stage(id(number.into()), PersonKey::new([number; 32]));
        store.sync(&master, random).unwrap();
    }
    // Both for one person: who comes second is told, and nothing of it is written.
    let before = stores.each_mut().map(|store| {
        store.stage(id(20), PersonKey::new([20; 32]));
        store.sync(&master, random).map(|()| std::fs::read(&path).unwrap())
    });
    let [Ok(first), Err(VaultError::Taken(_))] = before else { panic!("only one of them writes") };
    assert!(first == std::fs::read(&path).unwrap());
    stores[1].forget(id(20));
    stores[0].destroy(&[id(3), id(4)], &master).unwrap();
    for store in &mut stores {
        for number in (0..=20_u8).filter(|number| ![3, 4].contains(number)) {
            let Found::Key(key) = store.find(id(number.into()), &master).unwrap() else { panic!("{number}") };
            assert_eq!(key.name(), PersonKey::new([number; 32]).name());
        }
        assert!(matches!(store.find(id(3), &master), Ok(Found::Destroyed)));
        assert!(matches!(store.find(id(21), &master), Ok(Found::None)));
    }
}

/// A store with keys for these persons, and what is needed to write more.
fn with_keys(path: &Path, numbers: std::ops::Range<u8>) -> (KeyStore, Master, Randomness) {
    let (master, mut random) = (Master::new(&Zeroizing::new([1; 32])), Randomness::seeded("copies"));
    let mut store = KeyStore::open(path.to_path_buf()).unwrap();
    for number in numbers {
        store.stage(id(number.into()), PersonKey::new([number; 32]));
        store.sync(&master, &mut random).unwrap();
    }
    (store, master, random)
}

/// Writes over a file, or puts another one in its place.
fn put(path: &Path, bytes: &[u8], another_file: bool) {
    let beside = path.with_extension("other");
    std::fs::write(if another_file { &beside } else { path }, bytes).unwrap();
    if another_file {
        std::fs::rename(beside, path).unwrap();
    }
    // Some file systems count time in steps of milliseconds.
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    file.set_modified(written + std::time::Duration::from_secs(5)).unwrap();
}

#[test]
fn a_copy_that_lacks_keys_is_not_written_to_and_the_newest_one_is_taken_again() {
    for another_file in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("persons.keys");
        let (mut store, master, mut random) = with_keys(&path, 1..3);
        let old = std::fs::read(&path).unwrap();
        store.stage(id(3), PersonKey::new([3; 32]));
        store.sync(&master, &mut random).unwrap();
        let newest = std::fs::read(&path).unwrap();
        put(&path, &old, another_file);
        store.stage(id(4), PersonKey::new([4; 32]));
        let lost = |problem| matches!(problem, VaultError::Shrunk { count: 1, first, .. } if first == id(3));
        assert!(lost(store.sync(&master, &mut random).unwrap_err()));
        assert!(lost(store.destroy(&[id(1)], &master).unwrap_err()));
        assert!(lost(store.find(id(9), &master).unwrap_err()), "whoever looks for a new person sees it too");
        assert_eq!(std::fs::read(&path).unwrap(), old, "nothing is written");
        put(&path, &newest, another_file);
        store.sync(&master, &mut random).unwrap();
        let mut store = KeyStore::open(path.clone()).unwrap();
        assert!((1..5).all(|number| matches!(store.find(id(number), &master), Ok(Found::Key(_)))));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(store.look(), Err(VaultError::Shrunk { count: 4, .. })));
    }
}

#[test]
fn whoever_is_back_with_an_older_copy_of_any_length_is_named() {
    for (another_file, longer) in [(false, false), (false, true), (true, false), (true, true)] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("persons.keys");
        let (mut store, master, _) = with_keys(&path, 1..4);
        let mut old = std::fs::read(&path).unwrap();
        store.destroy(&[id(2)], &master).unwrap();
        assert!(!store.look().unwrap() && store.appeared.is_empty(), "its own doing");
        if longer {
            let elsewhere = dir.path().join("elsewhere");
            std::fs::write(&elsewhere, &old).unwrap();
            drop(with_keys(&elsewhere, 4..5));
            old = std::fs::read(&elsewhere).unwrap();
        }
        put(&path, &old, another_file);
        assert!(store.look().unwrap());
        let mut appeared = std::mem::take(&mut store.appeared);
        appeared.sort_unstable();
        assert_eq!(appeared, if longer { vec![id(2), id(4)] } else { vec![id(2)] });
        store.destroy(&appeared, &master).unwrap();
        assert!(!store.look().unwrap());
        assert!(matches!(store.find(id(2), &master), Ok(Found::Destroyed)));
        assert!(std::fs::read(&path).unwrap() != old);
    }
}

#[test]
fn of_two_keys_for_one_person_none_takes_the_place_of_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let (mut store, master, mut random) = with_keys(&one, 1..3);
    std::fs::copy(&one, &two).unwrap();
    store.stage(id(3), PersonKey::new([3; 32]));
    store.sync(&master, &mut random).unwrap();
    let mut other = KeyStore::open(two.clone()).unwrap();
    other.stage(id(3), PersonKey::new([33; 32]));
    other.sync(&master, &mut random).unwrap();
    let there = std::fs::read(&two).unwrap();
    let refused = StoreCopy::begin(&one, &two, &BTreeSet::new()).map(|_| ()).unwrap_err();
    assert!(
        matches!(&refused, VaultError::OtherKey { participant, .. } if *participant == id(3)),
        "{refused}"
    );
    // An erased person's key is gone in either case.
    let begun = StoreCopy::begin(&one, &two, &[id(3)].into()).map(|(_, destroyed)| destroyed).unwrap();
    assert_eq!((begun, std::fs::read(&two).unwrap() == there), (1, false));
}
