//! What is remembered of a person: compact, since there are millions.

use super::{Channel, Check, Employment, Event, SAME_ACCOUNT, Verdict};
use crate::batch::Standing;
use crate::entitlement::{Entitlement, Status};
use crate::ids::{ActorId, DocumentNumber, HouseholdId, ParticipantId, PartyCode, Reason, RegencyCode};
use crate::line::Event as Line;
use crate::subject::Subject;
use crate::time::Month;
use hashbrown::HashTable;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// A linked payout account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Bank or wallet.
    pub channel: Channel,
    /// The payment partner, by its number in [`People::partner`].
    pub partner: u16,
    /// True once the partner has checked it.
    pub verified: bool,
}

/// The last batch that a person joined in a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of the programme.
    pub programme: u16,
    /// Number of the batch.
    pub batch: u16,
    /// Where the person stands in it.
    pub standing: Standing,
}

/// One person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The random id.
    pub id: ParticipantId,
    /// Month of birth; absent until registered.
    pub born: Option<Month>,
    /// Work at registration.
    pub employment: Employment,
    /// Number of the household, from 1.
    pub household: Option<NonZero<u32>>,
    /// The payout account.
    pub account: Option<LinkedAccount>,
    /// The last batch joined.
    pub applied: Option<Applied>,
    /// One bit for each passed check.
    passed: u8,
    /// One bit for each of [`marks`].
    marks: u8,
    /// Regency of residence, filled up with zeros; all zeros when it is not known.
    regency: [u8; 8],
    entitlements: Box<[Entitlement]>,
}

/// What else is remembered of a person, a bit each.
mod marks {
    /// Sealed personal data is in the journal.
    pub(super) const SEALED: u8 = 1;
    /// Another participant was registered with the same NIK before.
    pub(super) const DUPLICATE: u8 = 2;
    /// A legal hold stands.
    pub(super) const HOLD: u8 = 4;
    /// The key is destroyed.
    pub(super) const ERASED: u8 = 8;
}

/// A wish to erase that nobody has approved yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureRequest {
    /// Who asked.
    pub by: ActorId,
    /// The legal basis.
    pub basis: Reason,
    /// The letter or decision.
    pub reference: DocumentNumber,
}

impl Person {
    fn new(id: ParticipantId) -> Self {
        Self {
            id,
            born: None,
            employment: Employment::JobSeeker,
            household: None,
            account: None,
            applied: None,
            passed: 0,
            marks: 0,
            regency: [0; 8],
            entitlements: Box::default(),
        }
    }

    /// True once registered; a fact may concern a person before.
    pub fn is_registered(&self) -> bool {
        self.born.is_some()
    }

    /// True when the check's last answer was *passed*.
    pub fn has_passed(&self, check: Check) -> bool {
        self.passed & bit(check) != 0
    }

    /// True when sealed personal data of the person is in the journal, readable or not.
    pub fn has_personal_data(&self) -> bool {
        self.marks & marks::SEALED != 0
    }

    /// True when another participant was registered with the same NIK before.
    pub fn is_duplicate(&self) -> bool {
        self.marks & marks::DUPLICATE != 0
    }

    /// True while a legal hold stands.
    pub fn is_on_hold(&self) -> bool {
        self.marks & marks::HOLD != 0
    }

    /// True once the personal data is erased.
    pub fn is_erased(&self) -> bool {
        self.marks & marks::ERASED != 0
    }

    /// Regency of residence.
    pub fn regency(&self) -> Option<RegencyCode> {
        let length = self.regency.iter().position(|byte| *byte == 0).unwrap_or(self.regency.len());
        let text = self.regency.get(..length).and_then(|text| std::str::from_utf8(text).ok())?;
        RegencyCode::new(text).ok()
    }

    fn set_regency(&mut self, code: RegencyCode) {
        self.regency = [0; 8];
        // A code has at most eight bytes and none that is zero.
        self.regency.iter_mut().zip(code.as_str().bytes()).for_each(|(to, from)| *to = from);
    }

    /// Entitlements, one a programme.
    pub fn entitlements(&self) -> impl Iterator<Item = &Entitlement> {
        self.entitlements.iter()
    }

    /// True when another person was found with the same payout account.
    pub fn shares_account(&self) -> bool {
        self.passed & SHARED_ACCOUNT != 0
    }

    pub(crate) fn entitlements_mut(&mut self) -> impl Iterator<Item = &mut Entitlement> {
        self.entitlements.iter_mut()
    }

