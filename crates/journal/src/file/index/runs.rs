//! The index of a segment in memory.

use crate::file::index::builder::Entry;

/// Entries in sorted runs, each at least twice as long as the next: a search looks at few of them, and an entry is moved
/// few times. 16 bytes an entry, where a map of lists takes five times as much.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<Vec<Entry>>);

impl Runs {
    /// Adds entries of lines behind all so far.
    #[expect(clippy::stable_sort_primitive, reason = "it takes runs that are sorted already as they are")]
    pub(super) fn add(&mut self, mut run: Vec<Entry>) {
        if run.is_empty() {
            return;
        }
        while let Some(mut before) = self.0.pop_if(|before| before.len() < 2 * run.len()) {
            before.reserve_exact(run.len());
            before.append(&mut run);
            run = before;
        }
        run.sort();
        self.0.push(run);
    }

    /// Relative positions of a key, in ascending order.
    pub(super) fn find(&self, key: u64) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(move |run| {
            let start = run.partition_point(|(each, _)| *each < key);
            let rest = run.get(start..).unwrap_or_default().iter();
            rest.take_while(move |(each, _)| *each == key).map(|(_, relative)| *relative)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_in_order_among_few_runs() {
        let mut runs = Runs::default();
        let key = |relative: u32| u64::from(relative % 97).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = 0;
        for count in (0..2_000).map(|each| each % 7) {
            runs.add((next..next + count).map(|relative| (key(relative), relative)).collect());
            next += count;
        }
        for each in 0..97 {
            let expected: Vec<u32> = (0..next).filter(|relative| relative % 97 == each).collect();
            assert_eq!(runs.find(key(each)).collect::<Vec<_>>(), expected);
        }
        assert_eq!(runs.find(1).count(), 0);
        assert!(runs.0.len() < 16, "{} runs", runs.0.len());
    }
}
