//! A signed note: text, a blank line, signature lines (C2SP `signed-note` v1.0.0).

use std::fmt;

use crate::checkpoint::encoding::{from_base64, to_base64};

/// Most signatures that are accepted; the specification asks for 16 at least.
pub const MAX_SIGNATURES: usize = 100;
/// Longer notes are refused before they are looked at. 100 post-quantum signatures fit.
const MAX_NOTE_BYTES: usize = 1 << 20;
/// Em dash and space begin a signature line.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// A parsed note. Parsing proves nothing: see [`VerifyingKey::verify`](super::VerifyingKey::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line, of whatever type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Tells apart keys of the same name.
    pub key_id: [u8; 4],
    /// The signature proper.
    pub signature: Vec<u8>,
}

/// Why bytes are not a note, or a note is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Too long to be one.
    #[error("a note of {0} bytes is longer than {MAX_NOTE_BYTES}")]
    TooLong(usize),
    /// Not UTF-8, or with control characters.
    #[error("a note is UTF-8 text without control characters but newline")]
    NotText,
    /// The parts are not there.
    #[error("a note is text, an empty line and at least one signature line, each ending in a newline")]
    Shape,
    /// A signature line that is none.
    #[error("signature line {0} is not an em dash, a key name and base64")]
    SignatureLine(usize),
    /// More than [`MAX_SIGNATURES`].
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// Nobody that we trust signed it.
    #[error("the note is not signed by {name} (key id {key_id}): check that the key belongs to this ledger")]
    Unsigned {
        /// The trusted key.
        name: String,
        /// Its id, in hexadecimal.
        key_id: String,
    },
    /// Signed in the trusted key's name, but wrongly.
    #[error("the signature of {name} is wrong: the note was altered, or is a forgery")]
    WrongSignature {
        /// The trusted key.
        name: String,
    },
}

impl Note {
    /// An unsigned note. `None` unless the text is not empty, ends in a newline and has no control characters.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.ends_with('\n') && is_clean(&text)).then_some(Self { text, signatures: Vec::new() })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// When the bytes are not exactly in the form that the specification gives.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let all = std::str::from_utf8(bytes).ok().filter(|all| is_clean(all)).ok_or(NoteError::NotText)?;
        let (text, signatures) = all.rsplit_once("\n\n").ok_or(NoteError::Shape)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Shape)?;
        let mut note = Self { text: format!("{text}\n"), signatures: Vec::new() };
        for (i, line) in lines.split('\n').enumerate() {
            if i == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            note.signatures.push(NoteSignature::parse(line).ok_or(NoteError::SignatureLine(i + 1))?);
        }
        Ok(note)
    }

    /// The text, its last newline included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, unchecked.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line, for instance a witness's.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for NoteSignature { name, key_id, signature } in &self.signatures {
            let bytes = [key_id, signature.as_slice()].concat();
            writeln!(f, "{SIGNATURE_PREFIX}{name} {}", to_base64(&bytes))?;
        }
        Ok(())
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
        let bytes = from_base64(base64)?;
        let (key_id, signature) = bytes.split_first_chunk::<4>()?;
        let valid = is_key_name(name) && !signature.is_empty();
        valid.then(|| Self { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
    }
}

/// Not empty, no Unicode space, no plus sign; and nothing that a note may not contain.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c < ' ')
}

fn is_clean(text: &str) -> bool {
    !text.contains(|c: char| c < ' ' && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\
        ed è subito sera.\n\n\
        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    #[test]
    fn the_example_of_the_specification() {
        let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
        assert!(note.text().ends_with("\n\ned è subito sera.\n"));
        assert_eq!(note.signatures()[0].name, "quasimodo.example/salvatore");
        assert_eq!(note.signatures()[0].signature.len(), 64);
        assert_eq!(note.to_string(), EXAMPLE);
    }

    #[test]
    fn at_least_sixteen_signatures_and_not_endless_ones() {
        let with = |n: usize| {
            let lines = "— a.example QUFBQUE=\n".repeat(n);
            Note::parse(format!("x\n\n{lines}").as_bytes())
        };
        assert_eq!(with(16).unwrap().signatures().len(), 16);
        assert_eq!(with(101), Err(NoteError::TooManySignatures));
    }

    #[test]
    fn what_is_no_note() {
        let refused = [
            ("", NoteError::Shape),
            ("x\n", NoteError::Shape),
            ("x\n\n", NoteError::Shape),
            ("x\n\n— a QUFBQUE=", NoteError::Shape),
            ("x\n— a QUFBQUE=\n", NoteError::Shape),
            ("x\r\n\n— a QUFBQUE=\n", NoteError::NotText),
            ("x\n\n— a QUFBQUE=\ny\n", NoteError::SignatureLine(2)),
            ("x\n\n- a QUFBQUE=\n", NoteError::SignatureLine(1)),
            ("x\n\n— a QUFBQQ==\n", NoteError::SignatureLine(1)),
            ("x\n\n— a  QUFBQUE=\n", NoteError::SignatureLine(1)),
            ("x\n\n— a+b QUFBQUE=\n", NoteError::SignatureLine(1)),
        ];
        for (text, error) in refused {
            assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:?}");
        }
        assert_eq!(Note::parse(b"\xFF\n\n\xE2\x80\x94 a QUFBQUE=\n"), Err(NoteError::NotText));
    }
}
