//! When segments are closed and who seals them.

use std::thread::JoinHandle;

use crate::file::FileJournal;
use crate::file::seal::{self, SealError};
use crate::file::segment::{Frames, Segment};
use crate::position::Position;

/// A segment being rewritten on its own thread, while appending goes on in the next one.
#[derive(Debug)]
pub(crate) struct Sealing {
    segment: Position,
    thread: JoinHandle<Result<Segment, SealError>>,
}

impl FileJournal {
    /// Closes the active segment and seals whatever is unsealed, before it returns. Lines appended later begin a new
    /// segment. With nothing unsealed it does nothing.
    ///
    /// # Errors
    /// When a segment could not be rewritten. Then it stays as it was, and no line is affected.
    pub fn seal(&mut self) -> Result<(), SealError> {
        let Some(writer) = &self.writer else {
            return Err(SealError::ReadOnly { dir: self.dir.clone() });
        };
        writer.check_alive().map_err(|_| SealError::Poisoned)?;
        self.wait_for_sealing()?;
        self.close_active();
        while let Some(segment) = self.next_unsealed() {
            let sealed = seal::rewrite(&self.store, &segment, &self.options)?;
            self.replace(sealed);
        }
        Ok(())
    }

    /// Waits until no segment is being sealed in the background.
    ///
    /// # Errors
    /// Why the last background sealing failed; it is tried again with the next full segment, or by [`seal`](Self::seal).
    pub fn wait_for_sealing(&mut self) -> Result<(), SealError> {
        let Some(Sealing { segment: _, thread }) = self.sealing.take() else { return Ok(()) };
        // After a failure, not again with every append.
        self.may_seal = false;
        let sealed = thread.join().unwrap_or(Err(SealError::Thread))?;
        self.may_seal = true;
        self.replace(sealed);
        Ok(())
    }

    /// Positions of the first and behind the last line of each sealed segment.
    pub fn sealed_segments(&self) -> impl Iterator<Item = std::ops::Range<Position>> {
        self.segments.iter().filter(|segment| segment.is_sealed()).map(|segment| segment.first..segment.end())
    }

    /// After each append: a full segment is closed and handed to the background.
    pub(super) fn close_if_full(&mut self) {
        let full =
            |s: &Segment| s.lines >= self.options.segment_lines || s.bytes >= self.options.segment_bytes;
        if self.segments.last().is_some_and(full) {
            self.close_active();
        }
        if self.sealing.as_ref().is_some_and(|sealing| sealing.thread.is_finished()) {
            // A failure leaves the segment unsealed, and it is tried again when the next one is full.
            let _ = self.wait_for_sealing();
        }
        if self.options.seal_when_full && self.may_seal && self.sealing.is_none() {
            self.seal_in_background();
        }
    }

    fn seal_in_background(&mut self) {
        let Some(segment) = self.next_unsealed() else {
            self.may_seal = false;
            return;
        };
        let (store, options, first) = (self.store.clone(), self.options.clone(), segment.first);
        let thread = std::thread::Builder::new().name("jejak-seal".into());
        let spawned = thread.spawn(move || seal::rewrite(&store, &segment, &options));
        self.sealing = spawned.ok().map(|thread| Sealing { segment: first, thread });
    }

    pub(super) fn close_active(&mut self) {
        if let Some(last) = self.segments.last_mut().filter(|last| last.lines > 0) {
            last.closed = true;
            self.may_seal = true;
        }
    }

    /// Without its list of frames, which sealing does not need.
    fn next_unsealed(&self) -> Option<Segment> {
        let busy = self.sealing.as_ref().map(|sealing| sealing.segment);
        let next = self.segments.iter().find(|s| s.closed && !s.is_sealed() && Some(s.first) != busy)?;
        let &Segment { first, lines, bytes, closed, .. } = next;
        Some(Segment { first, lines, bytes, closed, frames: Frames::Open(Vec::new()) })
    }

    fn replace(&mut self, sealed: Segment) {
        if let Some(segment) = self.segments.iter_mut().find(|segment| segment.first == sealed.first) {
            *segment = sealed;
        }
    }
}

impl Drop for FileJournal {
    /// The lock is given back only when no thread writes any more.
    fn drop(&mut self) {
        let _ = self.wait_for_sealing();
    }
}
