//! One line of every event type, kept for ever in `replay/golden/`: read, it gives the same value; written, the same
//! bytes. A line that was once written must be readable by every later program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::catalogue::{Payload, TYPE_PREFIX};
use jejak_domain::line::{Event, LineError};
use jejak_domain::testing::{misspelt, spoiled};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../replay/golden")
}

fn golden(name: &str) -> String {
    let path = folder().join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}: add one line", path.display()))
}

#[test]
fn every_type_has_its_line_and_no_line_is_without_type() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let names: BTreeSet<String> = Payload::names().map(|name| format!("{name}.json")).collect();
    assert_eq!(files, names);
}

#[test]
fn what_is_read_is_written_byte_for_byte() {
    for name in Payload::names() {
        let text = golden(name);
        let line = text.strip_suffix('\n').expect("a newline ends the file");
        let (event, source) =
            Event::read_with_source(line.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(event.payload.name(), name);
        assert_eq!(String::from_utf8(event.write(source).unwrap()).unwrap(), line, "{name}");
        let sorted: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(sorted.to_string(), line, "{name} is not in the form of RFC 8785");
        assert_eq!(Event::read(&event.write("other").unwrap()).unwrap(), event, "{name}");
    }
}

#[test]
fn nothing_unknown_null_or_of_another_type_is_read() {
    for name in Payload::names() {
        for (what, line) in spoiled(golden(name).trim_end()) {
            assert!(Event::read(line.as_bytes()).is_err(), "{name}: {what}: {line}");
        }
    }
}

#[test]
fn data_has_one_spelling() {
    let mut orders = 0;
    for name in Payload::names() {
        for (what, line) in misspelt(golden(name).trim_end()) {
            assert!(Event::read(line.as_bytes()).is_err(), "{name}: {what}: {line}");
            orders += usize::from(what == "another order");
        }
    }
    assert!(orders > 20, "most types have more than one field");
    // A list is left out when it is empty.
    let line = golden("batch.screened.v1");
    let empty = line.replace("\"failed\":[\"not-listed:dtks\"]", "\"failed\":[]");
    assert_ne!(line, empty);
    let error = Event::read(empty.trim_end().as_bytes()).unwrap_err();
    assert!(matches!(error, LineError::Spelling { .. }), "{error}");
}

#[test]
fn what_must_be_there_cannot_be_left_out_nor_said_twice() {
    for name in Payload::names() {
        let line = golden(name);
        let whole: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line).unwrap();
        for required in
            ["authid", "authtype", "data", "id", "recordedtime", "source", "specversion", "subject", "type"]
        {
            let mut without = whole.clone();
            let value = without.remove(required).unwrap();
            let without = serde_json::Value::Object(without).to_string();
            assert!(Event::read(without.as_bytes()).is_err(), "{name} without {required}");
            let twice =
                without.replacen('{', &format!("{{\"{required}\":{value},\"{required}\":{value},"), 1);
            assert!(Event::read(twice.as_bytes()).is_err(), "{name} with {required} twice");
        }
    }
}

#[test]
fn what_this_program_does_not_know_is_said_to_be_unknown() {
    let line = golden("voucher.spent.v1").replace("voucher.spent.v1", "voucher.spent.v9");
    let error = Event::read(line.trim_end().as_bytes()).unwrap_err();
    assert!(matches!(error, LineError::UnknownType { .. }), "{error}");
    let line = golden("voucher.spent.v1").replace(TYPE_PREFIX, "com.example.");
    assert!(matches!(Event::read(line.trim_end().as_bytes()), Err(LineError::UnknownType { .. })));
}
