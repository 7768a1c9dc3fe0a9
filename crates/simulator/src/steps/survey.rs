//! Surveys: opened by the closing of a day, answered by some, paid like incentives.

use super::moment;
use crate::Simulation;
use crate::agenda::{Benefit, What};
use crate::line::Entry;
use crate::people::Person;

/// Who answers a survey, in ten-thousandths: of those paid the first, of those who answered the one before.
const ANSWERS_FIRST: u32 = 3_800;
const ANSWERS_NEXT: u32 = 7_000;

impl Simulation {
    /// Decides whether and when a survey is answered. They are answered in their order.
    pub(crate) fn plan_survey(&mut self, person: &mut Person, who: u32, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let place = usize::from(number.saturating_sub(1));
        let Some(opening) = batch.terms.surveys.get(place).copied() else { return };
        let likely = if number == 1 { ANSWERS_FIRST } else { ANSWERS_NEXT };
        if !person.random.chance(likely) {
            return;
        }
        let anchor = if opening.from_decree { batch.decree } else { person.settled };
        let nominal = (anchor + opening.days).max(opening.not_before);
        let opened = nominal.max(person.settled).max(self.agenda.today());
        let answered = opened + 1 + person.random.between(0, 9).min(person.random.between(0, 9));
        if answered > (nominal + opening.window).min(batch.terms.survey_until) {
            return;
        }
        let at = moment(&mut person.random, 8, 22);
        self.plan(person, who, answered, at, What::Survey(number));
    }

    /// A survey is answered.
    pub(crate) fn survey(&mut self, person: &mut Person, who: u32, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let data = format_args!(r#"{{"number":{number}}}"#);
        let entry = Entry::person("survey.submit.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("survey-{number}")));
        self.oracle.batch(person.batch).surveys += 1;
        if let Some(answered) = person.answered.get_mut(usize::from(number.saturating_sub(1))) {
            *answered = self.agenda.today();
        }
        let payon = self.agenda.today() + batch.terms.survey_pay_after;
        let (day, at) = Self::payday(person, payon);
        self.plan(person, who, day, at, What::Instruct(Benefit::Survey, number, 1));
        self.plan_survey(person, who, number + 1);
    }
}
