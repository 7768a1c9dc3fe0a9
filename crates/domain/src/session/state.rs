//! Where and when each session is held, who has a seat and who came.

use super::Event;
use crate::ids::{CourseCode, RegencyCode, SessionCode};
use crate::programme::Training;
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::voucher::Mode;
use std::collections::HashMap;

/// A session, as it was last announced.
#[derive(Clone, Debug)]
pub struct Session {
    /// The course.
    pub course: CourseCode,
    /// How it is taught.
    pub mode: Mode,
    /// Regency of the venue.
    pub regency: RegencyCode,
    /// Seats.
    pub capacity: u16,
    /// When it starts.
    pub starts: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Numbers of those who have a seat.
    seats: Vec<u32>,
    /// Numbers of those who came.
    present: Vec<u32>,
}

impl Session {
    /// Seats that are kept.
    pub fn reserved(&self) -> usize {
        self.seats.len()
    }

    /// Persons who came.
    pub fn came(&self) -> usize {
        self.present.len()
    }

    /// True when the person has a seat.
    pub fn has_seat(&self, person: u32) -> bool {
        self.seats.contains(&person)
    }

    /// True when the person came.
    pub fn has_come(&self, person: u32) -> bool {
        self.present.contains(&person)
    }

    /// True when so many persons are more than there are seats.
    pub fn is_beyond(&self, persons: usize) -> bool {
        persons > usize::from(self.capacity)
    }

    /// True when the terms allow training at this venue on its day. Without any area, nowhere is excluded.
    pub fn is_in_area(&self, training: &Training) -> bool {
        let with_venue = matches!(self.mode, Mode::Offline | Mode::Hybrid) && !training.areas.is_empty();
        let day = self.starts.day();
        let mut areas = training.areas.iter().filter(|area| area.from <= day);
        !with_venue || areas.any(|area| self.regency.as_str().starts_with(area.regency.as_str()))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.starts < other.ends && other.starts < self.ends
    }
}

/// All sessions.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    list: HashMap<SessionCode, Session>,
    /// Sessions to which a person came.
    visits: HashMap<u32, Vec<SessionCode>>,
}

impl Sessions {
    /// A session.
    pub fn get(&self, code: SessionCode) -> Option<&Session> {
        self.list.get(&code)
    }

    /// Another session to which a person came, held at the same time: nobody is in two places.
    pub fn elsewhere(&self, person: u32, code: SessionCode) -> Option<SessionCode> {
        let session = self.get(code)?;
        let mut others = self.visits.get(&person)?.iter().copied().filter(|other| *other != code);
        others.find(|other| self.get(*other).is_some_and(|other| !other.cancelled && session.overlaps(other)))
    }

    /// The latest end of the sessions of a course to which a person came.
    pub fn last_end(&self, person: u32, course: CourseCode) -> Option<Timestamp> {
        let visited = self.visits.get(&person)?.iter().filter_map(|code| self.get(*code));
        visited.filter(|session| session.course == course && !session.cancelled).map(|each| each.ends).max()
    }

    /// Keeps a seat.
    pub(crate) fn seat(&mut self, code: SessionCode, person: u32) {
        if let Some(session) = self.list.get_mut(&code).filter(|session| !session.has_seat(person)) {
            session.seats.push(person);
        }
    }

    /// Counts an arrival.
    pub(crate) fn arrive(&mut self, code: SessionCode, person: u32) {
        if let Some(session) = self.list.get_mut(&code).filter(|session| !session.has_come(person)) {
            session.present.push(person);
            self.visits.entry(person).or_default().push(code);
        }
    }

    pub(crate) fn evolve(&mut self, subject: Subject, event: &Event) {
        let Subject::Session(code) = subject else { return };
        match event {
            Event::Scheduled(scheduled) => {
                // Scheduled twice, it keeps whoever has a seat.
                self.list.entry(code).or_insert_with(|| Session {
                    course: scheduled.course,
                    mode: scheduled.mode,
                    regency: scheduled.regency,
                    capacity: scheduled.capacity,
                    starts: scheduled.starts,
                    ends: scheduled.ends,
                    cancelled: false,
                    seats: Vec::new(),
                    present: Vec::new(),
                });
            }
            Event::Moved(moved) => {
                if let Some(session) = self.list.get_mut(&code) {
                    session.regency = moved.regency;
                    session.starts = moved.starts;
                    session.ends = moved.ends;
                }
            }
            Event::Cancelled(_) => {
                if let Some(session) = self.list.get_mut(&code) {
                    session.cancelled = true;
                }
            }
            // For views and findings.
            Event::VenueInspected(_) => {}
        }
    }
}
