//! When instalments are due and surveys open: counted from the terms, never from a clock.

use super::{Event, Scheduled};
use crate::calendar::Wake;
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Status};
use crate::line::Event as Line;
use crate::programme::{Anchor, Cash, Requirement};
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;

/// The next instalment of a benefit: its number, the day on which it can be paid, and the first day on which it
/// may be scheduled. `None` when all are scheduled, or nothing has earned the first.
pub(super) fn next(card: &Card<'_>, benefit: u8, cash: &Cash) -> Option<(u8, Day, Day)> {
    if cash.requires == Requirement::Survey {
        return None;
    }
    let scheduled = card.entitlement.instalments.iter().filter(|each| each.benefit == benefit);
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
    let finished = |purchase: &crate::entitlement::Purchase| {
        purchase.completed && purchase.certified && purchase.rated && !purchase.cancelled
    };
    card.entitlement.purchases.iter().any(finished)
}

/// The first instalments that the first finished course earns; nothing for later courses.
pub(crate) fn earned_by_course(context: &Context<'_>, card: &Card<'_>) -> Vec<Draft> {
    let Some(terms) = card.terms().filter(|_| card.entitlement.status == Status::Active) else {
        return Vec::new();
    };
    let by_course = terms.cash.iter().zip(0..).filter(|(cash, _)| cash.requires == Requirement::FirstCourse);
    let unscheduled = |(_, benefit): &(&Cash, u8)| {
        !card.entitlement.instalments.iter().any(|each| each.benefit == *benefit)
    };
    let first = by_course.filter(unscheduled).map(|(cash, _)| {
        let amount = card.money(card.instalment_minor(cash));
        let payon = context.day().plus(i32::from(cash.pay_after_days));
        context.draft(Event::Scheduled(Scheduled { amount, benefit: cash.benefit, number: 1, payon }))
    });
    first.collect()
}

/// First and last day of a survey for one card; `None` before its anchor is known.
pub fn survey_window(card: &Card<'_>, number: u8) -> Option<(Day, Day)> {
    let survey = card.terms()?.surveys.get(usize::from(number.checked_sub(1)?))?;
    let first_paid = card.entitlement.first_paid?;
    let anchor = match survey.after {
        Anchor::Decree => card.entitlement.decreed_on,
        Anchor::FirstPayout => first_paid,
    };
    let opens = anchor.plus(i32::from(survey.days)).max(first_paid);
    let opens = survey.not_before.map_or(opens, |day| opens.max(day));
    let closes = opens.plus(i32::from(survey.window_days));
    let until =
        card.programme.cutoffs(card.entitlement.batch, opens).and_then(|cutoffs| cutoffs.survey_until);
    let closes = until.map_or(closes, |until| closes.min(until));
    (opens <= closes).then_some((opens, closes))
}

/// Looks again on the day on which each survey opens.
pub(crate) fn wake_for_surveys(state: &mut State, line: &Line) {
    let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) else { return };
    let Some(card) = state.card_of(line) else { return };
    let count = card.terms().map_or(0, |terms| terms.surveys.len());
    let numbers = (1..).take(count);
    let windows: Vec<(u8, Day)> =
        numbers.filter_map(|number| survey_window(&card, number).map(|(opens, _)| (number, opens))).collect();
    for (number, opens) in windows {
        state.wake(opens.max(line.time.day()), id, programme, Wake::Survey(number));
    }
}
