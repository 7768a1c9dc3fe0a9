//! Lines that stand or fall together.
//!
//! A commit is built valid or not at all, so no engine has to check its lines again.

use crate::num::{u32_of, usize_of_u32};

/// Most bytes of one line, without its newline: an entry of a C2SP `tlog-tiles` bundle has a 16-bit length.
pub const MAX_LINE_BYTES: usize = 65_535;

/// Most bytes of one commit, counted as Σ(line + [`LINE_OVERHEAD_BYTES`]): one append of KurrentDB takes 1 MiB.
pub const MAX_COMMIT_BYTES: usize = 900_000;

/// What is added for each line when a commit is measured, for metadata and framing of the strictest engine.
pub const LINE_OVERHEAD_BYTES: usize = 256;

/// One or more lines that become durable together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Every line followed by a newline: the very bytes that the file engine compresses.
    bytes: Vec<u8>,
    /// Where each line ends in `bytes`, its newline included.
    ends: Vec<u32>,
}

/// Why some lines cannot be a commit. `line` counts from 0 within the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// No lines.
    #[error("a commit needs at least one line")]
    Empty,
    /// A line without bytes.
    #[error("line {line} of the commit is empty")]
    EmptyLine {
        /// Which line.
        line: usize,
    },
    /// More than [`MAX_LINE_BYTES`].
    #[error(
        "line {line} of the commit has {bytes} bytes, at most {MAX_LINE_BYTES} are allowed: store large content as a file and record its hash"
    )]
    LineTooLong {
        /// Which line.
        line: usize,
        /// Its length.
        bytes: usize,
    },
    /// A newline inside a line would make two of it.
    #[error("line {line} of the commit contains a newline byte at offset {offset}")]
    Newline {
        /// Which line.
        line: usize,
        /// Byte offset in that line.
        offset: usize,
    },
    /// More than [`MAX_COMMIT_BYTES`].
    #[error(
        "the commit exceeds {MAX_COMMIT_BYTES} bytes (lines + {LINE_OVERHEAD_BYTES} each) at line {line}: split it into several commits"
    )]
    TooLarge {
        /// The first line that no longer fits.
        line: usize,
    },
}

impl Commit {
    /// Builds a commit of whole lines without newline bytes.
    ///
    /// # Errors
    /// Says which line breaks which limit.
    pub fn new(lines: Vec<Vec<u8>>) -> Result<Self, CommitError> {
        Self::from_lines(lines)
    }

    /// The same for any sequence of byte strings.
    ///
    /// # Errors
    /// Says which line breaks which limit.
    pub fn from_lines<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Result<Self, CommitError> {
        let mut commit = Self { bytes: Vec::new(), ends: Vec::new() };
        let mut measured = 0_usize;
        for (line, bytes) in lines.into_iter().enumerate() {
            let bytes = bytes.as_ref();
            check_line(line, bytes)?;
            measured += bytes.len() + LINE_OVERHEAD_BYTES;
            if measured > MAX_COMMIT_BYTES {
                return Err(CommitError::TooLarge { line });
            }
            commit.bytes.extend_from_slice(bytes);
            commit.bytes.push(b'\n');
            commit.ends.push(u32_of(commit.bytes.len()));
        }
        if commit.ends.is_empty() { Err(CommitError::Empty) } else { Ok(commit) }
    }

    /// The lines in order, without newlines.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        lines_of(&self.bytes, &self.ends)
    }

    /// Number of lines, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a commit is never empty")]
    pub fn len(&self) -> u32 {
        u32_of(self.ends.len())
    }

    /// All lines, each followed by a newline.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn check_line(line: usize, bytes: &[u8]) -> Result<(), CommitError> {
    if bytes.is_empty() {
        return Err(CommitError::EmptyLine { line });
    }
    if bytes.len() > MAX_LINE_BYTES {
        return Err(CommitError::LineTooLong { line, bytes: bytes.len() });
    }
    // `contains` runs over many bytes at once, `position` does not, and nearly no line has a newline.
    if bytes.contains(&b'\n') {
        let offset = bytes.iter().position(|&b| b == b'\n').unwrap_or(0);
        return Err(CommitError::Newline { line, offset });
    }
    Ok(())
}

/// Lines from bytes and the places where each ends, newline included.
pub(crate) fn lines_of<'a>(bytes: &'a [u8], ends: &'a [u32]) -> impl ExactSizeIterator<Item = &'a [u8]> {
    let mut start = 0;
    ends.iter().map(move |&end| {
        let end = usize_of_u32(end);
        let line = bytes.get(start..end.saturating_sub(1)).unwrap_or_default();
        start = end;
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_its_lines_back() {
        let commit = Commit::from_lines([&b"a"[..], b"bc", b"\r\x00"]).unwrap();
        assert_eq!(commit.lines().collect::<Vec<_>>(), [&b"a"[..], b"bc", b"\r\x00"]);
        assert_eq!((commit.len(), commit.as_bytes()), (3, &b"a\nbc\n\r\x00\n"[..]));
    }

    #[test]
    fn refuses_what_is_no_commit() {
        let refusal = |lines: Vec<Vec<u8>>| Commit::new(lines).unwrap_err();
        assert_eq!(refusal(vec![]), CommitError::Empty);
        assert_eq!(refusal(vec![b"a".into(), vec![]]), CommitError::EmptyLine { line: 1 });
        assert_eq!(refusal(vec![b"a\n".into()]), CommitError::Newline { line: 0, offset: 1 });
        let long = vec![b'x'; MAX_LINE_BYTES + 1];
        assert_eq!(refusal(vec![long]), CommitError::LineTooLong { line: 0, bytes: 65_536 });
    }

    #[test]
    fn the_size_limit_counts_the_overhead_of_each_line() {
        // 3,501 × (1 + 256) = 899,757 ≤ 900,000 < 3,502 × 257
        assert_eq!(Commit::new(vec![b"x".to_vec(); 3_501]).unwrap().len(), 3_501);
        assert_eq!(
            Commit::new(vec![b"x".to_vec(); 3_502]).unwrap_err(),
            CommitError::TooLarge { line: 3_501 }
        );
    }
}
