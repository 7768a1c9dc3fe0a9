//! Family cards (KK) that several applicants share, and what else is found out about who someone is.

use super::onboarding::{REGENCIES, regency};
use crate::Simulation;
use crate::line::{Entry, Id};
use crate::people::{Person, Role};
use std::collections::VecDeque;

/// Applicants from batch 12 on whose family has a recipient already, in ten-thousandths.
const RELATED: u32 = 800;
/// Ineligible ones whose family has two already.
const THIRD: u32 = 3_000;
/// Accounts that stop early or fail and turn out to be someone's second, in ten-thousandths.
const DUPLICATES: u32 = 500;
/// Families remembered: enough to draw from, and the same memory at every scale.
const REMEMBERED: usize = 4_096;

/// Family cards with recipients.
#[derive(Default)]
pub(crate) struct Families {
    /// With one recipient, and nobody else who takes part.
    one: VecDeque<u128>,
    /// With two recipients, both unrevoked.
    two: VecDeque<u128>,
    /// Who registered last.
    last: u128,
}

impl Families {
    /// A recipient who will keep the card counts in the family.
    pub(crate) fn count_in(&mut self, person: &Person) {
        let list = if person.second { &mut self.two } else { &mut self.one };
        list.push_back(person.household);
        if list.len() > REMEMBERED {
            list.pop_front();
        }
    }

    /// True when two of the family are recipients.
    pub(crate) fn is_full(&self, household: u128) -> bool {
        self.two.contains(&household)
    }
}

impl Simulation {
    /// The family card of an applicant: its own, or that of a family which has recipients already.
    ///
    /// From batch 12 on two of a family at most are recipients: a second one may still be drawn, a third is refused.
    pub(crate) fn family_of(&mut self, person: &mut Person, own: u128) -> u128 {
        let counts = Self::batch_of(person).is_some_and(|batch| (12..=47).contains(&batch.number));
        match person.role {
            Role::Member if counts && person.random.chance(RELATED) => match self.families.one.pop_front() {
                Some(family) => {
                    person.second = true;
                    family
                }
                None => own,
            },
            Role::Ineligible if counts && person.random.chance(THIRD) => {
                self.families.two.back().copied().unwrap_or(own)
            }
            _ => own,
        }
    }

    /// A search finds that an account which came to nothing is the second of someone.
    pub(crate) fn search_for_duplicate(&mut self, person: &mut Person) {
        let other = std::mem::replace(&mut self.families.last, person.id);
        let suspect = matches!(person.role, Role::Visitor | Role::Ineligible);
        if other != 0 && suspect && person.random.chance(DUPLICATES) {
            let other = Id(other);
            let data = format_args!(r#"{{"other":"{other}","reason":"nik"}}"#);
            let entry = Entry::person("participant.duplicate_found.v1", person.id, data);
            self.emit(&entry.id(format_args!("duplicate")));
        }
    }

    /// A person has moved to another regency.
    pub(crate) fn move_home(&mut self, person: &mut Person) {
        let places = u32::try_from(REGENCIES.len()).unwrap_or(1);
        person.regency = u8::try_from(person.random.below(places)).unwrap_or(0);
        let home = regency(person);
        let data = format_args!(r#"{{"regency":"{home}"}}"#);
        let entry = Entry::person("participant.change_profile.v1", person.id, data);
        self.emit(&entry.id(format_args!("move")));
    }
}
