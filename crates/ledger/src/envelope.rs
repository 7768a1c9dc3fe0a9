//! Attributes of a line, found without parsing it: a stored line is canonical, its keys in order.

/// Finds the subject of a line without parsing it.
pub fn subject_of(line: &[u8]) -> Option<&[u8]> {
    after_data(line, b",\"subject\":\"")
}

/// Finds the event's type in a line without parsing it.
pub fn type_of(line: &[u8]) -> Option<&[u8]> {
    after_data(line, b",\"type\":\"")
}

/// The last of its kind in a canonical line is the attribute: what is in the data stands before it.
fn after_data<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = line.windows(key.len()).rposition(|window| window == key)?;
    text_at(line, at + key.len())
}

/// Finds an attribute whose name is less than `data`, such as `correlationid`, without parsing the line.
pub fn before_data<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let envelope =
        line.windows(8).position(|window| window == b",\"data\":").and_then(|at| line.get(..at))?;
    let key = format!("\"{name}\":\"");
    let at = envelope.windows(key.len()).position(|window| window == key.as_bytes())?;
    text_at(envelope, at + key.len())
}

fn text_at(line: &[u8], at: usize) -> Option<&[u8]> {
    line.get(at..)?.split(|byte| *byte == b'"').next()
}

/// The command id of a line: it stands before the data.
fn command_of(line: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = b",\"commandid\":\"";
    let head = line.windows(KEY.len()).take_while(|window| !window.starts_with(b",\"data\":"));
    let at = head.enumerate().find(|(_, window)| *window == KEY)?.0;
    line.get(at + KEY.len()..)?.split(|byte| *byte == b'"').next()
}

/// How the index finds a command: by its subject and its id. No subject has a space.
pub(crate) fn command_key(subject: &[u8], id: &[u8]) -> Vec<u8> {
    [subject, b" ", id].concat()
}

/// What lines are found by: their subject, and the command that they are of.
pub fn keys_of(line: &[u8], add: &mut dyn FnMut(&[u8])) {
    let Some(subject) = subject_of(line) else { return };
    add(subject);
    if let Some(id) = command_of(line) {
        add(&command_key(subject, id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_found_without_parsing() {
        let line = br#"{"authid":"a","causationid":"c","data":{"correlationid":"d","title":",\"subject\":\"x"},"source":"o","specversion":"1.0","subject":"day/2021-01-01","time":"t","type":"y"}"#;
        assert_eq!(subject_of(line), Some(&b"day/2021-01-01"[..]));
        assert_eq!(type_of(line), Some(&b"y"[..]));
        assert_eq!(before_data(line, "causationid"), Some(&b"c"[..]));
        assert_eq!(before_data(line, "correlationid"), None);
        assert_eq!((subject_of(b"{}"), before_data(b"{}", "causationid")), (None, None));
        let keys = |line: &[u8]| {
            let mut keys = Vec::new();
            keys_of(line, &mut |key| keys.push(String::from_utf8(key.to_vec()).unwrap()));
            keys
        };
        assert_eq!(keys(line), ["day/2021-01-01"]);
        let command = br#"{"authid":"a","commandid":"c-1","data":{},"subject":"day/2021-01-01","type":"x"}"#;
        assert_eq!(keys(command), ["day/2021-01-01", "day/2021-01-01 c-1"]);
        let data = br#"{"authid":"a","data":{"a":1,"commandid":"c-1"},"subject":"ledger","type":"x"}"#;
        assert_eq!(keys(data), ["ledger"]);
    }
}
