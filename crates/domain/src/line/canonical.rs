//! Whether data is in its one form (RFC 8785). Two spellings of one fact would have two hashes.
//!
//! Data that could be decoded has no unknown or repeated field and only values of one spelling each. What is left are
//! the order of fields, spaces between tokens, escapes in texts, and lists that are left out when they are empty. Nearly
//! all data has neither escapes nor empty lists and is judged by one look at its bytes, which costs a sixth of
//! decoding it. Of all other data, what this program would write is compared.

use crate::catalogue::Payload;

/// Objects within objects; data of any type has at most four.
const DEPTH: usize = 8;

/// Where, in bytes from 0, `text` is not what this program writes for the payload that was decoded from it.
pub(super) fn first_difference(payload: &Payload, text: &str) -> Option<usize> {
    if is_plain_and_ordered(text.as_bytes()) {
        return None;
    }
    // A payload that was read can be written.
    let written = serde_json::to_vec(payload).unwrap_or_default();
    let same = text.bytes().zip(&written).take_while(|(read, written)| read == *written).count();
    (same < text.len().max(written.len())).then_some(same)
}

/// True when the fields of each object ascend, and there is no space, no escape and no empty list. The text is JSON.
fn is_plain_and_ordered(text: &[u8]) -> bool {
    let mut last_keys: [&[u8]; DEPTH] = [b""; DEPTH];
    let (mut depth, mut rest) = (0, text);
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
                let Some((string, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
                    return false;
                };
                match after {
                    [b'"', b':', ..] => {
                        let Some(last) = last_keys.get_mut(depth) else { return false };
                        if *last >= string {
                            return false;
                        }
                        *last = string;
                    }
                    [b'"', ..] => {}
                    _ => return false,
                }
                rest = after.get(1..).unwrap_or_default();
            }
            b'{' => {
                depth += 1;
                let Some(last) = last_keys.get_mut(depth) else { return false };
                *last = b"";
            }
            b'}' => depth = depth.saturating_sub(1),
            b'[' if rest.first() == Some(&b']') => return false,
            b' ' | b'\t' | b'\r' | b'\n' => return false,
            _ => {}
        }
    }
    true
}
