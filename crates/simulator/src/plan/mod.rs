//! What the published figures fix: batches, terms, money, cash aid. Everything else is drawn at random.

mod aid;
mod batches;
mod terms;

pub(crate) use aid::{AIDS, Aid, Service};
pub(crate) use batches::{BATCHES, Batch};
pub(crate) use terms::INTERVAL;

/// One `scale`-th of a real count, to the nearest, but at least one where there was any.
pub(crate) fn scaled(count: u32, scale: u32) -> u32 {
    let scale = scale.max(1);
    if count == 0 {
        0
    } else {
        ((u64::from(count) + u64::from(scale / 2)) / u64::from(scale)).try_into().map_or(1, |n: u32| n.max(1))
    }
}

/// One `scale`-th of a real amount, rounded down to whole rupiah.
pub(crate) fn scaled_money(amount: i64, scale: u32) -> i64 {
    amount / i64::from(scale.max(1)) / 100 * 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_keeps_what_exists() {
        assert_eq!(scaled(168_111, 1), 168_111);
        assert_eq!(scaled(168_111, 1000), 168);
        assert_eq!(scaled(168_511, 1000), 169);
        assert_eq!(scaled(3, 1_000_000), 1);
        assert_eq!(scaled(0, 10), 0);
    }
}
