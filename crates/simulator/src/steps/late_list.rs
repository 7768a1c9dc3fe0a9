//! Registers that came years after the selection that should have asked them, and what is demanded back for it.

use super::decree::{PROXY, spread};
use super::moment;
use super::selection::Hex;
use super::training::reference_of;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, Day, day};
use crate::line::{Actor, Entry, Money, rupiah};
use crate::people::Person;
use crate::plan::{BATCHES, Batch};
use sha2::{Digest as _, Sha256};

/// Of so many persons on a late list one is asked to repay at once: the others' cases are not decided in this history.
const DEMANDED: usize = 2;
/// Who lets a claim go: never the one who made it.
const LETS_GO: Actor = Actor::User("kpa.claims");
/// What someone repays beyond the demand.
const TOO_MUCH: i64 = rupiah(50_000);

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Repays,
    /// In two instalments.
    Agrees,
    /// And is paid back what was not owed.
    RepaysTooMuch,
    Withdrawn,
    WrittenOff,
    /// The closing of a day hands it on.
    Silence,
}

/// In turn: an assumption.
const ANSWERS: [Answer; 8] = [
    Answer::Repays,
    Answer::Agrees,
    Answer::Silence,
    Answer::Withdrawn,
    Answer::WrittenOff,
    Answer::RepaysTooMuch,
    Answer::Repays,
    Answer::Silence,
];

/// The late lists as far as they are worked through.
#[derive(Default)]
pub(crate) struct LateLists {
    late: [Late; 2],
    /// Claims that are answered, with how and how far.
    claims: Vec<(Listed, Answer, u8)>,
}

/// Someone whom a late list will show, and what reached them so far.
#[derive(Clone, Copy, Debug)]
struct Listed {
    id: u128,
    batch: u16,
    paid: i64,
}

impl Simulation {
    /// Whom a list will show that nobody asked at selection: settled when the card is granted.
    pub(crate) fn watch_for_late_list(&mut self, person: &mut Person, batch: &Batch) {
        let year = batch.year();
        let Some(place) = LATE_LISTS.iter().position(|list| list.year == year) else { return };
        let Some(list) = LATE_LISTS.get(place) else { return };
        let count = self.scaled(list.count);
        if self.lists.late.get(place).is_some_and(|kept| kept.whole == 0) {
            let of_year = BATCHES.iter().filter(|batch| batch.year() == year);
            let whole: u32 = of_year.map(|batch| self.size(batch).selected).sum();
            if let Some(kept) = self.lists.late.get_mut(place) {
                kept.whole = usize::try_from(whole).unwrap_or(0);
            }
        }
        let Some(kept) = self.lists.late.get_mut(place) else { return };
        if spread(kept.granted, count, kept.whole) {
            kept.persons.push(Listed { id: person.id, batch: person.batch, paid: 0 });
            // Both lists share one numbering: the last bit tells which.
            person.watched = u32::try_from(kept.persons.len() << 1 | place).unwrap_or(0);
        }
        kept.granted += 1;
    }

    /// Counts what reaches a person whom a late list will show.
    pub(crate) fn watch_payment(&mut self, person: &Person, minor: i64) {
        let (list, place) = (usize::try_from(person.watched & 1), usize::try_from(person.watched >> 1));
        let (Ok(list), Ok(place)) = (list, place) else { return };
        let kept = self.lists.late.get_mut(list).and_then(|late| late.persons.get_mut(place.wrapping_sub(1)));
        if let Some(kept) = kept {
            kept.paid += minor;
        }
    }

