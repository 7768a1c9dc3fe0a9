//! The JSON Schemas in `schemas/` are what the types say: one file per event type and version, one per command, one for
//! the programme definition. `UPDATE=1 cargo test` writes new ones; a published version is changed only by
//! `UPDATE=changed`, since it should be followed by a new version instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that cannot go on must stop"
)]

mod shape;

use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::ids::Digest;
use jejak_domain::line::Event;
use jejak_domain::programme::Definition;
use jejak_domain::testing::spoiled;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// Every schema by its path within `schemas/`.
fn expected() -> BTreeMap<String, Value> {
    let events = Payload::schemas().into_iter().map(|(name, schema)| {
        let path = format!("event/{name}.schema.json");
        let line = shape::line(&path, name, schema.into());
        (path, line)
    });
    let commands = Command::schemas().into_iter().map(|(name, schema)| {
        let path = format!("command/{name}.schema.json");
        let data = shape::document(&path, name, schema.into());
        (path, data)
    });
    let path = "programme/programme.schema.json".to_owned();
    let definition = schemars::SchemaGenerator::default().into_root_schema_for::<Definition>();
    let definition = shape::document(&path, "Programme definition", definition.into());
    events.chain(commands).chain([(path, definition)]).collect()
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// As `sha256sum --check` reads it.
fn lock(files: &BTreeMap<String, String>) -> String {
    let lines: Vec<_> =
        files.iter().map(|(path, text)| format!("{}  {path}\n", Digest::of([text.as_bytes()]))).collect();
    lines.concat()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn files_and_types_agree() {
    let update = std::env::var("UPDATE").unwrap_or_default();
    let expected: BTreeMap<String, String> =
        expected().iter().map(|(path, schema)| (path.clone(), text(schema))).collect();
    for (path, text) in &expected {
        let file = folder().join(path);
        match std::fs::read_to_string(&file).ok() {
            Some(found) if found == *text => {}
            None if !update.is_empty() => write(&file, text),
            Some(_) if update == "changed" => write(&file, text),
            Some(_) => {
                panic!("{path} differs from its type: a published version is not changed, add a new one")
            }
            None => panic!("{path} is missing: run UPDATE=1 cargo test -p jejak-domain --test schemas"),
        }
    }
    let lock = lock(&expected);
    let file = folder().join("schemas.lock");
    if update.is_empty() {
        assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), lock, "schemas.lock");
    } else {
        write(&file, &lock);
    }
}

#[test]
fn no_schema_is_without_its_type() {
    let expected = expected();
    for kind in ["event", "command", "programme"] {
        for entry in std::fs::read_dir(folder().join(kind)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = format!("{kind}/{name}");
            let is_definition = Path::new(&name).extension().is_some_and(|extension| extension == "toml");
            assert!(is_definition || expected.contains_key(&path), "{path}");
        }
    }
}

#[test]
fn the_guide_names_every_command_and_event() {
    let guide = std::fs::read_to_string(folder().join("README.md")).unwrap();
    // A name stands alone: that of another type may end with it.
    let part_of_a_name = |each: char| !(each.is_ascii_alphanumeric() || matches!(each, '.' | '_'));
    let words: std::collections::BTreeSet<&str> = guide.split(part_of_a_name).collect();
    let commands = Command::schemas().into_iter().map(|(name, _)| name);
    let events = Payload::schemas().into_iter().map(|(name, _)| name);
    let missing: Vec<_> = commands.chain(events).filter(|name| !words.contains(name)).collect();
    assert!(missing.is_empty(), "schemas/README.md does not name {missing:?}");
}

