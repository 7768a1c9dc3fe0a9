//! Spending, cancelling, settling, and the end of the balance.

use super::post::{expiring, given_back};
use super::{CancelledBy, Event, Expired, Issued, Lapsed, Restored, Settled, Spent};
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Purchase, Status};
use crate::ids::PurchaseCode;
use crate::programme::Training;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use rust_decimal::Decimal;

types! {
    /// Commands of the training balance.
    Command {
        /// Buy a course.
        Spend(Spent) = "voucher.spend.v1";
        /// Cancel a purchase.
        Cancel(Cancel) = "voucher.cancel.v1";
        /// Pay the platform for a purchase.
        Settle(Settled) = "voucher.settle.v1";
        /// Release what is left after the last day to buy.
        Lapse(Lapse) = "voucher.lapse.v1";
        /// Give out the voucher code of a purchase.
        Issue(Issued) = "voucher.issue.v1";
        /// Release the money of a course that was not finished in time.
        Expire(Expire) = "voucher.expire.v1";
    }
}

payloads! {
    /// The amount follows from the purchase.
    Cancel {
        /// Who caused it.
        by: CancelledBy,
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// The amount follows from the balance.
    Lapse {}
    /// Amount and platform follow from the purchase.
    Expire {
        /// Number of the purchase among all of the card, from 1, cancelled ones too.
        ordinal: u32,
    }
}

/// Decides a command of the training balance.
///
/// # Errors
/// When the balance, the course, the term or a cut-off does not allow it.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    match command {
        Command::Spend(spent) => spend(context, spent),
        Command::Cancel(cancel) => self::cancel(context, cancel),
        Command::Settle(settled) => settle(context, settled),
        Command::Lapse(Lapse {}) => lapse(context),
        Command::Issue(issued) => {
            purchase(context, &context.card()?, issued.purchase)?;
            Ok(vec![context.draft(Event::Issued(issued.clone()))])
        }
        Command::Expire(expire) => self::expire(context, expire),
    }
}

fn training<'a>(card: &Card<'a>) -> Result<&'a Training, Refusal> {
    let training = card.terms().and_then(|terms| terms.training.as_ref());
    training.ok_or_else(|| {
        card.refuse(RefusalCode::BenefitUnknown, "these terms have no training balance".to_owned())
    })
}

fn spend(context: &Context<'_>, spent: &Spent) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let training = training(&card)?;
    let price = Context::positive(spent.price, card.currency())?;
    if card.purchase(spent.purchase).is_some() {
        let sentence = format!("purchase {} is known already: give it another code", spent.purchase);
        return Err(card.refuse(RefusalCode::PurchaseKnown, sentence));
    }
    check_course(context, &card, training, spent)?;
    check_term(context, &card)?;
    let balance = card.entitlement.card().voucher;
    if price > balance {
        // Permenko 11/2020 art. 19: nothing can be added to the balance from elsewhere.
        let sentence =
            format!("the course costs {}, and the balance is {}", spent.price, card.money(balance));
        return Err(card.refuse(RefusalCode::BalanceInsufficient, sentence));
    }
    Ok(vec![context.draft(Event::Spent(spent.clone()))])
}

fn check_course(
    context: &Context<'_>,
    card: &Card<'_>,
    training: &Training,
    spent: &Spent,
) -> Result<(), Refusal> {
    let supply = &context.state.supply;
    let refuse = |code, sentence| Err(card.refuse(code, sentence));
    if !supply.is_platform(spent.platform) {
        return refuse(RefusalCode::Unknown, format!("platform {} is not registered", spent.platform));
    }
    let Some(course) = supply.course(spent.course).filter(|course| course.is_listed) else {
        return refuse(RefusalCode::CourseNotListed, format!("course {} is not for sale", spent.course));
    };
    if course.price != spent.price {
        let sentence = format!("course {} costs {}, not {}", spent.course, course.price, spent.price);
        return refuse(RefusalCode::CourseNotListed, sentence);
    }
    if supply.is_suspended(course.provider) {
        return refuse(RefusalCode::CourseNotAllowed, format!("provider {} is suspended", course.provider));
    }
    if !training.modes.contains(&course.mode) {
        return refuse(
            RefusalCode::CourseNotAllowed,
            format!("{} courses are not in these terms", course.mode),
        );
    }
    if course.hours < training.minimum_hours {
        let sentence =
            format!("the course has {} hours, at least {} are needed", course.hours, training.minimum_hours);
        return refuse(RefusalCode::CourseNotAllowed, sentence);
    }
    Ok(())
}

fn check_term(context: &Context<'_>, card: &Card<'_>) -> Result<(), Refusal> {
    let day = context.day();
    let first = !card.entitlement.has_purchase();
    if let Some(until) = card.first_purchase_until().filter(|until| first && day > *until) {
        let sentence = format!("the first purchase could be made until the end of {until}");
        return Err(card.refuse(RefusalCode::TermPassed, sentence));
    }
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, day);
    if let Some(cutoffs) = cutoffs
        && let Some(until) = cutoffs.purchase_until.filter(|until| day > *until)
    {
        let sentence = format!("courses could be bought until the end of {until}");
        return Err(
            Refusal::new(RefusalCode::TermPassed, sentence).under(card.programme.code, &cutoffs.version)
        );
    }
    Ok(())
}

fn purchase(context: &Context<'_>, card: &Card<'_>, code: PurchaseCode) -> Result<Purchase, Refusal> {
    let purchase = card.purchase(code);
    let purchase =
        purchase.ok_or_else(|| card.refuse(RefusalCode::PurchaseUnknown, format!("no purchase {code}")))?;
    if purchase.cancelled {
        return Err(card.refuse(RefusalCode::PurchaseCancelled, format!("purchase {code} is cancelled")));
    }
    if purchase.expired {
        let sentence = format!("the course of purchase {code} was not finished in time");
        return Err(card.refuse(RefusalCode::PurchaseCancelled, sentence));
    }
    purchase
        .bought_by(context.day())
        .map_err(|sentence| card.refuse(RefusalCode::TermNotReached, sentence))?;
    Ok(purchase)
}

