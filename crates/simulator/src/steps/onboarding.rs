//! From the first click to joining a batch.

use super::moment;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, Day, HOUR, MINUTE, civil, instant};
use crate::line::{Entry, Id};
use crate::people::{Person, Role};
use crate::random::Random;

/// Regencies and cities of residence, by their official codes.
pub(crate) const REGENCIES: &[&str] = &[
    "1101", "1171", "1207", "1271", "1306", "1371", "1471", "1571", "1671", "1771", "1801", "1871", "3171",
    "3172", "3173", "3174", "3175", "3201", "3204", "3216", "3217", "3273", "3275", "3301", "3302", "3328",
    "3374", "3402", "3404", "3507", "3509", "3515", "3525", "3578", "3601", "3603", "3671", "3674", "5103",
    "5171", "5201", "5271", "5301", "5371", "6101", "6171", "6309", "6371", "6401", "6472", "7171", "7271",
    "7302", "7371", "7471", "7571", "8171", "8271", "9171", "9202",
];

const EDUCATION: &[&str] =
    &["primary", "junior-secondary", "senior-secondary", "senior-secondary", "senior-secondary", "tertiary"];
const EMPLOYMENT: &[&str] = &[
    "job-seeker",
    "job-seeker",
    "job-seeker",
    "laid-off",
    "laid-off",
    "furloughed",
    "self-employed",
    "employee",
];
/// Share of women in ten-thousandths: 47 % of applicants in 2020, about 54 % of recipients in 2023.
const WOMEN_2020: u32 = 4_700;
const WOMEN_2023: u32 = 5_400;

/// An id in the shape of a UUIDv7: the millisecond, then random bits.
pub(crate) fn identity(now: i64, random: &mut Random) -> u128 {
    let time = u128::from(u64::try_from(now).unwrap_or(0)) & ((1 << 48) - 1);
    let (high, low) = (u128::from(random.bits() >> 52), u128::from(random.bits() >> 2));
    (time << 80) | (7 << 76) | (high << 64) | (2 << 62) | low
}

pub(crate) fn regency(person: &Person) -> &'static str {
    REGENCIES.get(usize::from(person.regency)).copied().unwrap_or("3171")
}

impl Simulation {
    /// A person opens an account and passes the checks, or stops at one.
    pub(crate) fn register(&mut self, person: &mut Person, who: u32) {
        let today = self.agenda.today();
        person.id = identity(self.agenda.now(), &mut person.random);
        let places = u32::try_from(REGENCIES.len()).unwrap_or(1);
        person.regency = u8::try_from(person.random.below(places)).unwrap_or(0);
        self.write_registration(person, today);
        self.search_for_duplicate(person);
        let passed = Self::checks_passed(person);
        for (place, check) in (0u32..).zip(["email", "identity", "phone", "face", "ability"]) {
            let before = (4 - place) * 2 * MINUTE;
            if place < passed {
                let data = format_args!(r#"{{"check":"{check}","verdict":"passed"}}"#);
                let entry = Entry::person("participant.verify.v1", person.id, data);
                self.emit(&entry.id(format_args!("verify-{check}")).before(before));
                continue;
            }
            // Who never answers an e-mail or a message fails nothing: the check just never comes.
            let reason = match check {
                "identity" => "nik-kk-differs",
                "face" => "no-match",
                _ => break,
            };
            let data = format_args!(r#"{{"check":"{check}","reason":"{reason}","verdict":"failed"}}"#);
            let entry = Entry::person("participant.verify.v1", person.id, data);
            self.emit(&entry.id(format_args!("verify-{check}")).before(before));
            break;
        }
        if person.role != Role::Visitor {
            self.plan_joining(person, who, today);
        }
    }

    fn write_registration(&mut self, person: &mut Person, today: Day) {
        let terms = Self::batch_of(person).map(|batch| batch.terms);
        let young = person.role == Role::Ineligible && person.random.chance(2_000);
        let age = if young { person.random.between(15, 16) } else { 18 + youthful(&mut person.random) };
        let (year, month, _) = civil(today);
        let women = if terms.is_some_and(|terms| terms.normal_scheme) { WOMEN_2023 } else { WOMEN_2020 };
        let sex = if person.random.chance(women) { "female" } else { "male" };
        let education = person.random.choose(EDUCATION, "primary");
        let employment = person.random.choose(EMPLOYMENT, "job-seeker");
        let own = identity(instant(today, 0), &mut person.random);
        person.household = self.family_of(person, own);
        let household = person.household;
        let regency = regency(person);
        let (born, family) = (year - age - 1, Id(household));
        let data = format_args!(
            r#"{{"born":"{born}-{month:02}","education":"{education}","employment":"{employment}","household":"{family}","regency":"{regency}","sex":"{sex}"}}"#
        );
        let entry = Entry::person("participant.register.v1", person.id, data);
        self.emit(&entry.id(format_args!("register")).before(12 * MINUTE));
    }

    /// How many of the five checks a person passes. Of 40 M accounts 26 M answered the e-mail, 20 M matched the
    /// register of residents and 18 M answered the phone (30 October 2020).
    fn checks_passed(person: &mut Person) -> u32 {
        if person.role != Role::Visitor {
            return 5;
        }
        match person.random.below(22) {
            0..14 => 0,
            14..20 => 1,
            20 => 2,
            _ => 3,
        }
    }

    fn plan_joining(&mut self, person: &mut Person, who: u32, today: Day) {
        let Some(batch) = Self::batch_of(person) else { return };
        if today < batch.opens {
            let day = person.random.between(batch.opens, batch.closes);
            let at = moment(&mut person.random, 9, 23);
            self.plan(person, who, day, at, What::Join);
        } else {
            let at = self.agenda.clock() + 10 * MINUTE + person.random.below(HOUR / 2);
            self.plan(person, who, today, at, What::Join);
        }
    }

    /// A person joins a batch and is held against the rules.
    pub(crate) fn join(&mut self, person: &mut Person, who: u32) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (number, programme) = (batch.number, batch.terms.programme);
        let data = format_args!(r#"{{"batch":{number}}}"#);
        let entry = Entry::person("batch.join.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("join-{number}")).before(MINUTE));
        let listed = match person.role {
            // The family card alone says no.
            Role::Ineligible if self.families.is_full(person.household) => None,
            Role::Ineligible => Some(person.random.choose(batch.terms.registers, "dapodik")),
            _ => None,
        };
        let registers = Registers { names: batch.terms.registers, listed, asof: batch.opens - 1 };
        let data = format_args!(r#"{{"batch":{number},"registers":[{registers}]}}"#);
        let entry = Entry::person("batch.screen.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("screen-{number}")));
        if person.role == Role::Member
            && let Some(round) = self.rounds.get_mut(usize::from(person.batch))
        {
            round.members.push(who);
        }
    }
}

/// Years above 18: most applicants are young.
fn youthful(random: &mut Random) -> i32 {
    random.between(0, 42).min(random.between(0, 42))
}

/// The lists asked at screening, as JSON.
pub(crate) struct Registers {
    pub(crate) names: &'static [&'static str],
    pub(crate) listed: Option<&'static str>,
    pub(crate) asof: Day,
}

impl std::fmt::Display for Registers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let asof = Date(self.asof);
        for (place, name) in (0..).zip(self.names) {
            let comma = if place == 0 { "" } else { "," };
            let listed = self.listed == Some(name);
            write!(f, r#"{comma}{{"asof":"{asof}","listed":{listed},"register":"{name}"}}"#)?;
        }
        Ok(())
    }
}
