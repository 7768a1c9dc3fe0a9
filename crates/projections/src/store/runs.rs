//! Rows that wait beside a file, in runs that are sorted each, and come back merged.

use crate::rows::Rows;
use crate::table::Table;
use crate::value::Value;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Memory that each run of a table takes while it is merged.
const BUFFER: usize = 32 << 10;

/// A cell as it waits. The order of these is the order in which SQLite keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell<'a> {
    /// What an earlier run says.
    Same,
    Null,
    Integer(i64),
    Text(&'a str),
}

/// One sorted run of one table.
struct Run {
    table: &'static str,
    start: u64,
    end: u64,
}

/// All runs, in a file whose name is gone at once: nothing is left of it however the process ends.
pub(super) struct Runs {
    file: BufWriter<File>,
    length: u64,
    sorted: Vec<Run>,
}

impl Runs {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        std::fs::remove_file(path)?;
        Ok(Self { file: BufWriter::with_capacity(1 << 20, file), length: 0, sorted: Vec::new() })
    }

    /// Adds a run. Of rows with one key those of the later run count.
    pub(super) fn add(&mut self, rows: &Rows) -> io::Result<()> {
        let start = self.length;
        let (mut row, mut text) = (Vec::new(), String::new());
        for cells in rows.in_order() {
            row.clear();
            for cell in cells {
                let cell = match cell {
                    Value::Same => Cell::Same,
                    Value::Null => Cell::Null,
                    Value::Integer(number) => Cell::Integer(*number),
                    written => {
                        text.clear();
                        written.write(&mut text);
                        Cell::Text(&text)
                    }
                };
                encode(cell, &mut row);
            }
            self.file.write_all(&length(&row).to_le_bytes())?;
            self.file.write_all(&row)?;
            self.length += 4 + u64::from(length(&row));
        }
        self.sorted.push(Run { table: rows.table().name, start, end: self.length });
        Ok(())
    }

    /// Hands over each row of a table once, in the order of keys; its cells are read with [`cells`].
    pub(super) fn merge(
        &mut self,
        table: &Table,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        self.file.flush()?;
        let mut heap = BinaryHeap::new();
        for (number, run) in self.sorted.iter().enumerate().filter(|(_, run)| run.table == table.name) {
            let part = Part { file: self.file.get_ref(), at: run.start, end: run.end };
            let rest = BufReader::with_capacity(BUFFER, part);
            let waiting = Waiting { row: Vec::new(), key: table.key, number, rest };
            heap.extend(waiting.next()?);
        }
        let mut same: Vec<Waiting<'_>> = Vec::new();
        while let Some(first) = heap.pop() {
            same.push(first);
            while let Some(next) = heap.peek()
                && same.last().is_some_and(|last| last.by_key(next).is_eq())
            {
                same.extend(heap.pop());
            }
            match same.as_slice() {
                [only] => take(&only.row)?,
                several => take(&laid_over(several))?,
            }
            for waiting in same.drain(..) {
                heap.extend(waiting.next()?);
            }
        }
        Ok(())
    }
}

/// Cells of the later runs over those of earlier ones.
fn laid_over(same: &[Waiting<'_>]) -> Vec<u8> {
    let mut rows = same.iter().map(|waiting| cells(&waiting.row));
    let mut laid: Vec<_> = rows.next().into_iter().flatten().collect();
    for later in rows {
        let changed = laid.iter_mut().zip(later).filter(|(_, new)| *new != Cell::Same);
        changed.for_each(|(old, new)| *old = new);
    }
    let mut row = Vec::new();
    for cell in laid {
        encode(cell, &mut row);
    }
    row
}

/// The first row of a run that is not taken yet, and the rest of it.
struct Waiting<'a> {
    row: Vec<u8>,
    key: usize,
    number: usize,
    rest: BufReader<Part<'a>>,
}

impl Waiting<'_> {
    fn next(mut self) -> io::Result<Option<Self>> {
        let mut length = [0; 4];
        match self.rest.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        self.row.resize(usize::try_from(u32::from_le_bytes(length)).unwrap_or_default(), 0);
        self.rest.read_exact(&mut self.row)?;
        Ok(Some(self))
    }

    fn by_key(&self, other: &Self) -> Ordering {
        cells(&self.row).take(self.key).cmp(cells(&other.row).take(self.key))
    }
}

