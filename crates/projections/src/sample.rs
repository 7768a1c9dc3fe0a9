//! Means and their differences, in whole minor units: no float comes near them.

/// Answers of a group, as the sums that its mean and variance follow from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    count: i64,
    sum: i128,
    squares: i128,
}

/// How two groups differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// Mean of the first less mean of the second, rounded down.
    pub difference: i64,
    /// Lower and upper end of its 95 percent interval, rounded outwards; from [`LEAST`] answers in each group.
    pub interval: Option<(i64, i64)>,
}

/// Answers from which on a mean is spread as the normal distribution says, which the interval supposes.
pub const LEAST: i64 = 30;

impl Sample {
    /// Takes an answer in, or with `times` -1 out again.
    pub fn count_in(&mut self, minor: i64, times: i64) {
        let (minor, times) = (i128::from(minor), i128::from(times));
        self.count += i64::try_from(times).unwrap_or_default();
        // An answer has at most 17 digits: its square fits a thousand times, and a sum beyond says nothing any more.
        self.sum = self.sum.saturating_add(times * minor);
        self.squares = self.squares.saturating_add(times * minor * minor);
    }

    /// How many answers.
    pub fn count(&self) -> i64 {
        self.count
    }

    /// Their mean, rounded down; none without answers.
    pub fn mean(&self) -> Option<i64> {
        let count = i128::from(self.count);
        (count > 0).then(|| self.sum.div_euclid(count)).and_then(|mean| i64::try_from(mean).ok())
    }

    /// Square of the standard error of the mean, rounded up: the variance of the answers divided by their count.
    fn error_squared(&self) -> Option<i128> {
        let count = i128::from(self.count);
        let above = count.checked_mul(self.squares)?.checked_sub(self.sum.checked_mul(self.sum)?)?;
        let below = count.checked_mul(count)?.checked_mul(count - 1)?;
        (self.count >= 2).then(|| (above + below - 1) / below)
    }
}

/// How far the mean of `one` lies above that of `other`; none where one of them has no answer. The standard error is that
/// of two independent groups with variances of their own.
pub fn difference(one: Sample, other: Sample) -> Option<Between> {
    let counts = (i128::from(one.count), i128::from(other.count));
    if counts.0 <= 0 || counts.1 <= 0 {
        return None;
    }
    let above = one.sum.checked_mul(counts.1)?.checked_sub(other.sum.checked_mul(counts.0)?)?;
    let difference = above.div_euclid(counts.0 * counts.1);
    let enough = one.count >= LEAST && other.count >= LEAST;
    let interval = || {
        let squared = u128::try_from(one.error_squared()?.checked_add(other.error_squared()?)?).ok()?;
        let root = squared.isqrt();
        let error = i128::try_from(root + u128::from(root * root < squared)).ok()?;
        // 1.96 standard errors on each side, and one unit for the mean that was rounded down.
        let reach = (error.checked_mul(196)? + 99) / 100;
        let (low, high) = (difference.checked_sub(reach)?, difference.checked_add(reach + 1)?);
        Some((i64::try_from(low).ok()?, i64::try_from(high).ok()?))
    };
    let interval = enough.then(interval).flatten();
    Some(Between { difference: i64::try_from(difference).ok()?, interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(answers: &[i64]) -> Sample {
        let mut sample = Sample::default();
        for answer in answers {
            sample.count_in(*answer, 1);
        }
        sample
    }

    /// Deviations from the mean, all times the count, so that they are whole: another way to the same variance.
    fn error_squared(answers: &[i64]) -> i128 {
        let count = i128::try_from(answers.len()).unwrap();
        let sum: i128 = answers.iter().map(|each| i128::from(*each)).sum();
        let above: i128 = answers.iter().map(|each| (i128::from(*each) * count - sum).pow(2)).sum();
        let below = count * count * count * (count - 1);
        (above + below - 1) / below
    }

    #[test]
    fn a_difference_has_an_interval_from_thirty_answers_on() {
        let (one, other): (Vec<_>, Vec<_>) =
            (0..30).map(|each| (300 + each % 2 * 20, 100 + each % 2 * 20)).unzip();
        // Each: variance 100 * 30 / 29, so squared errors of 100 / 29 = 3.45, rounded up to 4 each; 1.96 * 2.83 = 5.5.
        let between = difference(sample(&one), sample(&other)).unwrap();
        assert_eq!(between, Between { difference: 200, interval: Some((194, 207)) });
        let fewer = difference(sample(&one[1..]), sample(&other)).unwrap();
        assert_eq!(fewer.interval, None);
        assert_eq!(difference(sample(&[]), sample(&other)), None);
        assert_eq!(sample(&[]).mean(), None);
    }

    proptest! {
        #[test]
        fn sums_give_the_variance_that_deviations_give(answers in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 2..60)) {
            prop_assert_eq!(sample(&answers).error_squared(), Some(error_squared(&answers)));
        }

        #[test]
        fn what_is_taken_out_was_never_there(answers in prop::collection::vec(0_i64..1_000_000, 0..20), extra: i32) {
            let mut with = sample(&answers);
            with.count_in(extra.into(), 1);
            with.count_in(extra.into(), -1);
            prop_assert_eq!(with, sample(&answers));
        }

        #[test]
        fn the_interval_holds_the_difference_and_turns_with_the_groups(
            one in prop::collection::vec(0_i64..1_000_000_000, 30..80),
            other in prop::collection::vec(0_i64..1_000_000_000, 30..80),
        ) {
            let there = difference(sample(&one), sample(&other)).unwrap();
            let back = difference(sample(&other), sample(&one)).unwrap();
            let (low, high) = there.interval.unwrap();
            prop_assert!(low <= there.difference && there.difference <= high);
            prop_assert!((there.difference + back.difference).abs() <= 1);
            let (other_low, other_high) = back.interval.unwrap();
            prop_assert!((low + other_high).abs() <= 2 && (high + other_low).abs() <= 2);
        }
    }
}
