//! What is remembered of a person: compact, since there are millions.

use super::{Channel, Check, Employment, Event, Verdict};
use crate::entitlement::{Entitlement, Status};
use crate::ids::{ActorId, DocumentNumber, HouseholdId, ParticipantId, PartyCode, Reason, RegencyCode};
use crate::line::Event as Line;
use crate::subject::Subject;
use crate::time::Month;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
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

/// The last batch that a person joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of the programme.
    pub programme: u16,
    /// Number of the batch.
    pub batch: u16,
    /// The result of screening, once known.
    pub eligible: Option<bool>,
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
    /// Regency of residence.
    pub regency: Option<RegencyCode>,
    /// Number of the household.
    pub household: Option<u32>,
    /// The payout account.
    pub account: Option<LinkedAccount>,
    /// The last batch joined.
    pub applied: Option<Applied>,
    /// One bit for each passed check.
    passed: u8,
    /// One bit for each of [`marks`].
    marks: u8,
    entitlements: Entitlements,
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

/// Nearly everybody has none or one.
#[derive(Clone, Debug, Default)]
enum Entitlements {
    #[default]
    None,
    One(Box<Entitlement>),
    Many(Vec<Entitlement>),
}

impl Person {
    fn new(id: ParticipantId) -> Self {
        Self {
            id,
            born: None,
            employment: Employment::JobSeeker,
            regency: None,
            household: None,
            account: None,
            applied: None,
            passed: 0,
            marks: 0,
            entitlements: Entitlements::None,
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

    /// Entitlements, one a programme.
    pub fn entitlements(&self) -> impl Iterator<Item = &Entitlement> {
        match &self.entitlements {
            Entitlements::None => [].iter(),
            Entitlements::One(one) => std::slice::from_ref(&**one).iter(),
            Entitlements::Many(many) => many.iter(),
        }
    }

    pub(crate) fn entitlements_mut(&mut self) -> impl Iterator<Item = &mut Entitlement> {
        match &mut self.entitlements {
            Entitlements::None => [].iter_mut(),
            Entitlements::One(one) => std::slice::from_mut(&mut **one).iter_mut(),
            Entitlements::Many(many) => many.iter_mut(),
        }
    }

    pub(crate) fn grant(&mut self, entitlement: Entitlement) {
        self.entitlements = match std::mem::take(&mut self.entitlements) {
            Entitlements::None => Entitlements::One(Box::new(entitlement)),
            Entitlements::One(one) => Entitlements::Many(vec![*one, entitlement]),
            Entitlements::Many(mut many) => {
                many.push(entitlement);
                Entitlements::Many(many)
            }
        };
    }
}

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

/// Random ids are spread already: eight of their bytes are a good hash.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct UuidHasher(u64);

impl Hasher for UuidHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            // Odd and irregular, so that the fixed bits of a UUID do not cluster.
            self.0 = (self.0.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }
}

type ById<V> = HashMap<Uuid, V, BuildHasherDefault<UuidHasher>>;

/// One household: how many unrevoked recipients it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Household {
    /// Unrevoked recipients, all programmes together.
    pub recipients: u8,
}

/// All persons.
#[derive(Clone, Debug, Default)]
pub struct People {
    numbers: ById<u32>,
    list: Vec<Person>,
    household_numbers: ById<u32>,
    households: Vec<Household>,
    partners: Vec<PartyCode>,
    /// Erasures that wait for a second person.
    requests: ById<ErasureRequest>,
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

impl People {
    /// A person, registered or only named by a fact.
    pub fn get(&self, id: ParticipantId) -> Option<&Person> {
        self.number(id).and_then(|number| self.at(number))
    }

    /// A person by number, in order of appearance.
    pub fn at(&self, number: u32) -> Option<&Person> {
        usize::try_from(number).ok().and_then(|index| self.list.get(index))
    }

    /// The number of a person.
    pub fn number(&self, id: ParticipantId) -> Option<u32> {
        let recent = self.recent.0.load(Ordering::Relaxed);
        if self.at(recent).is_some_and(|person| person.id == id) {
            return Some(recent);
        }
        let number = self.numbers.get(&id.0).copied()?;
        self.recent.0.store(number, Ordering::Relaxed);
        Some(number)
    }

    /// Everybody, in order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.list.iter()
    }

    /// A household by number.
    pub fn household(&self, number: u32) -> Household {
        usize::try_from(number).ok().and_then(|index| self.households.get(index)).copied().unwrap_or_default()
    }

    /// A payment partner by its number in a linked account.
    pub fn partner(&self, number: u16) -> Option<PartyCode> {
        self.partners.get(usize::from(number)).copied()
    }

    /// The wish to erase a person that waits for a second person.
    pub fn erasure_request(&self, id: ParticipantId) -> Option<&ErasureRequest> {
        self.requests.get(&id.0)
    }

    pub(crate) fn household_mut(&mut self, number: u32) -> Option<&mut Household> {
        usize::try_from(number).ok().and_then(|index| self.households.get_mut(index))
    }

    pub(crate) fn get_mut(&mut self, id: ParticipantId) -> Option<&mut Person> {
        let number = self.number(id)?;
        usize::try_from(number).ok().and_then(|index| self.list.get_mut(index))
    }

    /// The person, who appears now if not before.
    pub(crate) fn appear(&mut self, id: ParticipantId) -> Option<&mut Person> {
        if let Some(number) = self.number(id) {
            return usize::try_from(number).ok().and_then(|index| self.list.get_mut(index));
        }
        // Four billion persons are beyond any memory; there the map would have failed first.
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(id.0).or_insert(next);
        if number == next {
            self.list.push(Person::new(id));
        }
        usize::try_from(number).ok().and_then(|index| self.list.get_mut(index))
    }

    fn household_number(&mut self, id: HouseholdId) -> u32 {
        let next = u32::try_from(self.households.len()).unwrap_or(u32::MAX);
        let number = *self.household_numbers.entry(id.0).or_insert(next);
        if number == next {
            self.households.push(Household::default());
        }
        number
    }

    fn partner_number(&mut self, code: PartyCode) -> u16 {
        let found = self.partners.iter().position(|each| *each == code);
        let index = found.unwrap_or_else(|| {
            self.partners.push(code);
            self.partners.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// A recipient who moves counts in the new household.
    fn moved(&mut self, before: Option<u32>, after: Option<u32>, recipients: u8) {
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
        let household = household.map(|household| self.household_number(household));
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
    fn note(&mut self, event: &Event, household: Option<u32>, partner: u16) {
        if event.sealed().is_some() {
            self.marks |= marks::SEALED;
        }
        match event {
            Event::Registered(registered) => {
                self.born = Some(registered.born);
                self.employment = registered.employment;
                self.regency = Some(registered.regency);
                self.household = household;
            }
            Event::Verified(verified) => match verified.verdict {
                Verdict::Passed => self.passed |= bit(verified.check),
                Verdict::Failed => self.passed &= !bit(verified.check),
            },
            Event::ProfileChanged(changed) => {
                self.household = household.or(self.household);
                self.regency = changed.regency.or(self.regency);
            }
            Event::AccountLinked(linked) => {
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
