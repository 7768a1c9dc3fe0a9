//! XML files of banks, element by element: what a file is made of, without ever holding all of it.
//!
//! No bank sends document types or entities, and they can harm: they are refused. So is every encoding but UTF-8: a name
//! that is read in the wrong one is another name.

mod element;
mod lines;
#[cfg(test)]
mod tests;

pub use element::Element;

use crate::place::{FileError, Place};
use lines::Counting;
use quick_xml::Reader;
use quick_xml::encoding::EncodingError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::io::{BufRead, ErrorKind};

/// Elements within elements; bank files have some fifteen.
const DEEPEST: usize = 64;
/// Elements of one that is held whole: an entry, a transaction.
const MOST_CHILDREN: usize = 20_000;
/// Attributes of one element; bank files have some three.
const MOST_ATTRIBUTES: usize = 32;
/// Bytes of one text.
const LONGEST_TEXT: usize = 64 << 10;
/// Bytes of all texts of one that is held whole.
const LONGEST_HELD: usize = 4 << 20;

/// What would have other files read in.
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// An element begins.
    Open(Element),
    /// The element that was open ends.
    Close,
    /// The file ends.
    End,
}

/// A file as it is read.
pub struct Elements<R> {
    reader: Reader<Counting<R>>,
    buffer: Vec<u8>,
    depth: usize,
    /// Elements, and bytes of text, that are held since the last step.
    held: (usize, usize),
}

impl<R: BufRead> Elements<R> {
    /// Begins to read.
    pub fn new(file: R) -> Self {
        let mut reader = Reader::from_reader(Counting::new(file));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, held: (0, 0) }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place { line: self.reader.get_ref().line(), entry: 0 }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The beginning of the next element, or the end of the open one. Text between elements says nothing in these files.
    ///
    /// # Errors
    /// When the file is broken off, is no XML, or has something that is refused.
    pub fn step(&mut self) -> Result<Step, FileError> {
        self.held = (0, 0);
        loop {
            match self.event()? {
                Piece::Open(element) => return Ok(Step::Open(element)),
                Piece::Close => return Ok(Step::Close),
                Piece::End if self.depth == 0 => return Ok(Step::End),
                Piece::End => {
                    return Err(self.damaged("the file ends in the middle of an element".to_owned()));
                }
                Piece::Text(_) | Piece::Nothing => {}
            }
        }
    }

    /// The rest of an element that has just begun: its text and all within it.
    ///
    /// # Errors
    /// As [`step`](Self::step), and when it holds more than any bank sends.
    pub fn whole(&mut self, element: Element) -> Result<Element, FileError> {
        self.until(element, &[]).map(|(element, _)| element)
    }

    /// The same up to a child of one of these names, which has just begun then and is handed over too. None when the
    /// element ended before.
    ///
    /// # Errors
    /// As [`whole`](Self::whole).
    pub fn until(
        &mut self,
        element: Element,
        names: &[&str],
    ) -> Result<(Element, Option<Element>), FileError> {
        let mut element = element;
        loop {
            match self.event()? {
                Piece::Open(child) if names.contains(&child.name.as_str()) => {
                    return Ok((element, Some(child)));
                }
                Piece::Open(child) => {
                    self.held.0 += 1;
                    self.check(
                        self.held.0 <= MOST_CHILDREN,
                        "an element with more than 20,000 others in it",
                    )?;
                    let child = self.whole(child)?;
                    element.children.push(child);
                }
                Piece::Close => return Ok((element, None)),
                Piece::Text(text) => self.add(&mut element, &text)?,
                Piece::End => {
                    return Err(self.damaged("the file ends in the middle of an element".to_owned()));
                }
                Piece::Nothing => {}
            }
        }
    }

