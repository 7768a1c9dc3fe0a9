//! A filter that knows which command ids were surely never used, so that a new command reads nothing from disk.
//!
//! Bloom filters of doubling size: 24 bits a key, eight bits set, all in one cache line. A miss is certain; a hit is
//! wrong in about one of ten thousand cases, and is confirmed by reading lines.

/// Keys of the first filter.
const FIRST_KEYS: usize = 1 << 16;
const BITS_PER_KEY: usize = 24;
/// A cache line.
const BLOCK_WORDS: usize = 8;
const BITS_SET: u32 = 8;

/// One filter: its blocks and how many keys it can still take.
#[derive(Debug)]
struct Stage {
    blocks: Vec<[u64; BLOCK_WORDS]>,
    room: usize,
}

impl Stage {
    fn of(keys: usize) -> Self {
        Self { blocks: vec![[0; BLOCK_WORDS]; keys * BITS_PER_KEY / (64 * BLOCK_WORDS)], room: keys }
    }

    /// The block of a key, and the bits that it sets there.
    fn place(&self, hash: u64) -> (usize, [u64; BLOCK_WORDS]) {
        let block = (u128::from(hash) * u128::try_from(self.blocks.len()).unwrap_or_default()) >> 64;
        let mut mask = [0_u64; BLOCK_WORDS];
        let mut bits = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..BITS_SET {
            bits = bits.wrapping_mul(0xd605_1f2e_9c4b_8a37).rotate_left(17);
            let bit = bits >> 55;
            if let Some(word) = usize::try_from(bit / 64).ok().and_then(|word| mask.get_mut(word)) {
                *word |= 1 << (bit % 64);
            }
        }
        (usize::try_from(block).unwrap_or_default(), mask)
    }
}

/// A growing filter over 64-bit hashes.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    stages: Vec<Stage>,
}

impl Filter {
    /// Adds a key.
    pub(crate) fn add(&mut self, hash: u64) {
        if self.stages.last().is_none_or(|stage| stage.room == 0) {
            self.stages.push(Stage::of(FIRST_KEYS << self.stages.len().min(24)));
        }
        let Some(stage) = self.stages.last_mut() else { return };
        let (index, mask) = stage.place(hash);
        if let Some(block) = stage.blocks.get_mut(index) {
            block.iter_mut().zip(mask).for_each(|(word, bits)| *word |= bits);
        }
        stage.room -= 1;
    }

    /// False when the key was surely never added.
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        self.stages.iter().any(|stage| {
            let (index, mask) = stage.place(hash);
            stage
                .blocks
                .get(index)
                .is_some_and(|block| block.iter().zip(mask).all(|(word, bits)| word & bits == bits))
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
        assert!(invented < 100, "{invented} of {count} invented");
    }
}
