//! From the purchase of a course to its certificate, and the payment of the platform.

use super::moment;
use super::onboarding::regency;
use super::selection::Hex;
use crate::Simulation;
use crate::agenda::{Benefit, What};
use crate::course::{self, Course, Mode, PLATFORMS};
use crate::day::{Day, HOUR, MINUTE, day, working};
use crate::line::{Entry, Minor, Money};
use crate::people::{PURCHASES, Person};
use crate::plan::EVALUATION;
use sha2::{Digest as _, Sha256};

/// First courses finished, in ten-thousandths: 95 % of buyers by October 2020, 98 % by mid-2021.
const FINISHED_FIRST: u32 = 9_800;
const FINISHED_LATER: u32 = 9_700;
/// Who takes weeks longer than others, in ten-thousandths; in spring 2020 more did.
const DAWDLERS: u32 = 500;
const DAWDLERS_FIRST_SPRING: u32 = 2_000;
/// Unfinished courses that platforms pay back after the audit of 2020, in ten-thousandths.
const REFUNDED: u32 = 1_500;
/// Redeem codes that are first handed to another provider than theirs, in ten-thousandths: an assumption.
const REFUSED_CODES: u32 = 15;
const REFUNDS: [Day; 2] = [day(2021, 1, 11), day(2021, 2, 26)];
/// Purchases cancelled before the course began, in ten-thousandths.
const CANCELLED_FIRST: u32 = 25;
const CANCELLED_LATER: u32 = 120;

/// Prices are whole thousands of rupiah.
const THOUSAND: Minor = 100_000;

fn slot(number: u8) -> usize {
    usize::from(number.saturating_sub(1))
}

fn bit(number: u8) -> u8 {
    1u8.checked_shl(u32::from(number.saturating_sub(1))).unwrap_or(0)
}

/// The bank's reference of a payment: part of the person's id and what was paid.
pub(crate) fn reference(person: &Person) -> u32 {
    reference_of(person.id)
}

pub(crate) fn reference_of(id: u128) -> u32 {
    u32::try_from(id & 0xFFFF_FFFF).unwrap_or(0)
}

impl Person {
    /// Prices of purchases that are neither finished nor paid for: released at the last day to pay.
    pub(crate) fn unfinished(&self) -> Minor {
        let done = self.completed | self.settled_purchases;
        (1..=u8::try_from(PURCHASES).unwrap_or(0))
            .filter(|&number| done & bit(number) == 0)
            .map(|number| self.price(number))
            .sum()
    }

    /// True when no purchase stands but this one.
    fn has_only(&self, number: u8) -> bool {
        (1..=u8::try_from(PURCHASES).unwrap_or(0)).all(|other| other == number || self.price(other) == 0)
    }

    fn price(&self, number: u8) -> Minor {
        i64::from(self.prices.get(slot(number)).copied().unwrap_or(0)) * THOUSAND
    }
}

impl Simulation {
    fn course_of(&self, person: &Person, number: u8) -> Option<Course> {
        let place = person.courses.get(slot(number))?;
        self.courses.get(usize::from(*place)).copied()
    }

    /// Buys a course within what is left, and plans what follows.
    pub(crate) fn buy(&mut self, person: &mut Person, who: u32, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let today = self.agenda.today();
        // What replaced a class that was called off may have come before what was planned at first.
        let bought_before = number <= person.bought;
        if bought_before || today > batch.terms.purchase_until || slot(number) >= PURCHASES {
            return;
        }
        let left = i64::from(person.planned.saturating_sub(number)) + 1;
        let budget = i64::from(person.balance) / left;
        let [semi_social, normal] = &self.shelves;
        let shelf = if batch.terms.normal_scheme { normal } else { semi_social };
        let home = regency(person);
        // One class at a venue is enough: two could meet at the same hour.
        let at_venue = |number| self.course_of(person, number).is_some_and(|course| course.area.is_some());
        let venue = !(1..number).any(at_venue);
        let Some(course) = shelf.choose(&mut person.random, budget, home, today, venue) else { return };
        self.spend(person, number, &course, batch.terms.programme);
        let cancelled = self.plan_course(person, who, number, &course);
        if number < person.planned && !cancelled {
            let next = today + person.random.between(3, 22);
            let at = moment(&mut person.random, 8, 22);
            self.plan(person, who, next, at, What::Buy(number + 1));
        }
    }

