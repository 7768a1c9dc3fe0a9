//! The persons who still have something to do: a slab of small records.

use crate::day::Day;
use crate::random::Random;

/// Why a person is in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// Registers but never comes to joining.
    Visitor,
    /// Joins and is not eligible.
    Ineligible,
    /// Joins, is eligible and takes part in the draw.
    #[default]
    Member,
    /// Decreed.
    Recipient,
    /// Given cash by hand; never has an account.
    CashRecipient,
}

/// The most purchases that a person makes, cancelled ones included.
pub(crate) const PURCHASES: usize = 5;

/// One person's state, kept small: millions live at once.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and bytes count")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    pub(crate) id: u128,
    pub(crate) random: Random,
    /// What is left of the training balance.
    pub(crate) balance: u32,
    /// Cash granted and not yet received.
    pub(crate) owed: u32,
    /// Prices of purchases in thousands of rupiah, by number − 1; 0 when restored.
    pub(crate) prices: [u16; PURCHASES],
    /// Day on which the first instalment can be paid; 0 until it is earned.
    pub(crate) payon: Day,
    /// Day on which the first instalment was settled; 0 until then.
    pub(crate) settled: Day,
    /// Days on which surveys were answered, by number − 1.
    pub(crate) answered: [Day; 3],
    /// The family card.
    pub(crate) household: u128,
    /// The second of the family.
    pub(crate) second: bool,
    /// Place among those whom a late list will show, from 1.
    pub(crate) watched: u32,
    pub(crate) batch: u16,
    /// The group of each purchase that has sessions at a venue.
    pub(crate) groups: [u16; PURCHASES],
    pub(crate) courses: [u8; PURCHASES],
    pub(crate) platforms: [u8; PURCHASES],
    pub(crate) regency: u8,
    pub(crate) role: Role,
    pub(crate) partner: u8,
    /// Accounts linked so far.
    pub(crate) links: u8,
    pub(crate) verified: bool,
    pub(crate) bought: u8,
    pub(crate) planned: u8,
    /// Number of the first completed purchase; 0 until then.
    pub(crate) first: u8,
    /// Purchases completed, a bit each.
    pub(crate) completed: u8,
    /// Purchases settled with the platform, a bit each.
    pub(crate) settled_purchases: u8,
    pub(crate) paid: bool,
    /// Instructed and not answered.
    pub(crate) in_flight: u32,
    /// Demanded back.
    pub(crate) demanded: u32,
    /// A payment reported as failed will turn out to be settled.
    pub(crate) late: bool,
    /// Will miss the term of the first purchase, and be given the card back on appeal.
    pub(crate) appeals: bool,
    /// Revoked: only what is on its way goes on.
    pub(crate) ended: bool,
    /// Nothing new may begin: revoked or past every cut-off.
    pub(crate) closed: bool,
    /// Steps on the agenda.
    pub(crate) pending: u8,
}

/// Persons by number; numbers of those who left are given again.
#[derive(Default)]
pub(crate) struct People {
    slots: Vec<Option<Person>>,
    free: Vec<u32>,
    created: u64,
}

impl People {
    /// Adds a person with the next stream of random numbers.
    pub(crate) fn add(&mut self, root: Random, role: Role, batch: u16) -> u32 {
        self.created += 1;
        let person = Person { random: root.stream(self.created), role, batch, ..Person::default() };
        if let Some(who) = self.free.pop() {
            self.put(who, person);
            return who;
        }
        let who = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Some(person));
        who
    }

    pub(crate) fn get(&self, who: u32) -> Option<Person> {
        usize::try_from(who).ok().and_then(|at| self.slots.get(at)).copied().flatten()
    }

    pub(crate) fn put(&mut self, who: u32, person: Person) {
        if let Some(slot) = usize::try_from(who).ok().and_then(|at| self.slots.get_mut(at)) {
            *slot = Some(person);
        }
    }

    /// Lets a person go, unless steps are still planned.
    pub(crate) fn leave(&mut self, who: u32) {
        let Some(slot) = usize::try_from(who).ok().and_then(|at| self.slots.get_mut(at)) else { return };
        match slot {
            Some(person) if person.pending > 0 => person.closed = true,
            Some(_) => {
                *slot = None;
                self.free.push(who);
            }
            None => {}
        }
    }

    /// Everyone's number and record, to be changed in place.
    pub(crate) fn each(&mut self) -> impl Iterator<Item = (u32, &mut Person)> {
        (0u32..)
            .zip(self.slots.iter_mut())
            .filter_map(|(who, slot)| slot.as_mut().map(|person| (who, person)))
    }

    /// Persons alive.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
