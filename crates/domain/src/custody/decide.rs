//! Drawing cash and handing it over.

use super::{Drawn, Event, HandedOver};
use crate::chart::Account;
use crate::decide::{Context, Draft};
use crate::entitlement::InstalmentPhase;
use crate::entry::FundYear;
use crate::instalment::in_phase;
use crate::money::Money;
use crate::payout::check_cutoff;
use crate::programme::Payment;
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of cash in custody.
    Command {
        /// Draw cash for a unit.
        Draw(Drawn) = "custody.draw.v1";
        /// Hand cash to a person.
        HandOver(HandedOver) = "custody.hand_over.v1";
    }
}

/// Decides a command of cash in custody.
///
/// # Errors
/// When the account or the unit has too little, or the instalment is not due by hand.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    match command {
        Command::Draw(drawn) => draw(context, drawn),
        Command::HandOver(handed) => hand_over(context, handed),
    }
}

fn draw(context: &Context<'_>, drawn: &Drawn) -> Result<Vec<Draft>, Refusal> {
    let Subject::Custody(programme, year) = context.subject else {
        return Err(context.wrong_subject("custody/<programme>/<year>"));
    };
    let currency = context.defined()?.currency();
    let amount = Context::positive(drawn.amount, currency)?;
    let books = context.state.books.fund(FundYear { programme, year }, currency);
    let bank = books.map_or(0, |books| books.balance(Account::Bank));
    if i128::from(amount) > bank {
        let bank = Money::of_minor(i64::try_from(bank).unwrap_or(i64::MAX), currency);
        let sentence = format!("fund/{programme}/{year} has {bank} on its account");
        return Err(Refusal::new(RefusalCode::CustodyInsufficient, sentence));
    }
    Ok(vec![context.draft(Event::Drawn(drawn.clone()))])
}

fn hand_over(context: &Context<'_>, handed: &HandedOver) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let instalment = in_phase(&card, handed.benefit, handed.number, &[InstalmentPhase::Due])?;
    let by_hand = card.cash(handed.benefit).is_some_and(|(_, cash)| cash.payment == Payment::Cash);
    if !by_hand {
        let sentence = format!("{} is paid to the linked account, not by hand", handed.benefit);
        return Err(card.refuse(RefusalCode::InstalmentState, sentence));
    }
    if context.day() < instalment.pay_on {
        let sentence = format!("it can be paid from {}", instalment.pay_on);
        return Err(card.refuse(RefusalCode::TermNotReached, sentence));
    }
    check_cutoff(&card, context.day())?;
    if handed.amount != card.money(instalment.open) {
        let sentence = format!("{} is due, not {}", card.money(instalment.open), handed.amount);
        return Err(card.refuse(RefusalCode::AmountInvalid, sentence));
    }
    let fund = FundYear { programme: card.programme.code, year: card.entitlement.decreed_on.year() };
    let on_hand = context
        .state
        .books
        .fund(fund, card.currency())
        .map_or(0, |books| books.party(Account::Custody, handed.unit));
    if i128::from(instalment.open) > on_hand {
        let on_hand = card.money(i64::try_from(on_hand).unwrap_or(i64::MAX));
        let sentence = format!("unit {} has {on_hand} on hand", handed.unit);
        return Err(card.refuse(RefusalCode::CustodyInsufficient, sentence));
    }
    Ok(vec![context.draft(Event::HandedOver(handed.clone()))])
}
