//! Lines that must not be read.

use serde_json::{Value, json};

/// Every place where an object of the line can be spoiled, with the spoiled line.
pub fn spoiled(line: &str) -> Vec<(String, String)> {
    let whole: Value = serde_json::from_str(line).unwrap();
    let mut all = Vec::new();
    let mut objects = vec![String::new()];
    while let Some(pointer) = objects.pop() {
        let Some(Value::Object(object)) = whole.pointer(&pointer).cloned() else { continue };
        let mut with = whole.clone();
        with.pointer_mut(&pointer).unwrap()["zzz"] = json!(1);
        all.push((format!("{pointer}/zzz added"), with.to_string()));
        for (key, value) in object {
            let place = format!("{pointer}/{key}");
            for (what, instead) in [("null", Value::Null), ("of another type", another(&value))] {
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
