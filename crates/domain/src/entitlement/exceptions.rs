//! What only few entitlements ever have, kept apart so that millions of others stay small.

use super::Entitlement;
use crate::ids::{ActorId, PurchaseCode};
use crate::recovery::Claim;
use crate::time::Day;

/// A revocation in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Who revoked: another person must reinstate.
    pub by: ActorId,
    /// The day on which it was revoked.
    pub on: Day,
    /// Who proposed to undo it: another person must reinstate.
    pub proposed_by: Option<ActorId>,
    /// Training balance that it released, in minor units.
    pub voucher: i64,
    /// Other money that it released, in minor units.
    pub other: i64,
}

/// What a revocation took of one instalment: a reinstatement makes it due again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Number of the benefit in the terms.
    pub benefit: u8,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// What was not paid of it, in minor units.
    pub minor: i64,
}

/// Money that came back of a payment not yet known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlyReturn {
    /// Number of the benefit in the terms.
    pub benefit: u8,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// The attempt, from 1.
    pub attempt: u8,
    /// What came back, in minor units.
    pub minor: i64,
}

/// A purchase of which the platform has been paid only a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartSettled {
    /// Its code.
    pub code: PurchaseCode,
    /// What the platform has, in minor units.
    pub paid: i64,
}

/// What is out of the ordinary with an entitlement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// The revocation in force.
    pub revocation: Option<Revocation>,
    /// Who made the revocation that was last undone, and who proposed to undo it: a third person must have done it.
    pub undone: Option<(ActorId, Option<ActorId>)>,
    /// What the revocation in force took of instalments: a part of its `other`.
    pub taken: Vec<Taken>,
    /// Demands for repayment.
    pub claim: Option<Claim>,
    /// Who proposed to end the entitlement with money on it: another person must agree.
    pub closing: Option<ActorId>,
    /// Spent beyond the training balance by facts and not demanded back, in minor units.
    pub overspent: i64,
    /// Paid to the person beyond the right by facts and not demanded back, in minor units.
    pub overpaid: i64,
    /// Paid to platforms beyond the price by facts, in minor units.
    pub platform_overpaid: i64,
    /// Money that came back of payments not yet known.
    pub early_returns: Vec<EarlyReturn>,
    /// Purchases of which the platform has been paid only a part.
    pub part_settled: Vec<PartSettled>,
    /// True once a purchase has been cancelled by its provider or platform.
    pub let_down: bool,
    /// True once the person was found not to be eligible.
    pub found_ineligible: bool,
}

impl Entitlement {
    /// The revocation in force.
    pub fn revocation(&self) -> Option<Revocation> {
        self.exceptions.as_ref()?.revocation
    }

    /// What the revocation in force took of instalments.
    pub fn taken(&self) -> &[Taken] {
        self.exceptions.as_ref().map_or(&[], |exceptions| &exceptions.taken)
    }

    /// Demands for repayment.
    pub fn claim(&self) -> Option<&Claim> {
        self.exceptions.as_ref()?.claim.as_ref()
    }

    /// Spent beyond the training balance, in minor units: what comes back clears it first.
    pub fn overspent(&self) -> i64 {
        self.exceptions.as_ref().map_or(0, |exceptions| exceptions.overspent)
    }

    /// Paid beyond the right, in minor units: what comes back clears it first.
    pub fn overpaid(&self) -> i64 {
        self.exceptions.as_ref().map_or(0, |exceptions| exceptions.overpaid)
    }

    /// Paid to platforms beyond the price, in minor units: what they refund clears it first.
    pub fn platform_overpaid(&self) -> i64 {
        self.exceptions.as_ref().map_or(0, |exceptions| exceptions.platform_overpaid)
    }

    /// Money that came back of payments not yet known.
    pub fn early_returns(&self) -> &[EarlyReturn] {
        self.exceptions.as_ref().map_or(&[], |exceptions| &exceptions.early_returns)
    }

    /// True once a purchase has been cancelled by its provider or platform.
    pub fn was_let_down(&self) -> bool {
        self.exceptions.as_ref().is_some_and(|exceptions| exceptions.let_down)
    }

    pub(crate) fn exceptions_mut(&mut self) -> &mut Exceptions {
        self.exceptions.get_or_insert_default()
    }

    pub(crate) fn exceptions_mut_if_any(&mut self) -> Option<&mut Exceptions> {
        self.exceptions.as_deref_mut()
    }

    /// Money released after the revocation belongs to it: a reinstatement commits it again.
    pub(crate) fn add_to_revocation(&mut self, voucher: i64, other: i64) {
        if let Some(revocation) = self.exceptions.as_mut().and_then(|each| each.revocation.as_mut()) {
            revocation.voucher = revocation.voucher.saturating_add(voucher);
            revocation.other = revocation.other.saturating_add(other);
        }
    }

    /// Remembers what a revocation took of an instalment. An entitlement that ended otherwise is not given back.
    pub(crate) fn take(&mut self, taken: Taken) {
        let exceptions = self.exceptions_mut_if_any().filter(|each| each.revocation.is_some());
        let Some(exceptions) = exceptions.filter(|_| taken.minor > 0) else { return };
        let same = |each: &&mut Taken| (each.benefit, each.number) == (taken.benefit, taken.number);
        match exceptions.taken.iter_mut().find(same) {
            Some(before) => before.minor = before.minor.saturating_add(taken.minor),
            None => exceptions.taken.push(taken),
        }
    }
}
