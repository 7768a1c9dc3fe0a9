//! A split-block Bloom filter (as in Apache Parquet): it answers "certainly not here" from one cache line.
//!
//! The hash of a key is already uniform, so its halves serve directly: the upper one picks the block, the lower one,
//! multiplied by eight odd numbers, one bit in each of the block's eight words.

use crate::num::{u32_of, u64_of, usize_of};

/// The multipliers that Parquet's specification fixes.
const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];
/// 256 bits for 24 keys, about 11 a key: less than one miss in a hundred reads the index.
const KEYS_PER_BLOCK: usize = 24;
pub(super) const BLOCK_BYTES: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<[u32; 8]>);

impl Filter {
    pub(super) fn new(keys: &[u64]) -> Self {
        let mut filter = Self(vec![[0; 8]; keys.len().div_ceil(KEYS_PER_BLOCK)]);
        for &key in keys {
            let at = filter.block_of(key);
            if let Some(block) = filter.0.get_mut(at) {
                for (word, mask) in block.iter_mut().zip(masks(key)) {
                    *word |= mask;
                }
            }
        }
        filter
    }

    pub(super) fn may_contain(&self, key: u64) -> bool {
        let block = self.0.get(self.block_of(key));
        block.is_some_and(|block| block.iter().zip(masks(key)).all(|(word, mask)| word & mask != 0))
    }

    pub(super) fn blocks(&self) -> u32 {
        u32_of(self.0.len())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let block = |bytes: &[u8; BLOCK_BYTES]| {
            let mut words = [0; 8];
            for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *word = u32::from_le_bytes(*bytes);
            }
            words
        };
        Self(bytes.as_chunks().0.iter().map(block).collect())
    }

    fn block_of(&self, key: u64) -> usize {
        usize_of(((key >> 32) * u64_of(self.0.len())) >> 32)
    }
}

fn masks(key: u64) -> impl Iterator<Item = u32> {
    let low = u32::try_from(key & u64::from(u32::MAX)).unwrap_or(0);
    SALTS.into_iter().map(move |salt| 1 << (low.wrapping_mul(salt) >> 27))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::index::key_hash;

    #[test]
    fn never_misses_and_seldom_errs() {
        let key = |i: u32| key_hash(&i.to_le_bytes());
        let keys: Vec<u64> = (0..10_000).map(key).collect();
        let filter = Filter::from_bytes(&Filter::new(&keys).to_bytes());
        assert!(keys.iter().all(|&key| filter.may_contain(key)));
        let wrong = (10_000..110_000).filter(|&i| filter.may_contain(key(i))).count();
        assert!(wrong < 1_000, "{wrong} of 100,000 strangers pass");
        assert!(!Filter::new(&[]).may_contain(0));
    }
}
