//! Which format a file has, by what is in it: names of files say nothing.

/// A format of ISO 20022 that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A statement or booking notice: [`camt`](super::camt).
    Camt,
    /// An answer to a file, or what is sent back: [`pain002`](super::pain002).
    Answer,
}

/// Root elements of the messages, without prefix.
const MESSAGES: [(&str, Format); 5] = [
    ("BkToCstmrStmt", Format::Camt),
    ("BkToCstmrDbtCdtNtfctn", Format::Camt),
    ("BkToCstmrAcctRpt", Format::Camt),
    ("CstmrPmtStsRpt", Format::Answer),
    ("PmtRtr", Format::Answer),
];

/// The format of a file that begins like this; a few kilobytes are enough. None where it is none that is read here.
pub fn detect(beginning: &[u8]) -> Option<Format> {
    let tags = beginning.split(|byte| *byte == b'<').skip(1);
    tags.filter_map(|tag| {
        let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
        let name = tag.get(..end)?.rsplit(|byte| *byte == b':').next()?;
        MESSAGES.iter().find(|(message, _)| message.as_bytes() == name)
    })
    .map(|(_, format)| *format)
    .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_message() {
        for (text, format) in [
            (include_str!("camt/sample.xml"), Some(Format::Camt)),
            (include_str!("pain002/sample.xml"), Some(Format::Answer)),
            ("\u{feff}<n:Document><n:BkToCstmrDbtCdtNtfctn>", Some(Format::Camt)),
            ("<Envelope><AppHdr/><Document><PmtRtr ", Some(Format::Answer)),
            (include_str!("pain001/sample.xml"), None),
            ("BkToCstmrStmt", None),
            ("<BkToCstmrStmt", None),
            (":20:940\r\n", None),
            ("", None),
        ] {
            assert_eq!(detect(text.as_bytes()), format, "{text}");
        }
    }
}
