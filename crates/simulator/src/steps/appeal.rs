//! Cards that are revoked for want of a purchase and given back on appeal.

use super::moment;
use crate::Simulation;
use crate::agenda::What;
use crate::day::{HOUR, LAST};
use crate::line::{Actor, Entry};
use crate::people::Person;
use crate::plan::Batch;

/// Recipients whose purchase failed through no fault of theirs, in ten-thousandths: an assumption.
const APPEALING: u32 = 20;
/// One person proposes, another decides.
const PROPOSER: Actor = Actor::User("pmo.appeals");
const DECIDER: Actor = Actor::User("kpa.appeals");

impl Simulation {
    /// Decides whether a recipient misses the term and appeals. Of the normal scheme nobody does.
    pub(crate) fn plan_appeal(&mut self, person: &mut Person, who: u32, batch: &Batch) -> bool {
        let deadline = batch.decree + batch.terms.first_purchase_days;
        let in_time = deadline + 20 < batch.terms.purchase_until;
        if batch.terms.normal_scheme || !in_time || !person.random.chance(APPEALING) {
            return false;
        }
        person.appeals = true;
        self.plan(person, who, deadline, LAST, What::Deadline);
        let (day, at) = (deadline + person.random.between(1, 4), moment(&mut person.random, 9, 15));
        self.plan(person, who, day, at, What::Reinstate);
        true
    }

    /// A second person gives the card back, unless its money has gone to a later batch or to the treasury.
    pub(crate) fn reinstate(&mut self, person: &mut Person, who: u32) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (place, terms) = (Self::fund_place(batch), batch.terms);
        if !self.books.fund(place).take_back(batch.number, terms.grant()) {
            person.closed = true;
            return;
        }
        self.commit_money(place, terms.grant());
        let case = super::training::reference(person);
        let data = format_args!(r#"{{"reason":"appeal","reference":"A-{case:08x}"}}"#);
        let entry =
            Entry::person("entitlement.propose_reinstatement.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("propose")).by(PROPOSER).before(HOUR));
        let data = format_args!(r#"{{"reason":"appeal","reference":"A-{case:08x}"}}"#);
        let entry = Entry::person("entitlement.reinstate.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("reinstate")).by(DECIDER));
        person.balance = u32::try_from(terms.training).unwrap_or(0);
        person.owed = u32::try_from(terms.cash()).unwrap_or(0);
        person.ended = false;
        let totals = self.oracle.batch(person.batch);
        totals.revoked -= 1;
        totals.revoked_sum -= terms.grant();
        let (day, at) =
            (self.agenda.today() + person.random.between(1, 9), moment(&mut person.random, 8, 22));
        self.plan(person, who, day, at, What::Buy(1));
    }
}
