//! What is for sale, by whom, where and when.

use super::Event;
use crate::ids::{CourseCode, PartyCode, VacancyCode};
use crate::money::Money;
use crate::session::Sessions;
use crate::subject::Subject;
use crate::voucher::Mode;
use std::collections::{HashMap, HashSet};

/// A course.
#[derive(Clone, Debug)]
pub struct Course {
    /// Who teaches it.
    pub provider: PartyCode,
    /// Its price.
    pub price: Money,
    /// How it is taught.
    pub mode: Mode,
    /// Hours taught.
    pub hours: u16,
    /// Sessions that must be attended.
    pub sessions: u8,
    /// Whether it can be bought.
    pub is_listed: bool,
}

/// All of the supply.
#[derive(Clone, Debug, Default)]
pub struct Supply {
    platforms: HashSet<PartyCode>,
    platform_list: Vec<PartyCode>,
    providers: HashMap<PartyCode, bool>,
    rejected: HashSet<CourseCode>,
    courses: HashMap<CourseCode, Course>,
    course_list: Vec<CourseCode>,
    course_numbers: HashMap<CourseCode, u32>,
    /// Sessions at venues.
    pub sessions: Sessions,
    vacancies: HashMap<VacancyCode, bool>,
}

impl Supply {
    /// True when the platform is registered.
    pub fn is_platform(&self, code: PartyCode) -> bool {
        self.platforms.contains(&code)
    }

    /// True when the provider is registered.
    pub fn is_provider(&self, code: PartyCode) -> bool {
        self.providers.contains_key(&code)
    }

    /// True when the provider is suspended.
    pub fn is_suspended(&self, code: PartyCode) -> bool {
        self.providers.get(&code).copied().unwrap_or_default()
    }

    /// A course, listed or not.
    pub fn course(&self, code: CourseCode) -> Option<&Course> {
        self.courses.get(&code)
    }

    /// True when the last appraisal of the course refused it.
    pub fn is_rejected(&self, code: CourseCode) -> bool {
        self.rejected.contains(&code)
    }

    /// Whether a vacancy is open; `None` when it was never posted.
    pub fn vacancy_is_open(&self, code: VacancyCode) -> Option<bool> {
        self.vacancies.get(&code).copied()
    }

    /// A platform by the number that a purchase keeps.
    pub fn platform_at(&self, number: u16) -> Option<PartyCode> {
        self.platform_list.get(usize::from(number)).copied()
    }

    /// A course by the number that a purchase keeps.
    pub fn course_at(&self, number: u32) -> Option<&Course> {
        self.courses.get(&self.course_code(number)?)
    }

    /// The code of a course by the number that a purchase keeps.
    pub fn course_code(&self, number: u32) -> Option<CourseCode> {
        usize::try_from(number).ok().and_then(|index| self.course_list.get(index)).copied()
    }

    /// The number of a platform, which appears now if not before.
    pub(crate) fn platform_number(&mut self, code: PartyCode) -> u16 {
        let found = self.platform_list.iter().position(|each| *each == code);
        let index = found.unwrap_or_else(|| {
            self.platform_list.push(code);
            self.platform_list.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// The number of a course, which appears now if not before.
    pub(crate) fn course_number(&mut self, code: CourseCode) -> u32 {
        let next = u32::try_from(self.course_list.len()).unwrap_or(u32::MAX);
        let number = *self.course_numbers.entry(code).or_insert(next);
        if number == next {
            self.course_list.push(code);
        }
        number
    }

    pub(crate) fn evolve(&mut self, subject: Subject, event: &Event) {
        match (subject, event) {
            (Subject::Platform(code), Event::PlatformRegistered(_)) => {
                self.platforms.insert(code);
            }
            // Registered again, it stays suspended.
            (Subject::Provider(code), Event::ProviderRegistered(_)) => {
                self.providers.entry(code).or_insert(false);
            }
            (Subject::Provider(code), Event::ProviderSuspended(_)) => {
                self.providers.insert(code, true);
            }
            (Subject::Provider(code), Event::ProviderReinstated(_)) => {
                self.providers.insert(code, false);
            }
            (Subject::Course(code), Event::CourseAppraised(appraised)) => {
                if appraised.approved {
                    self.rejected.remove(&code);
                } else {
                    self.rejected.insert(code);
                }
            }
            (Subject::Course(code), Event::CourseListed(listed)) => {
                let course = Course {
                    provider: listed.provider,
                    price: listed.price,
                    mode: listed.mode,
                    hours: listed.hours,
                    sessions: listed.sessions,
                    is_listed: true,
                };
                self.courses.insert(code, course);
            }
            (Subject::Course(code), Event::CourseRepriced(repriced)) => {
                if let Some(course) = self.courses.get_mut(&code) {
                    course.price = repriced.price;
                }
            }
            (Subject::Course(code), Event::CourseDelisted(_)) => {
                if let Some(course) = self.courses.get_mut(&code) {
                    course.is_listed = false;
                }
            }
            // For views and findings.
            _ => {}
        }
    }

    pub(crate) fn evolve_vacancy(&mut self, subject: Subject, event: &crate::vacancy::Event) {
        let Subject::Vacancy(code) = subject else { return };
        match event {
            crate::vacancy::Event::Posted(_) => {
                self.vacancies.insert(code, true);
            }
            crate::vacancy::Event::Closed(_) => {
                self.vacancies.insert(code, false);
            }
            crate::vacancy::Event::Matched(_) | crate::vacancy::Event::Hired(_) => {}
        }
    }
}
