//! Where rows are, by a tag of 32 bits: nine bytes a row at full load. Rows of the same tag are told apart by reading
//! them; of fifty million, one in a hundred look-ups reads a row for nothing.

use hashbrown::HashTable;

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u32,
    slot: u32,
}

/// Slots by tag.
#[derive(Debug, Default)]
pub(super) struct Index(HashTable<Entry>);

impl Index {
    /// Makes room for so many entries at once.
    pub(super) fn reserve(&mut self, entries: usize) {
        self.0.reserve(entries, |entry| spread(entry.tag));
    }

    pub(super) fn add(&mut self, tag: u32, slot: u32) {
        self.0.insert_unique(spread(tag), Entry { tag, slot }, |entry| spread(entry.tag));
    }

    pub(super) fn remove(&mut self, tag: u32, slot: u32) {
        if let Ok(entry) = self.0.find_entry(spread(tag), |entry| entry.slot == slot) {
            entry.remove();
        }
    }

    /// Slots with this tag, in order.
    pub(super) fn find(&self, tag: u32) -> Vec<u32> {
        let found = self.0.iter_hash(spread(tag)).filter(|entry| entry.tag == tag);
        let mut slots: Vec<u32> = found.map(|entry| entry.slot).collect();
        slots.sort_unstable();
        slots
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.0.allocation_size()
    }
}

/// The table takes a place from the low bits, and compares the high ones.
fn spread(tag: u32) -> u64 {
    u64::from(tag).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
