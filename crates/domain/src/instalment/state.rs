//! Where instalments stand, and when to look again.

use super::Event;
use super::post::earned;
use super::schedule::next;
use crate::calendar::Wake;
use crate::entitlement::{Instalment, InstalmentPhase, survey_bit};
use crate::ids::BenefitCode;
use crate::line::Event as Line;
use crate::state::State;
use crate::subject::Subject;

/// Folds an event of instalments and surveys.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::Scheduled(scheduled) => {
            let Some(benefit) = benefit_number(state, line, scheduled.benefit) else { return };
            let open = state.card_of(line).map_or(0, |card| earned(&card, scheduled));
            let Some(entitlement) = state.entitlement_mut(line) else { return };
            // A fact that schedules twice keeps the first, and one without money left keeps nothing.
            if open > 0 {
                entitlement.add_instalment(Instalment {
                    open,
                    pay_on: scheduled.payon,
                    put_off_days: 0,
                    benefit,
                    number: scheduled.number,
                    phase: InstalmentPhase::Due,
                    attempts: 0,
                    arrived: 0,
                    partner: u16::MAX,
                });
            }
            wake_for_next(state, line, benefit);
        }
        // Only money that is due can be held: elsewhere it is on its way, and a fact cannot stop it.
        Event::Held(held) => {
            set_phase(state, line, held.benefit, held.number, [InstalmentPhase::Due, InstalmentPhase::Held]);
        }
        Event::Released(released) => {
            set_phase(
                state,
                line,
                released.benefit,
                released.number,
                [InstalmentPhase::Held, InstalmentPhase::Due],
            );
        }
        Event::Lapsed(lapsed) => {
            if let Some(instalment) = instalment(state, line, lapsed.benefit, lapsed.number) {
                put_instalment(
                    state,
                    line,
                    Instalment { phase: InstalmentPhase::Lapsed, open: 0, ..instalment },
                );
            }
        }
        Event::SurveyOpened(opened) => {
            if let Some(entitlement) = state.entitlement_mut(line) {
                entitlement.surveys_opened |= survey_bit(opened.number);
            }
        }
        Event::SurveySubmitted(submitted) => {
            if let Some(entitlement) = state.entitlement_mut(line) {
                entitlement.surveys_answered |= survey_bit(submitted.number);
            }
        }
    }
}

/// The number of a benefit in the terms of the card.
pub(crate) fn benefit_number(state: &State, line: &Line, benefit: BenefitCode) -> Option<u8> {
    state.card_of(line)?.cash(benefit).map(|(number, _)| number)
}

/// An instalment of the card.
pub(crate) fn instalment(state: &State, line: &Line, benefit: BenefitCode, number: u8) -> Option<Instalment> {
    state.card_of(line)?.instalment(benefit, number)
}

/// Puts an instalment of the card that has changed back into its place.
pub(crate) fn put_instalment(state: &mut State, line: &Line, instalment: Instalment) {
    if let Some(entitlement) = state.entitlement_mut(line) {
        entitlement.put_instalment(instalment);
    }
}

fn set_phase(
    state: &mut State,
    line: &Line,
    benefit: BenefitCode,
    number: u8,
    [from, to]: [InstalmentPhase; 2],
) {
    let instalment = instalment(state, line, benefit, number);
    if let Some(instalment) = instalment.filter(|each| each.phase == from) {
        put_instalment(state, line, Instalment { phase: to, ..instalment });
    }
}

fn wake_for_next(state: &mut State, line: &Line, benefit: u8) {
    let Some(card) = state.card_of(line) else { return };
    let cash = card.terms().and_then(|terms| terms.cash.get(usize::from(benefit)));
    let day = cash.and_then(|cash| next(&card, benefit, cash)).map(|(_, _, from)| from);
    if let (Some(day), Subject::Participant(id), Some(programme)) = (day, line.subject, line.programme) {
        state.wake(day, id, programme, Wake::Instalment(benefit));
    }
}

/// Looks at every benefit again today: after a decree, and after a reinstatement.
pub(crate) fn wake_now(state: &mut State, line: &Line) {
    let count = state.card_of(line).and_then(|card| card.terms()).map_or(0, |terms| terms.cash.len());
    for benefit in (0..).take(count) {
        wake_for_next(state, line, benefit);
    }
}
