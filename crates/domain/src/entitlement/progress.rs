//! How far a purchase is paid for, and which attempts of an instalment have arrived.

use super::{Entitlement, Instalment, PartSettled, Purchase};
use crate::ids::PurchaseCode;

/// No more is instructed by command: each attempt up to it has a bit of its own.
pub(crate) const ATTEMPTS: u8 = 8;

/// The bit of an attempt. Attempts beyond the eighth, which only facts report, share the last bit.
pub(crate) fn attempt_bit(attempt: u8) -> u8 {
    1 << attempt.saturating_sub(1).min(7)
}

impl Instalment {
    /// True when the money of an attempt has arrived and not come back.
    pub fn has_arrived(&self, attempt: u8) -> bool {
        self.arrived & attempt_bit(attempt) != 0
    }
}

impl Entitlement {
    /// What the platform has been paid for a purchase, in minor units.
    pub fn paid_for(&self, purchase: Purchase) -> i64 {
        if purchase.settled {
            return purchase.price;
        }
        let parts = self.exceptions.as_ref().map_or(&[][..], |each| &each.part_settled);
        parts.iter().find(|part| part.code == purchase.code).map_or(0, |part| part.paid)
    }

    /// Sets what the platform has been paid for a purchase.
    pub(crate) fn set_paid_for(&mut self, code: PurchaseCode, paid: i64) {
        let Some(purchase) = self.purchase(code) else { return };
        let settled = paid >= purchase.price;
        self.put_purchase(Purchase { settled, ..purchase });
        if let Some(exceptions) = self.exceptions_mut_if_any() {
            exceptions.part_settled.retain(|part| part.code != code);
        }
        if !settled && paid > 0 {
            self.exceptions_mut().part_settled.push(PartSettled { code, paid });
        }
    }

    /// Purchases of courses that were not finished and for which the platform has not been paid, each with its number
    /// among all purchases of the card, from 1.
    pub fn unfinished(&self) -> impl Iterator<Item = (u32, Purchase)> {
        let open = |each: &Purchase| !(each.cancelled || each.completed || each.settled || each.expired);
        (1..=u32::MAX).zip(self.purchases()).filter(move |(_, each)| open(each))
    }
}