fn golden(name: &str) -> String {
    let path = format!("{}/../../replay/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().trim_end().to_owned()
}

fn validator(path: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(folder().join(path)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{path}: {error}"));
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_golden_line_is_valid_and_a_spoiled_one_is_refused_by_schema_and_program() {
    for name in Payload::names() {
        let validator = validator(&format!("event/{name}.schema.json"));
        let line = golden(name);
        let valid = |line: &str| validator.is_valid(&serde_json::from_str(line).unwrap());
        let value: Value = serde_json::from_str(&line).unwrap();
        let problem = validator.validate(&value).err();
        assert!(problem.is_none(), "{name}: {}", problem.unwrap());
        for (what, spoiled) in spoiled(&line) {
            assert!(!valid(&spoiled), "{name}: {what} is valid by the schema");
            assert!(Event::read(spoiled.as_bytes()).is_err(), "{name}: {what} is read");
        }
        let whole: serde_json::Map<String, Value> = serde_json::from_str(&line).unwrap();
        for required in shape::REQUIRED {
            let mut without = whole.clone();
            without.remove(required);
            let without = Value::Object(without).to_string();
            assert!(
                !valid(&without) && Event::read(without.as_bytes()).is_err(),
                "{name} without {required}"
            );
        }
        let half = line.replacen("\"commandid\"", "\"commandix\"", 1);
        assert!(half == line || !valid(&half), "{name} with half a command key");
    }
}

/// What is handed in may have its members in any order, but is as strict otherwise.
#[test]
fn spoiled_data_of_facts_and_commands_is_refused() {
    for name in Payload::names() {
        let line: Value = serde_json::from_str(&golden(name)).unwrap();
        assert!(Payload::read(name, &line["data"].to_string()).unwrap().is_some(), "{name}");
        for (what, data) in spoiled(&line["data"].to_string()) {
            assert!(Payload::read(name, &data).is_err(), "{name}: {what} is read: {data}");
        }
    }
    let mut commands = BTreeMap::new();
    for history in histories() {
        for row in std::fs::read_to_string(history.join("commands.ndjson")).unwrap().lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            let name = row["item"]["type"].as_str().unwrap().to_owned();
            commands.entry(name).or_insert_with(|| row["item"]["data"].to_string());
        }
    }
    let mut read = 0;
    for name in Command::names() {
        // Those that no recorded history has are of the same macro.
        let Some(data) = commands.get(name) else { continue };
        assert!(Command::read(name, data).unwrap().is_some(), "{name}");
        for (what, data) in spoiled(data) {
            assert!(Command::read(name, &data).is_err(), "{name}: {what} is read: {data}");
        }
        read += 1;
    }
    assert!(read > 20, "{read} commands were tried");
}

#[test]
fn an_amount_as_a_number_is_refused_by_schema_and_program() {
    let validator = validator("event/voucher.spent.v1.schema.json");
    for amount in [
        "600000",
        "600000.00",
        "0.1",
        "\"0.1\"",
        "\"1e3\"",
        "\"+5.00\"",
        "\"1_000.00\"",
        "\"600000\"",
        "\"-0.00\"",
    ] {
        let line = golden("voucher.spent.v1").replace("\"600000.00\"", amount);
        assert!(
            !validator.is_valid(&serde_json::from_str(&line).unwrap()),
            "{amount} is valid by the schema"
        );
        assert!(Event::read(line.as_bytes()).is_err(), "{amount} is read");
    }
}

#[test]
fn an_amount_has_the_decimals_of_its_currency_by_schema_and_program() {
    let validator = validator("event/voucher.spent.v1.schema.json");
    let values = [
        "0", "1", "-1", "0.00", "0.01", "-0.01", "-0.00", "1.00", "0.001", "-0.001", "-0.010", "-0.100",
        "-0.000", "01",
    ];
    for currency in ["IDR", "JPY", "KWD", "XXX"] {
        for value in values {
            let amount = format!("{{\"currency\":\"{currency}\",\"value\":\"{value}\"}}");
            let line =
                golden("voucher.spent.v1").replace("{\"currency\":\"IDR\",\"value\":\"600000.00\"}", &amount);
            let valid = validator.is_valid(&serde_json::from_str(&line).unwrap());
            assert_eq!(valid, Event::read(line.as_bytes()).is_ok(), "{amount}");
        }
    }
}

#[test]
fn every_definition_that_ships_is_valid() {
    let validator = validator("programme/programme.schema.json");
    for entry in std::fs::read_dir(folder().join("programme")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let definition: Value = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let problem = validator.validate(&definition).err();
            assert!(problem.is_none(), "{}: {}", path.display(), problem.unwrap());
        }
    }
}

/// The recorded histories: a folder each, with its lines and with the commands and facts that made them.
fn histories() -> Vec<PathBuf> {
    let replay = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../replay");
    let entries = std::fs::read_dir(replay).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.join("history.jsonl").is_file()).collect()
}

fn hold_all(
    validators: &mut BTreeMap<String, jsonschema::Validator>,
    path: &str,
    value: &Value,
    place: &str,
) {
    let validator = validators.entry(path.to_owned()).or_insert_with(|| validator(path));
    let problem = validator.validate(value).err();
    assert!(problem.is_none(), "{place}: {}", problem.unwrap());
}

#[test]
fn every_recorded_line_and_command_is_valid() {
    let mut validators = BTreeMap::new();
    let values = |path: &Path| -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let histories = histories();
    assert!(!histories.is_empty(), "no recorded history is left");
    for history in histories {
        let place = history.display().to_string();
        for line in values(&history.join("history.jsonl")) {
            let name = line["type"].as_str().unwrap().trim_start_matches("id.jejak.").to_owned();
            hold_all(
                &mut validators,
                &format!("event/{name}.schema.json"),
                &line,
                &format!("{place}: {name}"),
            );
        }
        for recorded in values(&history.join("commands.ndjson")) {
            let item = &recorded["item"];
            let name = item["type"].as_str().unwrap();
            // Facts are held as the lines that they become.
            if Command::names().any(|command| command == name) {
                let path = format!("command/{name}.schema.json");
                hold_all(&mut validators, &path, &item["data"], &format!("{place}: {name}"));
            }
        }
    }
}
