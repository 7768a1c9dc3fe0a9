//! What is done about the end of a segment when a journal is opened. It runs before anything is read or written,
//! and it is the only place that ever gives bytes up.
//!
//! A *torn* tail is what an interrupted write leaves: a frame that is short, or whose rest is zeros because the
//! file system had extended the file but not yet written the data. It was never acknowledged. Everything else is
//! *damage*: those bytes were once complete, so they may have been acknowledged.
//!
//! | row | tail of the segment        | a good frame behind it | last segment | verdict                      |
//! |-----|----------------------------|------------------------|--------------|------------------------------|
//! | A   | clean                      | (impossible)           | any          | open                         |
//! | B   | torn: short                | no                     | yes          | cut, keep the bytes aside    |
//! | C   | torn: zero-filled          | no                     | yes          | cut, keep the bytes aside    |
//! | D   | damaged                    | no                     | yes          | refuse; with `accept_loss` cut |
//! | E   | torn or damaged            | yes                    | any          | refuse                       |
//! | F   | torn or damaged            | no                     | no           | refuse                       |
//! | G   | seek table, frames whole   | (impossible)           | any          | open; the table is made anew |
//!
//! After this, two rules look at the whole: a segment that does not begin where the one before ends is refused (H),
//! and a journal that is shorter than its newest known checkpoint is refused unless the loss is accepted (K).
//!
//! How five zeros prove a zero-filled tail: a zstd frame ends in four bytes of checksum, and the byte before them
//! is never zero (a compressed block ends in a bit stream closed by a 1, a raw block in the last newline).

use crate::error::{Damage, ReadError};
use crate::file::cursor::{Cursor, Step};
use crate::file::frame::{self, FIXED_BYTES, Header, MAGIC, PRELUDE_BYTES, Parsed};
use crate::file::segment::FrameAt;
use crate::num::{u64_of, usize_of};
use crate::position::Position;

const ZEROS_OF_A_TORN_TAIL: usize = 5;

/// What stands behind the last good frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Clean,
    Torn(Torn),
    Damaged(Damage),
    /// A seek table that could not be used, behind good frames.
    SeekTable,
}

/// How a write was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Torn {
    Short,
    Zeros,
}

/// A segment read frame by frame, checksums included.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) frames: Vec<FrameAt>,
    pub(crate) end: Position,
    /// Byte offset behind the last good frame.
    pub(crate) bytes: u64,
    pub(crate) tail: Tail,
    /// Byte length of the tail.
    pub(crate) tail_bytes: u64,
    /// Byte offset of a good frame behind a bad one.
    pub(crate) good_after: Option<u64>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Open,
    Cut,
    /// Refuse until told to accept the loss.
    RefuseLoss,
    /// Refuse whatever is accepted: acknowledged lines stand behind the damage.
    RefuseCorruption,
}

/// The table above.
pub(crate) const fn decide(tail: &Tail, good_after: bool, last: bool, accept_loss: bool) -> Verdict {
    match (tail, good_after, last, accept_loss) {
        (Tail::Clean | Tail::SeekTable, ..) => Verdict::Open,
        (_, true, ..) | (_, _, false, _) => Verdict::RefuseCorruption,
        (Tail::Torn(_), false, true, _) | (Tail::Damaged(_), false, true, true) => Verdict::Cut,
        (Tail::Damaged(_), false, true, false) => Verdict::RefuseLoss,
    }
}

/// Reads a segment from its start to the first thing that is not a good frame.
///
/// The cursor may also stand at a later frame boundary, with `first` the position that belongs there.
pub(crate) fn scan(cursor: &mut Cursor, first: Position) -> Result<Scan, ReadError> {
    let mut frames = Vec::new();
    let mut next = first;
    let tail = loop {
        let header = match cursor.step()? {
            Step::Frame(header) => header,
            Step::End => break Tail::Clean,
            Step::SeekTable => break Tail::SeekTable,
            Step::Short => break Tail::Torn(Torn::Short),
            Step::Bad(damage) => break Tail::Damaged(damage),
        };
        if let Some(tail) = check_frame(cursor, &header, next)? {
            break tail;
        }
        frames.push(FrameAt { first: next, offset: cursor.offset() });
        next = header.end();
        cursor.advance(header.frame_bytes());
    };
    let bytes = cursor.offset();
    let rest = rest_of(cursor)?;
    let tail =
        if is_bad_header(&tail) && is_header_torn_by_zeros(rest) { Tail::Torn(Torn::Zeros) } else { tail };
    let good_after = match tail {
        Tail::Clean | Tail::SeekTable => None,
        Tail::Torn(_) | Tail::Damaged(_) => good_frame_in(rest).map(|offset| bytes + u64_of(offset)),
    };
    Ok(Scan { frames, end: next, bytes, tail, tail_bytes: u64_of(rest.len()), good_after })
}

