//! The history as an object-centric event log, OCEL 2.0 in JSON, for process mining.
//!
//! Each line of the ledger is an event; persons, purchases, instalments, batches, decrees, courses and parties are the
//! objects that it is about. Nothing of a person is in it but the random id.

use super::{ExportError, file_error};
use crate::cut::Cut;
use crate::projector::ProjectError;
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::line::Event;
use jejak_domain::subject::Subject;
use jejak_journal::checkpoint::Checkpoint;
use jejak_ledger::Home;
use jejak_ledger::replay::{Replay, ReplayError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Members of a payload that name an object of another kind, by its kind.
const NAMED: [(&str, &str); 8] = [
    ("course", "course"),
    ("platform", "platform"),
    ("provider", "provider"),
    ("partner", "partner"),
    ("bank", "bank"),
    ("session", "session"),
    ("vacancy", "vacancy"),
    ("employer", "employer"),
];

/// Attributes that events have where their payloads do.
const ATTRIBUTES: [(&str, &str); 8] = [
    ("position", "integer"),
    ("known", "time"),
    ("currency", "string"),
    ("amount", "string"),
    ("reason", "string"),
    ("channel", "string"),
    ("attempt", "integer"),
    ("check", "string"),
];

/// What has been seen so far; it is written after the events.
#[derive(Default)]
struct Seen {
    /// Objects by id: their kind, and the object that they belong to.
    objects: BTreeMap<String, (&'static str, Option<String>)>,
    kinds: BTreeSet<&'static str>,
}

impl Seen {
    fn add(&mut self, id: String, kind: &'static str, of: Option<&str>) -> String {
        self.objects.entry(id.clone()).or_insert_with(|| (kind, of.map(str::to_owned)));
        id
    }
}

/// Writes the log of a part of the history, and tells its position and root.
///
/// # Errors
/// When the history cannot be read, or the file is there already or cannot be written.
pub fn export(home: &Home, cut: Cut, path: &Path) -> Result<(u64, String), ExportError> {
    let told = |problem: ProjectError| ExportError::Project(Box::new(problem));
    let journal = home.read_journal().map_err(|problem| told(problem.into()))?;
    let until = cut.position(&journal).map_err(told)?;
    let failed = file_error(path);
    let mut out = BufWriter::new(super::create(path)?);
    let (mut seen, mut wrong) = (Seen::default(), None);
    write!(out, "{{\"events\":[").map_err(&failed)?;
    let mut first = true;
    let read =
        Replay::new(&home.manifest.origin).until(Some(until)).without_hashes().run(&journal, |decoded| {
            for (position, event) in decoded.events().filter(|(_, event)| cut.had_happened(event)) {
                let text = event_of(position, event, &mut seen).to_string();
                let comma = if std::mem::take(&mut first) { "" } else { "," };
                if let Err(problem) = write!(out, "{comma}\n{text}") {
                    wrong = Some(problem);
                    return Err(ReplayError::GivenUp);
                }
            }
            Ok(())
        });
    if let Some(problem) = wrong {
        return Err(failed(problem));
    }
    read.map_err(|problem| told(problem.into()))?;
    write_objects(&seen, &mut out).and_then(|()| out.flush()).map_err(&failed)?;
    let tree = journal.tree_at(until).map_err(|problem| told(ReplayError::from(problem).into()))?;
    let root =
        Checkpoint::new(&home.manifest.origin, &tree).map_or_else(String::new, |head| head.root_text());
    Ok((until, root))
}

fn event_of(position: u64, event: &Event, seen: &mut Seen) -> Value {
    seen.kinds.insert(event.payload.name());
    let payload = serde_json::to_value(&event.payload).unwrap_or_default();
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    let mut attributes = vec![
        json!({ "name": "position", "value": position }),
        json!({ "name": "known", "value": event.recorded.to_string() }),
    ];
    let money = ["amount", "price", "sum"].into_iter().find_map(|name| payload.get(name)?.as_object());
    if let Some(money) = money {
        attributes.push(json!({ "name": "currency", "value": money.get("currency") }));
        attributes.push(json!({ "name": "amount", "value": money.get("value") }));
    }
    for name in ["reason", "channel", "check"] {
        if let Some(value) = text(name) {
            attributes.push(json!({ "name": name, "value": value }));
        }
    }
    if let Some(attempt) = payload.get("attempt").and_then(Value::as_u64) {
        attributes.push(json!({ "name": "attempt", "value": attempt }));
    }
    json!({
        "id": event.id, "type": event.payload.name(), "time": event.time.to_string(), "attributes": attributes,
        "relationships": related(event, &payload, seen),
    })
}

/// The objects of an event, with what they are to it.
fn related(event: &Event, payload: &Value, seen: &mut Seen) -> Vec<Value> {
    let mut all = Vec::new();
    let mut relate =
        |id: String, qualifier: &str| all.push(json!({ "objectId": id, "qualifier": qualifier }));
    let subject = event.subject.to_string();
    relate(seen.add(subject.clone(), kind_of(event.subject), None), "subject");
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    let number = |name: &str| payload.get(name).and_then(Value::as_u64);
    let of_person = |programme: ProgrammeCode, kind: &str, name: &str| {
        let person = subject.strip_prefix("participant/")?;
        Some(format!("{kind}/{person}/{programme}/{name}"))
    };
    if let Some(programme) = event.programme() {
        if let Some(id) = text("purchase").and_then(|code| of_person(programme, "purchase", code)) {
            relate(seen.add(id, "purchase", Some(&subject)), "purchase");
        }
        let instalment = text("benefit").zip(number("number"));
        let instalment = instalment.map(|(benefit, number)| format!("{benefit}/{number}"));
        if let Some(id) = instalment.and_then(|name| of_person(programme, "instalment", &name)) {
            relate(seen.add(id, "instalment", Some(&subject)), "instalment");
        }
        if let Some(batch) = number("batch") {
            relate(seen.add(format!("batch/{programme}/{batch}"), "batch", None), "batch");
        }
        if let Some(decree) = text("decree") {
            relate(seen.add(format!("decree/{programme}/{decree}"), "decree", None), "decree");
        }
    }
    for (name, kind) in NAMED {
        if let Some(code) = text(name) {
            relate(seen.add(format!("{kind}/{code}"), kind, None), name);
        }
    }
    all
}

fn kind_of(subject: Subject) -> &'static str {
    match subject {
        Subject::Participant(_) => "participant",
        Subject::Programme(_) => "programme",
        Subject::Batch(..) => "batch",
        Subject::Decree(..) => "decree",
        Subject::Run(..) => "run",
        Subject::Fund(..) => "fund",
        Subject::Custody(..) => "custody",
        Subject::Platform(_) => "platform",
        Subject::Provider(_) => "provider",
        Subject::Course(_) => "course",
        Subject::Session(_) => "session",
        Subject::Vacancy(_) => "vacancy",
        Subject::Calendar(_) => "calendar",
        Subject::Day(_) => "day",
        Subject::Officer(_) => "officer",
        Subject::Ledger => "ledger",
    }
}

fn write_objects(seen: &Seen, out: &mut BufWriter<File>) -> std::io::Result<()> {
    write!(out, "\n],\"objects\":[")?;
    for (place, (id, (kind, of))) in seen.objects.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let of: Vec<_> = of.iter().map(|of| json!({ "objectId": of, "qualifier": "of" })).collect();
        let object = json!({ "id": id, "type": kind, "attributes": [], "relationships": of });
        write!(out, "{comma}\n{object}")?;
    }
    let attributes: Vec<_> =
        ATTRIBUTES.iter().map(|(name, kind)| json!({ "name": name, "type": kind })).collect();
    let events: Vec<_> =
        seen.kinds.iter().map(|kind| json!({ "name": kind, "attributes": attributes })).collect();
    let kinds: BTreeSet<_> = seen.objects.values().map(|(kind, _)| kind).collect();
    let objects: Vec<_> = kinds.iter().map(|kind| json!({ "name": kind, "attributes": [] })).collect();
    writeln!(out, "\n],\n\"eventTypes\":{},\n\"objectTypes\":{}}}", json!(events), json!(objects))
}
