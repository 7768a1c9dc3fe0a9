//! `skills`: what employers seek beside what people have learnt, by occupation, regency and month.

use super::Model;
use crate::Step;
use crate::rows::Rows;
use crate::table::{Kind, Table, column};
use crate::value::Value;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::{CourseCode, OccupationCode, RegencyCode, VacancyCode};
use jejak_domain::subject::Subject;
use jejak_domain::time::Month;
use jejak_domain::{supply, training, vacancy};
use std::collections::HashMap;

/// The model.
#[derive(Default)]
pub(super) struct Skills {
    courses: HashMap<CourseCode, OccupationCode>,
    vacancies: HashMap<VacancyCode, (OccupationCode, RegencyCode)>,
    counts: HashMap<Key, Counts>,
}

type Key = (OccupationCode, RegencyCode, i32);

#[derive(Clone, Copy, Default)]
struct Counts {
    sought: i64,
    learnt: i64,
    hired: i64,
}

static TABLE: Table = Table {
    name: "skills",
    version: 1,
    about: "One occupation in one regency in one month: places that were offered, and courses that were completed.",
    columns: &[
        column("occupation", Kind::Code, "The occupation"),
        column("regency", Kind::Code, "Where the place is, or where the person lives"),
        column("month", Kind::Code, "YYYY-MM in Asia/Jakarta"),
        column("sought", Kind::Count, "Places of vacancies that were posted"),
        column("learnt", Kind::Count, "Courses for the occupation that persons completed"),
        column(
            "hired",
            Kind::Count,
            "Persons who were hired for such a place, in the month in which they were",
        ),
        column("gap", Kind::Count, "Sought less learnt: above zero, skills are missing"),
    ],
    key: 3,
    log: false,
    indexes: &[],
};

impl Model for Skills {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn apply(&mut self, step: Step<'_>, rows: &mut Rows) {
        let Some((occupation, regency, change)) = self.change(step) else { return };
        let month = step.event.time.day().month_number();
        let counts = self.counts.entry((occupation, regency, month)).or_default();
        counts.sought += change.sought;
        counts.learnt += change.learnt;
        counts.hired += change.hired;
        rows.put([
            occupation.into(),
            regency.into(),
            Value::text(&Month::from_number(month).to_string()),
            counts.sought.into(),
            counts.learnt.into(),
            counts.hired.into(),
            (counts.sought - counts.learnt).into(),
        ]);
    }
}

impl Skills {
    /// Of which occupation and where something is sought or learnt.
    fn change(&mut self, step: Step<'_>) -> Option<(OccupationCode, RegencyCode, Counts)> {
        match (&step.event.payload, step.event.subject) {
            (Payload::Supply(supply::Event::CourseListed(listed)), Subject::Course(code)) => {
                self.courses.insert(code, listed.occupation);
                None
            }
            (Payload::Vacancy(vacancy::Event::Posted(posted)), Subject::Vacancy(code)) => {
                self.vacancies.insert(code, (posted.occupation, posted.regency));
                let change = Counts { sought: i64::from(posted.places), ..Counts::default() };
                Some((posted.occupation, posted.regency, change))
            }
            (Payload::Vacancy(vacancy::Event::Hired(hired)), _) => {
                let (occupation, regency) = *self.vacancies.get(&hired.vacancy)?;
                Some((occupation, regency, Counts { hired: 1, ..Counts::default() }))
            }
            (Payload::Training(training::Event::Completed(completed)), _) => {
                let card = step.state.card_of(step.event)?;
                let purchase = card.entitlement.purchase(completed.purchase)?;
                let course = step.state.supply.course_code(purchase.course)?;
                let occupation = *self.courses.get(&course)?;
                Some((occupation, card.person.regency()?, Counts { learnt: 1, ..Counts::default() }))
            }
            _ => None,
        }
    }
}
