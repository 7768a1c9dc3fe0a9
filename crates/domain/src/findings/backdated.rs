//! A right or a decision reported for a day that was closed before: had it been known, that day might have brought
//! something else. What banks, partners and platforms report of payments always comes after, and imported history is
//! older than the ledger: neither is meant here.

use super::Step;
use crate::actor::ActorKind;
use crate::catalogue::Payload;
use crate::{entitlement, instalment, voucher};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let event = step.event;
    if event.actor.kind == ActorKind::System
        || event.reported_on.is_some()
        || !decides_a_right(&event.payload)
    {
        return None;
    }
    let (day, closed) = (event.time.day(), step.state.closed_day()?);
    (day <= closed)
        .then(|| format!("{} of {day} was recorded when {closed} was closed already", event.payload.name()))
}

fn decides_a_right(payload: &Payload) -> bool {
    use entitlement::Event::{Closed, Decreed, Reinstated, Revoked};
    use instalment::Event::{Lapsed, Scheduled, SurveySubmitted};
    use voucher::Event::{Restored, Spent};
    matches!(
        payload,
        Payload::Entitlement(Closed(_) | Decreed(_) | Reinstated(_) | Revoked(_))
            | Payload::Instalment(Lapsed(_) | Scheduled(_) | SurveySubmitted(_))
            | Payload::Voucher(Restored(_) | Spent(_) | voucher::Event::Lapsed(_))
    )
}
