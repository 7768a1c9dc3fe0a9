//! The decree of a batch (SK), line by line, and what each recipient then sets out to do.

use super::moment;
use super::selection::{Hex, list_digest};
use crate::Simulation;
use crate::agenda::What;
use crate::day::{Date, LAST};
use crate::line::{Actor, Entry, Minor, Money};
use crate::people::{Person, Role};
use crate::plan::{BATCHES, Batch};

pub(crate) const PROXY: Actor = Actor::User("kpa.decree");
/// Lines of a decree written in one millisecond.
const LINES: usize = 400;

/// Who links an account before the first course is finished, in ten-thousandths: in May 2020 fewer had linked one
/// than had finished a course. From 2023 it belongs to the introduction.
const LINKED_EARLY: u32 = 1_500;
/// Purchases set out for, in ten-thousandths of persons: a mean of 2.2 in 2020 to 2022, of 1.5 after.
const PURCHASES_SEMI: [(u32, u8); 4] = [(2_000, 1), (6_500, 2), (9_500, 3), (10_000, 4)];
const PURCHASES_NORMAL: [(u32, u8); 3] = [(5_500, 1), (9_500, 2), (10_000, 3)];

fn at(place: u32) -> Option<&'static Batch> {
    usize::try_from(place).ok().and_then(|place| BATCHES.get(place))
}

/// True for exactly `share` of every `whole` places, spread evenly.
pub(crate) fn spread(place: usize, share: u32, whole: usize) -> bool {
    let share = usize::try_from(share).unwrap_or(0);
    whole > 0 && (place + 1) * share / whole > place * share / whole
}

impl Simulation {
    fn decree_totals(&self, place: u32, batch: &Batch) -> (usize, Minor) {
        let slot = usize::try_from(place).unwrap_or(0);
        let count = self.rounds.get(slot).map_or(0, |round| round.members.len());
        (count, batch.terms.grant() * i64::try_from(count).unwrap_or(0))
    }

    pub(crate) fn open_decree(&mut self, place: u32) {
        let Some(batch) = at(place) else { return };
        let slot = usize::try_from(place).unwrap_or(0);
        let (count, sum) = self.decree_totals(place, batch);
        self.commit_money(Self::fund_place(batch), sum);
        let members = self.rounds.get(slot).map(|round| round.members.as_slice()).unwrap_or_default();
        let ids = members.iter().filter_map(|&who| self.people.get(who)).map(|person| person.id);
        let digest = list_digest(ids);
        let (number, programme, date) = (batch.number, batch.terms.programme, Date(batch.decree));
        let (list, sum) = (Hex(&digest), Money(sum));
        let data = format_args!(
            r#"{{"batch":{number},"count":{count},"date":"{date}","listsha256":"{list}","sum":{sum}}}"#
        );
        let subject = format_args!("decree/{programme}/SK-{number}");
        let entry = Entry::named("decree.open.v1", subject, data);
        self.emit(&entry.id(format_args!("open")).by(PROXY));
        self.agenda.plan(batch.decree, self.agenda.clock() + 1, What::DecreeLines, place);
    }

    /// Writes the next lines, and comes back for the rest a millisecond later.
    pub(crate) fn write_decree(&mut self, place: u32) {
        let Some(batch) = at(place) else { return };
        let slot = usize::try_from(place).unwrap_or(0);
        let Some(round) = self.rounds.get_mut(slot) else { return };
        let start = round.cursor;
        let whole = round.members.len();
        let end = (start + LINES).min(whole);
        round.cursor = end;
        let lines: Vec<u32> = round.members.get(start..end).unwrap_or_default().to_vec();
        let revoked = self.size(batch).revoked;
        for (line, who) in (start..).zip(lines) {
            let Some(mut person) = self.people.get(who) else { continue };
            self.grant(&mut person, batch);
            if spread(line, revoked, whole) {
                let deadline = batch.decree + batch.terms.first_purchase_days;
                self.plan(&mut person, who, deadline, LAST, What::Deadline);
            } else {
                self.set_out(&mut person, who, batch);
            }
            self.people.put(who, person);
        }
        let what = if end < whole { What::DecreeLines } else { What::DecreeEnd };
        self.agenda.plan(batch.decree, self.agenda.clock() + 1, what, place);
    }

