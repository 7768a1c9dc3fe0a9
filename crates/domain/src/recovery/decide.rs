//! Demanding repayment, and handing the claim on.

use super::{Demanded, Escalated, Event};
use crate::decide::{Context, Draft};
use crate::ids::{DocumentNumber, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};

/// Perpres 76/2020 art. 31C: the term where the terms say nothing else.
const REPAYMENT_DAYS: u16 = 60;

types! {
    /// Commands of recovery.
    Command {
        /// Demand repayment.
        Demand(Demand) = "recovery.demand.v1";
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
/// When more is demanded than was delivered, or the term has not passed.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let card = context.card()?;
    match command {
        Command::Demand(demand) => {
            let amount = Context::positive(demand.amount, card.currency())?;
            let money = card.entitlement.card;
            // What was demanded once and repaid cannot be demanded again.
            let demanded = card.entitlement.claim().map_or(0, |claim| claim.demanded);
            let delivered = money.paid.saturating_add(money.spent).saturating_sub(demanded);
            if amount > delivered {
                let sentence = format!("{} was delivered and not demanded yet", card.money(delivered));
                return Err(card.refuse(RefusalCode::AmountInvalid, sentence));
            }
            let days = card.terms().and_then(|terms| terms.repayment_days).unwrap_or(REPAYMENT_DAYS);
            let until = context.day().plus(i32::from(days));
            let demanded =
                Demanded { amount: demand.amount, demand: demand.demand, reason: demand.reason, until };
            Ok(vec![context.draft(Event::Demanded(demanded))])
        }
        Command::Escalate(Escalate {}) => {
            let claim = card.entitlement.claim().filter(|claim| claim.owed() > 0 && !claim.escalated);
            let Some(claim) = claim else {
                let sentence = "nothing is owed, or it is handed on already".to_owned();
                return Err(card.refuse(RefusalCode::NothingDue, sentence));
            };
            let (owed, until) = (claim.owed(), claim.until);
            if context.time < until.ends() {
                let sentence = format!("repayment can be made until the end of {until}");
                return Err(card.refuse(RefusalCode::TermNotReached, sentence));
            }
            Ok(vec![context.draft(Event::Escalated(Escalated { amount: card.money(owed) }))])
        }
    }
}
