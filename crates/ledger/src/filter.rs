//! A filter that knows which command ids were surely never used, so that a new command reads nothing from disk.
//!
//! Bloom filters of doubling size: 16 bits a key, four bits set. A miss is certain; a hit is right in all but some
//! thousandths of cases, and is confirmed by reading the line.

/// Keys of the first filter.
const FIRST_KEYS: usize = 1 << 16;
const BITS_PER_KEY: usize = 16;

/// One filter: its bits and how many keys it can still take.
#[derive(Debug)]
struct Stage {
    words: Vec<u64>,
    room: usize,
}

/// A growing filter over 64-bit hashes.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    stages: Vec<Stage>,
}

impl Stage {
    fn of(keys: usize) -> Self {
        Self { words: vec![0; keys * BITS_PER_KEY / 64], room: keys }
    }

    /// The word and the mask of a key: all four bits lie in one word, so that a look-up touches memory once.
    fn place(&self, hash: u64) -> (usize, u64) {
        let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The number of words is a power of two.
        let index = usize::try_from(mixed >> 24).unwrap_or_default() & (self.words.len() - 1);
        let mask = (0..4).fold(0, |mask, bit| mask | 1_u64 << (mixed >> (bit * 6) & 63));
        (index, mask)
    }
}

impl Filter {
    /// Adds a key.
    pub(crate) fn add(&mut self, hash: u64) {
        if self.stages.last().is_none_or(|stage| stage.room == 0) {
            self.stages.push(Stage::of(FIRST_KEYS << self.stages.len().min(24)));
        }
        let Some(stage) = self.stages.last_mut() else { return };
        let (index, mask) = stage.place(hash);
        if let Some(word) = stage.words.get_mut(index) {
            *word |= mask;
        }
        stage.room -= 1;
    }

    /// False when the key was surely never added.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        self.stages.iter().any(|stage| {
            let (index, mask) = stage.place(hash);
            stage.words.get(index).is_some_and(|word| word & mask == mask)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_forgets_and_rarely_invents() {
        let mut filter = Filter::default();
        let key = |n: u64| n.wrapping_mul(0xd605_1f2e_9c4b_8a37) ^ (n >> 3);
        let count = 300_000;
        (0..count).for_each(|n| filter.add(key(n)));
        assert!((0..count).all(|n| filter.may_have(key(n))));
        let invented = (count..2 * count).filter(|n| filter.may_have(key(*n))).count();
        assert!(invented < 9_000, "{invented} of {count} invented");
    }
}
