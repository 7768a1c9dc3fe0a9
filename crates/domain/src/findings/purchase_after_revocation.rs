//! A course bought on a card that is revoked or closed.

use super::Step;
use crate::catalogue::Payload;
use crate::entitlement::Status;
use crate::voucher::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Voucher(Event::Spent(spent)) = &step.event.payload else { return None };
    let status = step.state.card_of(step.event)?.entitlement.status;
    (status != Status::Active).then(|| format!("purchase {} on a card that is {status}", spent.purchase))
}
