//! The steps of a course, each after the one it needs.

use super::state::session_bit;
use super::venue;
use super::{
    Attended, Certified, CheckedIn, CheckedOut, Completed, Event, Rated, Redeemed, SeatReserved, Submitted,
};
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Purchase};
use crate::ids::PurchaseCode;
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};

types! {
    /// Commands of training.
    Command {
        /// Use the redeem code.
        Redeem(Redeemed) = "training.redeem.v1";
        /// Keep a seat.
        ReserveSeat(SeatReserved) = "training.reserve_seat.v1";
        /// Record presence online.
        Attend(Attended) = "training.attend.v1";
        /// Record arrival at a venue.
        CheckIn(CheckedIn) = "training.check_in.v1";
        /// Record departure from a venue.
        CheckOut(CheckedOut) = "training.check_out.v1";
        /// Hand in work.
        Submit(Submitted) = "training.submit.v1";
        /// Report a course as finished.
        Complete(Completed) = "training.complete.v1";
        /// Issue the certificate.
        Certify(Certified) = "training.certify.v1";
        /// Rate the course.
        Rate(Rated) = "training.rate.v1";
    }
}

/// Decides a command of training.
///
/// # Errors
/// When a step before is missing, or this one is done.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::Redeem(redeemed) => {
            let (card, purchase) = find(context, redeemed.purchase)?;
            not_yet(&card, purchase.redeemed, "the redeem code is used already")?;
            Event::Redeemed(redeemed.clone())
        }
        Command::ReserveSeat(reserved) => {
            let (card, purchase) = find(context, reserved.purchase)?;
            venue::reserve(context, &card, &purchase, reserved.session)?;
            Event::SeatReserved(reserved.clone())
        }
        Command::Attend(attended) => {
            let (card, purchase) = find(context, attended.purchase)?;
            check_presence(context, &card, &purchase, attended.sequence)?;
            Event::Attended(attended.clone())
        }
        Command::CheckIn(arrived) => {
            let (card, purchase) = find(context, arrived.purchase)?;
            check_presence(context, &card, &purchase, arrived.sequence)?;
            venue::arrive(context, &card, &purchase, arrived.session)?;
            Event::CheckedIn(arrived.clone())
        }
        Command::CheckOut(left) => {
            let (card, purchase) = find(context, left.purchase)?;
            venue::leave(context, &card, &purchase, left.session)?;
            Event::CheckedOut(left.clone())
        }
        Command::Submit(submitted) => {
            let (card, purchase) = find(context, submitted.purchase)?;
            needs(&card, purchase.redeemed, "the redeem code is not used yet")?;
            Event::Submitted(submitted.clone())
        }
        Command::Complete(completed) => complete(context, completed)?,
        Command::Certify(certified) => return certify(context, certified),
        Command::Rate(rated) => return rate(context, rated),
    };
    Ok(vec![context.draft(event)])
}

/// A purchase that is not cancelled. A course may be finished after its card has ended.
fn find<'a>(context: &Context<'a>, code: PurchaseCode) -> Result<(Card<'a>, Purchase), Refusal> {
    let card = context.card()?;
    let unknown = || card.refuse(RefusalCode::PurchaseUnknown, format!("no purchase {code}"));
    let purchase = card.purchase(code).ok_or_else(unknown)?;
    if purchase.cancelled {
        return Err(card.refuse(RefusalCode::PurchaseCancelled, format!("purchase {code} is cancelled")));
    }
    if purchase.expired {
        let sentence =
            format!("the course of purchase {code} was not finished in time, and its money is released");
        return Err(card.refuse(RefusalCode::PurchaseCancelled, sentence));
    }
    purchase
        .bought_by(context.day())
        .map_err(|sentence| card.refuse(RefusalCode::TermNotReached, sentence))?;
    Ok((card, purchase))
}