    fn grant(&mut self, person: &mut Person, batch: &Batch) {
        let (number, programme) = (batch.number, batch.terms.programme);
        let data = format_args!(r#"{{"decree":"SK-{number}"}}"#);
        self.emit(&Entry::person("entitlement.decree.v1", person.id, data).of(programme));
        self.watch_for_late_list(person, batch);
        person.role = Role::Recipient;
        person.balance = u32::try_from(batch.terms.training).unwrap_or(0);
        person.owed = u32::try_from(batch.terms.cash()).unwrap_or(0);
        let totals = self.oracle.batch(person.batch);
        totals.decreed += 1;
        totals.decreed_sum += batch.terms.grant();
    }

    /// A recipient who will use the card: links an account and buys a first course in time.
    fn set_out(&mut self, person: &mut Person, who: u32, batch: &Batch) {
        let table: &[(u32, u8)] = if batch.terms.normal_scheme { &PURCHASES_NORMAL } else { &PURCHASES_SEMI };
        self.families.count_in(person);
        let luck = person.random.below(10_000);
        person.planned = table.iter().find(|&&(limit, _)| luck < limit).map_or(1, |&(_, count)| count);
        if self.plan_appeal(person, who, batch) {
            return;
        }
        if batch.terms.normal_scheme || person.random.chance(LINKED_EARLY) {
            let longest = if batch.is_of_the_first_spring() { 14 } else { 5 };
            let linked = batch.decree + person.random.between(1, longest);
            let moment_of_link = moment(&mut person.random, 8, 22);
            self.plan(person, who, linked, moment_of_link, What::Link);
        }
        let term = batch.terms.first_purchase_days - 2;
        // Most buy soon: the earlier of two draws.
        let wait = person.random.between(0, term).min(person.random.between(0, term));
        let bought = (batch.decree + 1 + wait).min(batch.terms.purchase_until);
        let moment_of_purchase = moment(&mut person.random, 8, 22);
        self.plan(person, who, bought, moment_of_purchase, What::Buy(1));
        self.plan_discovery(person, who, batch);
    }

    pub(crate) fn close_decree(&mut self, place: u32) {
        let Some(batch) = at(place) else { return };
        let (number, programme) = (batch.number, batch.terms.programme);
        let subject = format_args!("decree/{programme}/SK-{number}");
        let data = format_args!("{{}}");
        let entry = Entry::named("decree.close.v1", subject, data);
        self.emit(&entry.id(format_args!("close")).by(PROXY));
        if let Some(round) = self.rounds.get_mut(usize::try_from(place).unwrap_or(0)) {
            *round = crate::simulation::Round::default();
        }
    }

    /// The term ran out without a purchase: the closing of the day takes everything back.
    pub(crate) fn deadline(&mut self, person: &mut Person) {
        let released = i64::from(person.balance) + i64::from(person.owed);
        let totals = self.oracle.batch(person.batch);
        totals.revoked += 1;
        totals.revoked_sum += released;
        if let Some(batch) = Self::batch_of(person) {
            self.release_money(Self::fund_place(batch), batch.number, released);
        }
        person.balance = 0;
        person.owed = 0;
        person.ended = true;
        person.closed = !person.appeals;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact() {
        for (share, whole) in [(0, 10), (3, 10), (102_335, 800_000), (7, 7)] {
            let count = (0..whole).filter(|&place| spread(place, share, whole)).count();
            assert_eq!(u32::try_from(count).unwrap(), share);
        }
    }
}
