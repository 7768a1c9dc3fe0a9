//! Registers that came years after the selection that should have asked them, and what is demanded back for it.

use super::decree::{PROXY, spread};
use super::moment;
use super::selection::Hex;
use super::training::reference_of;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, Day, day};
use crate::line::{Entry, Money};
use crate::people::Person;
use crate::plan::{BATCHES, Batch};
use sha2::{Digest as _, Sha256};

/// Of so many persons on a late list one is asked to repay at once: the others' cases are not decided in this history.
const DEMANDED: usize = 5;
/// Who repays within the term, in ten-thousandths.
const REPAYING: u32 = 6_000;

/// The late lists as far as they are worked through.
#[derive(Default)]
pub(crate) struct LateLists {
    late: [Late; 2],
    /// Those who will repay what a list showed not to be theirs.
    repaying: Vec<Listed>,
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
        for listed in persons.into_iter().filter(|listed| listed.paid > 0).step_by(DEMANDED) {
            self.demand_from_listed(listed);
        }
    }

    /// What was paid is demanded back from those whose case is decided; the day's closing hands on what is not repaid.
    fn demand_from_listed(&mut self, listed: Listed) {
        let Some(programme) = BATCHES.get(usize::from(listed.batch)).map(|batch| batch.terms.programme)
        else {
            return;
        };
        let (amount, letter) = (Money(listed.paid), reference_of(listed.id));
        let data = format_args!(r#"{{"amount":{amount},"demand":"TGR-{letter:08x}","reason":"listed"}}"#);
        let entry = Entry::person("recovery.demand.v1", listed.id, data).of(programme);
        self.emit(&entry.id(format_args!("demand-listed")).by(PROXY));
        self.oracle.batch(listed.batch).demanded_sum += listed.paid;
        let mut random = self.root.stream(u64::from(letter) | 1 << 41);
        if random.chance(REPAYING) {
            let number = u32::try_from(self.lists.repaying.len()).unwrap_or(u32::MAX);
            self.lists.repaying.push(listed);
            let (day, at) = (self.agenda.today() + random.between(10, 55), moment(&mut random, 9, 15));
            self.agenda.plan(day, at, What::RepayListed, number);
        }
    }

    pub(crate) fn repay_listed(&mut self, number: u32) {
        let Some(listed) = usize::try_from(number).ok().and_then(|at| self.lists.repaying.get(at)).copied()
        else {
            return;
        };
        let Some(programme) = BATCHES.get(usize::from(listed.batch)).map(|batch| batch.terms.programme)
        else {
            return;
        };
        let receipt = Sha256::digest(format!("listed:{:x}", listed.id).as_bytes());
        let (amount, ntpn) = (Money(listed.paid), Hex(receipt.get(..8).unwrap_or_default()));
        let data = format_args!(r#"{{"amount":{amount},"ntpn":"{ntpn}"}}"#);
        let entry = Entry::person("recovery.repaid.v1", listed.id, data).of(programme);
        self.emit(&entry.id(format_args!("repay-listed")).reported(self.agenda.today()));
        self.oracle.batch(listed.batch).repaid_sum += listed.paid;
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
