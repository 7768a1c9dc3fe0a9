//! From the schema of a payload to the document in `schemas/`: for an event, of the whole line.

use jejak_domain::catalogue::TYPE_PREFIX;
use jejak_domain::ids::UUID_PATTERN;
use serde_json::{Map, Value, json};

/// Attributes that every line has.
pub(crate) const REQUIRED: [&str; 9] =
    ["authid", "authtype", "data", "id", "recordedtime", "source", "specversion", "subject", "type"];

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const BASE: &str = "https://jejak.id/schemas";
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";
const TOKEN: &str = "[A-Za-z0-9._:-]";

/// The schema of a command's data, or of a definition.
pub(crate) fn document(path: &str, title: &str, mut schema: Value) -> Value {
    tidy(&mut schema);
    let mut document = into_object(schema);
    document.insert("$schema".into(), json!(DIALECT));
    document.insert("$id".into(), json!(format!("{BASE}/{path}")));
    document.insert("title".into(), json!(title));
    Value::Object(document)
}

/// The schema of the whole line of an event.
pub(crate) fn line(path: &str, name: &str, mut schema: Value) -> Value {
    tidy(&mut schema);
    let mut data = into_object(schema);
    data.remove("$schema");
    let definitions = data.remove("$defs").unwrap_or_else(|| json!({}));
    let description = data.get("description").cloned().unwrap_or_default();
    let kind = format!("{TYPE_PREFIX}{name}");
    json!({
        "$schema": DIALECT,
        "$id": format!("{BASE}/{path}"),
        "title": kind,
        "description": description,
        "type": "object",
        "additionalProperties": false,
        "required": REQUIRED,
        "dependentRequired": { "commandid": ["commandhash"], "commandhash": ["commandid"] },
        "properties": attributes(&kind, &data),
        "$defs": definitions,
    })
}

fn attributes(kind: &str, data: &Map<String, Value>) -> Value {
    let text = |description: &str, pattern: String| json!({ "description": description, "type": "string", "pattern": pattern });
    json!({
        "authid": text("Who caused it.", format!("^{TOKEN}{{1,40}}$")),
        "authtype": {
            "description": "Kind of actor: a person, another system, or the ledger itself when time passes.",
            "enum": ["user", "service", "system"],
        },
        "causationid": text("The event that caused it, where that is not the line before.", UUID_PATTERN.into()),
        "commandhash": text("Digest of the command, in base64url.", "^[A-Za-z0-9_-]{21}[AQgw]$".into()),
        "commandid": text("Idempotency key of the command that caused it.", format!("^{TOKEN}{{1,64}}$")),
        "correlationid": text("The chain it belongs to.", UUID_PATTERN.into()),
        "data": data,
        "id": text("UUIDv7 of the event.", UUID_PATTERN.into()),
        "programme": text("Programme code, where the subject does not name it.", format!("^{TOKEN}{{1,24}}$")),
        "recordedtime": text("When the ledger recorded it.", TIME.into()),
        "reportedon": text(
            "For imported history: the source's own date of recording.",
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}$".into(),
        ),
        "source": { "description": "Origin of the ledger.", "type": "string" },
        "specversion": { "description": "Version of CloudEvents.", "const": "1.0" },
        "subject": text("What it is about.", subject()),
        "time": text("When it happened, where that is not the time of recording.", TIME.into()),
        "type": { "const": kind },
    })
}

fn subject() -> String {
    let uuid = UUID_PATTERN.trim_start_matches('^').trim_end_matches('$');
    let of_programme = format!("{TOKEN}{{1,24}}");
    format!(
        "^(ledger|participant/{uuid}|programme/{of_programme}|batch/{of_programme}/[0-9]+|\
         (decree|run)/{of_programme}/{TOKEN}{{1,40}}|(fund|custody)/{of_programme}/-?[0-9]+|\
         (platform|provider|course|session|vacancy)/{TOKEN}{{1,24}}|calendar/-?[0-9]+|\
         day/[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|officer/[A-Za-z0-9._:-]{{1,40}})$"
    )
}

fn into_object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(object) => object,
        other => panic!("{other} is not a schema of an object"),
    }
}

/// What may be left out is never `null`, and defaults are of no use in what is only read.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(kinds)) = object.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [one] = kinds.as_slice() {
                    let one = one.clone();
                    object.insert("type".into(), one);
                }
            }
            if object.get("default") == Some(&Value::Null) {
                object.remove("default");
            }
            let some = object
                .get("anyOf")
                .and_then(Value::as_array)
                .map(|some| some.iter().filter(|each| each["type"] != "null").cloned().collect::<Vec<_>>());
            if let Some([one]) = some.as_deref() {
                object.remove("anyOf");
                object.extend(into_object(one.clone()).into_iter().filter(|(key, _)| key != "description"));
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        _ => {}
    }
}
