//! A payment settled by another partner than the one that was told to pay. The clearing of the one told is cleared; who
//! paid from which account is to be looked at.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::payout::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Payout(Event::Settled(settled)) = &step.event.payload else { return None };
    let entry = step.entry?;
    let told = entry.clearing.filter(|told| *told != settled.partner)?;
    let cleared = entry.movements().iter().any(|each| each.debit == Account::PartnerClearing);
    cleared.then(|| {
        format!(
            "{} {} settled by {}, while {told} had been told to pay",
            settled.benefit, settled.number, settled.partner
        )
    })
}
