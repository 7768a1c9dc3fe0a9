//! After the programme: waves of questions, who may be followed or lent to, and vacancies.

use super::decree::spread;
use super::moment;
use super::onboarding::REGENCIES;
use super::selection::{Hex, pool_digest};
use crate::Simulation;
use crate::agenda::What;
use crate::line::{Entry, Money, rupiah};
use crate::people::Person;
use crate::plan::BATCHES;
use crate::random::Random;

/// Alumni who are asked later what became of them, in ten-thousandths: 47,000 of 16 million were. In a small history
/// more of them are, so that shares mean something.
const ASKED: u32 = 30;
const ASKED_AT_LEAST: u32 = 600;
const ALUMNI: u32 = 16_000_000;
/// Invited alumni who withdraw the consent that they gave, in ten-thousandths.
const WITHDRAWING: u32 = 300;
/// Unselected applicants told of one by one who are asked the same.
const COMPARED: u32 = 6_000;
/// Who answers.
const ANSWERS: u32 = 6_200;
/// Alumni with a business and in employment, and the same of the comparison group, in ten-thousandths.
const ALUMNI_WORK: [u32; 2] = [1_700, 1_800];
const COMPARISON_WORK: [u32; 2] = [1_350, 1_450];
/// Employed alumni whose hiring came through a vacancy matched here.
const MATCHED: u32 = 2_500;
/// Alumni entrepreneurs on the list of 8 April 2021.
const LISTED: u32 = 387_234;
/// Alumni of 2020 among whom they are spread: somewhat fewer than there are, so that the list fills up.
const FINISHED_2020: usize = 5_000_000;
pub(crate) const VACANCIES: u8 = 24;
const EMPLOYERS: u8 = 8;
const OCCUPATIONS: &[&str] = &["5221", "5132", "4110", "7531", "2431", "4222"];

/// Someone who may be asked, or lent to, after everything else has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alumnus {
    pub(super) id: u128,
    pub(super) random: Random,
    pub(super) batch: u16,
    /// Number of the first completed purchase; 0 for someone of the comparison group.
    pub(super) first: u8,
    wave: u32,
}

impl Alumnus {
    fn of(person: &Person) -> Self {
        Self { id: person.id, random: person.random, batch: person.batch, first: person.first, wave: 0 }
    }

    fn programme(&self) -> &'static str {
        BATCHES.get(usize::from(self.batch)).map_or("prakerja-2020", |batch| batch.terms.programme)
    }
}

/// Who is followed, and how far the lists have been worked through.
#[derive(Default)]
pub(crate) struct Aftercare {
    panel: Vec<Alumnus>,
    /// First member of the panel not yet asked.
    asked: usize,
    pub(super) listed: Vec<Alumnus>,
    pub(super) cursor: usize,
    /// Loans on which something has been due.
    pub(super) borrowers: u32,
    /// Alumni of 2020 who have left so far.
    finished: usize,
}

impl Simulation {
    /// Who applied and was not drawn may be asked later what became of them.
    pub(crate) fn keep_for_comparison(&mut self, who: u32) {
        let Some(mut person) = self.people.get(who) else { return };
        // With every applicant told of one by one the group would dwarf the alumni.
        let share = if self.settings.applicants == crate::Applicants::Full { ASKED } else { COMPARED };
        if person.random.chance(share) {
            self.consent(person.id, "alumni-tracking", true);
            self.aftercare.panel.push(Alumnus::of(&person));
        }
    }

    fn asked(&self) -> u32 {
        let floor = u64::from(ASKED_AT_LEAST) * 10_000 * u64::from(self.settings.scale) / u64::from(ALUMNI);
        u32::try_from(floor).unwrap_or(u32::MAX).clamp(ASKED, 10_000)
    }

