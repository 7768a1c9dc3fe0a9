//! A folder of `replay/`: its commands, and what they must come to.

use jejak_domain::time::Timestamp;
use jejak_ledger::Item;
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// One line of `commands.ndjson`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The clock when it came in.
    recorded: String,
    /// The item as it would be handed to `jejak submit` or `jejak import`.
    item: Value,
    /// The code of the refusal, where the story needs one.
    refused: Option<String>,
}

/// One item of the story.
pub(super) struct Step {
    /// The clock when it came in.
    pub(super) recorded: Timestamp,
    /// The item.
    pub(super) item: Item,
    /// The code of the refusal, where the story needs one.
    pub(super) refused: Option<String>,
    /// The line as written, for messages.
    pub(super) text: String,
}

/// A case.
pub(super) struct Case {
    /// The name of its folder.
    pub(super) name: String,
    dir: PathBuf,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The names of all folders that tell a story with commands, in order.
pub(super) fn folders() -> Vec<String> {
    let entries = fs::read_dir(root().join("replay")).expect("replay/");
    let folders = entries.map(|entry| entry.expect("an entry").path());
    let mut names: Vec<_> = folders
        .filter(|path| path.join("commands.ndjson").exists())
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

impl Case {
    pub(super) fn of(name: &str) -> Self {
        Self { name: name.to_owned(), dir: root().join("replay").join(name) }
    }

    /// The text of one of its files.
    pub(super) fn read(&self, file: &str) -> String {
        let path = self.dir.join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The story, in order.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.read("commands.ndjson").lines().map(step).collect()
    }

    /// Compares a file with what was made, or writes it when `UPDATE` is set.
    pub(super) fn expect(&self, file: &str, made: &str) {
        let path = self.dir.join(file);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, made).expect("writing what was made");
            return;
        }
        let recorded = self.read(file);
        let differs = recorded.lines().zip(made.lines()).zip(1..).find(|((left, right), _)| left != right);
        if let Some(((left, right), line)) = differs {
            panic!("replay/{}/{file} line {line}\n  recorded {left}\n  made now {right}", self.name);
        }
        assert_eq!(recorded, made, "replay/{}/{file} is longer or shorter than what is made now", self.name);
    }
}

fn step(text: &str) -> Step {
    let mut row: Row = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    with_files(&mut row.item);
    let item = Item::read(row.item.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let recorded = Timestamp::parse(&row.recorded).expect("a time");
    Step { recorded, item, refused: row.refused, text: text.to_owned() }
}

/// A definition written as `@path` stands for the file's text, so that the story stays readable.
fn with_files(item: &mut Value) {
    let Some(definition) = item.pointer_mut("/data/definition") else { return };
    if let Some(path) = definition.as_str().and_then(|text| text.strip_prefix('@')) {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        *definition = Value::String(text);
    }
}
