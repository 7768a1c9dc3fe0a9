//! The funnel: from applications to payments, batch by batch.

use crate::Step;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::participant::Check;
use jejak_domain::programme::Requirement;
use jejak_domain::{batch, entitlement, instalment, participant, payout, training, voucher};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of persons of one batch, and sums in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Funnel {
    /// Joined.
    pub applied: u64,
    /// Found eligible.
    pub eligible: u64,
    /// Selected.
    pub selected: u64,
    /// Granted by decree.
    pub decreed: u64,
    /// Bought at least one course.
    pub bought: u64,
    /// Completed at least one course.
    pub completed: u64,
    /// Were paid at least one instalment that no survey earned.
    pub paid: u64,
    /// Revoked and not reinstated.
    pub revoked: u64,
    /// Released by revocation, in minor units.
    pub released: i128,
    /// Granted, in minor units.
    pub granted: i128,
    /// Spent on courses, net of cancellations, in minor units.
    pub spent: i128,
    /// Paid out by the first kinds of benefits, in minor units.
    pub incentives: i128,
    /// Paid out for surveys, in minor units.
    pub survey_money: i128,
    /// Payments that failed.
    pub failures: u64,
    /// Payments that settled.
    pub settlements: u64,
}

/// The funnel of every batch, and the steps before one joins.
#[derive(Clone, Debug, Default)]
pub struct Funnels {
    batches: BTreeMap<(ProgrammeCode, u16), Funnel>,
    /// Persons registered.
    pub registered: u64,
    /// Passed checks, by check.
    pub passed: BTreeMap<&'static str, u64>,
}

impl Funnels {
    /// Every batch, by programme and number.
    pub fn iter(&self) -> impl Iterator<Item = (ProgrammeCode, u16, &Funnel)> {
        self.batches.iter().map(|((programme, number), funnel)| (*programme, *number, funnel))
    }

    /// Folds one step in.
    pub fn apply(&mut self, step: Step<'_>) {
        match &step.event.payload {
            Payload::Participant(participant::Event::Registered(_)) => self.registered += 1,
            Payload::Participant(participant::Event::Verified(verified)) => {
                if verified.verdict == participant::Verdict::Passed {
                    *self.passed.entry(check_name(verified.check)).or_default() += 1;
                }
            }
            Payload::Batch(batch::Event::Summarised(summary)) => {
                if let jejak_domain::subject::Subject::Batch(programme, number) = step.event.subject {
                    let funnel = self.batches.entry((programme, number)).or_default();
                    funnel.applied = u64::from(summary.applied);
                    funnel.eligible = u64::from(summary.eligible);
                    funnel.selected = u64::from(summary.selected);
                }
            }
            _ => self.card(step),
        }
    }

    /// Events of a card count in the batch of its decree.
    fn card(&mut self, step: Step<'_>) {
        let Some(card) = step.state.card_of(step.event) else { return };
        let funnel = self.batches.entry((card.programme.code, card.entitlement.batch)).or_default();
        match &step.event.payload {
            Payload::Entitlement(event) => entitled(funnel, event),
            Payload::Voucher(voucher::Event::Spent(spent)) => {
                funnel.spent += i128::from(spent.price.minor());
                funnel.bought += u64::from(card.entitlement.purchases.len() == 1);
            }
            Payload::Voucher(voucher::Event::Restored(restored)) => {
                funnel.spent -= i128::from(restored.amount.minor());
            }
            Payload::Training(training::Event::Completed(_)) => {
                let completed = card.entitlement.purchases.iter().filter(|purchase| purchase.completed).count();
                funnel.completed += u64::from(completed == 1);
            }
            Payload::Payout(payout::Event::Settled(settled)) => {
                let minor = i128::from(settled.amount.minor());
                funnel.settlements += 1;
                let survey = card.cash(settled.benefit).is_some_and(|(_, cash)| cash.requires == Requirement::Survey);
                if survey {
                    funnel.survey_money += minor;
                } else {
                    funnel.incentives += minor;
                    funnel.paid += u64::from(settled.number == 1);
                }
            }
            Payload::Custody(jejak_domain::custody::Event::HandedOver(handed)) => {
                funnel.incentives += i128::from(handed.amount.minor());
                funnel.settlements += 1;
                funnel.paid += u64::from(handed.number == 1);
            }
            Payload::Payout(payout::Event::Failed(_)) => funnel.failures += 1,
            Payload::Instalment(instalment::Event::Lapsed(_)) | _ => {}
        }
    }
}

fn entitled(funnel: &mut Funnel, event: &entitlement::Event) {
    match event {
        entitlement::Event::Decreed(decreed) => {
            funnel.decreed += 1;
            funnel.granted += decreed.benefits.iter().map(|granted| i128::from(granted.amount.minor())).sum::<i128>();
        }
        entitlement::Event::Revoked(revoked) => {
            funnel.revoked += 1;
            funnel.released += i128::from(revoked.amount.minor());
        }
        entitlement::Event::Reinstated(reinstated) => {
            funnel.revoked = funnel.revoked.saturating_sub(1);
            funnel.released -= i128::from(reinstated.amount.minor());
        }
        _ => {}
    }
}

fn check_name(check: Check) -> &'static str {
    check.as_str()
}
