//! The file of the table: pages of 4,096 bytes, added at the end, each with its own tag.
//!
//! ```text
//! magic (8), number of the page (8), lines covered (8), 84 rows of 48 bytes, zeros (8), tag (32)
//! ```
//!
//! Whatever was added together ends a page, so that nothing of an earlier time is written again. A row is taken out by
//! zeros in its place.

use super::row::{ROW, Row};
use crate::home::{HomeError, file_error};
use crate::vault::seal::{Master, mac};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const PAGE: usize = 4_096;
const PAGE_BYTES: u64 = 4_096;
/// Rows of a page.
const ROWS: usize = 84;
const ROWS_OF_PAGE: u64 = 84;
const MAGIC: &[u8; 8] = b"JEJKDUP2";
const ROWS_AT: usize = 24;
const ROWS_AT_BYTES: u64 = 24;
const TAG_AT: usize = PAGE - 32;

type Page = [u8; PAGE];

/// The file. It is made by the first page.
#[derive(Debug)]
pub(super) struct Pages {
    path: PathBuf,
    file: Option<File>,
    count: u64,
}

impl Pages {
    /// No page yet: what has this name is replaced by the first.
    pub(super) fn none(path: PathBuf) -> Self {
        Self { path, file: None, count: 0 }
    }

    /// Reads a file to its end, and hands on each row with its slot; gives the lines that are covered as well. `None` when
    /// it is not whole. Pages that a crash tore at the end are cut off: the lines behind the others bring them again.
    pub(super) fn open(
        path: PathBuf,
        master: &Master,
        mut each: impl FnMut(u32, Row),
    ) -> Result<Option<(Self, u64)>, HomeError> {
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let file = file.map_err(file_error("opening", &path))?;
        let length = file.metadata().map_err(file_error("looking at", &path))?.len();
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let (mut pages, mut covered, mut torn) = (0, 0, false);
        let mut page = [0; PAGE];
        for number in 0..length / PAGE_BYTES {
            reader.read_exact(&mut page).map_err(file_error("reading", &path))?;
            match read(&page, number, master) {
                Some(_) if torn => return Ok(None),
                None => torn = true,
                Some(lines) => {
                    (pages, covered) = (number + 1, lines);
                    for (slot, row) in (number * ROWS_OF_PAGE..).zip(rows(&page)) {
                        if let Some(row) = Row::read(row) {
                            each(slot_of(slot), row);
                        }
                    }
                }
            }
        }
        if pages == 0 {
            return Ok(None);
        }
        file.set_len(pages * PAGE_BYTES).map_err(file_error("cutting", &path))?;
        Ok(Some((Self { path, file: Some(file), count: pages }, covered)))
    }

    /// Slots of a file of so many bytes.
    pub(super) fn slots_of(bytes: u64) -> u64 {
        bytes / PAGE_BYTES * ROWS_OF_PAGE
    }

    /// Slots of all pages, also of those that hold nothing.
    pub(super) fn slots(&self) -> u32 {
        slot_of(self.count * ROWS_OF_PAGE)
    }

    /// Adds rows in new pages, and syncs. Only the last page says that `after` lines are covered.
    pub(super) fn add(
        &mut self,
        rows: &[Option<Row>],
        (before, after): (u64, u64),
        master: &Master,
    ) -> Result<(), HomeError> {
        if self.file.is_none() {
            self.file = Some(create(&self.path)?);
        }
        let new = rows.len().div_ceil(ROWS);
        let mut bytes = Vec::with_capacity(new * PAGE);
        for (index, rows) in rows.chunks(ROWS).enumerate() {
            let number = self.count + u64::try_from(index).unwrap_or(u64::MAX);
            let covered = if index + 1 == new { after } else { before };
            bytes.extend_from_slice(&page_of(rows, number, covered, master));
        }
        self.write_at(self.count * PAGE_BYTES, &bytes)?;
        self.sync()?;
        self.count += u64::try_from(new).unwrap_or(u64::MAX);
        Ok(())
    }

