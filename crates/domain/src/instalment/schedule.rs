//! When instalments are due and surveys open: counted from the terms, never from a clock.

use super::{Event, Scheduled};
use crate::calendar::Wake;
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Status};
use crate::ids::ProgrammeCode;
use crate::line::Event as Line;
use crate::programme::{Anchor, Cash, Cutoffs, Requirement};
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;

/// The next instalment of a benefit: its number, the day on which it can be paid, and the first day on which it
/// may be scheduled. `None` when all are scheduled, or nothing has earned the first.
pub(super) fn next(card: &Card<'_>, benefit: u8, cash: &Cash) -> Option<(u8, Day, Day)> {
    if cash.requires == Requirement::Survey {
        return None;
    }
    let scheduled = card.entitlement.instalments().filter(|each| each.benefit == benefit);
    let last = scheduled.max_by_key(|each| each.number);
    let after = i32::from(cash.pay_after_days);
    let (number, pay_on) = match last {
        Some(last) => (last.number.saturating_add(1), last.pay_on.plus(i32::from(cash.interval_days))),
        None if cash.requires == Requirement::Decree => (1, card.entitlement.decreed_on.plus(after)),
        None if has_finished_course(card) => (1, card.entitlement.clock),
        None => return None,
    };
    (number <= cash.count).then(|| (number, pay_on, pay_on.plus(-after)))
}

fn has_finished_course(card: &Card<'_>) -> bool {
    let finished = |purchase: crate::entitlement::Purchase| {
        purchase.completed && purchase.certified && purchase.rated && !purchase.cancelled
    };
    card.entitlement.purchases().any(finished)
}

/// Makes an instalment due, if it can still be paid and its money is left.
pub(super) fn make_due(
    context: &Context<'_>,
    card: &Card<'_>,
    cash: &Cash,
    number: u8,
    payon: Day,
) -> Result<Draft, Refusal> {
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    if let Some(cutoffs) = cutoffs
        && let Some(until) = cutoffs.pay_until.filter(|until| payon > *until || context.time >= until.ends())
    {
        let sentence = format!("it could be paid from {payon}, but money is paid until the end of {until}");
        return Err(
            Refusal::new(RefusalCode::TermPassed, sentence).under(card.programme.code, &cutoffs.version)
        );
    }
    let amount = card.money(card.instalment_minor(cash));
    // A fact may have taken what was to be earned: then nothing is left to make due, today or on any later day.
    let left = card.entitlement.card().unearned;
    if left < amount.minor() {
        let sentence = format!("{} is left to be earned, less than {amount}", card.money(left));
        return Err(card.refuse(RefusalCode::NothingDue, sentence));
    }
    Ok(context.draft(Event::Scheduled(Scheduled { amount, benefit: cash.benefit, number, payon })))
}

/// The first instalments that the first finished course earns; nothing for later courses, and nothing that can not be
/// paid any more.
pub(crate) fn earned_by_course(context: &Context<'_>, card: &Card<'_>) -> Vec<Draft> {
    let Some(terms) = card.terms().filter(|_| card.entitlement.status == Status::Active) else {
        return Vec::new();
    };
    let by_course = terms.cash.iter().zip(0..).filter(|(cash, _)| cash.requires == Requirement::FirstCourse);
    let unscheduled =
        |(_, benefit): &(&Cash, u8)| !card.entitlement.instalments().any(|each| each.benefit == *benefit);
    let first = by_course.filter(unscheduled).filter_map(|(cash, _)| {
        let payon = context.day().plus(i32::from(cash.pay_after_days));
        make_due(context, card, cash, 1, payon).ok()
    });
    first.collect()
}

/// First and last day of a survey for one card, by the windows in force on a day; `None` before its anchor is known.
pub fn survey_window(card: &Card<'_>, number: u8, day: Day) -> Option<(Day, Day)> {
    window_by(card, card.programme.cutoffs(card.entitlement.batch, day)?, number)
}

fn window_by(card: &Card<'_>, cutoffs: &Cutoffs, number: u8) -> Option<(Day, Day)> {
    let survey = cutoffs.surveys.get(usize::from(number.checked_sub(1)?))?;
    let first_paid = card.entitlement.first_paid?;
    let anchor = match survey.after {
        Anchor::Decree => card.entitlement.decreed_on,
        Anchor::FirstPayout => first_paid,
    };
    let opens = anchor.plus(i32::from(survey.days)).max(first_paid);
    let opens = survey.not_before.map_or(opens, |day| opens.max(day));
    let closes = opens.plus(i32::from(survey.window_days));
    let closes = cutoffs.survey_until.map_or(closes, |until| closes.min(until));
    (opens <= closes).then_some((opens, closes))
}

/// The days on which to look at surveys of a card again: under each version of the windows, the first day on which it
/// could open one. Whether it does is decided by the version in force on that day.
fn openings(card: &Card<'_>, today: Day) -> Vec<(u8, Day)> {
    let batch = card.entitlement.batch;
    let versions = card.programme.definition.iter().flat_map(|definition| &definition.cutoffs);
    let of_batch = versions.filter(|each| (each.batches[0]..=each.batches[1]).contains(&batch));
    let mut days: Vec<_> = of_batch
        .flat_map(|cutoffs| {
            let numbers = (1..).take(cutoffs.surveys.len());
            let windows =
                numbers.filter_map(move |number| Some((number, window_by(card, cutoffs, number)?.0)));
            windows.map(|(number, opens)| (number, opens.max(cutoffs.from).max(today)))
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Looks again on the days on which a survey may open.
pub(crate) fn wake_for_surveys(state: &mut State, line: &Line) {
    let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) else { return };
    let days = state.card_of(line).map(|card| openings(&card, line.time.day())).unwrap_or_default();
    for (number, day) in days {
        state.wake(day, id, programme, Wake::Survey(number));
    }
}

/// A new revision may open surveys on other days, for whoever has been paid already.
pub(crate) fn wake_all_for_surveys(state: &mut State, code: ProgrammeCode, today: Day) {
    let cards = state.people.iter().filter_map(|person| state.card(person, code));
    let paid = cards.filter(|card| card.entitlement.first_paid.is_some());
    let days: Vec<_> = paid
        .flat_map(|card| {
            let id = card.person.id;
            openings(&card, today).into_iter().map(move |(number, day)| (day, id, number))
        })
        .collect();
    for (day, id, number) in days {
        state.wake(day, id, code, Wake::Survey(number));
    }
}