    /// A list arrives years after the selection that should have asked it.
    pub(crate) fn report_late_list(&mut self, place: usize) {
        let Some(list) = LATE_LISTS.get(place) else { return };
        let Some(kept) = self.lists.late.get_mut(place) else { return };
        let (asof, register) = (Date(list.asof), list.register);
        let persons = std::mem::take(&mut kept.persons);
        for listed in &persons {
            let data = format_args!(r#"{{"asof":"{asof}","listed":true,"register":"{register}"}}"#);
            let entry = Entry::person("participant.register_reported.v1", listed.id, data);
            self.emit(&entry.id(format_args!("late-{register}")).reported(list.asof));
            let totals = self.oracle.batch(listed.batch);
            totals.listed_late += 1;
            totals.listed_paid += listed.paid;
        }
        for (turn, listed) in
            (0u32..).zip(persons.into_iter().filter(|listed| listed.paid > 0).step_by(DEMANDED))
        {
            self.demand_from_listed(listed, list, turn);
        }
    }

    /// What was paid is demanded back from those whose case is decided; the day's closing hands on what is not repaid.
    fn demand_from_listed(&mut self, listed: Listed, list: &LateList, turn: u32) {
        let letter = reference_of(listed.id);
        let (asof, register) = (Date(list.asof), list.register);
        let data = format!(r#"{{"asof":"{asof}","reason":"listed","register":"{register}"}}"#);
        self.claim(&listed, "recovery.find_ineligible.v1", PROXY, &data);
        let amount = Money(listed.paid);
        let data = format!(r#"{{"amount":{amount},"demand":"TGR-{letter:08x}","reason":"listed"}}"#);
        self.claim(&listed, "recovery.demand.v1", PROXY, &data);
        self.oracle.batch(listed.batch).demanded_sum += listed.paid;
        let answer = ANSWERS.get(usize::try_from(turn).unwrap_or(0) % ANSWERS.len()).copied();
        let Some(answer) = answer.filter(|answer| *answer != Answer::Silence) else { return };
        let number = u32::try_from(self.lists.claims.len()).unwrap_or(u32::MAX);
        self.lists.claims.push((listed, answer, 0));
        self.plan_answer(&listed, number, 10, 50);
    }

    fn plan_answer(&mut self, listed: &Listed, number: u32, first: i32, last: i32) {
        let mut random = self.root.stream(u64::from(reference_of(listed.id)) | 1 << 41);
        let day = crate::day::working(self.agenda.today() + random.between(first, last));
        self.agenda.plan(day, moment(&mut random, 9, 15), What::AnswerClaim, number);
    }

    /// The next thing that becomes of a claim.
    pub(crate) fn answer_claim(&mut self, number: u32) {
        let slot = usize::try_from(number).unwrap_or(usize::MAX);
        let Some((listed, answer, stage)) = self.lists.claims.get(slot).copied() else { return };
        if let Some((_, _, stage)) = self.lists.claims.get_mut(slot) {
            *stage += 1;
        }
        let letter = reference_of(listed.id);
        match (answer, stage) {
            (Answer::Repays, _) => self.repay_claim(&listed, listed.paid, stage),
            (Answer::Agrees, 0) => {
                let first = Date(self.agenda.today() + 30);
                let data = format!(
                    r#"{{"count":2,"everydays":30,"first":"{first}","reference":"AGR-{letter:08x}"}}"#
                );
                self.claim(&listed, "recovery.agree_instalments.v1", PROXY, &data);
                self.plan_answer(&listed, number, 12, 25);
            }
            (Answer::Agrees, _) => {
                self.repay_claim(&listed, listed.paid / 2, stage);
                if stage == 1 {
                    self.plan_answer(&listed, number, 26, 30);
                }
            }
            (Answer::Withdrawn | Answer::WrittenOff, _) => {
                let (kind, reason) = match answer {
                    Answer::Withdrawn => ("recovery.withdraw.v1", "list-wrong"),
                    _ => ("recovery.write_off.v1", "died"),
                };
                let amount = Money(listed.paid);
                let data =
                    format!(r#"{{"amount":{amount},"reason":"{reason}","reference":"DEC-{letter:08x}"}}"#);
                self.claim(&listed, kind, LETS_GO, &data);
            }
            (Answer::RepaysTooMuch, 0) => {
                self.repay_claim(&listed, listed.paid + TOO_MUCH, stage);
                self.plan_answer(&listed, number, 5, 20);
            }
            (Answer::RepaysTooMuch, _) => {
                let amount = Money(TOO_MUCH);
                let data =
                    format!(r#"{{"amount":{amount},"method":"treasury","reference":"RF-{letter:08x}"}}"#);
                self.claim(&listed, "recovery.refunded.v1", PROXY, &data);
                self.oracle.batch(listed.batch).repaid_sum -= TOO_MUCH;
            }
            (Answer::Silence, _) => {}
        }
    }

    fn repay_claim(&mut self, listed: &Listed, minor: i64, stage: u8) {
        let receipt = Sha256::digest(format!("listed:{:x}:{stage}", listed.id).as_bytes());
        let (amount, ntpn) = (Money(minor), Hex(receipt.get(..8).unwrap_or_default()));
        let data = format!(r#"{{"amount":{amount},"method":"treasury","reference":"{ntpn}"}}"#);
        self.claim(listed, "recovery.repaid.v1", PROXY, &data);
        self.oracle.batch(listed.batch).repaid_sum += minor;
    }

    /// An item about a claim.
    fn claim(&mut self, listed: &Listed, kind: &str, by: Actor, data: &str) {
        let Some(batch) = BATCHES.get(usize::from(listed.batch)) else { return };
        let (data, today) = (format_args!("{data}"), self.agenda.today());
        let entry = Entry::person(kind, listed.id, data).of(batch.terms.programme).by(by);
        self.emit(&entry.id(format_args!("{kind}-{today}")));
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
    persons: Vec<Listed>,
}
