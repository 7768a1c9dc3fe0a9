//! Sessions: webinars attended from anywhere, classes at a venue with seats.

use super::onboarding::regency;
use super::selection::Hex;
use crate::Simulation;
use crate::course::{AREAS, Course, Mode};
use crate::day::{Day, HOUR, MINUTE, Time, instant, working};
use crate::line::Entry;
use crate::people::Person;
use sha2::{Digest as _, Sha256};

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

/// The first session of a course that is held at its venue: hybrid courses meet once, at the end.
fn first_at_venue(course: &Course) -> u8 {
    if course.mode == Mode::Hybrid { course.sessions } else { 1 }
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
        let area = course.area.and_then(|area| AREAS.get(usize::from(area)));
        let regency = area.map_or("3171", |&(regency, ..)| regency);
        let (code, number, mode) = (course.number, group.number, course.mode.code());
        for sequence in first_at_venue(course)..=course.sessions {
            let day = group.starts + i32::from(sequence) - 1;
            let (starts, ends) = (Time(instant(day, 9 * HOUR)), Time(instant(day, 15 * HOUR)));
            let data = format_args!(
                r#"{{"capacity":{SEATS},"course":"k{code}","ends":"{ends}","mode":"{mode}","regency":"{regency}","starts":"{starts}","trainer":"tr{code}-{number}","venue":"v{regency}-{code}"}}"#
            );
            let subject = format_args!("session/s{code}-{number}-{sequence}");
            self.emit(&Entry::named("session.schedule.v1", subject, data).id(format_args!("schedule")));
        }
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
