//! The funnel: from applications to payments, batch by batch.

use crate::Step;
use jejak_domain::catalogue::Payload;
use jejak_domain::entitlement::{Card, Purchase};
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::participant::{Channel, Verdict};
use jejak_domain::programme::Requirement;
use jejak_domain::subject::Subject;
use jejak_domain::{batch, custody, entitlement, loan, outcome, participant, payout, training, voucher};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// Counts of persons of one batch, and sums in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Funnel {
    /// Year of the fund that pays.
    pub year: i16,
    /// Joined, as summarised.
    pub applied: u64,
    /// Found eligible, as summarised.
    pub eligible: u64,
    /// Selected, as summarised.
    pub selected: u64,
    /// Granted by decree.
    pub decreed: u64,
    /// Linked a payout account.
    pub linked: u64,
    /// Of them, whose first was a wallet.
    pub wallets: u64,
    /// Bought at least one course.
    pub bought: u64,
    /// Completed at least one course.
    pub completed: u64,
    /// Were paid at least one instalment that no survey earned.
    pub paid: u64,
    /// Revoked and not reinstated.
    pub revoked: u64,
    /// Payments that settled.
    pub settlements: u64,
    /// Settled first instalments that a first course earned.
    pub first_payments: u64,
    /// Of them, within a week of being earned.
    pub first_payments_in_time: u64,
    /// Settled payments for surveys.
    pub survey_payments: u64,
    /// Of them, within two weeks of the answer.
    pub survey_payments_in_time: u64,
    /// Payments that failed.
    pub failures: u64,
    /// Shown by a late list to be on it.
    pub listed_late: u64,
    /// On the list for the bank.
    pub loan_listed: u64,
    /// Answered in a wave of tracking.
    pub answered: u64,
    /// Of them, run a business.
    pub entrepreneurs: u64,
    /// Of them, employed.
    pub employed: u64,
    /// Handed cash, by unit.
    pub handed: BTreeMap<String, u64>,
    /// Sums.
    #[serde(skip)]
    pub sums: Sums,
}

/// Sums of one batch in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Granted by decree.
    pub granted: i128,
    /// Released by revocation.
    pub released: i128,
    /// Spent on courses, net of cancellations.
    pub spent: i128,
    /// Paid to platforms, net of refunds.
    pub settled: i128,
    /// Of it, for courses that are not completed.
    pub unfinished: i128,
    /// Paid to persons, net of returns; survey money and cash left out.
    pub incentives: i128,
    /// Paid to persons for surveys.
    pub surveys: i128,
    /// Cash handed over.
    pub cash: i128,
    /// What had reached persons when a late list showed them.
    pub listed: i128,
}

/// The funnel of every batch, and the steps before one joins.
#[derive(Clone, Debug, Default)]
pub struct Funnels {
    batches: BTreeMap<(ProgrammeCode, u16), Funnel>,
    linked: HashSet<u32>,
    paid: HashSet<(u32, u16)>,
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
            Payload::Participant(event) => self.person(step, event),
            Payload::Batch(batch::Event::Summarised(summary)) => {
                if let Subject::Batch(programme, number) = step.event.subject {
                    let funnel = self.batches.entry((programme, number)).or_default();
                    funnel.applied = summary.applied.into();
                    funnel.eligible = summary.eligible.into();
                    funnel.selected = summary.selected.into();
                }
            }
            // The list for the bank is made of alumni: each counts in the batch of the first entitlement.
            Payload::Loan(loan::Event::Listed(_)) => {
                if let Some(funnel) = self.first_batch(step) {
                    funnel.loan_listed += 1;
                }
            }
            _ => {
                if let Some(card) = step.state.card_of(step.event) {
                    let key = (card.programme.code, card.entitlement.batch);
                    let funnel = self.batches.entry(key).or_default();
                    funnel.year = card.entitlement.decreed_on.year();
                    funnel.card(step, &card);
                    let number = step.state.people.number(card.person.id);
                    if let Some(number) = number.filter(|_| is_first_payment(step, &card)) {
                        funnel.paid += u64::from(self.paid.insert((number, card.entitlement.programme)));
                    }
                }
            }
        }
    }

    fn person(&mut self, step: Step<'_>, event: &participant::Event) {
        match event {
            participant::Event::Registered(_) => self.registered += 1,
            participant::Event::Verified(verified) if verified.verdict == Verdict::Passed => {
                *self.passed.entry(verified.check.as_str()).or_default() += 1;
            }
            participant::Event::AccountLinked(linked) => {
                let Subject::Participant(id) = step.event.subject else { return };
                let Some(number) = step.state.people.number(id) else { return };
                if self.linked.insert(number)
                    && let Some(funnel) = self.first_batch(step)
                {
                    funnel.linked += 1;
                    funnel.wallets += u64::from(linked.channel == Channel::Wallet);
                }
            }
            participant::Event::RegisterReported(reported) if reported.listed => {
                let Subject::Participant(id) = step.event.subject else { return };
                let first = step.state.people.get(id).and_then(|person| person.entitlements().next());
                let paid = first.map_or(0, |entitlement| entitlement.card().paid);
                if let Some(funnel) = self.first_batch(step) {
                    funnel.listed_late += 1;
                    funnel.sums.listed += i128::from(paid);
                }
            }
            _ => {}
        }
    }

    /// The funnel of the person's first entitlement.
    fn first_batch(&mut self, step: Step<'_>) -> Option<&mut Funnel> {
        let Subject::Participant(id) = step.event.subject else { return None };
        let entitlement = step.state.people.get(id)?.entitlements().next()?;
        let programme = step.state.programmes.at(entitlement.programme)?.code;
        Some(self.batches.entry((programme, entitlement.batch)).or_default())
    }
}

