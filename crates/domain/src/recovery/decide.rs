//! Demanding repayment, agreeing on instalments, giving up, and handing the claim on. What is repaid is a fact.

use super::claim::withdrawable;
use super::{Claim, Demanded, Escalated, Event, IneligibleFound, InstalmentsAgreed, Withdrawn, WrittenOff};
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Status};
use crate::ids::{DocumentNumber, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};

/// Perpres 76/2020 art. 31C: the term where the terms say nothing else.
const REPAYMENT_DAYS: u16 = 60;

types! {
    /// Commands of recovery.
    Command {
        /// Record that a recipient is not eligible.
        FindIneligible(IneligibleFound) = "recovery.find_ineligible.v1";
        /// Demand repayment.
        Demand(Demand) = "recovery.demand.v1";
        /// Agree on repayment in instalments.
        AgreeInstalments(InstalmentsAgreed) = "recovery.agree_instalments.v1";
        /// Take a demand back.
        Withdraw(Withdrawn) = "recovery.withdraw.v1";
        /// Give a claim up, by another person than those who demanded.
        WriteOff(WrittenOff) = "recovery.write_off.v1";
        /// Hand an unpaid claim on.
        Escalate(Escalate) = "recovery.escalate.v1";
    }
}

payloads! {
    /// The last day follows from the terms.
    Demand {
        /// What is demanded.
        amount: Money,
        /// The letter.
        demand: DocumentNumber,
        /// Why the payment was not due.
        reason: Reason,
    }
    /// The amount follows from what is owed.
    Escalate {}
}

/// Decides a command of recovery.
///
/// # Errors
/// When more is demanded than was delivered, more given up than is owed, or the term has not passed.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let card = context.card()?;
    let event = match command {
        Command::FindIneligible(found) => Event::IneligibleFound(found.clone()),
        Command::Demand(demand) => Event::Demanded(self::demand(context, &card, demand)?),
        Command::AgreeInstalments(agreed) => {
            check_agreement(context, &card, agreed)?;
            Event::InstalmentsAgreed(agreed.clone())
        }
        Command::Withdraw(withdrawn) => {
            check_second_person(context, &card)?;
            at_most(&card, withdrawn.amount, withdrawable(&card), "was demanded by want of a right")?;
            Event::Withdrawn(withdrawn.clone())
        }
        Command::WriteOff(written_off) => {
            let claim = check_second_person(context, &card)?;
            at_most(&card, written_off.amount, claim.owed(), "is owed")?;
            Event::WrittenOff(written_off.clone())
        }
        Command::Escalate(Escalate {}) => Event::Escalated(escalate(context, &card)?),
    };
    Ok(vec![context.draft(event)])
}

fn at_most(card: &Card<'_>, amount: Money, limit: i64, what: &str) -> Result<(), Refusal> {
    if Context::positive(amount, card.currency())? <= limit {
        return Ok(());
    }
    Err(card.refuse(RefusalCode::AmountInvalid, format!("{} {what}, not {amount}", card.money(limit))))
}

fn demand(context: &Context<'_>, card: &Card<'_>, demand: &Demand) -> Result<Demanded, Refusal> {
    let (entitlement, money) = (card.entitlement, card.entitlement.card());
    let beyond = entitlement.overpaid().saturating_add(entitlement.overspent());
    // What was demanded once and repaid cannot be demanded again.
    let asked = entitlement.claim().map_or(0, |claim| claim.demanded.saturating_sub(claim.of_overpayments));
    let by_right = money.paid.saturating_add(money.spent).saturating_sub(asked).max(0);
    at_most(card, demand.amount, beyond.saturating_add(by_right), "was delivered and not demanded yet")?;
    let found = entitlement.exceptions.as_ref().is_some_and(|each| each.found_ineligible);
    if demand.amount.minor() > beyond && entitlement.status != Status::Revoked && !found {
        let sentence = format!(
            "{} was paid beyond the right, and the person is entitled to the rest: record first why not",
            card.money(beyond)
        );
        return Err(card.refuse(RefusalCode::StepMissing, sentence));
    }
    let days = card.terms().and_then(|terms| terms.repayment_days).unwrap_or(REPAYMENT_DAYS);
    let until = context.day().plus(i32::from(days));
    Ok(Demanded { amount: demand.amount, demand: demand.demand, reason: demand.reason, until })
}

fn open_claim<'a>(card: &Card<'a>) -> Result<&'a Claim, Refusal> {
    let claim = card.entitlement.claim().filter(|claim| claim.owed() > 0);
    claim.ok_or_else(|| card.refuse(RefusalCode::NothingDue, "nothing is owed".to_owned()))
}

/// Who demanded any part of it cannot let any of it go.
fn check_second_person<'a>(context: &Context<'_>, card: &Card<'a>) -> Result<&'a Claim, Refusal> {
    let claim = card.entitlement.claim();
    let Some(claim) = claim else {
        return Err(card.refuse(RefusalCode::NothingDue, "nothing was demanded".to_owned()));
    };
    let by = context.actor.id;
    if claim.demanders.contains(&by) {
        let sentence = format!("{by} demanded it, or a part of it: another person must let it go");
        return Err(card.refuse(RefusalCode::SamePerson, sentence));
    }
    Ok(claim)
}

fn check_agreement(
    context: &Context<'_>,
    card: &Card<'_>,
    agreed: &InstalmentsAgreed,
) -> Result<(), Refusal> {
    open_claim(card)?;
    if agreed.count < 2 || agreed.everydays == 0 || agreed.first < context.day() {
        let sentence =
            "an agreement has 2 instalments or more, a day or more apart, from today on".to_owned();
        return Err(card.refuse(RefusalCode::TermPassed, sentence));
    }
    Ok(())
}

fn escalate(context: &Context<'_>, card: &Card<'_>) -> Result<Escalated, Refusal> {
    let claim = open_claim(card)?;
    let refuse = |code, sentence: String| Err(card.refuse(code, sentence));
    if claim.escalated {
        return refuse(RefusalCode::NothingDue, "it is handed on already".to_owned());
    }
    if claim.held {
        let sentence = "the card was reinstated after the demand: withdraw the demand, or make it anew";
        return refuse(RefusalCode::NothingDue, sentence.to_owned());
    }
    let until = claim.overdue_after();
    if context.time < until.ends() {
        return refuse(
            RefusalCode::TermNotReached,
            format!("repayment can be made until the end of {until}"),
        );
    }
    Ok(Escalated { amount: card.money(claim.owed()) })
}
