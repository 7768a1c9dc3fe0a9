//! What only few entitlements ever have, kept apart so that millions of others stay small.

use super::Entitlement;
use crate::ids::ActorId;
use crate::time::Day;

/// A revocation in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Who revoked: another person must reinstate.
    pub by: ActorId,
    /// Training balance that it released, in minor units.
    pub voucher: i64,
    /// Other money that it released, in minor units.
    pub other: i64,
}

/// Demands for repayment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Demanded so far, in minor units.
    pub demanded: i64,
    /// Repaid so far, in minor units.
    pub repaid: i64,
    /// Last day to repay the newest demand.
    pub until: Day,
    /// True once an unpaid demand has been handed on.
    pub escalated: bool,
}

impl Claim {
    /// Demanded and not repaid, in minor units.
    pub fn owed(&self) -> i64 {
        self.demanded.saturating_sub(self.repaid)
    }
}

/// What is out of the ordinary with an entitlement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// The revocation in force.
    pub revocation: Option<Revocation>,
    /// Demands for repayment.
    pub claim: Option<Claim>,
    /// Who proposed to end the entitlement with money on it: another person must agree.
    pub closing: Option<ActorId>,
    /// Spent beyond the training balance by facts, in minor units.
    pub overspent: i64,
    /// Paid beyond the right by facts, in minor units.
    pub overpaid: i64,
}

impl Entitlement {
    /// The revocation in force.
    pub fn revocation(&self) -> Option<Revocation> {
        self.exceptions.as_ref()?.revocation
    }

    /// Demands for repayment.
    pub fn claim(&self) -> Option<Claim> {
        self.exceptions.as_ref()?.claim
    }

    /// Spent beyond the training balance, in minor units: what comes back clears it first.
    pub fn overspent(&self) -> i64 {
        self.exceptions.as_ref().map_or(0, |exceptions| exceptions.overspent)
    }

    /// Paid beyond the right, in minor units: what comes back clears it first.
    pub fn overpaid(&self) -> i64 {
        self.exceptions.as_ref().map_or(0, |exceptions| exceptions.overpaid)
    }

    pub(crate) fn exceptions_mut(&mut self) -> &mut Exceptions {
        self.exceptions.get_or_insert_default()
    }

    /// Money released after the revocation belongs to it: a reinstatement commits it again.
    pub(crate) fn add_to_revocation(&mut self, voucher: i64, other: i64) {
        if let Some(revocation) = self.exceptions.as_mut().and_then(|each| each.revocation.as_mut()) {
            revocation.voucher = revocation.voucher.saturating_add(voucher);
            revocation.other = revocation.other.saturating_add(other);
        }
    }
}