fn cancel(context: &Context<'_>, cancel: &Cancel) -> Result<Vec<Draft>, Refusal> {
    // A class can fall through after the card of its participant has ended.
    let card = context.card()?;
    let purchase = purchase(context, &card, cancel.purchase)?;
    if purchase.completed || purchase.settled {
        let sentence =
            format!("purchase {} is completed or paid for: it cannot be cancelled", cancel.purchase);
        return Err(card.refuse(RefusalCode::StepDone, sentence));
    }
    let amount = card.money(purchase.price);
    let parts = given_back(Some(card), cancel.purchase, amount);
    let mut events =
        vec![context.draft(Event::Restored(Restored { amount, by: cancel.by, purchase: cancel.purchase }))];
    // A balance restored after the last day to buy, or after the card has ended, lapses at once.
    let day = context.day();
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, day);
    let ended = card.entitlement.status != Status::Active
        || cutoffs.and_then(|cutoffs| cutoffs.purchase_until).is_some_and(|until| day > until);
    let whole = card.entitlement.card().voucher.saturating_add(parts.within);
    if ended && whole > 0 {
        events.push(context.draft(Event::Lapsed(Lapsed { amount: card.money(whole) })));
    }
    Ok(events)
}

fn settle(context: &Context<'_>, settled: &Settled) -> Result<Vec<Draft>, Refusal> {
    // Platforms are paid for completed courses even when the card has ended since.
    let card = context.card()?;
    let training = training(&card)?;
    let purchase = purchase(context, &card, settled.purchase)?;
    let refuse = |code, sentence| Err(card.refuse(code, sentence));
    let paid = card.entitlement.paid_for(purchase);
    if purchase.settled {
        return refuse(RefusalCode::StepDone, format!("purchase {} is paid for already", settled.purchase));
    }
    if training.settle_after_completion && !purchase.completed {
        let sentence =
            format!("purchase {} is not completed: platforms are paid after completion", settled.purchase);
        return refuse(RefusalCode::StepMissing, sentence);
    }
    let open = purchase.price.saturating_sub(paid);
    if settled.amount != card.money(open) {
        let sentence = format!("{} of the purchase is open, not {}", card.money(open), settled.amount);
        return refuse(RefusalCode::AmountInvalid, sentence);
    }
    let commission = settled.commission;
    if commission.currency() != card.currency() || !(0..=purchase.price).contains(&commission.minor()) {
        let sentence = format!("the commission {commission} is not a part of {}", settled.amount);
        return refuse(RefusalCode::AmountInvalid, sentence);
    }
    if let Some(percent) = training.commission_cap_percent.filter(|percent| exceeds_cap(settled, *percent)) {
        let sentence =
            format!("the commission {} is above {percent} % of {}", settled.commission, settled.amount);
        return refuse(RefusalCode::CommissionExceeded, sentence);
    }
    Ok(vec![context.draft(Event::Settled(settled.clone()))])
}

/// True when the commission is above a share of the course price (Permenko 11/2020 art. 40).
pub(crate) fn exceeds_cap(settled: &Settled, percent: u8) -> bool {
    let cap = settled.amount.decimal().checked_mul(Decimal::new(i64::from(percent), 2));
    cap.is_none_or(|cap| settled.commission.decimal() > cap)
}

fn lapse(context: &Context<'_>) -> Result<Vec<Draft>, Refusal> {
    let card = context.card()?;
    let balance = card.entitlement.card().voucher;
    if balance <= 0 {
        return Err(card.refuse(RefusalCode::NothingDue, "the balance is empty".to_owned()));
    }
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    let until = cutoffs.and_then(|cutoffs| cutoffs.purchase_until);
    let active = card.entitlement.status == Status::Active;
    if active && until.is_none_or(|until| context.time < until.ends()) {
        return Err(card.refuse(RefusalCode::TermNotReached, "courses can still be bought".to_owned()));
    }
    Ok(vec![context.draft(Event::Lapsed(Lapsed { amount: card.money(balance) }))])
}

/// A platform is paid for what was finished. What was not finished by the last day on which money can be paid goes back
/// to the pool, whether or not the card has ended.
fn expire(context: &Context<'_>, expire: &Expire) -> Result<Vec<Draft>, Refusal> {
    let card = context.card()?;
    let found = card.entitlement.unfinished().find(|(ordinal, _)| *ordinal == expire.ordinal);
    let Some((ordinal, purchase)) = found else {
        let sentence =
            format!("purchase number {} is finished, paid for, cancelled or unknown", expire.ordinal);
        return Err(card.refuse(RefusalCode::NothingDue, sentence));
    };
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    let until = cutoffs.and_then(|cutoffs| cutoffs.pay_until);
    if until.is_none_or(|until| context.time < until.ends()) {
        return Err(card.refuse(RefusalCode::TermNotReached, "the course can still be finished".to_owned()));
    }
    let parts = expiring(Some(card), ordinal);
    let amount = parts.within.saturating_add(parts.beyond);
    let Some(platform) = context.state.supply.platform_at(purchase.platform).filter(|_| amount > 0) else {
        return Err(card.refuse(RefusalCode::NothingDue, "nothing of it is left to release".to_owned()));
    };
    let expired = Expired { amount: card.money(amount), ordinal, platform };
    Ok(vec![context.draft(Event::Expired(expired))])
}
