//! The case's own count: where the money of a card is, and by what cause it was released.

use super::lives::{Act, By, Why};
use crate::line::{Minor, rupiah};

pub(super) const TRAINING: Minor = rupiah(1_000_000);
pub(super) const CASH: Minor = rupiah(2_550_000);
pub(super) const INCENTIVE: Minor = rupiah(600_000);
/// Prices of courses 1, 2 and 3.
pub(super) const PRICES: [Minor; 3] = [rupiah(600_000), rupiah(250_000), rupiah(950_000)];

pub(super) fn price(number: u8) -> Minor {
    PRICES.get(usize::from(number.saturating_sub(1))).copied().unwrap_or_default()
}

/// Persons and money released, by cause. Revocations are net of reinstatements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Cards revoked for want of a purchase, and what that released, in minor units.
    pub no_purchase: (u64, i64),
    /// Cards revoked as not eligible.
    pub ineligible: (u64, i64),
    /// Cards given up.
    pub withdrawn: (u64, i64),
    /// Training money left at the last day to buy, or restored to a card that had ended.
    pub balances: i64,
    /// Cash never earned by the last day to pay.
    pub closed: i64,
    /// Payments that failed or came back after their card had ended.
    pub after_end: i64,
}

/// Where the money of one card is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse {
    voucher: Minor,
    /// Cash neither received nor with the bank.
    cash: Minor,
    in_flight: Minor,
    ended: bool,
    /// Released by the last end of a term.
    lost: Minor,
}

impl Default for Purse {
    fn default() -> Self {
        Self { voucher: TRAINING, cash: CASH, in_flight: 0, ended: false, lost: 0 }
    }
}

impl Purse {
    fn end(&mut self) -> Minor {
        self.ended = true;
        std::mem::take(&mut self.voucher) + std::mem::take(&mut self.cash)
    }

    /// What a step does to the card, and what it releases.
    pub(super) fn follow(&mut self, act: Act, sums: &mut Released) {
        match act {
            Act::Buy(number) => self.voucher -= price(number),
            Act::Cancel(number, By::Provider | By::Participant) if self.ended => {
                sums.balances += price(number);
            }
            Act::Cancel(number, _) => self.voucher += price(number),
            Act::Instruct(_) => {
                self.cash -= INCENTIVE;
                self.in_flight += INCENTIVE;
            }
            Act::Paid(..) => self.in_flight -= INCENTIVE,
            Act::Failed(..) => {
                self.in_flight -= INCENTIVE;
                self.wait_or_go(sums);
            }
            Act::CameBack(..) => self.wait_or_go(sums),
            Act::TermEnds => {
                self.lost = self.end();
                sums.no_purchase = (sums.no_purchase.0 + 1, sums.no_purchase.1 + self.lost);
            }
            Act::Reinstate => {
                sums.no_purchase = (sums.no_purchase.0 - 1, sums.no_purchase.1 - self.lost);
                *self = Self::default();
            }
            Act::Revoke(why) => {
                let released = self.end();
                let sum = match why {
                    Why::Ineligible => &mut sums.ineligible,
                    Why::Withdrawn => &mut sums.withdrawn,
                };
                *sum = (sum.0 + 1, sum.1 + released);
            }
            Act::BalanceEnds => sums.balances += std::mem::take(&mut self.voucher),
            Act::PaymentsEnd => sums.closed += self.end(),
            Act::Link | Act::Redeem(_) | Act::Complete(_) | Act::Rate(_) | Act::Settle(_) | Act::Retry(_) => {
            }
        }
    }

    /// Money that did not arrive waits on a living card, and goes back to the pool from a dead one.
    fn wait_or_go(&mut self, sums: &mut Released) {
        if self.ended {
            sums.after_end += INCENTIVE;
        } else {
            self.cash += INCENTIVE;
        }
    }
}
