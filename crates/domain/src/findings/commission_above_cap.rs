//! A platform kept more of the price than the terms allow (Permenko 11/2020 art. 40).

use super::Step;
use crate::catalogue::Payload;
use crate::voucher::{Event, exceeds_cap};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Voucher(Event::Settled(settled)) = &step.event.payload else { return None };
    let card = step.state.card_of(step.event)?;
    let percent = card.terms()?.training.as_ref()?.commission_cap_percent?;
    exceeds_cap(settled, percent)
        .then(|| format!("the commission {} is above {percent} % of {}", settled.commission, settled.amount))
}
