//! One element that is held whole: an entry, a transaction, a balance.

use std::fmt::Write as _;

/// An element with its text and what is in it. Prefixes are gone: banks choose them freely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix.
    pub name: String,
    /// Its attributes, without prefix.
    pub attributes: Vec<(String, String)>,
    /// Its text, without spaces around it.
    pub text: String,
    /// Elements in it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first element at a path such as `Refs/EndToEndId`.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('/')
            .try_fold(self, |element, name| element.children.iter().find(|child| child.name == name))
    }

    /// The text at a path; none where there is nothing but spaces.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path).map(|element| element.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text at the first of several paths that has one.
    pub fn text_at_one_of(&self, paths: &[&str]) -> Option<&str> {
        paths.iter().find_map(|path| self.text_at(path))
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// Written out again, up to `limit` bytes: to show what could not be read.
    pub fn raw(&self, limit: usize) -> Vec<u8> {
        let mut text = String::new();
        self.write(&mut text, limit);
        let mut bytes = text.into_bytes();
        bytes.truncate(limit);
        bytes
    }

    fn write(&self, text: &mut String, limit: usize) {
        if text.len() >= limit {
            return;
        }
        let _ = write!(text, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(text, " {name}=\"{}\"", quick_xml::escape::escape(value));
        }
        let _ = write!(text, ">{}", quick_xml::escape::escape(self.text.trim()));
        self.children.iter().for_each(|child| child.write(text, limit));
        let _ = write!(text, "</{}>", self.name);
    }
}
