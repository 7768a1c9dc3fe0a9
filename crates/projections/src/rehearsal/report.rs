//! What a rehearsal comes to: persons, batches, provinces.

use super::{ChangedVersion, Lottery, Pair, Reason, Rehearsal};
use jejak_domain::entitlement::{Card, Granted, benefits};
use jejak_domain::ids::{ParticipantId, ProgrammeCode, RegisterCode};
use jejak_domain::money::Currency;
use jejak_domain::participant::Person;
use jejak_domain::programme::Requirement;
use std::collections::BTreeMap;

/// Who gains and who loses of one measure, with the sums in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Persons who gain.
    pub gain: u64,
    /// Persons who lose.
    pub lose: u64,
    /// Persons with a card in either history for whom it is the same.
    pub unchanged: u64,
    /// Persons of whom nobody knows what they would have done.
    pub unknown: u64,
    /// Sum of all gains.
    pub gained: i128,
    /// Sum of all losses, above zero.
    pub lost: i128,
}

impl Measure {
    fn add(&mut self, before: i64, after: Option<i64>) {
        let Some(after) = after else {
            self.unknown += 1;
            return;
        };
        let difference = i128::from(after) - i128::from(before);
        match difference {
            0 => self.unchanged += 1,
            1.. => {
                self.gain += 1;
                self.gained += difference;
            }
            _ => {
                self.lose += 1;
                self.lost -= difference;
            }
        }
    }

    /// What it costs more, or less.
    pub fn net(&self) -> i128 {
        self.gained - self.lost
    }
}

/// The cost of a batch or province, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Persons with a card.
    pub persons: Pair<u64>,
    /// Granted by decrees.
    pub granted: Pair<i128>,
    /// Became due, or was spent on courses; without those of whom it is not known.
    pub earned: Pair<i128>,
}

impl Row {
    fn add(&mut self, row: &PersonRow, sides: Pair<bool>) {
        let add = |persons: &mut u64, granted: &mut i128, earned: &mut i128, minor: (i64, i64)| {
            *persons += 1;
            *granted += i128::from(minor.0);
            *earned += i128::from(minor.1);
        };
        if sides.before {
            let minor = (row.granted.before, row.earned.before);
            add(&mut self.persons.before, &mut self.granted.before, &mut self.earned.before, minor);
        }
        if sides.after {
            let minor = (row.granted.after, row.earned.after.unwrap_or(0));
            add(&mut self.persons.after, &mut self.granted.after, &mut self.earned.after, minor);
        }
    }
}

/// What one person earned and would have earned, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earned {
    /// As it is recorded.
    pub before: i64,
    /// Under the changed rules; `None` for who has a card only under them, and would have had to do something with it.
    pub after: Option<i64>,
}

/// One person for whom something is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub id: ParticipantId,
    /// The batch of the card; `None` without one.
    pub batch: Pair<Option<u16>>,
    /// Granted by decree, in minor units.
    pub granted: Pair<i64>,
    /// Became due, or was spent on courses, in minor units.
    pub earned: Earned,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A batch in which persons could gain who are recorded only as numbers, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The batch.
    pub batch: u16,
    /// Applicants who are recorded only as a number; `None` where not even that is.
    pub applicants: Option<u32>,
    /// Places that recipients lose, and that would fall to others.
    pub places: u64,
    /// What these places would be granted, in minor units.
    pub at_most: i128,
}

/// What a rehearsal came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// The programme.
    pub programme: ProgrammeCode,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What the file changes.
    pub versions: Vec<ChangedVersion>,
    /// By what decrees grant.
    pub granted: Measure,
    /// By what became due, or was spent on courses.
    pub earned: Measure,
    /// By batch; who changes the batch counts in each on its side.
    pub batches: BTreeMap<u16, Row>,
    /// By the first two digits of the regency of residence; empty text where it is not known.
    pub provinces: BTreeMap<String, Row>,
    /// Draws from other pools, by batch.
    pub lotteries: Vec<Lottery>,
    /// Batches in which gains are unknown.
    pub unknown: Vec<Unknown>,
    /// Lists that only the changed rules ask, and at how many screenings nobody asked them: they count as met.
    pub not_asked: BTreeMap<RegisterCode, u64>,
    /// Recorded decisions and facts that do not follow from the rules in force: they stay as they are.
    pub kept: u64,
    /// Persons for whom something is different, in the order of appearance.
    pub persons: Vec<PersonRow>,
}

