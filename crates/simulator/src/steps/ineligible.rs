//! Recipients who turn out not to be eligible: revoked with purchases behind them and payouts on their way, and
//! asked to repay what they received.

use super::decree::PROXY;
use super::moment;
use super::selection::Hex;
use super::training::reference;
use crate::Simulation;
use crate::agenda::What;
use crate::line::{Entry, Money};
use crate::people::Person;
use crate::plan::Batch;
use sha2::{Digest as _, Sha256};

/// Recipients of 2023 found out, in ten-thousandths: an assumption, and only where no published count is touched.
const FOUND_OUT: u32 = 25;
/// Who repays within the term, in ten-thousandths; the others' claims are handed on.
const REPAYING: u32 = 6_000;

impl Simulation {
    /// Decides at the decree whether and when a recipient will be found out.
    pub(crate) fn plan_discovery(&mut self, person: &mut Person, who: u32, batch: &Batch) {
        if batch.terms.normal_scheme && person.random.chance(FOUND_OUT) {
            let day = batch.decree + person.random.between(14, 60);
            let at = moment(&mut person.random, 10, 16);
            self.plan(person, who, day, at, What::Revoke);
        }
    }

    /// Releases everything but what was spent, paid or is on its way, and demands back what was paid.
    pub(crate) fn revoke(&mut self, person: &mut Person, who: u32) {
        let Some(batch) = Self::batch_of(person) else { return };
        let today = self.agenda.today();
        if person.late {
            // A payment that is neither failed nor settled is awaited first.
            self.plan(person, who, today + 3, self.agenda.clock(), What::Revoke);
            return;
        }
        let programme = batch.terms.programme;
        let data = format_args!(r#"{{"reason":"ineligible"}}"#);
        let entry = Entry::person("entitlement.revoke.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("revoke")).by(PROXY));
        let released = i64::from(person.balance) + i64::from(person.owed) - i64::from(person.in_flight);
        let paid = batch.terms.cash() - i64::from(person.owed);
        let totals = self.oracle.batch(person.batch);
        totals.ineligible += 1;
        totals.ineligible_sum += released;
        self.release_money(Self::fund_place(batch), batch.number, released);
        person.balance = 0;
        person.owed = person.in_flight;
        person.ended = true;
        if paid > 0 {
            self.demand(person, who, programme, paid);
        }
    }

    fn demand(&mut self, person: &mut Person, who: u32, programme: &str, minor: i64) {
        let (amount, letter) = (Money(minor), reference(person));
        let data =
            format_args!(r#"{{"amount":{amount},"demand":"TGR-{letter:08x}","reason":"not-eligible"}}"#);
        let entry = Entry::person("recovery.demand.v1", person.id, data).of(programme);
        self.emit(&entry.id(format_args!("demand")).by(PROXY));
        self.oracle.batch(person.batch).demanded_sum += minor;
        if person.random.chance(REPAYING) {
            let day = self.agenda.today() + person.random.between(10, 55);
            let at = moment(&mut person.random, 9, 15);
            person.demanded = u32::try_from(minor).unwrap_or(0);
            self.plan(person, who, day, at, What::Repay);
        }
    }

    /// Money comes back, straight to the treasury.
    pub(crate) fn repay(&mut self, person: &mut Person) {
        let Some(batch) = Self::batch_of(person) else { return };
        let minor = i64::from(person.demanded);
        let receipt = Sha256::digest(format!("repaid:{:x}", person.id).as_bytes());
        let (amount, ntpn) = (Money(minor), Hex(receipt.get(..8).unwrap_or_default()));
        let data = format_args!(r#"{{"amount":{amount},"method":"treasury","reference":"{ntpn}"}}"#);
        let entry = Entry::person("recovery.repaid.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("repay")));
        self.oracle.batch(person.batch).repaid_sum += minor;
    }
}
