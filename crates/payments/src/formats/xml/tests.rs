//! What can harm is refused, and what breaks off is told.

use super::{Elements, Step};
use crate::place::FileError;
use proptest::prelude::*;
use std::io::{BufReader, Read};

/// Reads a file to its end, and tells what was in it.
fn read(text: &[u8]) -> Result<String, FileError> {
    let mut elements = Elements::new(text);
    let mut told = String::new();
    loop {
        match elements.step()? {
            Step::Open(element) => {
                let element = elements.whole(element)?;
                told.push_str(&String::from_utf8_lossy(&element.raw(usize::MAX)));
            }
            Step::Close => {}
            Step::End => return Ok(told),
        }
    }
}

#[test]
fn text_is_read_with_what_xml_itself_defines() {
    let text = b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n<!-- by hand -->\n<a:Stmt xmlns:a='x' Ccy='I&amp;R'>\n <a:Id>1 &lt; 2 &#38; <![CDATA[<3>]]></a:Id><b/></a:Stmt>";
    assert_eq!(
        read(text).unwrap(),
        "<Stmt a=\"x\" Ccy=\"I&amp;R\"><Id>1 &lt; 2 &amp; &lt;3&gt;</Id><b></b></Stmt>"
    );
}

#[test]
fn what_no_bank_sends_is_refused_by_name() {
    let deep = "<a>".repeat(70);
    let long = format!("<a>{}</a>", "x".repeat(70_000));
    let held = format!("<a>{}</a>", format!("<b>{}</b>", "x".repeat(60_000)).repeat(80));
    let attributes = (0..33).map(|number| format!(" a{number}=''")).collect::<Vec<_>>().concat();
    let attributes = format!("<a{attributes}></a>");
    // Few in each, and many together.
    let nested = format!("<a>{}</a>", format!("<b>{}</b>", "<c></c>".repeat(150)).repeat(150));
    let many = format!("<a>{}</a>", "<b></b>".repeat(20_001));
    for (text, what) in [
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "a document type"),
        ("<a>&b;</a>", "an entity of its own"),
        (deep.as_str(), "an element within 64 others"),
        (long.as_str(), "a text of more than"),
        (nested.as_str(), "more than 20,000 others"),
        (held.as_str(), "four megabytes"),
        (attributes.as_str(), "more than 32 attributes"),
        ("<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd'/></a>", "XInclude"),
        (many.as_str(), "more than 20,000 others"),
    ] {
        let told = read(text.as_bytes()).unwrap_err();
        assert!(matches!(told, FileError::Refused { .. }) && told.to_string().contains(what), "{told}");
    }
}

#[test]
fn a_file_that_breaks_off_is_told_with_its_line() {
    let endless = format!("<a>\n<!-- {}", "x".repeat(2 << 20));
    for text in ["<a>\n<b>1</b>\n", "<a>\n<b>1</c>\n</a>", "<a>\n<b", "<a>\n</a>\n</a>", endless.as_str()] {
        let told = read(text.as_bytes()).unwrap_err();
        assert!(matches!(told, FileError::Damaged { .. }), "{told}");
        assert!(told.to_string().starts_with("line "), "{told}");
    }
    let cut = read(b"<a>\xc3").unwrap_err();
    assert!(matches!(cut, FileError::Damaged { .. }), "{cut}");
}

#[test]
fn another_encoding_is_told_as_such() {
    let declared = b"<?xml version='1.0' encoding='ISO-8859-1'?><a></a>".as_slice();
    let wide: Vec<u8> = "\u{feff}<a></a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for file in [declared, b"<a>\nCont\xe9h</a>", &wide] {
        let told = read(file).unwrap_err();
        assert!(
            matches!(told, FileError::Encoding { .. }) && told.to_string().contains("ask for it"),
            "{told}"
        );
    }
}

/// A disk that fails.
struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk fails"))
    }
}

#[test]
fn a_failing_disk_is_no_damaged_file() {
    let mut elements = Elements::new(BufReader::new(b"<a>".chain(Failing)));
    let told = std::iter::repeat_with(|| elements.step()).find_map(Result::err).unwrap();
    assert!(matches!(&told, FileError::Io(_)) && told.to_string().contains("the disk fails"), "{told}");
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_a_file_panics(text in "(<[a-c/!?&]{0,3}[a-c= '\"]{0,6}>|[a-c&;#x0-9]{0,4}|\\n){0,30}") {
        let _ = read(text.as_bytes());
    }
}
