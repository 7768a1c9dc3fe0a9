//! Lines that must not be read.

use serde_json::{Value, json};

/// Every place where an object of the line can be spoiled, with the spoiled line.
pub fn spoiled(line: &str) -> Vec<(String, String)> {
    let whole: Value = serde_json::from_str(line).unwrap();
    let mut all = Vec::new();
    let mut objects = vec![String::new()];
    while let Some(pointer) = objects.pop() {
        let object = match whole.pointer(&pointer).cloned() {
            Some(Value::Object(object)) => object,
            Some(Value::Array(list)) => {
                objects.extend((0..list.len()).map(|index| format!("{pointer}/{index}")));
                continue;
            }
            _ => continue,
        };
        // What serde would take for a struct if it were let.
        let mut with = whole.clone();
        *with.pointer_mut(&pointer).unwrap() = object.values().cloned().collect();
        all.push((format!("{pointer} as an array"), with.to_string()));
        let mut with = whole.clone();
        with.pointer_mut(&pointer).unwrap()["zzz"] = json!(1);
        all.push((format!("{pointer}/zzz added"), with.to_string()));
        for (key, value) in object {
            let place = format!("{pointer}/{key}");
            let mut spoils = vec![("null", Value::Null), ("of another type", another(&value))];
            // What serde would take for a word of a list if it were let.
            spoils.extend(value.as_str().map(|word| ("as a key", json!({ word: null }))));
            for (what, instead) in spoils {
                let mut with = whole.clone();
                *with.pointer_mut(&place).unwrap() = instead;
                all.push((format!("{place} {what}"), with.to_string()));
            }
            objects.push(place);
        }
    }
    all
}

fn another(value: &Value) -> Value {
    match value {
        Value::String(_) => json!(0.1),
        Value::Number(_) => json!("1"),
        Value::Bool(_) => json!(1),
        _ => json!(false),
    }
}

/// The same line in other spellings: JSON takes each for the same value, but only one is canonical.
pub fn misspelt(line: &str) -> Vec<(String, String)> {
    let (before, rest) = line.split_once(",\"data\":").unwrap();
    let (data, after) = rest.rsplit_once(",\"id\":").unwrap();
    let mut spellings = Vec::new();
    let places = |text: &'static str| data.match_indices(text).map(|(at, _)| at + text.len());
    for (what, insert, after) in [("a space", " ", "{"), ("a space", " ", ":"), ("a tab", "\t", ",")] {
        let at = places(after).map(|at| format!("{}{insert}{}", &data[..at], &data[at..]));
        spellings.extend(at.map(|data| (format!("{what} after {after}"), data)));
    }
    let letters = data.char_indices().filter(|(_, letter)| letter.is_ascii_lowercase()).step_by(5);
    let escaped =
        letters.map(|(at, letter)| format!("{}\\u{:04x}{}", &data[..at], u32::from(letter), &data[at + 1..]));
    spellings.extend(escaped.map(|data| ("an escape".to_owned(), data)));
    spellings.extend(reordered(data).into_iter().map(|data| ("another order".to_owned(), data)));
    // What was put into a text or into another escape says something else.
    let value: Value = serde_json::from_str(data).unwrap();
    spellings.retain(|(_, data)| serde_json::from_str::<Value>(data).is_ok_and(|other| other == value));
    let line = |data: String| format!("{before},\"data\":{data},\"id\":{after}");
    spellings.into_iter().map(|(what, data)| (what, line(data))).collect()
}

/// Every object of a text with its members in reverse.
fn reordered(data: &str) -> Option<String> {
    fn write(value: &Value) -> String {
        match value {
            Value::Object(object) => {
                let member = |(key, value): (&String, &Value)| format!("{}:{}", json!(key), write(value));
                format!("{{{}}}", object.iter().rev().map(member).collect::<Vec<_>>().join(","))
            }
            Value::Array(list) => format!("[{}]", list.iter().map(write).collect::<Vec<_>>().join(",")),
            other => other.to_string(),
        }
    }
    let text = write(&serde_json::from_str(data).unwrap());
    (text != data).then_some(text)
}
