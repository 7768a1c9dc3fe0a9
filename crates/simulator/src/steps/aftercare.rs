//! After the programme: waves of questions, the list for the banks, loans, vacancies, a register that came late.

use super::decree::spread;
use super::moment;
use super::onboarding::REGENCIES;
use super::selection::{Hex, pool_digest};
use super::training::reference;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, Day, day};
use crate::line::{Entry, Money, rupiah};
use crate::people::Person;
use crate::plan::{BATCHES, Batch};
use crate::random::Random;

/// Alumni who are asked later what became of them, in ten-thousandths: 47,000 of 16 million were.
const ASKED: u32 = 30;
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
/// Of those listed for a loan: offered one; of these, applying; of these, refused.
const OFFERED: u32 = 2_500;
const APPLYING: u32 = 4_500;
const REFUSED: u32 = 3_500;
const BANK: &str = "bni";
/// Items of the list written in one millisecond.
const LINES: usize = 400;
pub(crate) const VACANCIES: u8 = 24;
const EMPLOYERS: u8 = 8;
const OCCUPATIONS: &[&str] = &["5221", "5132", "4110", "7531", "2431", "4222"];

/// Someone who may be asked, or lent to, after everything else has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alumnus {
    id: u128,
    random: Random,
    batch: u16,
    /// Number of the first completed purchase; 0 for someone of the comparison group.
    first: u8,
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
    listed: Vec<Alumnus>,
    cursor: usize,
    /// Alumni of 2020 who have left so far.
    finished: usize,
    late: [Late; 2],
}

impl Simulation {
    /// Who applied and was not drawn may be asked later what became of them.
    pub(crate) fn keep_for_comparison(&mut self, who: u32) {
        let Some(mut person) = self.people.get(who) else { return };
        // With every applicant told of one by one the group would dwarf the alumni.
        let share = if self.settings.applicants == crate::Applicants::Full { ASKED } else { COMPARED };
        if person.random.chance(share) {
            self.aftercare.panel.push(Alumnus::of(&person));
        }
    }

    /// Who leaves with a certificate may be followed, or stand on the list for the banks.
    pub(crate) fn keep_alumnus(&mut self, person: &mut Person) {
        if person.first == 0 || person.ended {
            return;
        }
        if person.random.chance(ASKED) {
            self.aftercare.panel.push(Alumnus::of(person));
        }
        let before_the_list = Self::batch_of(person).is_some_and(|batch| batch.number <= 11);
        if before_the_list && self.aftercare.listed.len() < usize::try_from(self.scaled(LISTED)).unwrap_or(0)
        {
            self.aftercare.finished += 1;
            if spread(self.aftercare.finished, LISTED, FINISHED_2020) {
                self.aftercare.listed.push(Alumnus::of(person));
            }
        }
    }