fn needs(card: &Card<'_>, done: bool, sentence: &str) -> Result<(), Refusal> {
    if done { Ok(()) } else { Err(card.refuse(RefusalCode::StepMissing, sentence.to_owned())) }
}

fn not_yet(card: &Card<'_>, done: bool, sentence: &str) -> Result<(), Refusal> {
    if done { Err(card.refuse(RefusalCode::StepDone, sentence.to_owned())) } else { Ok(()) }
}

fn sessions_of(context: &Context<'_>, purchase: &Purchase) -> u8 {
    context.state.supply.course_at(purchase.course).map_or(0, |course| course.sessions)
}

fn check_presence(
    context: &Context<'_>,
    card: &Card<'_>,
    purchase: &Purchase,
    sequence: u8,
) -> Result<(), Refusal> {
    needs(card, purchase.redeemed, "the redeem code is not used yet")?;
    // A self-paced course names no sessions: whatever it reports is kept.
    let last = match sessions_of(context, purchase) {
        0 => 32,
        sessions => sessions,
    };
    if !(1..=last).contains(&sequence) {
        let sentence = format!("session number {sequence} is not between 1 and {last}");
        return Err(card.refuse(RefusalCode::StepMissing, sentence));
    }
    not_yet(
        card,
        purchase.attended & session_bit(sequence) != 0,
        "presence at this session is recorded already",
    )
}

fn complete(context: &Context<'_>, completed: &Completed) -> Result<Event, Refusal> {
    let (card, purchase) = find(context, completed.purchase)?;
    needs(&card, purchase.redeemed, "the redeem code is not used yet")?;
    not_yet(&card, purchase.completed, "the course is completed already")?;
    venue::after_the_sessions(context, &card, &purchase)?;
    let training = card.terms().and_then(|terms| terms.training.as_ref());
    let hours = training.map_or(0, |training| training.minimum_hours);
    if completed.hours < hours {
        let sentence = format!("{} hours are taught, and these terms need {hours}", completed.hours);
        return Err(card.refuse(RefusalCode::StepMissing, sentence));
    }
    if training.is_some_and(|training| training.attendance) {
        let sessions = sessions_of(context, &purchase);
        let attended = (1..=sessions).filter(|each| purchase.attended & session_bit(*each) != 0).count();
        let attended = u8::try_from(attended).unwrap_or(u8::MAX);
        if attended < sessions {
            let sentence =
                format!("{attended} of {sessions} sessions are attended, and these terms need all");
            return Err(card.refuse(RefusalCode::StepMissing, sentence));
        }
    }
    Ok(Event::Completed(completed.clone()))
}

fn certify(context: &Context<'_>, certified: &Certified) -> Result<Vec<Draft>, Refusal> {
    let (card, purchase) = find(context, certified.purchase)?;
    needs(&card, purchase.completed, "the course is not completed")?;
    not_yet(&card, purchase.certified, "the certificate is issued already")?;
    let event = context.draft(Event::Certified(certified.clone()));
    Ok(earning(context, &card, event, purchase.rated))
}

fn rate(context: &Context<'_>, rated: &Rated) -> Result<Vec<Draft>, Refusal> {
    let (card, purchase) = find(context, rated.purchase)?;
    needs(&card, purchase.completed, "the course is not completed")?;
    not_yet(&card, purchase.rated, "the course is rated already")?;
    if !(1..=5).contains(&rated.stars) {
        return Err(
            card.refuse(RefusalCode::StepMissing, format!("{} is not between 1 and 5 stars", rated.stars))
        );
    }
    let event = context.draft(Event::Rated(rated.clone()));
    Ok(earning(context, &card, event, purchase.certified))
}

/// The first course that is certified and rated earns the first instalment, in the same commit.
fn earning(context: &Context<'_>, card: &Card<'_>, event: Draft, other_step_done: bool) -> Vec<Draft> {
    let mut events = vec![event];
    if other_step_done {
        events.extend(crate::instalment::earned_by_course(context, card));
    }
    events
}
