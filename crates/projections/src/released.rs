//! Money that decrees granted and that went back to the pool, by its cause. Summed from the books: what an entry
//! moved, never what a payload says.

use crate::Step;
use jejak_domain::catalogue::Payload;
use jejak_domain::chart::Account;
use jejak_domain::entitlement::{Event as Entitled, RevocationReason};
use jejak_domain::entry::{Entry, FundYear};
use jejak_domain::subject::Subject;
use jejak_domain::voucher;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Why money of a card went back to the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Revoked: nothing was bought within the term. Net of reinstatements.
    NoPurchase,
    /// Revoked: the person was not eligible. Net of reinstatements.
    Ineligible,
    /// Revoked: the person gave it up. Net of reinstatements.
    Withdrawn,
    /// Training money left after the last day to buy, or restored to a card that had ended.
    BalanceLapsed,
    /// Cash not earned or not paid by the last day to pay.
    CashLapsed,
    /// A course that was not finished by the last day to pay, and not paid for.
    CourseExpired,
    /// A payment that failed or came back after its card had ended.
    NotArrived,
}

impl Cause {
    /// For people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoPurchase => "revoked: nothing bought within the term",
            Self::Ineligible => "revoked: not eligible",
            Self::Withdrawn => "revoked: given up",
            Self::BalanceLapsed => "training money not used",
            Self::CashLapsed => "cash not earned or not paid in time",
            Self::CourseExpired => "courses not finished in time",
            Self::NotArrived => "payments of ended cards that did not arrive",
        }
    }

    fn of(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::NoPurchase => Self::NoPurchase,
            RevocationReason::Ineligible => Self::Ineligible,
            RevocationReason::Withdrawn => Self::Withdrawn,
        }
    }
}

/// How often, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Cards revoked and not reinstated; of other causes, how often money was released.
    pub count: i64,
    /// Minor units.
    pub minor: i128,
}

/// Released money of every fund year.
#[derive(Clone, Debug, Default)]
pub struct Released {
    sums: BTreeMap<(FundYear, Cause), Sum>,
    /// Why each revoked card was revoked last, by person and programme.
    revoked: HashMap<(u32, FundYear), Cause>,
}

impl Released {
    /// Every cause of every fund year in which it released something, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (FundYear, Cause, Sum)> {
        self.sums.iter().map(|(&(fund, cause), &sum)| (fund, cause, sum))
    }

    /// Folds one step in.
    pub fn apply(&mut self, step: Step<'_>) {
        let (Some(entry), Subject::Participant(id)) = (step.entry, step.event.subject) else { return };
        let minor = to_the_pool(entry);
        let Some(person) = step.state.people.number(id).filter(|_| minor != 0) else { return };
        let card = (person, entry.fund);
        let (cause, count) = match &step.event.payload {
            Payload::Entitlement(Entitled::Revoked(revoked)) => {
                let cause = Cause::of(revoked.reason);
                self.revoked.insert(card, cause);
                (cause, 1)
            }
            Payload::Entitlement(Entitled::Reinstated(_)) => match self.revoked.remove(&card) {
                Some(cause) => (cause, -1),
                None => return,
            },
            Payload::Entitlement(Entitled::Closed(_)) | Payload::Instalment(_) => (Cause::CashLapsed, 1),
            Payload::Voucher(voucher::Event::Expired(_)) => (Cause::CourseExpired, 1),
            Payload::Voucher(_) => (Cause::BalanceLapsed, 1),
            Payload::Payout(_) => (Cause::NotArrived, 1),
            _ => return,
        };
        let sum = self.sums.entry((entry.fund, cause)).or_default();
        sum.count += count;
        sum.minor += minor;
    }
}

/// What an entry gives back to the pool, in minor units; less than zero for what it takes from it.
fn to_the_pool(entry: &Entry) -> i128 {
    let pool = |account| i128::from(account == Account::CommittedPool);
    let movements = entry.movements().iter();
    movements.map(|each| (pool(each.credit) - pool(each.debit)) * i128::from(each.minor)).sum()
}
