//! A decree's line that the terms do not give: a second one for the same person, or other amounts.

use super::Step;
use crate::catalogue::Payload;
use crate::entitlement::{Card, Event, Granted};
use crate::money::Money;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Entitlement(Event::Decreed(decreed)) = &step.event.payload else { return None };
    let card = step.state.card_of(step.event)?;
    if step.entry.is_none() {
        return Some(format!("decree {} grants what the person has been granted already", decreed.decree));
    }
    let granted = |granted: &Granted| expected(&card, granted) != Some(granted.amount);
    let other = decreed.benefits.iter().find(|each| granted(each))?;
    Some(format!(
        "decree {} grants {} of {}, which is not what the terms give",
        decreed.decree, other.amount, other.benefit
    ))
}

fn expected(card: &Card<'_>, granted: &Granted) -> Option<Money> {
    let training = card.terms()?.training.as_ref().filter(|training| training.benefit == granted.benefit);
    if let Some(training) = training {
        return Money::parse(&training.amount, card.currency()).ok();
    }
    let (_, cash) = card.cash(granted.benefit)?;
    Some(card.money(card.instalment_minor(cash).saturating_mul(i64::from(cash.count))))
}
