//! What is demanded back from one person, and how far it is settled.

use super::{Demanded, Event, Repaid};
use crate::entitlement::Card;
use crate::ids::ActorId;
use crate::time::Day;

/// Demands for repayment, all of one card together, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Demanded so far, less what was withdrawn.
    pub demanded: i64,
    /// Of it, what had been paid beyond the right.
    pub of_overpayments: i64,
    /// Repaid so far, up to what was demanded.
    pub repaid: i64,
    /// Came back through the payment partner.
    pub returned: i64,
    /// Given up.
    pub written_off: i64,
    /// Repaid beyond what was demanded, and not paid back to the person yet.
    pub over_repaid: i64,
    /// Who demanded any part of it, each once: another person must withdraw it or write it off.
    pub demanders: Vec<ActorId>,
    /// Last day to repay the newest demand, or the last instalment.
    pub until: Day,
    /// The agreement on instalments, where there is one.
    pub plan: Option<Plan>,
    /// True once an unpaid demand has been handed on.
    pub escalated: bool,
    /// True when the card was reinstated after the demand: nothing is handed on before someone looks at it.
    pub held: bool,
}

/// An agreement to repay in instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The last day of the first instalment.
    pub first: Day,
    /// Days between two instalments.
    pub every_days: u16,
    /// How many.
    pub count: u8,
    /// What was owed when it was agreed, in minor units.
    pub owed: i64,
}

impl Plan {
    /// The last days of the instalments.
    pub fn days(self) -> impl Iterator<Item = Day> {
        (0..i32::from(self.count)).map(move |number| self.first.plus(number * i32::from(self.every_days)))
    }

    /// What may still be owed after the end of a day, in minor units: equal instalments, the last takes the rest.
    pub fn open_after(self, day: Day) -> i64 {
        let count = i64::from(self.count).max(1);
        let left = self.days().filter(|each| *each > day).count();
        // Not above the count, which has 8 bits.
        let left = i64::try_from(left).unwrap_or(count);
        let share = i128::from(self.owed) * i128::from(left) / i128::from(count);
        i64::try_from(share).unwrap_or(self.owed)
    }
}

impl Claim {
    pub(super) fn new(until: Day) -> Self {
        Self {
            demanded: 0,
            of_overpayments: 0,
            repaid: 0,
            returned: 0,
            written_off: 0,
            over_repaid: 0,
            demanders: Vec::new(),
            until,
            plan: None,
            escalated: false,
            held: false,
        }
    }

    /// Demanded and not settled, in minor units.
    pub fn owed(&self) -> i64 {
        self.demanded
            .saturating_sub(self.repaid)
            .saturating_sub(self.returned)
            .saturating_sub(self.written_off)
    }

    /// Of what is owed, what had been paid beyond the right and may still come back through the partner.
    pub fn overpayment(&self) -> i64 {
        self.of_overpayments.saturating_sub(self.returned).min(self.owed())
    }

    /// The day at whose end the claim is overdue, as it stands.
    pub fn overdue_after(&self) -> Day {
        let missed = |plan: Plan| plan.days().find(|day| self.owed() > plan.open_after(*day));
        self.plan.and_then(missed).unwrap_or(self.until)
    }
}

/// How an event of recovery divides, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// Demand: of what was paid beyond the right. Elsewhere: what settles the claim.
    pub(super) within: i64,
    /// Demand: of what was paid by right. Elsewhere: beyond the claim.
    pub(super) beyond: i64,
    /// Demand: settled at once by what had been repaid before.
    pub(super) credited: i64,
}

/// How an event divides on its card; nothing in another currency than the card's.
pub(super) fn parts(card: Option<Card<'_>>, event: &Event) -> Parts {
    let amount = match event {
        Event::Demanded(Demanded { amount, .. }) | Event::Repaid(Repaid { amount, .. }) => *amount,
        Event::Withdrawn(withdrawn) => withdrawn.amount,
        Event::WrittenOff(written_off) => written_off.amount,
        Event::Refunded(refunded) => refunded.amount,
        Event::Escalated(_) | Event::InstalmentsAgreed(_) | Event::IneligibleFound(_) => {
            return Parts::default();
        }
    };
    let card = card.filter(|card| card.currency() == amount.currency());
    let (amount, claim) = (amount.minor().max(0), card.and_then(|card| card.entitlement.claim()));
    let owed = claim.map_or(0, |claim| claim.owed().max(0));
    let over_repaid = claim.map_or(0, |claim| claim.over_repaid.max(0));
    let upto =
        |limit: i64| Parts { within: amount.min(limit), beyond: amount - amount.min(limit), credited: 0 };
    match event {
        Event::Demanded(_) => {
            let overpaid = card.map_or(0, |card| {
                card.entitlement.overpaid().saturating_add(card.entitlement.overspent()).max(0)
            });
            Parts { credited: amount.min(over_repaid), ..upto(overpaid) }
        }
        // What was demanded by right of ineligibility; what had been repaid of it is owed back.
        Event::Withdrawn(_) => {
            let amount = amount.min(card.map_or(0, |card| withdrawable(&card)));
            Parts { within: amount.min(owed), beyond: amount - amount.min(owed), credited: 0 }
        }
        Event::WrittenOff(_) => Parts { beyond: 0, ..upto(owed) },
        Event::Refunded(_) => upto(over_repaid),
        _ => upto(owed),
    }
}

/// What a withdrawal can take back: a payment beyond the right stays owed, whoever is entitled.
pub(crate) fn withdrawable(card: &Card<'_>) -> i64 {
    let claim = card.entitlement.claim();
    claim.map_or(0, |claim| {
        claim.demanded.saturating_sub(claim.of_overpayments).saturating_sub(claim.written_off).max(0)
    })
}
