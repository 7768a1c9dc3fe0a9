//! A course finished or certified that was never bought, or whose purchase is cancelled.

use super::Step;
use crate::catalogue::Payload;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let code = match &step.event.payload {
        Payload::Training(Event::Completed(completed)) => completed.purchase,
        Payload::Training(Event::Certified(certified)) => certified.purchase,
        _ => return None,
    };
    let card = step.state.card_of(step.event);
    let what = match card.and_then(|card| card.purchase(code)) {
        None => "is not known",
        Some(purchase) if purchase.cancelled => "was cancelled",
        Some(purchase) if purchase.expired => "had expired",
        Some(_) => return None,
    };
    Some(format!("{} for purchase {code}, which {what}", step.event.payload.name()))
}
