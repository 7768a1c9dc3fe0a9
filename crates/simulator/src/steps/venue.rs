//! Sessions: webinars attended from anywhere, classes at a venue with seats.

use super::onboarding::regency;
use super::selection::Hex;
use super::treasury::BUDGET;
use crate::Simulation;
use crate::agenda::What;
use crate::course::{AREAS, Course, Mode};
use crate::day::{Day, HOUR, MINUTE, Time, instant, working};
use crate::line::Entry;
use crate::people::Person;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Seats of a class.
const SEATS: u16 = 20;

/// People who follow one course at a venue together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    course: u8,
    number: u16,
    starts: Day,
    taken: u16,
}

/// Groups so far, and those that were called off.
#[derive(Default)]
pub(crate) struct Venues {
    announced: u32,
    called_off: BTreeSet<(u8, u16)>,
}

/// Of so many groups one is called off, as over the holidays of 2023; and one begins an hour later.
const CALLED_OFF: u32 = 11;
const MOVED: u32 = 6;

/// The first session of a course that is held at its venue: hybrid courses meet once, at the end.
fn first_at_venue(course: &Course) -> u8 {
    if course.mode == Mode::Hybrid { course.sessions } else { 1 }
}

fn venue_regency(course: &Course) -> &'static str {
    let area = course.area.and_then(|area| AREAS.get(usize::from(area)));
    area.map_or("3171", |&(regency, ..)| regency)
}

fn venue_of(course: &Course) -> String {
    format!("v{}-{}", venue_regency(course), course.number)
}