    pub(crate) fn grant(&mut self, entitlement: Entitlement) {
        let mut all = Vec::with_capacity(self.entitlements.len() + 1);
        all.extend(std::mem::take(&mut self.entitlements));
        all.push(entitlement);
        self.entitlements = all.into_boxed_slice();
    }
}

/// A bit that no check has.
const SHARED_ACCOUNT: u8 = 64;

fn bit(check: Check) -> u8 {
    match check {
        Check::Email => 1,
        Check::Identity => 2,
        Check::Phone => 4,
        Check::Face => 8,
        Check::Ability => 16,
        Check::Induction => 32,
    }
}

/// Random ids are spread already: a product of their halves is a good hash.
fn hash(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    // Odd and irregular, so that the fixed bits of a UUID do not cluster.
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mix(mix(0, high), low)
}

/// One household: how many unrevoked recipients it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    id: HouseholdId,
    /// Unrevoked recipients, all programmes together.
    pub recipients: u8,
}

/// All persons and households, each found by its id through a table of numbers: the ids stand once, in the lists.
#[derive(Clone, Debug, Default)]
pub struct People {
    list: Vec<Person>,
    numbers: HashTable<u32>,
    households: Vec<Household>,
    household_numbers: HashTable<u32>,
    partners: Vec<PartyCode>,
    /// Erasures that wait for a second person.
    requests: BTreeMap<Uuid, ErasureRequest>,
    /// The person looked up last: one event asks for its person several times, and each look-up elsewhere is a
    /// cache miss.
    recent: Recent,
}

/// A number that several readers may look at: whichever they leave there serves them all.
#[derive(Debug, Default)]
struct Recent(AtomicU32);

impl Clone for Recent {
    fn clone(&self) -> Self {
        Self(AtomicU32::new(self.0.load(Ordering::Relaxed)))
    }
}

fn at<T>(list: &[T], number: u32) -> Option<&T> {
    usize::try_from(number).ok().and_then(|index| list.get(index))
}

impl People {
    /// A person, registered or only named by a fact.
    pub fn get(&self, id: ParticipantId) -> Option<&Person> {
        self.number(id).and_then(|number| self.at(number))
    }

    /// A person by number, in order of appearance.
    pub fn at(&self, number: u32) -> Option<&Person> {
        at(&self.list, number)
    }

    /// The number of a person.
    pub fn number(&self, id: ParticipantId) -> Option<u32> {
        let recent = self.recent.0.load(Ordering::Relaxed);
        if self.at(recent).is_some_and(|person| person.id == id) {
            return Some(recent);
        }
        let same = |number: &u32| self.at(*number).is_some_and(|person| person.id == id);
        let number = *self.numbers.find(hash(id.0), same)?;
        self.recent.0.store(number, Ordering::Relaxed);
        Some(number)
    }

