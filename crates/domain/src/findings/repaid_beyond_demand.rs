//! Repaid without a demand, or beyond it: the money is owed back to the person until someone decides.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::money::Money;
use crate::recovery::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Recovery(Event::Repaid(repaid)) = &step.event.payload else { return None };
    let entry = step.entry?;
    let beyond = entry.movements().iter().find(|each| each.credit == Account::OverRepaid)?;
    let beyond = Money::of_minor(beyond.minor, entry.currency);
    Some(format!("{beyond} of {} was repaid without a demand: demand it, or pay it back", repaid.amount))
}
