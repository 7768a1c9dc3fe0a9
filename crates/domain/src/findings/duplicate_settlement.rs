//! One instalment settled twice: two attempts that both arrived, or one that is reported twice.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::payout::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Payout(Event::Settled(settled)) = &step.event.payload else { return None };
    let twice = step.entry?.movements().iter().any(|each| each.debit == Account::OverpaymentReceivable);
    let card = step.state.card_of(step.event).filter(|_| twice)?;
    let instalment = card.instalment(settled.benefit, settled.number)?;
    let (what, attempt) = (format!("{} {}", settled.benefit, settled.number), settled.attempt);
    let other = (1..=8).find(|each| *each != attempt && instalment.has_arrived(*each));
    match other {
        Some(other) => Some(format!("attempts {other} and {attempt} of {what} were both settled")),
        None if settled.amount.minor() > card.instalment_minor(card.cash(settled.benefit)?.1) => None,
        None => Some(format!("attempt {attempt} of {what} was settled twice, or reported twice")),
    }
}