    fn spend(&mut self, person: &mut Person, number: u8, course: &Course, programme: &str) {
        let platform = course::platform(&mut person.random, self.agenda.today());
        let seller = PLATFORMS.get(usize::from(platform)).map_or("tokopedia", |&(code, ..)| code);
        let (code, price) = (course.number, Money(course.price));
        let data = format_args!(
            r#"{{"course":"k{code}","platform":"{seller}","price":{price},"purchase":"p{number}"}}"#
        );
        let entry = Entry::person("voucher.spend.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("buy-{number}")));
        // In the normal scheme the provider asks for a voucher code besides the redeem code.
        if course.mode != Mode::SelfPaced {
            let code = Sha256::digest(format!("voucher:{:x}:{number}", person.id).as_bytes());
            let code = Hex(&code);
            let data = format_args!(r#"{{"codesha256":"{code}","purchase":"p{number}"}}"#);
            let entry = Entry::person("voucher.issue.v1", person.id, data).of(programme);
            self.emit(&entry.id(format_args!("issue-{number}")));
        }
        let minor = u32::try_from(course.price).unwrap_or(0);
        person.balance = person.balance.saturating_sub(minor);
        for (list, value) in [(&mut person.courses, course.number), (&mut person.platforms, platform)] {
            if let Some(place) = list.get_mut(slot(number)) {
                *place = value;
            }
        }
        if let Some(place) = person.prices.get_mut(slot(number)) {
            *place = u16::try_from(course.price / THOUSAND).unwrap_or(0);
        }
        let totals = self.oracle.batch(person.batch);
        totals.purchases += 1;
        totals.spent += course.price;
        totals.bought += i64::from(person.bought == 0);
        person.bought = person.bought.saturating_add(1);
    }

    /// Either the purchase is cancelled the next day (true), or the course begins.
    fn plan_course(&mut self, person: &mut Person, who: u32, number: u8, course: &Course) -> bool {
        let Some(batch) = Self::batch_of(person) else { return false };
        let (today, terms) = (self.agenda.today(), batch.terms);
        let cancelled = if number == 1 { CANCELLED_FIRST } else { CANCELLED_LATER };
        // Whoever cancels a first purchase must have time for another.
        let in_time = number > 1 || today + 6 < batch.decree + terms.first_purchase_days;
        let room = slot(person.planned) + 1 < PURCHASES && today + 5 < terms.purchase_until;
        if in_time && room && course.mode != Mode::Offline && person.random.chance(cancelled) {
            let at = moment(&mut person.random, 8, 20);
            self.plan(person, who, today + 1, at, What::Cancel(number));
            return true;
        }
        // A class at a venue begins in the morning.
        let until = if course.area.is_some() { 9 } else { 22 };
        let at = moment(&mut person.random, 8, until);
        let begins = match course.mode {
            Mode::SelfPaced => today + person.random.between(0, 2),
            Mode::Webinar => today + person.random.between(2, 6),
            Mode::Offline | Mode::Hybrid => self.seat(person, number, course, terms.programme),
        };
        let begins = if begins == today { today + 1 } else { begins };
        self.plan(person, who, begins, at, What::Redeem(number));
        if !terms.settle_after_completion {
            self.plan_settlement(person, who, number, today + 5);
        }
        false
    }

    fn plan_settlement(&mut self, person: &mut Person, who: u32, number: u8, earliest: Day) {
        let day = working(earliest + person.random.between(0, 4));
        let at = moment(&mut person.random, 9, 16);
        self.plan(person, who, day, at, What::Settle(number));
    }

    /// A purchase is cancelled; its money is back on the balance, and another course is chosen.
    pub(crate) fn cancel(&mut self, person: &mut Person, who: u32, number: u8) {
        let by = if number == 1 {
            "provider"
        } else {
            person.random.choose(&["provider", "participant"], "provider")
        };
        self.cancel_by(person, who, number, by, true);
    }

    fn cancel_by(&mut self, person: &mut Person, who: u32, number: u8, by: &str, again: bool) {
        let Some(batch) = Self::batch_of(person) else { return };
        let price = person.price(number);
        let data = format_args!(r#"{{"by":"{by}","purchase":"p{number}"}}"#);
        let entry = Entry::person("voucher.cancel.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("cancel-{number}")));
        person.balance = person.balance.saturating_add(u32::try_from(price).unwrap_or(0));
        if let Some(place) = person.prices.get_mut(slot(number)) {
            *place = 0;
        }
        let totals = self.oracle.batch(person.batch);
        totals.cancelled += 1;
        totals.restored += price;
        person.planned = person.planned.saturating_add(1);
        if again {
            let day = self.agenda.today() + person.random.between(1, 3);
            let at = moment(&mut person.random, 8, 22);
            self.plan(person, who, day, at, What::Buy(number + 1));
        }
    }

    /// The code is used: the course begins.
    pub(crate) fn redeem(&mut self, person: &mut Person, who: u32, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let Some(course) = self.course_of(person, number) else { return };
        if self.is_called_off(&course, person.groups.get(slot(number)).copied()) {
            // Unless this was the last, the next purchase is on its way already; but whoever has no other has a new term
            // from today, and the next may come after it.
            let again = number >= person.planned || person.has_only(number);
            self.cancel_by(person, who, number, "provider", again);
            return;
        }
        if person.random.chance(REFUSED_CODES) {
            let data = format_args!(r#"{{"purchase":"p{number}","reason":"other-provider"}}"#);
            let entry =
                Entry::person("training.redeem_refused.v1", person.id, data).of(batch.terms.programme);
            self.emit(&entry.id(format_args!("redeem-refused-{number}")).before(MINUTE));
        }
        let data = format_args!(r#"{{"purchase":"p{number}"}}"#);
        let entry = Entry::person("training.redeem.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("redeem-{number}")));
        let finished = if number == 1 { FINISHED_FIRST } else { FINISHED_LATER };
        let finishes = person.random.chance(finished);
        let today = self.agenda.today();
        if course.sessions > 0 {
            let sessions = if finishes { course.sessions } else { course.sessions / 2 };
            for sequence in 1..=sessions {
                let day = today + i32::from(sequence) - 1;
                let at = 18 * HOUR + person.random.below(HOUR);
                let at = if sequence == 1 { at.max(self.agenda.clock() + HOUR) } else { at };
                self.plan(person, who, day, at, What::Attend(number, sequence));
            }
        }
        if finishes {
            let shortest = if course.sessions > 0 { i32::from(course.sessions) + 1 } else { 2 };
            let spring = batch.is_of_the_first_spring();
            let (dawdlers, longest) = if spring { (DAWDLERS_FIRST_SPRING, 90) } else { (DAWDLERS, 50) };
            let late = if person.random.chance(dawdlers) { person.random.between(20, longest) } else { 0 };
            let mut day = today + person.random.between(shortest, shortest + 8) + late;
            if batch.year() == 2020 && EVALUATION.covers(day) {
                day = EVALUATION.resumes + person.random.between(0, 15);
            }
            let at = moment(&mut person.random, 9, 21);
            self.plan(person, who, day, at, What::Complete(number));
        } else if !batch.terms.settle_after_completion && person.random.chance(REFUNDED) {
            let [from, to] = REFUNDS;
            let day = working(person.random.between(from, to));
            let at = moment(&mut person.random, 9, 15);
            self.plan(person, who, day, at, What::Refund(number));
        }
    }

    /// The platform pays an unfinished course back. What is not finished by the last day to pay is released then.
    pub(crate) fn refund(&mut self, person: &mut Person, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        if person.settled_purchases & bit(number) == 0 {
            return;
        }
        let (price, from, programme) = (person.price(number), reference(person), batch.terms.programme);
        let amount = Money(price);
        let data = format_args!(
            r#"{{"amount":{amount},"purchase":"p{number}","reference":"r-{from:08x}-{number}"}}"#
        );
        let entry = Entry::person("voucher.refunded.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("refund-{number}")).reported(self.agenda.today()));
        person.settled_purchases &= !bit(number);
        let totals = self.oracle.batch(person.batch);
        totals.settled_platforms -= price;
        totals.settled_unfinished -= price;
        self.oracle.fund(Self::fund_place(batch)).bank += price;
    }

    /// The provider reports the course as finished; the certificate follows within the day.
    pub(crate) fn complete(&mut self, person: &mut Person, who: u32, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let Some(course) = self.course_of(person, number) else { return };
        let (programme, hours) = (batch.terms.programme, course.hours);
        if batch.terms.normal_scheme {
            self.hand_in(person, number, programme);
        }
        let data = format_args!(r#"{{"hours":{hours},"purchase":"p{number}"}}"#);
        let entry = Entry::person("training.complete.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("complete-{number}")).before(2 * HOUR));
        // The certificates of later courses earn nothing and are left out, but for the normal scheme.
        if person.first == 0 || batch.terms.normal_scheme {
            self.certify(person, number, programme);
        }
        self.count_completion(person, number);
        let today = self.agenda.today();
        if person.first == 0 {
            person.first = number;
            let day = today + person.random.between(0, 2);
            let at = if day == today {
                self.agenda.clock() + 30 * MINUTE
            } else {
                moment(&mut person.random, 8, 22)
            };
            self.plan(person, who, day, at, What::Rate);
            if person.links == 0 {
                let longest = if batch.is_of_the_first_spring() { 12 } else { 4 };
                let linked = today + person.random.between(0, longest);
                let at = if linked == today {
                    self.agenda.clock() + HOUR
                } else {
                    moment(&mut person.random, 8, 22)
                };
                self.plan(person, who, linked, at, What::Link);
            }
        }
        if batch.terms.settle_after_completion {
            self.plan_settlement(person, who, number, today + 3);
        }
    }

    fn certify(&mut self, person: &Person, number: u8, programme: &str) {
        let certificate = reference(person);
        let data = format_args!(r#"{{"certificate":"C-{certificate:08x}-{number}","purchase":"p{number}"}}"#);
        let entry = Entry::person("training.certify.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("certify-{number}")));
        self.oracle.batch(person.batch).certificates += 1;
    }

    fn count_completion(&mut self, person: &mut Person, number: u8) {
        let price = person.price(number);
        let totals = self.oracle.batch(person.batch);
        totals.courses_completed += 1;
        totals.completed += i64::from(person.completed == 0);
        if person.settled_purchases & bit(number) != 0 {
            totals.settled_unfinished -= price;
        }
        person.completed |= bit(number);
    }

    fn hand_in(&mut self, person: &mut Person, number: u8, programme: &str) {
        for work in ["task", "posttest"] {
            let score = person.random.between(55, 100);
            let data = format_args!(r#"{{"purchase":"p{number}","score":{score},"work":"{work}"}}"#);
            let entry = Entry::person("training.submit.v1", person.id, data).of(programme);
            self.emit(&entry.id(format_args!("{work}-{number}")).before(3 * HOUR));
        }
    }

    /// The first completed course is rated, which earns the incentive.
    pub(crate) fn rate(&mut self, person: &mut Person, who: u32) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (number, stars) = (person.first, person.random.choose(&[3, 4, 4, 5, 5, 5], 5));
        let data = format_args!(r#"{{"purchase":"p{number}","stars":{stars}}}"#);
        let entry = Entry::person("training.rate.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("rate-{number}")));
        person.payon = self.agenda.today() + batch.terms.incentive_pay_after;
        let (day, at) = Self::payday(person, person.payon);
        self.plan(person, who, day, at, What::Instruct(Benefit::Incentive, 1, 1));
    }

    /// The platform is paid.
    pub(crate) fn settle(&mut self, person: &mut Person, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let price = person.price(number);
        let platform = person.platforms.get(slot(number)).copied().unwrap_or(0);
        let percent = PLATFORMS.get(usize::from(platform)).map_or(0, |&(_, _, _, percent)| percent);
        let commission = price * percent / 100;
        let (amount, kept, from) = (Money(price), Money(commission), reference(person));
        let data = format_args!(
            r#"{{"amount":{amount},"commission":{kept},"purchase":"p{number}","reference":"b-{from:08x}-{number}"}}"#
        );
        let entry = Entry::person("voucher.settle.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("settle-{number}")));
        person.settled_purchases |= bit(number);
        let totals = self.oracle.batch(person.batch);
        totals.settled_platforms += price;
        totals.commission += commission;
        if person.completed & bit(number) == 0 {
            totals.settled_unfinished += price;
        }
        self.oracle.fund(Self::fund_place(batch)).bank -= price;
    }
}
