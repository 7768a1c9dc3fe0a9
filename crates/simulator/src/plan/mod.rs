//! What the published figures fix: batches, terms, money, cash aid. Everything else is drawn at random.

mod aid;
mod batches;
mod pauses;
mod terms;

pub(crate) use aid::{AIDS, Aid, Service};
pub(crate) use batches::{BATCHES, Batch};
pub(crate) use pauses::{EVALUATION, Pause};
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

/// A batch at the scale of the simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) selected: u32,
    pub(crate) revoked: u32,
}

/// Sizes of all batches. Within a fund year what rounding took from one batch is given to a later one, so that
/// the sums of a year are to the nearest too.
pub(crate) fn sizes(scale: u32) -> Vec<Size> {
    let mut sizes = Vec::with_capacity(BATCHES.len());
    let (mut year, mut so_far) = (0, [0u64; 2]);
    for batch in BATCHES {
        if batch.year() != year {
            (year, so_far) = (batch.year(), [0, 0]);
        }
        let [selected, revoked] = &mut so_far;
        let selected = share_of(selected, batch.selected, scale);
        let revoked = share_of(revoked, batch.revoked, scale).min(selected);
        sizes.push(Size { selected, revoked });
    }
    sizes
}

/// What the running sum grows by at the scale when `count` is added, at least one.
fn share_of(sum: &mut u64, count: u32, scale: u32) -> u32 {
    let scale = u64::from(scale.max(1));
    let nearest = |sum: u64| (sum + scale / 2) / scale;
    let before = nearest(*sum);
    *sum += u64::from(count);
    u32::try_from(nearest(*sum) - before).unwrap_or(0).max(u32::from(count > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yearly_sums_are_to_the_nearest() {
        for (first, last, unrevoked) in [(1, 11, 5_504), (12, 22, 5_931), (23, 47, 4_985)] {
            let of_year = sizes(1000)
                .into_iter()
                .zip(BATCHES)
                .filter(|(_, batch)| (first..=last).contains(&batch.number));
            assert_eq!(of_year.map(|(size, _)| size.selected - size.revoked).sum::<u32>(), unrevoked);
        }
        assert!(sizes(1).iter().zip(BATCHES).all(|(size, batch)| size.selected == batch.selected));
        assert!(sizes(5_000_000).iter().all(|size| size.selected == 1));
    }

    #[test]
    fn scaling_keeps_what_exists() {
        assert_eq!(scaled(168_111, 1), 168_111);
        assert_eq!(scaled(168_111, 1000), 168);
        assert_eq!(scaled(168_511, 1000), 169);
        assert_eq!(scaled(3, 1_000_000), 1);
        assert_eq!(scaled(0, 10), 0);
    }
}
