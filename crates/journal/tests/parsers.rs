//! Bytes from anywhere: parsers and openings answer, they never panic. What they accept, they write back the same.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use jejak_journal::checkpoint::{Checkpoint, Note, ProofFile, SigningKey, VerifyingKey};
use jejak_journal::faults::FaultyDisk;
use jejak_journal::{Commit, FileJournal, Journal, OpenOptions, Position};
use proptest::prelude::*;

/// Pieces of which valid texts are made, so that random ones come near to them.
fn near_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\u{2014} ".to_owned()),
        Just("c2sp.org/tlog-proof@v1\n".to_owned()),
        Just("index ".to_owned()),
        Just("extra ".to_owned()),
        Just("PRIVATE+KEY+".to_owned()),
        Just("ledger.example/a".to_owned()),
        Just("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".to_owned()),
        "[0-9a-f+ =]{0,9}",
        "\\PC{0,5}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn parse_all(text: &str) {
    if let Ok(note) = Note::parse(text.as_bytes()) {
        assert_eq!(note.to_string(), text);
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
    }
    if let Ok(proof) = ProofFile::parse(text.as_bytes()) {
        assert_eq!(ProofFile::parse(proof.to_string().as_bytes()).unwrap(), proof);
    }
    if let Ok(key) = VerifyingKey::parse(text) {
        assert_eq!(VerifyingKey::parse(&key.to_string()).unwrap(), key);
    }
    let _ = SigningKey::parse(text);
}

fn segment() -> Vec<u8> {
    let disk = FaultyDisk::new();
    let options = OpenOptions { disk: Arc::new(disk.clone()), ..OpenOptions::default() };
    let mut journal = FileJournal::create_with("/ledger", options).unwrap();
    for i in 0..4 {
        let at = Position(journal.len());
        journal.append(at, &[Commit::from_lines([format!("line {i}"), "x".into()]).unwrap()]).unwrap();
    }
    disk.read(Path::new("/ledger/journal/000000000000.jsonl.zst")).unwrap()
}

/// A copy, a removal or a change of some bytes.
fn spoil(bytes: &mut Vec<u8>, from: prop::sample::Index, to: prop::sample::Index, how: u8) {
    let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
    let range = a.min(b)..a.max(b);
    match how % 4 {
        0 => drop(bytes.drain(range)),
        1 => bytes.get_mut(range).unwrap().fill(how),
        2 => {
            let copied = bytes.get(range).unwrap().to_vec();
            bytes.splice(a..a, copied);
        }
        _ => bytes.get_mut(range).unwrap().reverse(),
    }
}

proptest! {
    #[test]
    fn texts(text in near_text()) {
        parse_all(&text);
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Note::parse(&bytes).is_err() || std::str::from_utf8(&bytes).is_ok());
        let _ = ProofFile::parse(&bytes);
    }

    #[test]
    fn segments(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = segment();
        for (from, to, how) in changes {
            spoil(&mut bytes, from, to, how);
        }
        let disk = FaultyDisk::new();
        disk.overwrite(Path::new("/ledger/journal/000000000000.jsonl.zst"), &bytes);
        let options = OpenOptions { disk: Arc::new(disk), accept_loss: true, ..OpenOptions::default() };
        let Ok((journal, _)) = FileJournal::open("/ledger", options) else { return Ok(()) };
        let lines = jejak_journal::conformance::lines_from(&journal, Position(0));
        for (i, line) in lines.into_iter().enumerate() {
            let truth = if i % 2 == 0 { format!("line {}", i / 2).into_bytes() } else { b"x".to_vec() };
            prop_assert_eq!(line, truth);
        }
    }
}