    /// Everybody, in order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.list.iter()
    }

    /// A household by number.
    pub fn household(&self, number: NonZero<u32>) -> Option<&Household> {
        at(&self.households, number.get() - 1)
    }

    /// A payment partner by its number in a linked account.
    pub fn partner(&self, number: u16) -> Option<PartyCode> {
        self.partners.get(usize::from(number)).copied()
    }

    /// The wish to erase a person that waits for a second person.
    pub fn erasure_request(&self, id: ParticipantId) -> Option<&ErasureRequest> {
        self.requests.get(&id.0)
    }

    pub(crate) fn household_mut(&mut self, number: NonZero<u32>) -> Option<&mut Household> {
        usize::try_from(number.get() - 1).ok().and_then(|index| self.households.get_mut(index))
    }

    pub(crate) fn get_mut(&mut self, id: ParticipantId) -> Option<&mut Person> {
        let number = self.number(id)?;
        usize::try_from(number).ok().and_then(|index| self.list.get_mut(index))
    }

    /// The person, who appears now if not before.
    pub(crate) fn appear(&mut self, id: ParticipantId) -> Option<&mut Person> {
        if self.number(id).is_none() {
            // Four billion persons are beyond any memory: the list would have failed first.
            let number = u32::try_from(self.list.len()).ok()?;
            self.list.push(Person::new(id));
            let hash_of = |number: &u32| at(&self.list, *number).map_or(0, |person| hash(person.id.0));
            self.numbers.insert_unique(hash(id.0), number, hash_of);
        }
        self.get_mut(id)
    }

    fn household_number(&mut self, id: HouseholdId) -> Option<NonZero<u32>> {
        let same = |number: &u32| at(&self.households, *number).is_some_and(|each| each.id == id);
        let found = self.household_numbers.find(hash(id.0), same).copied();
        let number = if let Some(number) = found {
            number
        } else {
            let number = u32::try_from(self.households.len()).ok()?;
            self.households.push(Household { id, recipients: 0 });
            let hash_of = |number: &u32| at(&self.households, *number).map_or(0, |each| hash(each.id.0));
            self.household_numbers.insert_unique(hash(id.0), number, hash_of);
            number
        };
        NonZero::new(number.checked_add(1)?)
    }

    pub(crate) fn partner_number(&mut self, code: PartyCode) -> u16 {
        let found = self.partners.iter().position(|each| *each == code);
        let index = found.unwrap_or_else(|| {
            self.partners.push(code);
            self.partners.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// A recipient who moves counts in the new household.
    fn moved(&mut self, before: Option<NonZero<u32>>, after: Option<NonZero<u32>>, recipients: u8) {
        if let Some(household) = before.and_then(|number| self.household_mut(number)) {
            household.recipients = household.recipients.saturating_sub(recipients);
        }
        if let Some(household) = after.and_then(|number| self.household_mut(number)) {
            household.recipients = household.recipients.saturating_add(recipients);
        }
    }

    pub(crate) fn evolve(&mut self, line: &Line, event: &Event) {
        let Subject::Participant(id) = line.subject else { return };
        let household = match event {
            Event::Registered(registered) => registered.household,
            Event::ProfileChanged(changed) => changed.household,
            _ => None,
        };
        let household = household.and_then(|household| self.household_number(household));
        let partner = match event {
            Event::AccountLinked(linked) => self.partner_number(linked.partner),
            _ => 0,
        };
        match event {
            Event::ErasureRequested(requested) => {
                let (by, basis, reference) = (line.actor.id, requested.basis, requested.reference);
                self.requests.insert(id.0, ErasureRequest { by, basis, reference });
            }
            Event::Erased(_) => {
                self.requests.remove(&id.0);
            }
            _ => {}
        }
        if let Event::DuplicateFound(found) = event
            && found.reason.as_str() == SAME_ACCOUNT
        {
            for each in [id, found.other] {
                if let Some(person) = self.appear(each) {
                    person.passed |= SHARED_ACCOUNT;
                }
            }
        }
        let Some(person) = self.appear(id) else { return };
        let before = person.household;
        person.note(event, household, partner);
        let after = person.household;
        let recipients = person.entitlements().filter(|each| each.status != Status::Revoked).count();
        if before != after && recipients > 0 {
            self.moved(before, after, u8::try_from(recipients).unwrap_or(u8::MAX));
        }
    }
}

impl Person {
    /// Takes in an event, with the numbers of the household and of the partner that it names.
    fn note(&mut self, event: &Event, household: Option<NonZero<u32>>, partner: u16) {
        if event.sealed().is_some() {
            self.marks |= marks::SEALED;
        }
        match event {
            Event::Registered(registered) => {
                self.born = Some(registered.born);
                self.employment = registered.employment;
                self.set_regency(registered.regency);
                self.household = household;
            }
            Event::Verified(verified) => match verified.verdict {
                Verdict::Passed => self.passed |= bit(verified.check),
                Verdict::Failed => self.passed &= !bit(verified.check),
            },
            Event::ProfileChanged(changed) => {
                self.household = household.or(self.household);
                if let Some(regency) = changed.regency {
                    self.set_regency(regency);
                }
            }
            Event::AccountLinked(linked) => {
                self.passed &= !SHARED_ACCOUNT;
                self.account = Some(LinkedAccount { channel: linked.channel, partner, verified: false });
            }
            Event::AccountVerified(verified) => {
                if let Some(account) = &mut self.account {
                    account.verified = verified.verdict == Verdict::Passed;
                }
            }
            Event::AccountUnlinked(_) => self.account = None,
            Event::DuplicateFound(found) if found.reason.as_str() == "nik" => self.marks |= marks::DUPLICATE,
            Event::HoldPlaced(_) => self.marks |= marks::HOLD,
            Event::HoldLifted(_) => self.marks &= !marks::HOLD,
            Event::Erased(_) => self.marks |= marks::ERASED,
            // For views and findings.
            Event::DuplicateFound(_)
            | Event::RegisterReported(_)
            | Event::ConsentChanged(_)
            | Event::ErasureRequested(_) => {}
        }
    }
}
