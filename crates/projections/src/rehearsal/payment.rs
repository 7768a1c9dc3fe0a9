//! Payments: they move no right, but the first one opens surveys, and what was paid is not due twice.
//!
//! How money travels (instructed, failed, retried, returned) changes nobody's right, so only arrivals are rehearsed:
//! whole, or what is open would keep the card from its end.

use super::Rehearsal;
use jejak_domain::catalogue::Payload;
use jejak_domain::chart::Account;
use jejak_domain::entitlement::Card;
use jejak_domain::entry::Entry;
use jejak_domain::ids::BenefitCode;
use jejak_domain::instalment::Scheduled;
use jejak_domain::line::Event;
use jejak_domain::money::Money;
use jejak_domain::subject::Subject;
use jejak_domain::{custody, payout};

impl Rehearsal {
    pub(super) fn pay(&mut self, event: &Event) {
        let Some((benefit, number, amount)) = arrival(event) else {
            self.record(event);
            return;
        };
        let was_due = |card: Card<'_>| card.instalment(benefit, number).is_some();
        let was_due = self.recorded.state.card_of(event).is_some_and(was_due);
        // What arrives beyond a right is a debt, under whatever rules.
        if !self.record(event).is_some_and(|entry| is_by_right(&entry)) {
            return;
        }
        let Some(card) = self.rehearsed.state.card_of(event) else { return };
        match card.instalment(benefit, number) {
            Some(instalment) if instalment.open > 0 => {
                let open = card.money(instalment.open);
                self.rehearse(&with_amount(event, open));
            }
            Some(_) => {}
            None if was_due => {
                if let Subject::Participant(id) = event.subject {
                    self.arrived.insert((id, benefit, number), event.clone());
                }
            }
            // Paid without ever being due: a fact of an imported history, for one instalment under either rules.
            None => {
                let granted = |card: Card<'_>| {
                    card.cash(benefit).map(|(_, cash)| card.money(card.instalment_minor(cash)))
                };
                let whole = self.recorded.state.card_of(event).and_then(granted) == Some(amount);
                let amount = granted(card).filter(|_| whole).unwrap_or(amount);
                self.rehearse(&with_amount(event, amount));
            }
        }
    }

    /// A payment that had arrived before its instalment became due.
    pub(super) fn pay_what_has_arrived(&mut self, event: &Event, scheduled: &Scheduled) {
        let Subject::Participant(id) = event.subject else { return };
        let Some(arrived) = self.arrived.remove(&(id, scheduled.benefit, scheduled.number)) else { return };
        let paid = Event { time: event.time, recorded: event.recorded, ..arrived };
        self.rehearse(&with_amount(&paid, scheduled.amount));
    }
}

/// Which instalment arrives, and how much.
fn arrival(event: &Event) -> Option<(BenefitCode, u8, Money)> {
    match &event.payload {
        Payload::Payout(payout::Event::Settled(settled)) => {
            Some((settled.benefit, settled.number, settled.amount))
        }
        Payload::Custody(custody::Event::HandedOver(handed)) => {
            Some((handed.benefit, handed.number, handed.amount))
        }
        _ => None,
    }
}

fn with_amount(event: &Event, amount: Money) -> Event {
    let mut event = event.clone();
    match &mut event.payload {
        Payload::Payout(payout::Event::Settled(settled)) => settled.amount = amount,
        Payload::Custody(custody::Event::HandedOver(handed)) => handed.amount = amount,
        _ => {}
    }
    event
}

/// True when any of the money was the person's.
fn is_by_right(entry: &Entry) -> bool {
    let outside = |account| matches!(account, Account::Bank | Account::PartnerFloat | Account::Custody);
    entry.movements().iter().any(|each| each.debit.is_of_card() && outside(each.credit))
}