impl Rehearsal {
    /// What it came to.
    pub fn report(self) -> Report {
        let mut report = Report {
            programme: self.change.code(),
            currency: self.change.currency(),
            versions: self.change.versions(),
            granted: Measure::default(),
            earned: Measure::default(),
            batches: BTreeMap::new(),
            provinces: BTreeMap::new(),
            lotteries: self.lotteries.values().cloned().collect(),
            unknown: Vec::new(),
            not_asked: self.not_asked.clone(),
            kept: self.kept,
            persons: Vec::new(),
        };
        for person in self.recorded.state.people.iter() {
            self.count(person, &mut report);
        }
        report.unknown = self.unknown.iter().map(|batch| self.unknown(*batch, &report.persons)).collect();
        report
    }

    fn count(&self, person: &Person, report: &mut Report) {
        let cards = Pair { before: self.recorded.card(person.id), after: self.rehearsed.card(person.id) };
        if cards.before.is_none() && cards.after.is_none() {
            return;
        }
        let batch = |card: Option<Card<'_>>| card.map(|card| card.entitlement.batch);
        let granted = |card: Option<Card<'_>>| card.map_or(0, |card| card.entitlement.card().allocated);
        let row = PersonRow {
            id: person.id,
            batch: Pair { before: batch(cards.before), after: batch(cards.after) },
            granted: Pair { before: granted(cards.before), after: granted(cards.after) },
            earned: Earned {
                before: self.recorded.earned_by(person.id),
                after: is_known(cards).then(|| self.rehearsed.earned_by(person.id)),
            },
            reasons: Vec::new(),
        };
        report.granted.add(row.granted.before, Some(row.granted.after));
        report.earned.add(row.earned.before, row.earned.after);
        if let Some(batch) = row.batch.before {
            report.batches.entry(batch).or_default().add(&row, Pair { before: true, after: false });
        }
        if let Some(batch) = row.batch.after {
            report.batches.entry(batch).or_default().add(&row, Pair { before: false, after: true });
        }
        let sides = Pair { before: cards.before.is_some(), after: cards.after.is_some() };
        report.provinces.entry(province(person)).or_default().add(&row, sides);
        if row.granted.before != row.granted.after || Some(row.earned.before) != row.earned.after {
            report.persons.push(PersonRow { reasons: self.reasons_of(person.id, cards), ..row });
        }
    }

    /// Benefits whose amounts differ, and what was remembered on the way.
    fn reasons_of(&self, id: ParticipantId, cards: Pair<Option<Card<'_>>>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if let Pair { before: Some(before), after: Some(after) } = cards {
            let (granted, now) = (grants(before), grants(after));
            let version = after.terms().map(|terms| terms.version.as_str()).unwrap_or_default();
            let version = format!("{} {version}", self.change.code());
            let differs = |each: &&Granted, other: &[Granted]| !other.contains(each);
            let gone = granted.iter().filter(|each| !now.iter().any(|other| other.benefit == each.benefit));
            let changed = now.iter().filter(|each| differs(each, &granted)).chain(gone);
            reasons.extend(
                changed.map(|each| Reason::Amount { version: version.clone(), benefit: each.benefit }),
            );
        }
        reasons.extend(self.reasons.get(&id).into_iter().flatten().cloned());
        reasons
    }

    fn unknown(&self, batch: u16, persons: &[PersonRow]) -> Unknown {
        let lost = |row: &&PersonRow| row.batch == Pair { before: Some(batch), after: None };
        let places = u64::try_from(persons.iter().filter(lost).count()).unwrap_or(u64::MAX);
        let joined = self.recorded.state.batches.get(self.change.code(), batch).map_or(0, |each| each.joined);
        let applicants = self.counts.get(&batch).map(|counts| counts.applied.saturating_sub(joined));
        let grant = self.grants.get(&batch).copied().unwrap_or_default();
        Unknown { batch, applicants, places, at_most: i128::from(places) * i128::from(grant.after) }
    }
}

/// True for who had a card to do something with, and where the decree alone earns everything.
fn is_known(cards: Pair<Option<Card<'_>>>) -> bool {
    let Pair { before: None, after: Some(card) } = cards else { return true };
    card.terms().is_some_and(|terms| {
        terms.training.is_none() && terms.cash.iter().all(|cash| cash.requires == Requirement::Decree)
    })
}

/// What the terms of a card grant.
fn grants(card: Card<'_>) -> Vec<Granted> {
    card.terms().and_then(|terms| benefits(card.programme, terms).ok()).unwrap_or_default()
}

/// The first two digits of an Indonesian regency code name the province.
fn province(person: &Person) -> String {
    let regency = person.regency().map(|code| code.as_str().chars().take(2).collect());
    regency.unwrap_or_default()
}