/// True for the settlement of a first instalment that no survey earned; it may have come back and be made again.
fn is_first_payment(step: Step<'_>, card: &Card<'_>) -> bool {
    let (benefit, number) = match &step.event.payload {
        Payload::Payout(payout::Event::Settled(settled)) => (settled.benefit, settled.number),
        Payload::Custody(custody::Event::HandedOver(handed)) => (handed.benefit, handed.number),
        _ => return false,
    };
    number == 1 && card.cash(benefit).is_some_and(|(_, cash)| cash.requires != Requirement::Survey)
}

impl Funnel {
    /// Events of a card count in the batch of its decree.
    fn card(&mut self, step: Step<'_>, card: &Card<'_>) {
        match &step.event.payload {
            Payload::Entitlement(event) => self.entitled(event),
            Payload::Voucher(event) => self.voucher(event, card),
            Payload::Training(training::Event::Completed(completed)) => {
                let finished = card.entitlement.purchases().filter(|purchase| purchase.completed);
                self.completed += u64::from(finished.count() == 1);
                if let Some(purchase) = card.purchase(completed.purchase).filter(|purchase| purchase.settled)
                {
                    self.sums.unfinished -= i128::from(purchase.price);
                }
            }
            Payload::Payout(event) => {
                self.payout(event, card);
                self.delay(step, card);
            }
            Payload::Custody(custody::Event::HandedOver(handed)) => {
                self.sums.cash += i128::from(handed.amount.minor());
                self.settlements += 1;
                if handed.number == 1 {
                    *self.handed.entry(handed.unit.to_string()).or_default() += 1;
                }
            }
            Payload::Outcome(outcome::Event::Reported(reported)) => {
                self.answered += 1;
                self.entrepreneurs += u64::from(reported.work == outcome::Work::Entrepreneur);
                self.employed += u64::from(reported.work == outcome::Work::Employed);
            }
            _ => {}
        }
    }

    fn entitled(&mut self, event: &entitlement::Event) {
        match event {
            entitlement::Event::Decreed(decreed) => {
                self.decreed += 1;
                let granted = decreed.benefits.iter().map(|granted| i128::from(granted.amount.minor()));
                self.sums.granted += granted.sum::<i128>();
            }
            entitlement::Event::Revoked(revoked) => {
                self.revoked += 1;
                self.sums.released += i128::from(revoked.amount.minor());
            }
            entitlement::Event::Reinstated(reinstated) => {
                self.revoked = self.revoked.saturating_sub(1);
                self.sums.released -= i128::from(reinstated.amount.minor());
            }
            _ => {}
        }
    }

    fn voucher(&mut self, event: &voucher::Event, card: &Card<'_>) {
        let unfinished = |purchase: Purchase| !purchase.completed;
        match event {
            voucher::Event::Spent(spent) => {
                self.sums.spent += i128::from(spent.price.minor());
                self.bought += u64::from(card.entitlement.purchases().count() == 1);
            }
            voucher::Event::Restored(restored) => self.sums.spent -= i128::from(restored.amount.minor()),
            voucher::Event::Settled(settled) => {
                let minor = i128::from(settled.amount.minor());
                self.sums.settled += minor;
                if card.purchase(settled.purchase).is_some_and(unfinished) {
                    self.sums.unfinished += minor;
                }
            }
            voucher::Event::Refunded(refunded) => {
                let minor = i128::from(refunded.amount.minor());
                self.sums.settled -= minor;
                if card.purchase(refunded.purchase).is_some_and(unfinished) {
                    self.sums.unfinished -= minor;
                }
            }
            voucher::Event::Expired(_) | voucher::Event::Lapsed(_) | voucher::Event::Issued(_) => {}
        }
    }

    /// How long money took from the day on which it was earned.
    fn delay(&mut self, step: Step<'_>, card: &Card<'_>) {
        let Payload::Payout(payout::Event::Settled(settled)) = &step.event.payload else { return };
        let Some((_, cash)) = card.cash(settled.benefit) else { return };
        let Some(instalment) = card.instalment(settled.benefit, settled.number) else { return };
        let earned = instalment.pay_on.plus(-i32::from(cash.pay_after_days));
        let within = |days| u64::from(step.event.time.day() <= earned.plus(days));
        match cash.requires {
            Requirement::FirstCourse if settled.number == 1 => {
                self.first_payments += 1;
                self.first_payments_in_time += within(7);
            }
            Requirement::Survey => {
                self.survey_payments += 1;
                self.survey_payments_in_time += within(14);
            }
            _ => {}
        }
    }

    fn payout(&mut self, event: &payout::Event, card: &Card<'_>) {
        let (benefit, minor) = match event {
            payout::Event::Settled(settled) => (settled.benefit, i128::from(settled.amount.minor())),
            payout::Event::Returned(returned) => (returned.benefit, -i128::from(returned.amount.minor())),
            payout::Event::Failed(_) => {
                self.failures += 1;
                return;
            }
            payout::Event::Instructed(_) | payout::Event::Retried(_) => return,
        };
        let survey = card.cash(benefit).is_some_and(|(_, cash)| cash.requires == Requirement::Survey);
        if survey {
            self.sums.surveys += minor;
        } else {
            self.sums.incentives += minor;
        }
        if let payout::Event::Settled(_) = event {
            self.settlements += 1;
        }
    }
}
