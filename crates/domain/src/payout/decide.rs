//! Instructing and retrying. What the bank answers is a fact.

use super::{Event, Instructed, Retried};
use crate::decide::{Context, Draft};
use crate::entitlement::{ATTEMPTS, Card, Instalment, InstalmentPhase};
use crate::ids::{BenefitCode, PartyCode};
use crate::instalment::in_phase;
use crate::programme::Payment;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::run::check_run;
use crate::time::Day;

types! {
    /// Commands of payouts.
    Command {
        /// Tell a payment partner to pay an instalment.
        Instruct(Instruct) = "payout.instruct.v1";
        /// Make a failed or returned payment due again.
        Retry(Retried) = "payout.retry.v1";
    }
}

payloads! {
    /// Amount and attempt follow from the instalment.
    Instruct {
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The payment partner.
        partner: PartyCode,
    }
}

/// Decides a command of payouts.
///
/// # Errors
/// When the instalment is not due, its day not reached, its attempts used up, the account not verified, or it is on no
/// released run where it must be.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    match command {
        Command::Instruct(instruct) => self::instruct(context, instruct),
        Command::Retry(retried) => {
            let card = context.active_card()?;
            let phases = [InstalmentPhase::Failed, InstalmentPhase::Returned];
            in_phase(&card, retried.benefit, retried.number, &phases)?;
            check_cutoff(&card, context.day())?;
            check_payon(context, &card, retried.payon)?;
            Ok(vec![context.draft(Event::Retried(retried.clone()))])
        }
    }
}

fn instruct(context: &Context<'_>, instruct: &Instruct) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let run = check_run(context, &card, instruct)?;
    // A file goes out before the day on which its payments are made.
    let day = run.map_or(context.day(), |run| run.pay_on.max(context.day()));
    let instalment = check_payable(context, &card, instruct, day)?;
    let instructed = Instructed {
        amount: card.money(instalment.open),
        attempt: instalment.attempts.saturating_add(1),
        benefit: instruct.benefit,
        number: instruct.number,
        partner: instruct.partner,
        run: run.map(|run| run.number),
    };
    Ok(vec![context.draft(Event::Instructed(instructed))])
}

/// An instalment that a partner can pay on a day: due, with attempts left, before the cut-off, to a verified account.
pub(crate) fn check_payable(
    context: &Context<'_>,
    card: &Card<'_>,
    instruct: &Instruct,
    day: Day,
) -> Result<Instalment, Refusal> {
    let instalment = in_phase(card, instruct.benefit, instruct.number, &[InstalmentPhase::Due])?;
    let from = instalment.pay_on.plus(i32::from(instalment.put_off_days));
    if day < from {
        let sentence = format!("it can be paid from {from}");
        return Err(card.refuse(RefusalCode::TermNotReached, sentence));
    }
    if instalment.attempts >= ATTEMPTS {
        let sentence = format!("{ATTEMPTS} attempts were made, and no more are: hold it for review");
        return Err(card.refuse(RefusalCode::InstalmentState, sentence));
    }
    check_cutoff(card, day)?;
    check_account(context, card, instruct)?;
    Ok(instalment)
}

/// The last day on which money can be paid has not passed.
pub(crate) fn check_cutoff(card: &Card<'_>, day: Day) -> Result<(), Refusal> {
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, day);
    if let Some(cutoffs) = cutoffs
        && let Some(until) = cutoffs.pay_until.filter(|until| day > *until)
    {
        let sentence = format!("money could be paid until the end of {until}");
        return Err(
            Refusal::new(RefusalCode::TermPassed, sentence).under(card.programme.code, &cutoffs.version)
        );
    }
    Ok(())
}

/// A payment is put off to a day that is still to come, and on which money can still be paid.
fn check_payon(context: &Context<'_>, card: &Card<'_>, payon: Day) -> Result<(), Refusal> {
    let today = context.day();
    if payon < today {
        let sentence =
            format!("it cannot be paid from {payon}, which has passed: name {today} or a later day");
        return Err(card.refuse(RefusalCode::TermPassed, sentence));
    }
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, today);
    if let Some(cutoffs) = cutoffs
        && let Some(until) = cutoffs.pay_until.filter(|until| payon > *until)
    {
        let sentence = format!("it cannot be paid from {payon}: money is paid until the end of {until}");
        return Err(
            Refusal::new(RefusalCode::TermPassed, sentence).under(card.programme.code, &cutoffs.version)
        );
    }
    Ok(())
}

fn check_account(context: &Context<'_>, card: &Card<'_>, instruct: &Instruct) -> Result<(), Refusal> {
    let refuse = |sentence| Err(card.refuse(RefusalCode::AccountNotVerified, sentence));
    if card.cash(instruct.benefit).is_some_and(|(_, cash)| cash.payment == Payment::Cash) {
        return refuse(format!("{} is paid by hand: hand it over instead", instruct.benefit));
    }
    let Some(account) = card.person.account else { return refuse("no payout account is linked".to_owned()) };
    let partner = context.state.people.partner(account.partner);
    if !account.verified || partner != Some(instruct.partner) {
        let linked =
            partner.map_or_else(String::new, |partner| format!(" The linked account is with {partner}."));
        return refuse(format!("no verified account with {}.{linked}", instruct.partner));
    }
    Ok(())
}