    /// Whoever is to be followed or offered something has said yes to it, and may take it back.
    fn consent(&mut self, id: u128, purpose: &str, given: bool) {
        let data = format_args!(r#"{{"given":{given},"purpose":"{purpose}"}}"#);
        let entry = Entry::person("participant.change_consent.v1", id, data);
        self.emit(&entry.id(format_args!("{purpose}-{given}")));
    }

    /// Who leaves with a certificate may be followed, or stand on the list for the banks.
    pub(crate) fn keep_alumnus(&mut self, person: &mut Person) {
        if person.first == 0 || person.ended {
            return;
        }
        if person.random.chance(self.asked()) {
            self.consent(person.id, "alumni-tracking", true);
            self.aftercare.panel.push(Alumnus::of(person));
        }
        let before_the_list = Self::batch_of(person).is_some_and(|batch| batch.number <= 11);
        if before_the_list && self.aftercare.listed.len() < usize::try_from(self.scaled(LISTED)).unwrap_or(0)
        {
            self.aftercare.finished += 1;
            if spread(self.aftercare.finished, LISTED, FINISHED_2020) {
                self.consent(person.id, "kur-offer", true);
                self.aftercare.listed.push(Alumnus::of(person));
            }
        }
    }

    /// Asks everyone who has not been asked yet.
    pub(crate) fn begin_wave(&mut self, wave: u32) {
        let today = self.agenda.today();
        let (from, to) = (self.aftercare.asked, self.aftercare.panel.len());
        self.aftercare.asked = to;
        for programme in ["prakerja-2020", "prakerja-2023"] {
            self.open_wave(wave, programme, from);
        }
        for place in from..to {
            let Some(member) = self.aftercare.panel.get_mut(place) else { continue };
            member.wave = wave;
            let (day, at) = (today + member.random.between(0, 5), moment(&mut member.random, 9, 17));
            let answers = member.random.chance(ANSWERS);
            let (later, hour) = (day + member.random.between(1, 20), moment(&mut member.random, 9, 21));
            let who = u32::try_from(place).unwrap_or(u32::MAX);
            self.agenda.plan(day, at, What::Invite, who);
            if answers {
                self.agenda.plan(later, hour, What::Report, who);
            }
        }
    }

    /// Fixes the list of one programme before anybody is asked.
    fn open_wave(&mut self, wave: u32, programme: &str, from: usize) {
        let of_wave = self.aftercare.panel.get(from..).unwrap_or_default();
        let ids: Vec<u128> =
            of_wave.iter().filter(|member| member.programme() == programme).map(|member| member.id).collect();
        if ids.is_empty() {
            return;
        }
        let (count, digest) = (ids.len(), pool_digest(ids));
        let list = Hex(&digest);
        let data = format_args!(r#"{{"count":{count},"listsha256":"{list}","wave":{wave}}}"#);
        let subject = format_args!("programme/{programme}");
        let entry = Entry::named("outcome.open_wave.v1", subject, data);
        self.emit(&entry.id(format_args!("wave-{wave}")));
    }

    fn member(&self, place: u32) -> Option<Alumnus> {
        usize::try_from(place).ok().and_then(|place| self.aftercare.panel.get(place)).copied()
    }

    pub(crate) fn invite(&mut self, place: u32) {
        let Some(mut member) = self.member(place) else { return };
        let wave = member.wave;
        let withdraws = member.random.chance(WITHDRAWING);
        if withdraws {
            // Nobody who has withdrawn is asked, nor heard.
            member.wave = 0;
        }
        if let Some(kept) = usize::try_from(place).ok().and_then(|at| self.aftercare.panel.get_mut(at)) {
            *kept = member;
        }
        if withdraws {
            self.consent(member.id, "alumni-tracking", false);
            return;
        }
        let data = format_args!(r#"{{"wave":{wave}}}"#);
        let entry = Entry::person("outcome.invite.v1", member.id, data).of(member.programme());
        self.emit(&entry.id(format_args!("invite-{wave}")));
        self.oracle.batch(member.batch).invited += i64::from(member.first > 0);
    }

    pub(crate) fn report(&mut self, place: u32) {
        let Some(mut member) = self.member(place).filter(|member| member.wave > 0) else { return };
        let wave = member.wave;
        let [business, job] = if member.first > 0 { ALUMNI_WORK } else { COMPARISON_WORK };
        let luck = member.random.below(10_000);
        let work = match luck {
            luck if luck < business => "entrepreneur",
            luck if luck < business + job => "employed",
            _ => "without",
        };
        let occupation = member.random.choose(OCCUPATIONS, "5221");
        // Alumni told of Rp122,500 a month more than the others.
        let more = if member.first > 0 { 122_500 } else { 0 };
        let income = rupiah(i64::from(member.random.between(8, 32)) * 100_000 + more);
        let paid = Money(income);
        let told = if work == "without" {
            String::new()
        } else {
            format!(r#""income":{paid},"occupation":"{occupation}","#)
        };
        let data = format_args!(r#"{{{told}"wave":{wave},"work":"{work}"}}"#);
        let entry = Entry::person("outcome.report.v1", member.id, data).of(member.programme());
        self.emit(&entry.id(format_args!("report-{wave}")));
        if member.first == 0 {
            return;
        }
        let totals = self.oracle.batch(member.batch);
        totals.answered += 1;
        totals.entrepreneurs += i64::from(work == "entrepreneur");
        totals.employed += i64::from(work == "employed");
        if work == "employed" && member.random.chance(MATCHED) {
            self.hire(&mut member, income);
        }
    }

    fn hire(&mut self, member: &mut Alumnus, income: i64) {
        let vacancy = member.random.between(1, i32::from(VACANCIES));
        let data = format_args!(r#"{{"vacancy":"v{vacancy}"}}"#);
        self.emit(&Entry::person("vacancy.match.v1", member.id, data).id(format_args!("match-{vacancy}")));
        let wage = Money(income);
        let data = format_args!(r#"{{"vacancy":"v{vacancy}","wage":{wage}}}"#);
        self.emit(&Entry::person("vacancy.hire.v1", member.id, data).id(format_args!("hire-{vacancy}")));
    }

    /// Vacancies open before the first wave, and close after the last.
    pub(crate) fn post_vacancies(&mut self) {
        for number in 1..=VACANCIES {
            let regency = REGENCIES.get(usize::from(number) * 2).copied().unwrap_or("3171");
            let occupation =
                OCCUPATIONS.get(usize::from(number) % OCCUPATIONS.len()).copied().unwrap_or("5221");
            let (employer, places) = (number % EMPLOYERS + 1, 5 + u16::from(number) % 20);
            let data = format_args!(
                r#"{{"employer":"employer-{employer}","occupation":"{occupation}","places":{places},"regency":"{regency}"}}"#
            );
            let subject = format_args!("vacancy/v{number}");
            self.emit(&Entry::named("vacancy.post.v1", subject, data).id(format_args!("post")));
        }
    }

    pub(crate) fn close_vacancies(&mut self) {
        for number in 1..=VACANCIES {
            let (subject, data) =
                (format_args!("vacancy/v{number}"), format_args!(r#"{{"reason":"filled"}}"#));
            self.emit(&Entry::named("vacancy.close.v1", subject, data).id(format_args!("close")));
        }
    }
}