    /// Whom a list will show that nobody asked at selection: settled when the card is granted.
    pub(crate) fn keep_for_late_list(&mut self, person: &Person, batch: &Batch) {
        let year = batch.year();
        let Some(place) = LATE_LISTS.iter().position(|list| list.year == year) else { return };
        let Some(list) = LATE_LISTS.get(place) else { return };
        let count = self.scaled(list.count);
        if self.aftercare.late.get(place).is_some_and(|kept| kept.whole == 0) {
            let of_year = BATCHES.iter().filter(|batch| batch.year() == year);
            let whole: u32 = of_year.map(|batch| self.size(batch).selected).sum();
            if let Some(kept) = self.aftercare.late.get_mut(place) {
                kept.whole = usize::try_from(whole).unwrap_or(0);
            }
        }
        let Some(kept) = self.aftercare.late.get_mut(place) else { return };
        if spread(kept.granted, count, kept.whole) {
            kept.persons.push((person.id, person.batch));
        }
        kept.granted += 1;
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
        let Some(member) = self.member(place) else { return };
        let wave = member.wave;
        let data = format_args!(r#"{{"wave":{wave}}}"#);
        let entry = Entry::person("outcome.invite.v1", member.id, data).of(member.programme());
        self.emit(&entry.id(format_args!("invite-{wave}")));
        self.oracle.batch(member.batch).invited += i64::from(member.first > 0);
    }

    pub(crate) fn report(&mut self, place: u32) {
        let Some(mut member) = self.member(place) else { return };
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

    /// The list of alumni entrepreneurs for the banks, a part at a time.
    pub(crate) fn list_alumni(&mut self) {
        let start = self.aftercare.cursor;
        let end = (start + LINES).min(self.aftercare.listed.len());
        self.aftercare.cursor = end;
        for place in start..end {
            let Some(mut alumnus) = self.aftercare.listed.get(place).copied() else { continue };
            let (paper, first) = (reference_of(alumnus.id), alumnus.first);
            let data = format_args!(r#"{{"certificate":"C-{paper:08x}-{first}"}}"#);
            let entry = Entry::person("loan.list.v1", alumnus.id, data).of("kur-alumni");
            self.emit(&entry.id(format_args!("list")));
            self.oracle.batch(alumnus.batch).loan_listed += 1;
            if alumnus.random.chance(OFFERED) {
                let (day, at) =
                    (self.agenda.today() + alumnus.random.between(3, 60), moment(&mut alumnus.random, 9, 16));
                self.agenda.plan(day, at, What::Lend(0), u32::try_from(place).unwrap_or(u32::MAX));
            }
            if let Some(kept) = self.aftercare.listed.get_mut(place) {
                *kept = alumnus;
            }
        }
        if end < self.aftercare.listed.len() {
            self.agenda.plan(self.agenda.today(), self.agenda.clock() + 1, What::ListAlumni, 0);
        }
    }

    /// A loan step by step: offered, applied for, refused or approved, disbursed. The bank's word, so a fact each.
    pub(crate) fn lend(&mut self, place: u32, stage: u8) {
        let slot = usize::try_from(place).unwrap_or(usize::MAX);
        let Some(mut alumnus) = self.aftercare.listed.get(slot).copied() else { return };
        let amount = Money(rupiah(i64::from(1 + reference_of(alumnus.id) % 10) * 1_000_000));
        let loan = reference_of(alumnus.id);
        let mut further = true;
        let mut emit = |kind: &str, id: &str, data: std::fmt::Arguments<'_>| {
            let entry = Entry::person(kind, alumnus.id, data).of("kur-alumni");
            self.out.write(self.agenda.now(), &entry.id(format_args!("{id}")));
        };
        match stage {
            0 => {
                emit("loan.offered.v1", "offer", format_args!(r#"{{"bank":"{BANK}"}}"#));
                further = alumnus.random.chance(APPLYING);
            }
            1 => emit("loan.applied.v1", "apply", format_args!(r#"{{"amount":{amount},"bank":"{BANK}"}}"#)),
            2 if alumnus.random.chance(REFUSED) => {
                let reason = alumnus.random.choose(&["credit-history", "had-kur"], "had-kur");
                emit("loan.refused.v1", "refuse", format_args!(r#"{{"bank":"{BANK}","reason":"{reason}"}}"#));
                further = false;
            }
            2 => emit(
                "loan.approved.v1",
                "approve",
                format_args!(r#"{{"amount":{amount},"bank":"{BANK}","loan":"kur-{loan:08x}"}}"#),
            ),
            _ => {
                emit(
                    "loan.disbursed.v1",
                    "disburse",
                    format_args!(r#"{{"amount":{amount},"loan":"kur-{loan:08x}"}}"#),
                );
                further = false;
            }
        }
        if further {
            let (day, at) =
                (self.agenda.today() + alumnus.random.between(2, 20), moment(&mut alumnus.random, 9, 16));
            self.agenda.plan(day, at, What::Lend(stage + 1), place);
        }
        if let Some(kept) = self.aftercare.listed.get_mut(slot) {
            *kept = alumnus;
        }
    }

    /// A list arrives years after the selection that should have asked it.
    pub(crate) fn report_late_list(&mut self, place: usize) {
        let Some(list) = LATE_LISTS.get(place) else { return };
        let Some(kept) = self.aftercare.late.get_mut(place) else { return };
        let (asof, register) = (Date(list.asof), list.register);
        for (id, batch) in std::mem::take(&mut kept.persons) {
            let data = format_args!(r#"{{"asof":"{asof}","listed":true,"register":"{register}"}}"#);
            let entry = Entry::person("participant.register_reported.v1", id, data);
            self.emit(&entry.id(format_args!("late-{register}")));
            self.oracle.batch(batch).listed_late += 1;
        }
    }
}

/// A list that nobody asked at selection.
pub(crate) struct LateList {
    register: &'static str,
    /// The list's own date.
    asof: Day,
    /// The day on which the ledger is told.
    pub(crate) told: Day,
    /// Whose recipients it concerns, by the year of their decrees, and how many of them it shows.
    year: i32,
    count: u32,
}

/// Workers with a wage above the limit (audit of 2021), pupils and students (audit of 2023).
pub(crate) const LATE_LISTS: [LateList; 2] = [
    LateList {
        register: "bpjs-tk",
        asof: day(2021, 12, 31),
        told: day(2022, 5, 24),
        year: 2021,
        count: 119_494,
    },
    LateList {
        register: "emis",
        asof: day(2023, 11, 15),
        told: day(2023, 11, 27),
        year: 2023,
        count: 54_856,
    },
];

/// How far the grants of a year have been worked through for a list.
#[derive(Default)]
struct Late {
    /// Cards of the year, in all and granted so far.
    whole: usize,
    granted: usize,
    persons: Vec<(u128, u16)>,
}

fn reference_of(id: u128) -> u32 {
    reference(&Person { id, ..Person::default() })
}
