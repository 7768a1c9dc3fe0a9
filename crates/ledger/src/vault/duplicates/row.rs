//! One digest of one person, in 48 bytes.

use super::super::seal::{Master, mac};
use jejak_domain::ids::{HouseholdId, ParticipantId};
use uuid::Uuid;

/// Bytes of a row: purpose, digest, participant, household.
pub(super) const ROW: usize = 1 + DIGEST + 16 + 16;
/// 120 bits: two texts of 50 million agree by chance once in 10²¹ ledgers.
const DIGEST: usize = 15;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The number in the register of residents.
    Nik = 1,
    /// The family card.
    Kk = 2,
    /// The payout account.
    Account = 3,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Nik, Self::Kk, Self::Account];

    fn byte(self) -> u8 {
        match self {
            Self::Nik => 1,
            Self::Kk => 2,
            Self::Account => 3,
        }
    }
}

/// One digest of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) purpose: Purpose,
    digest: [u8; DIGEST],
    pub(crate) participant: ParticipantId,
    /// Of a family card: the random id that stands for it.
    pub(crate) household: Option<HouseholdId>,
}

impl Row {
    /// The row of a text under the key of its purpose.
    pub(crate) fn new(master: &Master, purpose: Purpose, text: &str, participant: ParticipantId) -> Self {
        let key = match purpose {
            Purpose::Nik => &master.nik,
            Purpose::Kk => &master.kk,
            Purpose::Account => &master.account,
        };
        let mut digest = [0; DIGEST];
        digest.iter_mut().zip(mac(key, text.as_bytes())).for_each(|(to, from)| *to = from);
        Self { purpose, digest, participant, household: None }
    }

    /// The same with the random id that stands for the family card.
    pub(crate) fn with_household(mut self, household: Option<HouseholdId>) -> Self {
        self.household = household;
        self
    }

    /// True when both are digests of the same text.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.digest == other.digest
    }

    /// What finds it by its text: a part of the digest, which nobody without the key can choose.
    pub(super) fn text_tag(&self) -> u32 {
        let [a, b, c, d, ..] = self.digest;
        u32::from_le_bytes([a, b, c, d])
    }

    pub(super) fn bytes(&self) -> [u8; ROW] {
        let household = self.household.map(|household| household.0).unwrap_or_default();
        let mut bytes = [0; ROW];
        let all = [self.purpose.byte()].into_iter().chain(self.digest);
        let all = all.chain(*self.participant.0.as_bytes()).chain(*household.as_bytes());
        bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        bytes
    }

    /// Nothing where a row was taken out, or never was.
    pub(super) fn read(bytes: &[u8; ROW]) -> Option<Self> {
        let (purpose, rest) = bytes.split_first()?;
        let purpose = Purpose::ALL.into_iter().find(|each| each.byte() == *purpose)?;
        let (digest, rest) = rest.split_first_chunk::<DIGEST>()?;
        let (participant, household) = rest.split_first_chunk::<16>()?;
        let household = Some(Uuid::from_slice(household).ok()?).filter(|household| !household.is_nil());
        let participant = ParticipantId(Uuid::from_bytes(*participant));
        Some(Self { purpose, digest: *digest, participant, household: household.map(HouseholdId) })
    }
}
