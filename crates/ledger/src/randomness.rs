//! Where ids and keys get their random bits: the system's generator, or a seed for an invented history.

use sha2::{Digest, Sha256};

/// A source of random bytes.
#[derive(Debug)]
pub enum Randomness {
    /// The system's generator, read in blocks.
    System(Block),
    /// SHA-256 over a seed and a counter: the same seed gives the same bytes, which no real ledger may use.
    Seeded(Seed, Block),
}

/// Bytes not handed out yet.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    used: usize,
}

/// Where a seeded source stands.
#[derive(Debug)]
pub struct Seed {
    seed: [u8; 32],
    counter: u64,
}

/// The system's generator gives nothing.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed ({0}): nothing can be recorded without it")]
pub struct RandomnessError(getrandom::Error);

impl Randomness {
    /// The system's generator.
    pub fn system() -> Self {
        Self::System(Block::default())
    }

    /// A seeded source.
    pub fn seeded(seed: &str) -> Self {
        Self::Seeded(Seed { seed: Sha256::digest(seed.as_bytes()).into(), counter: 0 }, Block::default())
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// When the system's generator fails.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], RandomnessError> {
        let mut taken = [0; N];
        for byte in &mut taken {
            *byte = self.next_byte()?;
        }
        Ok(taken)
    }

    fn next_byte(&mut self) -> Result<u8, RandomnessError> {
        let block = match self {
            Self::System(block) | Self::Seeded(_, block) => block,
        };
        if let Some(byte) = block.bytes.get(block.used) {
            block.used += 1;
            return Ok(*byte);
        }
        match self {
            Self::System(block) => {
                block.bytes.resize(4096, 0);
                getrandom::fill(&mut block.bytes).map_err(RandomnessError)?;
                block.used = 0;
            }
            Self::Seeded(seed, block) => {
                let mut hasher = Sha256::new();
                hasher.update(seed.seed);
                hasher.update(seed.counter.to_le_bytes());
                seed.counter += 1;
                block.bytes = hasher.finalize().to_vec();
                block.used = 0;
            }
        }
        self.next_byte()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        let draw = |mut source: Randomness| source.bytes::<100>().unwrap();
        assert_eq!(draw(Randomness::seeded("a")), draw(Randomness::seeded("a")));
        assert_ne!(draw(Randomness::seeded("a")), draw(Randomness::seeded("b")));
        assert_ne!(draw(Randomness::system()), draw(Randomness::system()));
    }
}
