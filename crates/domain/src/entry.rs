//! Entries that can only be built balanced: each is a list of movements from a credited to a debited account.

use crate::chart::Account;
use crate::ids::{PartyCode, ProgrammeCode};
use crate::money::{Currency, Money};

/// One debit and one credit of the same amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The account debited.
    pub debit: Account,
    /// The account credited.
    pub credit: Account,
    /// The amount in minor units, above zero.
    pub minor: i64,
}

/// The fund year to which an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FundYear {
    /// The programme.
    pub programme: ProgrammeCode,
    /// The year of the budget.
    pub year: i16,
}

/// What one event does to the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The fund year.
    pub fund: FundYear,
    /// The currency of all movements.
    pub currency: Currency,
    /// The platform, partner or unit, for accounts kept by party.
    pub party: Option<PartyCode>,
    /// The partner in whose clearing the money stands, where another one than [`party`](Self::party) answers.
    pub clearing: Option<PartyCode>,
    movements: arrayvec::ArrayVec<Movement, 8>,
}

impl Entry {
    /// An entry without movements.
    pub fn new(fund: FundYear, currency: Currency, party: Option<PartyCode>) -> Self {
        Self { fund, currency, party, clearing: None, movements: arrayvec::ArrayVec::new() }
    }

    /// Names the partner in whose clearing the money stands.
    #[must_use]
    pub fn clearing(mut self, partner: Option<PartyCode>) -> Self {
        self.clearing = partner;
        self
    }

    /// The party of an account in this entry.
    pub fn party_of(&self, account: Account) -> Option<PartyCode> {
        let clearing = self.clearing.filter(|_| account == Account::PartnerClearing);
        clearing.or(self.party)
    }

    /// Adds a movement of `minor` units; nothing when the amount is zero, the other way round when it is negative.
    #[must_use]
    pub fn moving(mut self, debit: Account, credit: Account, minor: i64) -> Self {
        let movement = match minor {
            0 => return self,
            _ if debit == credit => return self,
            1.. => Movement { debit, credit, minor },
            // The most negative amount cannot be read from a line, so that its opposite always exists.
            _ => Movement { debit: credit, credit: debit, minor: minor.saturating_neg() },
        };
        let same = self
            .movements
            .iter_mut()
            .find(|each| (each.debit, each.credit) == (movement.debit, movement.credit));
        if let Some(same) = same {
            same.minor = same.minor.saturating_add(movement.minor);
            return self;
        }
        // No event has more kinds of movements than an entry has room for.
        let kept = self.movements.try_push(movement);
        debug_assert!(kept.is_ok(), "an entry holds at most 8 movements");
        self
    }

    /// The movements.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// The amount of a movement.
    pub fn amount(&self, movement: &Movement) -> Money {
        Money::of_minor(movement.minor, self.currency)
    }
}
