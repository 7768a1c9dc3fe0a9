//! Who holds which role.

use super::{Event, Granted, Revoked, Role};
use crate::ids::{ActorId, DocumentNumber, PartyCode, ProgrammeCode};
use crate::line::Event as Line;
use crate::subject::Subject;
use crate::time::Timestamp;
use std::collections::HashMap;

/// One role of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The platform or provider for which it is.
    pub party: Option<PartyCode>,
    /// The programme to which it is limited.
    pub programme: Option<ProgrammeCode>,
    /// From when on.
    pub from: Timestamp,
    /// Until when, not including.
    pub until: Option<Timestamp>,
    /// The decision that it rests on.
    pub reference: DocumentNumber,
    /// When this ledger recorded that it was taken back.
    pub revoked: Option<Timestamp>,
}

impl Grant {
    /// True at that time.
    pub fn holds(&self, time: Timestamp) -> bool {
        self.from <= time && self.until.is_none_or(|until| time < until)
    }

    /// True when a revocation in `programme` means this one: it takes what was given in the same words, and no more.
    pub fn is_meant(&self, revoked: &Revoked, programme: Option<ProgrammeCode>) -> bool {
        (self.role, self.party, self.programme) == (revoked.role, revoked.party, programme)
    }

    /// True when both hold at some time.
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, two: &Self| one.until.is_some_and(|until| until <= two.from);
        !before(self, other) && !before(other, self)
    }
}

/// The roles of everybody.
#[derive(Clone, Debug, Default)]
pub struct Access {
    officers: HashMap<ActorId, Vec<Grant>>,
}

impl Access {
    /// True once a role was given: from then on every command needs one.
    pub fn is_governed(&self) -> bool {
        !self.officers.is_empty()
    }

    /// Roles given so far, whoever has them.
    pub fn given(&self) -> usize {
        self.officers.values().map(Vec::len).sum()
    }

    /// Every role that somebody was ever given, with its times.
    pub fn grants(&self, who: ActorId) -> &[Grant] {
        self.officers.get(&who).map_or(&[], Vec::as_slice)
    }

    /// The roles that somebody holds at that time.
    pub fn holding(&self, who: ActorId, time: Timestamp) -> impl Iterator<Item = &Grant> {
        self.grants(who).iter().filter(move |grant| grant.holds(time))
    }

    /// Folds an event in.
    pub(crate) fn evolve(&mut self, line: &Line, event: &Event) {
        let Subject::Officer(who) = line.subject else { return };
        match event {
            Event::Granted(granted) => {
                let Granted { role, party, until, reference } = *granted;
                let grant = Grant {
                    role,
                    party,
                    programme: line.programme,
                    from: line.time,
                    until,
                    reference,
                    revoked: None,
                };
                self.officers.entry(who).or_default().push(grant);
            }
            Event::Revoked(revoked) => {
                let grants = self.officers.get_mut(&who).into_iter().flatten();
                let meant = |grant: &&mut Grant| grant.is_meant(revoked, line.programme);
                for grant in grants.filter(meant).filter(|grant| grant.holds(line.time)) {
                    grant.until = Some(line.time);
                    grant.revoked = Some(line.recorded);
                }
            }
        }
    }
}
