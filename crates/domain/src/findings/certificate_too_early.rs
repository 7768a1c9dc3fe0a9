//! A certificate before the course was bought or finished, as the anti-corruption study of 2020 found.

use super::Step;
use crate::catalogue::Payload;
use crate::training::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let Payload::Training(Event::Certified(certified)) = &step.event.payload else { return None };
    let card = step.state.card_of(step.event)?;
    let purchase = card.purchase(certified.purchase)?;
    let (day, bought) = (step.event.time.day(), purchase.bought);
    let certificate = certified.certificate;
    if day < bought {
        return Some(format!("certificate {certificate} is of {day}, and the course was bought on {bought}"));
    }
    (!purchase.completed)
        .then(|| format!("certificate {certificate} was issued before the course was reported as finished"))
}
