//! Random numbers from a seed: SplitMix64, one stream a person.
//!
//! A person's luck depends on the seed and on the person's number alone, never on whose turn came before.

use sha2::{Digest as _, Sha256};

/// A stream of random numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Random(u64);

impl Random {
    /// The root of all streams of a seed.
    pub(crate) fn of_seed(seed: &str) -> Self {
        let digest = Sha256::digest(seed.as_bytes());
        Self(digest.iter().take(8).fold(0, |sum, &byte| (sum << 8) | u64::from(byte)))
    }

    /// The stream with this number; the root itself does not move.
    pub(crate) fn stream(self, number: u64) -> Self {
        Self(mix(self.0 ^ mix(number.wrapping_add(0x51ED_270B_2026_0001))))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// One of 0 to `limit` − 1; 0 when the limit is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let high = (self.bits() >> 32) * u64::from(limit);
        u32::try_from(high >> 32).unwrap_or(0)
    }

    /// One of `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: i32, last: i32) -> i32 {
        let width = u32::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
        first.saturating_add(i32::try_from(self.below(width)).unwrap_or(0))
    }

    /// True with the given probability in ten-thousandths.
    pub(crate) fn chance(&mut self, ten_thousandths: u32) -> bool {
        self.below(10_000) < ten_thousandths
    }

    /// An element of a list that is never empty; the first when it has one.
    pub(crate) fn choose<T: Copy>(&mut self, list: &[T], otherwise: T) -> T {
        let at = self.below(u32::try_from(list.len()).unwrap_or(0));
        usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or(otherwise)
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let root = Random::of_seed("a");
        assert_eq!(root.stream(7).bits(), root.stream(7).bits());
        assert_ne!(root.stream(7).bits(), root.stream(8).bits());
        assert_ne!(root.stream(7).bits(), Random::of_seed("b").stream(7).bits());
    }

    #[test]
    fn ranges_hold_their_ends() {
        let mut random = Random::of_seed("ends");
        let drawn: Vec<i32> = (0..1000).map(|_| random.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert_eq!(random.below(0), 0);
        assert!(!random.chance(0) && random.chance(10_000));
    }
}