// The heap gives its greatest: that is the least key, and of these the earliest run.
impl Ord for Waiting<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.by_key(self).then_with(|| other.number.cmp(&self.number))
    }
}

impl PartialOrd for Waiting<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting<'_> {}

/// A part of a file, read without moving where others read.
struct Part<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(into.len());
        let read = self.file.read_at(into.get_mut(..left).unwrap_or_default(), self.at)?;
        self.at += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

/// Rows have some thirty cells of at most some kilobytes.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn encode(cell: Cell<'_>, row: &mut Vec<u8>) {
    match cell {
        Cell::Same => row.push(b's'),
        Cell::Null => row.push(b'n'),
        Cell::Integer(number) => {
            row.push(b'i');
            row.extend(number.to_le_bytes());
        }
        Cell::Text(text) => {
            row.push(b't');
            row.extend(length(text.as_bytes()).to_le_bytes());
            row.extend(text.as_bytes());
        }
    }
}

/// The cells of a row that waited.
pub(super) fn cells(row: &[u8]) -> impl Iterator<Item = Cell<'_>> {
    let mut rest = row;
    std::iter::from_fn(move || {
        let (kind, after) = rest.split_first()?;
        let (cell, after) = match kind {
            b's' => (Cell::Same, after),
            b'n' => (Cell::Null, after),
            b'i' => {
                let (number, after) = after.split_first_chunk()?;
                (Cell::Integer(i64::from_le_bytes(*number)), after)
            }
            _ => {
                let (length, after) = after.split_first_chunk()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                let (text, after) = after.split_at_checked(length)?;
                (Cell::Text(std::str::from_utf8(text).ok()?), after)
            }
        };
        rest = after;
        Some(cell)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Kind, column};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    static TABLE: Table = Table {
        name: "test",
        version: 1,
        about: "A test.",
        columns: &[
            column("one", Kind::Code, "The first of the key."),
            column("two", Kind::Count, "The second."),
            column("three", Kind::Count, "A cell."),
            column("four", Kind::Text, "A cell."),
        ],
        key: 2,
        log: false,
        indexes: &[],
    };

    fn cell() -> impl Strategy<Value = Value> {
        let text = prop_oneof![Just(""), Just("a"), Just("a\0b"), Just("ab"), Just("é")];
        prop_oneof![
            Just(Value::Null),
            Just(Value::Same),
            (-3_i64..3).prop_map(Value::Integer),
            text.prop_map(Value::text)
        ]
    }

    fn owned(cell: Cell<'_>) -> Value {
        match cell {
            Cell::Same => Value::Same,
            Cell::Null => Value::Null,
            Cell::Integer(number) => Value::Integer(number),
            Cell::Text(text) => Value::text(text),
        }
    }

    proptest! {
        #[test]
        fn runs_come_back_merged_in_the_order_of_keys_with_later_cells_over_earlier_ones(
            runs in prop::collection::vec(
                prop::collection::vec((0_usize..4, -2_i64..3, cell(), cell()), 0..12), 0..6),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let mut waiting = Runs::create(&dir.path().join("runs")).unwrap();
            let mut model = BTreeMap::<(&str, i64), [Value; 2]>::new();
            for run in runs {
                let mut rows = Rows::new(&TABLE);
                for (one, two, three, four) in run {
                    let one = ["", "a", "ab", "b"][one];
                    rows.set([Value::text(one), two.into()], [(2, three.clone()), (3, four.clone())]);
                    let kept = model.entry((one, two)).or_insert([Value::Same, Value::Same]);
                    for (kept, new) in kept.iter_mut().zip([three, four]).filter(|(_, new)| *new != Value::Same) {
                        *kept = new;
                    }
                }
                waiting.add(&rows).unwrap();
            }
            let mut merged = Vec::new();
            waiting.merge(&TABLE, |row| {
                merged.push(cells(row).map(owned).collect::<Vec<_>>());
                Ok(())
            }).unwrap();
            let expected: Vec<_> = model.into_iter().map(|((one, two), [three, four])| {
                vec![Value::text(one), two.into(), three, four]
            }).collect();
            prop_assert_eq!(merged, expected);
            prop_assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
        }
    }
}