impl Simulation {
    /// Keeps seats in the next group, which is announced when there is none; gives its first day.
    pub(crate) fn seat(&mut self, person: &mut Person, number: u8, course: &Course, programme: &str) -> Day {
        let today = self.agenda.today();
        let place = self.groups.iter().position(|group| group.course == course.number);
        let found = place.and_then(|place| self.groups.get(place)).copied();
        let mut group = match found {
            Some(group) if group.taken < SEATS && group.starts > today + 2 => group,
            _ => {
                let group = Group {
                    course: course.number,
                    number: found.map_or(0, |group| group.number) + 1,
                    starts: working(today + 7),
                    taken: 0,
                };
                self.announce(course, &group);
                let code = u32::from(course.number) << 16 | u32::from(group.number);
                self.agenda.plan(group.starts - 1, 10 * HOUR, What::Venue, code);
                group
            }
        };
        group.taken += 1;
        match place.and_then(|place| self.groups.get_mut(place)) {
            Some(kept) => *kept = group,
            None => self.groups.push(group),
        }
        let place = usize::from(number.saturating_sub(1));
        if let Some(kept) = person.groups.get_mut(place) {
            *kept = group.number;
        }
        for sequence in first_at_venue(course)..=course.sessions {
            let (code, group) = (course.number, group.number);
            let data = format_args!(r#"{{"purchase":"p{number}","session":"s{code}-{group}-{sequence}"}}"#);
            let entry = Entry::person("training.reserve_seat.v1", person.id, data).of(programme);
            self.emit(&entry.id(format_args!("seat-{number}-{sequence}")));
        }
        group.starts
    }

    fn announce(&mut self, course: &Course, group: &Group) {
        let (regency, venue) = (venue_regency(course), venue_of(course));
        let (code, number, mode) = (course.number, group.number, course.mode.code());
        for sequence in first_at_venue(course)..=course.sessions {
            let day = group.starts + i32::from(sequence) - 1;
            let (starts, ends) = (Time(instant(day, 9 * HOUR)), Time(instant(day, 15 * HOUR)));
            let data = format_args!(
                r#"{{"capacity":{SEATS},"course":"k{code}","ends":"{ends}","mode":"{mode}","regency":"{regency}","starts":"{starts}","trainer":"tr{code}-{number}","venue":"{venue}"}}"#
            );
            let subject = format_args!("session/s{code}-{number}-{sequence}");
            self.emit(&Entry::named("session.schedule.v1", subject, data).id(format_args!("schedule")));
        }
    }

    /// On the eve of a group: the first of a course has its venue inspected; some begin later, some never.
    pub(crate) fn look_at_venue(&mut self, code: u32) {
        let number = u16::try_from(code & 0xFFFF).unwrap_or(0);
        let Some(course) =
            usize::try_from(code >> 16).ok().and_then(|place| self.courses.get(place)).copied()
        else {
            return;
        };
        self.venues.announced += 1;
        let turn = self.venues.announced;
        if turn % CALLED_OFF == CALLED_OFF / 2 {
            self.venues.called_off.insert((course.number, number));
        }
        let off = self.is_called_off(&course, Some(number));
        let starts = self.agenda.today() + 1;
        for sequence in first_at_venue(&course)..=course.sessions {
            if off {
                self.tell_session(
                    &course,
                    number,
                    sequence,
                    "session.cancel.v1",
                    r#"{"reason":"collective-leave"}"#,
                );
            } else if turn % MOVED == MOVED / 2 {
                let (regency, venue) = (venue_regency(&course), venue_of(&course));
                let day = starts + i32::from(sequence) - 1;
                let (from, to) = (Time(instant(day, 10 * HOUR)), Time(instant(day, 16 * HOUR)));
                let data =
                    format!(r#"{{"ends":"{to}","regency":"{regency}","starts":"{from}","venue":"{venue}"}}"#);
                self.tell_session(&course, number, sequence, "session.move.v1", &data);
            } else if number == 1 {
                let venue = venue_of(&course);
                let data = format!(r#"{{"fit":true,"seats":{SEATS},"venue":"{venue}"}}"#);
                self.tell_session(&course, number, sequence, "session.inspect_venue.v1", &data);
            }
        }
    }

    fn tell_session(&mut self, course: &Course, number: u16, sequence: u8, kind: &str, data: &str) {
        let (code, data) = (course.number, format_args!("{data}"));
        let subject = format_args!("session/s{code}-{number}-{sequence}");
        self.emit(&Entry::named(kind, subject, data).id(format_args!("{kind}")).by(BUDGET));
    }

    pub(crate) fn is_called_off(&self, course: &Course, group: Option<u16>) -> bool {
        let group = group.filter(|_| course.area.is_some());
        group.is_some_and(|group| self.venues.called_off.contains(&(course.number, group)))
    }

    /// Presence at one session.
    pub(crate) fn attend(&mut self, person: &mut Person, _who: u32, number: u8, sequence: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let place = usize::from(number.saturating_sub(1));
        let course =
            person.courses.get(place).and_then(|&course| self.courses.get(usize::from(course))).copied();
        let Some(course) = course else { return };
        let programme = batch.terms.programme;
        if course.area.is_none() || sequence < first_at_venue(&course) {
            let data = format_args!(r#"{{"method":"face","purchase":"p{number}","sequence":{sequence}}}"#);
            let entry = Entry::person("training.attend.v1", person.id, data).of(programme);
            self.emit(&entry.id(format_args!("attend-{number}-{sequence}")));
            return;
        }
        let (code, group) = (course.number, person.groups.get(place).copied().unwrap_or_default());
        let sheet =
            Sha256::digest(format!("sheet:s{code}-{group}-{sequence}:{}", regency(person)).as_bytes());
        let sheet = Hex(&sheet);
        let data = format_args!(
            r#"{{"method":"sheet","purchase":"p{number}","sequence":{sequence},"session":"s{code}-{group}-{sequence}","sheetsha256":"{sheet}"}}"#
        );
        let entry = Entry::person("training.check_in.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("in-{number}-{sequence}")).before(9 * HOUR));
        let data = format_args!(
            r#"{{"method":"otp","purchase":"p{number}","session":"s{code}-{group}-{sequence}"}}"#
        );
        let entry = Entry::person("training.check_out.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("out-{number}-{sequence}")).before(3 * HOUR - 10 * MINUTE));
    }
}
