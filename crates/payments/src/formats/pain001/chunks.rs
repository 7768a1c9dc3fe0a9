//! How a run is divided into files.

use std::ops::Range;

/// One file of a run: which of its payments, in order, and its number, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number of the file, from 1.
    pub number: usize,
    /// Its payments among those of the run.
    pub payments: Range<usize>,
}

/// Divides `payments` into as few files as hold at most `most` each, all of nearly the same length. So none is shorter than
/// half of `most`, unless there is only one: bulk payments (BI-FAST) have a least length.
pub fn chunks(payments: usize, most: usize) -> impl Iterator<Item = Chunk> {
    let files = payments.div_ceil(most.max(1));
    (0..files).map(move |file| {
        let at = |file: usize| {
            // The first files have one more where it does not come out even.
            file * (payments / files) + file.min(payments % files)
        };
        Chunk { number: file + 1, payments: at(file)..at(file + 1) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_payment_is_in_one_file_and_no_file_is_short(payments in 0_usize..5_000, most in 1_usize..400) {
            let all: Vec<_> = chunks(payments, most).collect();
            let mut next = 0;
            for (place, chunk) in all.iter().enumerate() {
                prop_assert_eq!((chunk.number, chunk.payments.start), (place + 1, next));
                prop_assert!(!chunk.payments.is_empty() && chunk.payments.len() <= most);
                prop_assert!(all.len() == 1 || chunk.payments.len() >= most / 2);
                next = chunk.payments.end;
            }
            prop_assert_eq!(next, payments);
            prop_assert_eq!(all.len(), payments.div_ceil(most));
        }
    }
}