/// `None` when the frame at the cursor is good.
fn check_frame(cursor: &mut Cursor, header: &Header, next: Position) -> Result<Option<Tail>, ReadError> {
    let bytes = cursor.peek(header.frame_bytes())?;
    if bytes.len() < header.frame_bytes() {
        return Ok(Some(Tail::Torn(Torn::Short)));
    }
    if crc32c::crc32c(bytes.get(header.bytes()..).unwrap_or_default()) != header.crc {
        // Only this frame's own bytes tell: zeros behind it would be the next, torn one, and no excuse for this one.
        let torn = zeros_at_end(bytes) >= ZEROS_OF_A_TORN_TAIL;
        return Ok(Some(if torn { Tail::Torn(Torn::Zeros) } else { Tail::Damaged(Damage::Checksum) }));
    }
    let in_place = header.first == next;
    Ok((!in_place).then_some(Tail::Damaged(Damage::OutOfPlace { found: header.first })))
}

fn rest_of(cursor: &mut Cursor) -> Result<&[u8], ReadError> {
    let size = cursor.file().size().map_err(|source| ReadError::Io {
        action: "measuring",
        path: cursor.path().to_path_buf(),
        source,
    })?;
    let rest = usize_of(size.saturating_sub(cursor.offset()));
    cursor.peek(rest)
}

const fn is_bad_header(tail: &Tail) -> bool {
    matches!(tail, Tail::Damaged(Damage::Header(_)) | Tail::Torn(Torn::Short))
}

fn zeros_at_end(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|&&b| b == 0).count()
}

/// Zeros from somewhere in the header to the end of the file. Were the header sound to its end, its length would be
/// believed and its frame judged by its own bytes.
fn is_header_torn_by_zeros(rest: &[u8]) -> bool {
    let zeros = zeros_at_end(rest);
    let header = frame::header_bytes(rest).unwrap_or(FIXED_BYTES);
    zeros == rest.len() || zeros >= ZEROS_OF_A_TORN_TAIL && rest.len() - zeros < header
}

/// Byte offset of a header with a good checksum, the first byte excepted: there stands the bad frame itself.
fn good_frame_in(rest: &[u8]) -> Option<usize> {
    let candidates = rest.windows(MAGIC.len()).enumerate().filter(|(_, bytes)| *bytes == MAGIC);
    candidates
        .filter_map(|(at, _)| at.checked_sub(PRELUDE_BYTES).filter(|&at| at > 0))
        .find(|&at| matches!(frame::parse(rest.get(at..).unwrap_or_default()), Parsed::Header(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the module's documentation, `*` standing for any value.
    const TABLE: &str = "
        A  clean       *    *    *    open
        B  short       no   yes  *    cut
        C  zeros       no   yes  *    cut
        D  damaged     no   yes  no   refuse-loss
        D  damaged     no   yes  yes  cut
        E  short       yes  *    *    refuse-corruption
        E  zeros       yes  *    *    refuse-corruption
        E  damaged     yes  *    *    refuse-corruption
        F  short       no   no   *    refuse-corruption
        F  zeros       no   no   *    refuse-corruption
        F  damaged     no   no   *    refuse-corruption
        G  seek-table  *    *    *    open
    ";

    fn fits(cell: &str, value: bool) -> bool {
        cell == "*" || cell == if value { "yes" } else { "no" }
    }

    #[test]
    fn every_combination_is_exactly_one_row() {
        let tails = [
            ("clean", Tail::Clean),
            ("short", Tail::Torn(Torn::Short)),
            ("zeros", Tail::Torn(Torn::Zeros)),
            ("damaged", Tail::Damaged(Damage::Checksum)),
            ("seek-table", Tail::SeekTable),
        ];
        let rows: Vec<Vec<&str>> = TABLE.trim().lines().map(|row| row.split_whitespace().collect()).collect();
        for (name, tail) in tails {
            for bits in 0..8 {
                let [good_after, last, accept] = [bits & 1 > 0, bits & 2 > 0, bits & 4 > 0];
                let matching: Vec<_> = rows
                    .iter()
                    .filter(|row| {
                        row[1] == name
                            && fits(row[2], good_after)
                            && fits(row[3], last)
                            && fits(row[4], accept)
                    })
                    .collect();
                assert_eq!(matching.len(), 1, "{name} {good_after} {last} {accept}: {matching:?}");
                let verdict = match decide(&tail, good_after, last, accept) {
                    Verdict::Open => "open",
                    Verdict::Cut => "cut",
                    Verdict::RefuseLoss => "refuse-loss",
                    Verdict::RefuseCorruption => "refuse-corruption",
                };
                assert_eq!(verdict, matching[0][5], "{name} {good_after} {last} {accept}");
            }
        }
    }
}
