//! Who has the same NIK, family card or account: a table of keyed digests, a key for each purpose.
//!
//! Its rows are in `views/duplicates`, never in a line; in memory there is only where they are. New rows are added when a
//! head is signed, or when many wait. What the file lacks is made again by opening the lines behind it, all of them when
//! it is missing or is not this ledger's. An erased person's rows are overwritten in their place. When more places are
//! empty than taken, the next opening writes the file anew.
//!
//! Reading order: `row` (one digest), `pages` (the file), `index` (where a row is).

mod index;
mod pages;
mod row;
#[cfg(test)]
mod tests;

pub(crate) use row::{Purpose, Row};

use super::seal::Master;
use crate::home::{Home, HomeError, file_error};
use index::Index;
use jejak_domain::ids::ParticipantId;
use pages::Pages;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

/// Rows that wait in memory at most: 4 MB.
const WAITING: usize = 1_000 * 84;
/// A file of fewer slots is not worth writing anew.
const SMALL: u32 = 100 * 84;

/// The table.
#[derive(Debug)]
pub(crate) struct Duplicates {
    pages: Pages,
    /// Rows behind those of the pages; nothing where one was taken out again.
    waiting: Vec<Option<Row>>,
    by_text: Index,
    by_participant: Index,
    /// Nobody outside can choose ids that look alike here.
    random: RandomState,
    rows: u32,
    /// Lines whose data is in the pages.
    covered: u64,
}

impl Duplicates {
    /// Reads the table, as far as it is one of the first `length` lines.
    pub(crate) fn open(home: &Home, master: Option<&Master>, length: u64) -> Result<Self, HomeError> {
        Self::open_at(home.dir().join("views").join("duplicates"), master, length)
    }

    fn open_at(path: PathBuf, master: Option<&Master>, length: u64) -> Result<Self, HomeError> {
        let unfinished = path.with_extension("unfinished");
        remove_file(&unfinished)?;
        let bytes = match fs::metadata(&path) {
            Ok(of) => of.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::none(path)),
            Err(error) => return Err(file_error("looking at", &path)(error)),
        };
        let mut table = Self::none(path.clone());
        let read = match master {
            Some(master) => {
                let most = usize::try_from(Pages::slots_of(bytes)).unwrap_or(usize::MAX);
                table.by_text.reserve(most);
                table.by_participant.reserve(most);
                Pages::open(path.clone(), master, |slot, row| table.index(slot, &row))?
            }
            None => None,
        };
        match (read, master) {
            (Some((pages, covered)), Some(master)) if covered <= length => {
                (table.pages, table.covered) = (pages, covered);
                table.dense(master, &path, unfinished)
            }
            // Of another time or another ledger: nothing of it may stay.
            _ => {
                remove_file(&path)?;
                Ok(Self::none(path))
            }
        }
    }

    fn none(path: PathBuf) -> Self {
        Self {
            pages: Pages::none(path),
            waiting: Vec::new(),
            by_text: Index::default(),
            by_participant: Index::default(),
            random: RandomState::new(),
            rows: 0,
            covered: 0,
        }
    }

    /// The first position whose data is not in it.
    pub(crate) fn covered(&self) -> u64 {
        self.covered
    }

    /// Those who have the same, the first first.
    pub(crate) fn same(&self, row: &Row) -> Result<Vec<Row>, HomeError> {
        let mut same: Vec<Row> = Vec::new();
        for slot in self.by_text.find(row.text_tag()) {
            let Some(found) = self.row(slot)?.filter(|found| found.is_same(row)) else { continue };
            match same.iter_mut().find(|each| each.participant == found.participant) {
                // A later row of the same person stands over the earlier.
                Some(known) => *known = found,
                None => same.push(found),
            }
        }
        Ok(same)
    }

    /// Remembers a row. A number that a person gave once keeps counting when another takes its place: who changes a NIK
    /// may have given another's before.
    pub(crate) fn put(&mut self, row: Row) -> Result<(), HomeError> {
        if self.same(&row)?.contains(&row) {
            return Ok(());
        }
        self.push(row);
        Ok(())
    }

    fn push(&mut self, row: Row) {
        let waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        self.index(self.pages.slots().saturating_add(waiting), &row);
        self.waiting.push(Some(row));
    }

    fn index(&mut self, slot: u32, row: &Row) {
        self.by_text.add(row.text_tag(), slot);
        self.by_participant.add(self.tag_of(row.participant), slot);
        self.rows += 1;
    }

    fn tag_of(&self, participant: ParticipantId) -> u32 {
        let [a, b, c, d, ..] = self.random.hash_one(participant.0).to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }

    fn row(&self, slot: u32) -> Result<Option<Row>, HomeError> {
        match slot.checked_sub(self.pages.slots()) {
            None => self.pages.row(slot),
            Some(place) => {
                Ok(usize::try_from(place).ok().and_then(|place| self.waiting.get(place).copied().flatten()))
            }
        }
    }

    /// Takes all rows of persons out, and overwrites them where they lie.
    pub(crate) fn remove(
        &mut self,
        participants: &[ParticipantId],
        master: Option<&Master>,
    ) -> Result<(), HomeError> {
        let Some(master) = master else { return Ok(()) };
        let mut overwritten = false;
        for participant in participants {
            let tag = self.tag_of(*participant);
            for slot in self.by_participant.find(tag) {
                let Some(row) = self.row(slot)?.filter(|row| row.participant == *participant) else {
                    continue;
                };
                self.by_text.remove(row.text_tag(), slot);
                self.by_participant.remove(tag, slot);
                self.rows -= 1;
                match slot.checked_sub(self.pages.slots()) {
                    None => {
                        self.pages.clear(slot, master)?;
                        overwritten = true;
                    }
                    Some(place) => {
                        let place = usize::try_from(place).ok().and_then(|place| self.waiting.get_mut(place));
                        if let Some(row) = place {
                            *row = None;
                        }
                    }
                }
            }
        }
        if overwritten { self.pages.sync() } else { Ok(()) }
    }

    /// True when so many rows wait that they should be written.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
    }

    /// Adds the waiting rows to the file: with them it covers the first `length` lines.
    pub(crate) fn write(&mut self, master: Option<&Master>, length: u64) -> Result<(), HomeError> {
        let (false, Some(master)) = (self.waiting.is_empty(), master) else { return Ok(()) };
        self.pages.add(&self.waiting, (self.covered, length), master)?;
        self.waiting.clear();
        self.covered = length;
        Ok(())
    }

    /// Writes the file anew without its empty places, when they outweigh: whole or not at all.
    fn dense(self, master: &Master, path: &Path, unfinished: PathBuf) -> Result<Self, HomeError> {
        let slots = self.pages.slots();
        if slots < SMALL || slots - self.rows <= self.rows {
            return Ok(self);
        }
        let mut table = Self::none(unfinished);
        for slot in 0..slots {
            if let Some(row) = self.row(slot)? {
                table.push(row);
            }
            if table.is_full() {
                table.write(Some(master), 0)?;
            }
        }
        // Slots that are written already lie before these.
        table.write(Some(master), self.covered)?;
        if table.rows == 0 {
            remove_file(path)?;
            return Ok(Self::none(path.to_path_buf()));
        }
        table.pages.rename(path.to_path_buf())?;
        table.covered = self.covered;
        Ok(table)
    }
}

fn remove_file(path: &Path) -> Result<(), HomeError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(file_error("removing", path)(error))
        }
        _ => Ok(()),
    }
}