    /// The row in a slot of a page.
    pub(super) fn row(&self, slot: u32) -> Result<Option<Row>, HomeError> {
        let (page, row) = (u64::from(slot) / ROWS_OF_PAGE, u64::from(slot) % ROWS_OF_PAGE);
        let mut bytes = [0; ROW];
        // A row has as many bytes as there are from one to the next.
        let at = page * PAGE_BYTES + ROWS_AT_BYTES + row * 48;
        self.read_at(at, &mut bytes)?;
        Ok(Row::read(&bytes))
    }

    /// Writes zeros over a slot of a page. They are on the disk after the next [`sync`](Self::sync).
    pub(super) fn clear(&mut self, slot: u32, master: &Master) -> Result<(), HomeError> {
        let number = u64::from(slot) / ROWS_OF_PAGE;
        let mut page = [0; PAGE];
        self.read_at(number * PAGE_BYTES, &mut page)?;
        let index = usize::try_from(u64::from(slot) % ROWS_OF_PAGE).unwrap_or(usize::MAX);
        let row = page.get_mut(ROWS_AT..).and_then(|rows| rows.chunks_exact_mut(ROW).nth(index));
        if let Some(row) = row {
            row.fill(0);
        }
        seal(&mut page, master);
        self.write_at(number * PAGE_BYTES, &page)
    }

    pub(super) fn sync(&self) -> Result<(), HomeError> {
        self.file()?.sync_data().map_err(file_error("syncing", &self.path))
    }

    /// Takes another name in the place of what has it.
    pub(super) fn rename(&mut self, to: PathBuf) -> Result<(), HomeError> {
        std::fs::rename(&self.path, &to).map_err(file_error("renaming", &self.path))?;
        self.path = to;
        Ok(())
    }

    fn file(&self) -> Result<&File, HomeError> {
        let none = || std::io::Error::from(std::io::ErrorKind::NotFound);
        self.file.as_ref().ok_or_else(|| file_error("opening", &self.path)(none()))
    }

    fn read_at(&self, at: u64, bytes: &mut [u8]) -> Result<(), HomeError> {
        let mut file = self.file()?;
        file.seek(SeekFrom::Start(at)).map_err(file_error("seeking in", &self.path))?;
        file.read_exact(bytes).map_err(file_error("reading", &self.path))
    }

    fn write_at(&self, at: u64, bytes: &[u8]) -> Result<(), HomeError> {
        let mut file = self.file()?;
        file.seek(SeekFrom::Start(at)).map_err(file_error("seeking in", &self.path))?;
        file.write_all(bytes).map_err(file_error("writing", &self.path))
    }
}

/// Four thousand million rows are those of a thousand million persons.
fn slot_of(slot: u64) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

fn page_of(rows: &[Option<Row>], number: u64, covered: u64, master: &Master) -> Page {
    let mut page = [0; PAGE];
    let head = MAGIC.iter().copied().chain(number.to_le_bytes()).chain(covered.to_le_bytes());
    let nothing = [0; ROW];
    let rows = rows.iter().flat_map(|row| row.as_ref().map_or(nothing, Row::bytes));
    page.iter_mut().zip(head.chain(rows)).for_each(|(to, from)| *to = from);
    seal(&mut page, master);
    page
}

fn seal(page: &mut Page, master: &Master) {
    let (content, tag) = page.split_at_mut(TAG_AT);
    tag.copy_from_slice(&mac(&master.table, content));
}

/// The lines that a page covers, when it is one of this table and in its place.
fn read(page: &Page, number: u64, master: &Master) -> Option<u64> {
    let (content, tag) = page.split_at(TAG_AT);
    let (here, rest) = content.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    let (covered, _) = rest.split_first_chunk::<8>()?;
    let good = u64::from_le_bytes(*here) == number && mac(&master.table, content) == *tag;
    good.then(|| u64::from_le_bytes(*covered))
}

fn rows(page: &Page) -> impl Iterator<Item = &[u8; ROW]> {
    page.get(ROWS_AT..).into_iter().flat_map(|rows| rows.as_chunks::<ROW>().0).take(ROWS)
}

fn create(path: &Path) -> Result<File, HomeError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(file_error("creating", path))
}