    /// Leaves out an element that has just begun.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn skip(&mut self) -> Result<(), FileError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Step::End = self.step()? {
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, element: &mut Element, text: &str) -> Result<(), FileError> {
        // Spaces before any text say nothing: most of a file is indentation.
        if element.text.is_empty() && text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return Ok(());
        }
        self.held.1 += text.len();
        self.check(self.held.1 <= LONGEST_HELD, "an element with more than four megabytes of text")?;
        self.check(element.text.len() + text.len() <= LONGEST_TEXT, "a text of more than 65,536 bytes")?;
        element.text.push_str(text);
        Ok(())
    }

    fn check(&self, good: bool, what: &'static str) -> Result<(), FileError> {
        if good { Ok(()) } else { Err(FileError::Refused { place: self.place(), what }) }
    }

    fn damaged(&self, problem: String) -> FileError {
        FileError::Damaged { place: self.place(), problem }
    }
}

/// One piece of a file.
enum Piece {
    Open(Element),
    Close,
    Text(String),
    End,
    Nothing,
}

impl<R: BufRead> Elements<R> {
    fn event(&mut self) -> Result<Piece, FileError> {
        self.buffer.clear();
        self.reader.get_mut().begin();
        let event = self.reader.read_event_into(&mut self.buffer);
        let place = Place { line: self.reader.get_ref().line(), entry: 0 };
        let refused = |what| Err(FileError::Refused { place, what });
        let damaged = |problem: String| FileError::Damaged { place, problem };
        let event = event.map_err(|problem| match problem {
            // A character that is cut off at the end is damage; bytes that are no character are another encoding.
            quick_xml::Error::Encoding(EncodingError::Utf8(bytes)) if bytes.error_len().is_some() => {
                FileError::Encoding { place }
            }
            // The disk's or the network's word, not the file's.
            quick_xml::Error::Io(error) if error.kind() != ErrorKind::InvalidData => {
                FileError::Io(std::io::Error::new(error.kind(), error.to_string()))
            }
            problem => damaged(problem.to_string()),
        })?;
        match event {
            Event::Start(start) => {
                if self.depth >= DEEPEST {
                    return refused("an element within 64 others");
                }
                self.depth += 1;
                let element = opened(&start).map_err(damaged)?;
                if element.attributes.len() > MOST_ATTRIBUTES {
                    return refused("an element with more than 32 attributes");
                }
                if element.attributes.iter().any(|(_, value)| value == XINCLUDE) {
                    return refused("XInclude");
                }
                Ok(Piece::Open(element))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Piece::Close)
            }
            Event::Text(text) => Ok(Piece::Text(text.xml10_content().into_owned())),
            Event::CData(text) => Ok(Piece::Text(text.xml10_content().into_owned())),
            Event::GeneralRef(name) => match referred(&name) {
                Some(character) => Ok(Piece::Text(character.to_string())),
                None => refused("an entity of its own"),
            },
            Event::Decl(declared) => match declared.encoding() {
                Some(Ok(encoding)) if !is_utf8(&encoding) => Err(FileError::Encoding { place }),
                Some(Err(problem)) => Err(damaged(problem.to_string())),
                _ => Ok(Piece::Nothing),
            },
            Event::DocType(_) => refused("a document type"),
            Event::Eof => Ok(Piece::End),
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => Ok(Piece::Nothing),
        }
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|each| encoding.eq_ignore_ascii_case(each))
}

fn opened(start: &BytesStart<'_>) -> Result<Element, String> {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut element = Element { name: local(start.name().as_ref()), ..Element::default() };
    // One more than are taken, so that it is seen, and no more: each is compared with all before it.
    for attribute in start.attributes().take(MOST_ATTRIBUTES + 1) {
        let attribute = attribute.map_err(|problem| problem.to_string())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|problem| problem.to_string())?;
        element.attributes.push((local(attribute.key.as_ref()), value.into_owned()));
    }
    Ok(element)
}

/// What XML itself defines; nothing else is looked up.
fn referred(name: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return Some(character);
    }
    match name.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
