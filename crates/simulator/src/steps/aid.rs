//! Cash aid: enrolled, decreed, drawn by a unit, handed over by hand, the rest brought back.

use super::decree::{PROXY, spread};
use super::moment;
use super::onboarding::{REGENCIES, Registers, identity, regency};
use super::selection::{Hex, SELECTOR, list_digest, pool_digest};
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, Day, HOUR, MINUTE, Time, civil, instant};
use crate::line::{Entry, Id, Money};
use crate::people::{Person, Role};
use crate::plan::{AIDS, Aid, BATCHES, Service};
use sha2::{Digest as _, Sha256};

/// Units that hand over: five of the police, then five of the army.
const UNITS: [&str; 10] = [
    "polri-west",
    "polri-central",
    "polri-east",
    "polri-north",
    "polri-south",
    "tni-west",
    "tni-central",
    "tni-east",
    "tni-north",
    "tni-south",
];
const POLICE_UNITS: u8 = 5;
/// Lines of a decree written in one millisecond.
const LINES: usize = 400;
/// Days for which a unit draws at once.
const WEEK: i32 = 7;

fn found(place: u32) -> Option<&'static Aid> {
    usize::try_from(place).ok().and_then(|place| AIDS.get(place))
}

fn aid_of(person: &Person) -> Option<&'static Aid> {
    AIDS.get(usize::from(person.batch).checked_sub(BATCHES.len())?)
}

/// What a unit must have on hand for the days from one draw to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    fund: usize,
    day: Day,
    unit: u8,
    minor: i64,
}

impl Simulation {
    pub(crate) fn plan_aids(&mut self) {
        for (place, aid) in (0u32..).zip(AIDS) {
            self.oracle.add_batch(aid.programme, civil(aid.decree).0, aid.number);
            self.rounds.push(crate::simulation::Round::default());
            for (day, at, what) in [
                (aid.opens, 8 * HOUR, What::AidOpen),
                (aid.closes, 23 * HOUR + HOUR / 2, What::AidClose),
                (aid.decree, 9 * HOUR, What::AidDecree),
                (aid.decree, 16 * HOUR, What::AidMoney),
            ] {
                self.agenda.plan(day, at, what, place);
            }
        }
    }

    fn round_of(place: u32) -> usize {
        BATCHES.len() + usize::try_from(place).unwrap_or(0)
    }

