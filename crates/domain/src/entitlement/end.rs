//! The end of an entitlement.
//!
//! The day ends what its cut-offs leave. A person can end an entitlement with nothing left on it; where money would be
//! released, its last day must have passed and two persons must agree.

use super::{Card, Close, CloseProposed, Closed, Event, ProposeClose};
use crate::actor::ActorKind;
use crate::decide::Context;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn propose(context: &Context<'_>, proposed: &ProposeClose) -> Result<Event, Refusal> {
    let card = context.active_card()?;
    let left = left(context, &card)?;
    if left == 0 {
        let sentence = "nothing is left on it: it can be closed without a proposal".to_owned();
        return Err(card.refuse(RefusalCode::NothingDue, sentence));
    }
    after_the_last_day(context, &card)?;
    Ok(Event::CloseProposed(CloseProposed { amount: card.money(left), reason: proposed.reason }))
}

pub(super) fn close(context: &Context<'_>, close: &Close) -> Result<Event, Refusal> {
    let card = context.active_card()?;
    let left = left(context, &card)?;
    if left > 0 {
        after_the_last_day(context, &card)?;
        if context.actor.kind != ActorKind::System {
            by_a_second_person(context, &card)?;
        }
    }
    Ok(Event::Closed(Closed { amount: card.money(left), reason: close.reason }))
}

/// What the end would release, in minor units: nothing may be on its way to the person. At its last day the ledger itself
/// does not wait for the answers of partners.
fn left(context: &Context<'_>, card: &Card<'_>) -> Result<i64, Refusal> {
    let money = card.entitlement.card();
    let on_its_way = if context.actor.kind == ActorKind::System { 0 } else { money.instructed };
    let waiting = money.due.saturating_add(money.suspense).saturating_add(on_its_way);
    if waiting > 0 {
        let sentence = format!("{} is still to be paid: pay it or let it lapse first", card.money(waiting));
        return Err(card.refuse(RefusalCode::InstalmentState, sentence));
    }
    Ok(money.unearned.saturating_add(money.voucher))
}

/// Terms without a last day end whenever two persons agree.
fn after_the_last_day(context: &Context<'_>, card: &Card<'_>) -> Result<(), Refusal> {
    let money = card.entitlement.card();
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    let pay = cutoffs.and_then(|cutoffs| cutoffs.pay_until).filter(|_| money.unearned > 0);
    let buy = cutoffs.and_then(|cutoffs| cutoffs.purchase_until).filter(|_| money.voucher > 0);
    let Some(until) = pay.max(buy).filter(|until| context.time < until.ends()) else { return Ok(()) };
    let left = card.money(money.unearned.saturating_add(money.voucher));
    let sentence =
        format!("{left} can still be earned or spent until the end of {until}: revoke it, or wait");
    Err(card.refuse(RefusalCode::TermNotReached, sentence))
}

fn by_a_second_person(context: &Context<'_>, card: &Card<'_>) -> Result<(), Refusal> {
    let proposer = card.entitlement.exceptions.as_ref().and_then(|each| each.closing);
    match proposer {
        None => {
            let sentence =
                "it would release money: let one person propose it and another one close".to_owned();
            Err(card.refuse(RefusalCode::StepMissing, sentence))
        }
        Some(proposer) if proposer == context.actor.id => {
            let sentence = format!("{proposer} proposed this end: another person must close");
            Err(card.refuse(RefusalCode::SamePerson, sentence))
        }
        Some(_) => Ok(()),
    }
}