    /// The batch opens, and the enumerators begin.
    pub(crate) fn open_aid(&mut self, place: u32) {
        let Some(aid) = found(place) else { return };
        let (programme, number, closes) = (aid.programme, aid.number, Date(aid.closes));
        let count = self.scaled(aid.count);
        let subject = format_args!("batch/{programme}/{number}");
        let data = format_args!(r#"{{"closes":"{closes}","quota":{count}}}"#);
        self.emit(&Entry::named("batch.open.v1", subject, data).id(format_args!("open")).by(SELECTOR));
        let digest = Sha256::digest(aid_seed(aid).as_bytes());
        let (subject, promise) = (format_args!("batch/{programme}/{number}"), Hex(&digest));
        let data = format_args!(r#"{{"sha256":"{promise}"}}"#);
        self.emit(&Entry::named("batch.commit_seed.v1", subject, data).id(format_args!("seed")).by(SELECTOR));
        let index = u16::try_from(Self::round_of(place)).unwrap_or(0);
        for _ in 0..count {
            let who = self.people.add(self.root, Role::CashRecipient, index);
            let Some(mut person) = self.people.get(who) else { continue };
            let day = person.random.between(aid.opens, aid.closes);
            let at = moment(&mut person.random, 9, 22);
            self.plan(&mut person, who, day, at, What::Enrol);
            self.people.put(who, person);
        }
    }

    /// A vendor or fisher is registered on the spot, joins and is screened.
    pub(crate) fn enrol(&mut self, person: &mut Person, who: u32) {
        let Some(aid) = aid_of(person) else { return };
        let (programme, number) = (aid.programme, aid.number);
        person.id = identity(self.agenda.now(), &mut person.random);
        person.regency =
            u8::try_from(person.random.below(u32::try_from(REGENCIES.len()).unwrap_or(1))).unwrap_or(0);
        let (year, month, _) = civil(self.agenda.today());
        let born = year - 19 - person.random.between(0, 45);
        let sex = person.random.choose(&["female", "male"], "female");
        let household = Id(identity(instant(self.agenda.today(), 0), &mut person.random));
        let home = regency(person);
        let data = format_args!(
            r#"{{"born":"{born}-{month:02}","education":"junior-secondary","employment":"self-employed","household":"{household}","regency":"{home}","sex":"{sex}"}}"#
        );
        let entry = Entry::person("participant.register.v1", person.id, data);
        self.emit(&entry.id(format_args!("register")).before(3 * MINUTE));
        let data = format_args!(r#"{{"check":"identity","verdict":"passed"}}"#);
        let entry = Entry::person("participant.verify.v1", person.id, data);
        self.emit(&entry.id(format_args!("verify-identity")).before(2 * MINUTE));
        let data = format_args!(r#"{{"batch":{number}}}"#);
        let entry = Entry::person("batch.join.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("join-{number}")).before(MINUTE));
        self.screen_for_aid(person, aid);
        if let Some(round) = self.rounds.get_mut(usize::from(person.batch)) {
            round.members.push(who);
        }
    }

    fn screen_for_aid(&mut self, person: &Person, aid: &'static Aid) {
        let number = aid.number;
        let names = match &aid.register {
            Some((name, _)) => std::slice::from_ref(name),
            None => &[],
        };
        let listed = aid.register.and_then(|(name, listed)| listed.then_some(name));
        let registers = Registers { names, listed, asof: aid.opens - 1 };
        let data = format_args!(r#"{{"batch":{number},"registers":[{registers}]}}"#);
        let entry = Entry::person("batch.screen.v1", person.id, data).of(aid.programme);
        self.emit(&entry.id(format_args!("screen-{number}")));
    }

    /// Everyone who is eligible is taken: the draw has nothing to decide.
    pub(crate) fn close_aid(&mut self, place: u32) {
        let Some(aid) = found(place) else { return };
        let (programme, number, at) = (aid.programme, aid.number, Time(self.agenda.now()));
        let (subject, data) =
            (format_args!("batch/{programme}/{number}"), format_args!(r#"{{"at":"{at}"}}"#));
        self.emit(&Entry::named("batch.close.v1", subject, data).id(format_args!("close")).by(SELECTOR));
        let ((count, _), digest) = (self.members_of(place), self.pool_of(place));
        let (pool, seed) = (Hex(&digest), aid_seed(aid));
        let subject = format_args!("batch/{programme}/{number}");
        let data =
            format_args!(r#"{{"pool":{count},"poolsha256":"{pool}","seed":"{seed}","selected":{count}}}"#);
        self.emit(&Entry::named("batch.draw.v1", subject, data).id(format_args!("draw")).by(SELECTOR));
        let subject = format_args!("batch/{programme}/{number}");
        let data = format_args!(r#"{{"applied":{count},"eligible":{count},"selected":{count}}}"#);
        self.emit(
            &Entry::named("batch.summarise.v1", subject, data).id(format_args!("summarise")).by(SELECTOR),
        );
        let totals = self.oracle.batch(u16::try_from(Self::round_of(place)).unwrap_or(0));
        let count = i64::try_from(count).unwrap_or(0);
        (totals.applied, totals.eligible, totals.selected) = (count, count, count);
    }

    /// The digest of the pool from which an aid is drawn.
    fn pool_of(&self, place: u32) -> [u8; 32] {
        let round = self.rounds.get(Self::round_of(place));
        let members = round.map(|round| round.members.as_slice()).unwrap_or_default();
        pool_digest(members.iter().filter_map(|&who| self.people.get(who)).map(|person| person.id).collect())
    }

    /// How many take part, and the digest of their list.
    fn members_of(&self, place: u32) -> (usize, [u8; 32]) {
        let members =
            self.rounds.get(Self::round_of(place)).map(|round| round.members.as_slice()).unwrap_or_default();
        let ids = members.iter().filter_map(|&who| self.people.get(who)).map(|person| person.id);
        (members.len(), list_digest(ids))
    }

    pub(crate) fn decree_aid(&mut self, place: u32) {
        let Some(aid) = found(place) else { return };
        let (programme, number, date) = (aid.programme, aid.number, Date(aid.decree));
        let (count, digest) = self.members_of(place);
        let minor = aid.grant() * i64::try_from(count).unwrap_or(0);
        self.commit_money(aid.fund, minor);
        let (list, sum) = (Hex(&digest), Money(minor));
        let subject = format_args!("decree/{programme}/SK-{number}");
        let data = format_args!(
            r#"{{"batch":{number},"count":{count},"date":"{date}","listsha256":"{list}","sum":{sum}}}"#
        );
        self.emit(&Entry::named("decree.open.v1", subject, data).id(format_args!("open")).by(PROXY));
        self.agenda.plan(aid.decree, self.agenda.clock() + 1, What::AidLines, place);
    }

    /// Writes the next lines of the decree, and plans when each person is handed the money.
    pub(crate) fn write_aid(&mut self, place: u32) {
        let Some(aid) = found(place) else { return };
        let Some(round) = self.rounds.get_mut(Self::round_of(place)) else { return };
        let (start, whole) = (round.cursor, round.members.len());
        let end = (start + LINES).min(whole);
        round.cursor = end;
        let lines: Vec<u32> = round.members.get(start..end).unwrap_or_default().to_vec();
        let (programme, number) = (aid.programme, aid.number);
        for (line, who) in (start..).zip(lines) {
            let Some(mut person) = self.people.get(who) else { continue };
            let data = format_args!(r#"{{"decree":"SK-{number}"}}"#);
            self.emit(&Entry::person("entitlement.decree.v1", person.id, data).of(programme));
            person.owed = u32::try_from(aid.grant()).unwrap_or(0);
            let totals = self.oracle.batch(person.batch);
            totals.decreed += 1;
            totals.decreed_sum += aid.grant();
            self.plan_hand_over(&mut person, who, aid, (line, whole));
            self.people.put(who, person);
        }
        if end < whole {
            self.agenda.plan(aid.decree, self.agenda.clock() + 1, What::AidLines, place);
            return;
        }
        let (subject, data) = (format_args!("decree/{programme}/SK-{number}"), format_args!("{{}}"));
        self.emit(&Entry::named("decree.close.v1", subject, data).id(format_args!("close")).by(PROXY));
        if let Some(round) = self.rounds.get_mut(Self::round_of(place)) {
            *round = crate::simulation::Round::default();
        }
    }

    fn plan_hand_over(&mut self, person: &mut Person, who: u32, aid: &Aid, (line, whole): (usize, usize)) {
        let mut before = 0;
        let reached =
            |count: u32, before: usize| count == 0 || line < before + usize::try_from(count).unwrap_or(0);
        let mut chosen = None;
        for wave in aid.waves {
            let count = if wave.count == 0 { 0 } else { self.scaled(wave.count) };
            if reached(count, before) {
                chosen = Some((wave, before));
                break;
            }
            before += usize::try_from(count).unwrap_or(0);
        }
        let Some((wave, before)) = chosen else { return };
        let unit = person.regency % POLICE_UNITS;
        let police = match wave.service {
            Service::Police => true,
            Service::Army => false,
            Service::Both => person.random.chance(6_000),
        };
        person.partner = if police { unit } else { unit + POLICE_UNITS };
        let day = person.random.between(wave.from, wave.to);
        self.need_cash(aid, wave.from, day, person.partner);
        // The absent are among those of the last wave; their unit has drawn for them too.
        let last = wave.count == 0;
        if last && spread(line - before, self.scaled(aid.absent), whole - before) {
            return;
        }
        let at = moment(&mut person.random, 9, 16);
        self.plan(person, who, day, at, What::HandOver);
    }

    /// Adds to what a unit draws at the beginning of the week of a hand-over.
    fn need_cash(&mut self, aid: &Aid, from: Day, day: Day, unit: u8) {
        let drawn = from + (day - from) / WEEK * WEEK;
        let same = |draw: &&mut Draw| draw.fund == aid.fund && draw.day == drawn && draw.unit == unit;
        if let Some(draw) = self.draws.iter_mut().rev().find(same) {
            draw.minor += aid.grant();
            return;
        }
        let number = u32::try_from(self.draws.len()).unwrap_or(0);
        self.draws.push(Draw { fund: aid.fund, day: drawn, unit, minor: aid.grant() });
        self.agenda.plan(drawn, 7 * HOUR, What::DrawCash, number);
    }

    pub(crate) fn draw_cash(&mut self, number: u32) {
        let Some(draw) = usize::try_from(number).ok().and_then(|number| self.draws.get(number)).copied()
        else {
            return;
        };
        let Some((programme, year)) = Self::fund_name(draw.fund) else { return };
        let (amount, unit) =
            (Money(draw.minor), UNITS.get(usize::from(draw.unit)).copied().unwrap_or("polri-west"));
        let subject = format_args!("custody/{programme}/{year}");
        let data = format_args!(r#"{{"amount":{amount},"unit":"{unit}"}}"#);
        self.emit(&Entry::named("custody.draw.v1", subject, data).id(format_args!("draw-{number}")));
        let totals = self.oracle.fund(draw.fund);
        totals.drawn += draw.minor;
        totals.bank -= draw.minor;
    }

    /// A person is handed everything that the decree grants, benefit by benefit, against a receipt.
    pub(crate) fn hand_over(&mut self, person: &mut Person) {
        let Some(aid) = aid_of(person) else { return };
        let (home, number) = (regency(person), person.partner);
        let unit = UNITS.get(usize::from(number)).copied().unwrap_or("polri-west");
        for &(benefit, minor) in aid.benefits {
            let receipt = Sha256::digest(format!("receipt:{}:{benefit}", Id(person.id)).as_bytes());
            let (amount, receipt) = (Money(minor), Hex(&receipt));
            let data = format_args!(
                r#"{{"amount":{amount},"benefit":"{benefit}","number":1,"officer":"{unit}.officer","receiptsha256":"{receipt}","regency":"{home}","unit":"{unit}"}}"#
            );
            let entry = Entry::person("custody.hand_over.v1", person.id, data).of(aid.programme);
            self.emit(&entry.id(format_args!("hand-{benefit}")));
            self.oracle.batch(person.batch).cash_paid += minor;
            self.oracle.fund(aid.fund).handed += minor;
        }
        let totals = self.oracle.batch(person.batch);
        totals.paid += 1;
        if number < POLICE_UNITS {
            totals.handed_by_police += 1;
        } else {
            totals.handed_by_army += 1;
        }
        person.owed = 0;
        person.closed = true;
    }

    /// Units bring back what nobody came for.
    pub(crate) fn bring_back(&mut self, fund: usize) {
        let Some((programme, year)) = Self::fund_name(fund) else { return };
        for (place, unit) in (0u8..).zip(UNITS) {
            let minor = self.left_with(fund, place);
            if minor == 0 {
                continue;
            }
            let amount = Money(minor);
            let subject = format_args!("custody/{programme}/{year}");
            let data = format_args!(r#"{{"amount":{amount},"unit":"{unit}"}}"#);
            self.emit(
                &Entry::named("custody.returned.v1", subject, data).id(format_args!("returned-{unit}")),
            );
            let totals = self.oracle.fund(fund);
            totals.brought_back += minor;
            totals.bank += minor;
        }
    }

    /// Cash drawn for persons who are still owed it.
    fn left_with(&mut self, fund: usize, unit: u8) -> i64 {
        let owed = self.people.each().filter(|(_, person)| {
            person.role == Role::CashRecipient
                && person.partner == unit
                && aid_of(person).is_some_and(|aid| aid.fund == fund)
        });
        owed.map(|(_, person)| i64::from(person.owed)).sum()
    }

    /// The budget year ends: what nobody came for is released.
    pub(crate) fn lapse_aid(&mut self, fund: usize) {
        let mut gone = Vec::new();
        for (who, person) in self.people.each() {
            if let Some(aid) =
                aid_of(person).filter(|aid| aid.fund == fund && person.role == Role::CashRecipient)
            {
                gone.push((who, person.batch, aid.number, i64::from(person.owed)));
                person.owed = 0;
                person.closed = true;
            }
        }
        for (who, place, number, minor) in gone {
            self.oracle.batch(place).lapsed_cash += minor;
            self.release_money(fund, number, minor);
            self.people.leave(who);
        }
    }

    /// The money of a decree of aid: asked for, ordered and disbursed on its day.
    pub(crate) fn fund_aid(&mut self, place: u32) {
        let Some(aid) = found(place) else { return };
        let minor = self.oracle.batch(u16::try_from(Self::round_of(place)).unwrap_or(0)).decreed_sum;
        let (code, decree) = (aid.number.to_string(), format!("SK-{}", aid.number));
        self.draw_on_treasury(aid.fund, &code, Some(&decree), minor);
    }
}

fn aid_seed(aid: &Aid) -> String {
    format!("all-of-{}-{}", aid.programme, aid.number)
}
