//! Who would have been eligible, drawn and decreed.

use super::lottery::{Pools, without};
use super::side::Side;
use super::{Lottery, Pair, Reason, Rehearsal};
use jejak_domain::batch::{self, Asked, Candidate, Drawn, Eligibility, Screen, Screened, draw, pool, unmet};
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::entitlement::{self, Decree, DecreeOpened, Decreed, Granted, benefits};
use jejak_domain::ids::{ParticipantId, Reason as RuleName, RegisterCode};
use jejak_domain::line::Event;
use jejak_domain::money::Money;
use jejak_domain::programme::{Rule, Terms};
use jejak_domain::refusal::RefusalCode;
use jejak_domain::subject::Subject;
use jejak_domain::time::Day;
use std::collections::BTreeSet;

impl Side {
    fn terms(&self, batch: u16, day: Day) -> Option<&Terms> {
        let programme = self.state.programmes.get(self.programme())?;
        programme.terms(programme.terms_for(batch, day)?)
    }

    /// What a decree of a batch grants one person.
    fn grants(&self, batch: u16, day: Day) -> Option<Vec<Granted>> {
        let programme = self.state.programmes.get(self.programme())?;
        benefits(programme, self.terms(batch, day)?).ok()
    }

    fn grant(&self, batch: u16, day: Day) -> i64 {
        let grants = self.grants(batch, day).unwrap_or_default();
        grants.iter().fold(0, |sum, granted| sum.saturating_add(granted.amount.minor()))
    }

    /// The rules of the terms that a person does not meet.
    fn unmet(&self, id: ParticipantId, batch: u16, asked: &[Asked], day: Day) -> BTreeSet<RuleName> {
        let person = self.state.people.get(id);
        let person = person.zip(self.terms(batch, day));
        person
            .map(|(person, terms)| unmet(&self.state, person, terms, asked, day))
            .unwrap_or_default()
            .into_iter()
            .collect()
    }

    fn pool(&self, batch: u16) -> Vec<Candidate> {
        pool(&self.state, self.programme(), batch)
    }
}

/// The lists that terms ask, with what each would have to say.
fn lists(terms: Option<&Terms>) -> impl Iterator<Item = (RegisterCode, bool)> {
    terms.into_iter().flat_map(|terms| &terms.eligibility).filter_map(|rule| match rule {
        Rule::NotListed { register } => Some((*register, false)),
        Rule::Listed { register } => Some((*register, true)),
        _ => None,
    })
}

/// A screening that did not go by the rules: what it found stays, but for rules that the change adds or takes.
fn screened_otherwise(
    screened: &Screened,
    registers: Vec<Asked>,
    unmet: &Pair<BTreeSet<RuleName>>,
) -> Screened {
    let stays = |rule: &&RuleName| unmet.after.contains(rule) || !unmet.before.contains(rule);
    let added = unmet.after.difference(&unmet.before);
    let failed: BTreeSet<_> = screened.failed.iter().filter(stays).chain(added).copied().collect();
    let eligibility = if failed.is_empty() { Eligibility::Eligible } else { Eligibility::Ineligible };
    Screened { batch: screened.batch, eligibility, failed: failed.into_iter().collect(), registers }
}

impl Rehearsal {
    pub(super) fn select(&mut self, event: &Event, payload: &batch::Event) {
        match (payload, event.subject) {
            (batch::Event::Screened(screened), _) => self.screen(event, screened),
            (batch::Event::Drawn(drawn), Subject::Batch(_, number)) => self.draw(event, drawn, number),
            _ => self.both(event),
        }
    }

    fn screen(&mut self, event: &Event, screened: &Screened) {
        let Subject::Participant(id) = event.subject else { return self.both(event) };
        let (batch, day) = (screened.batch, event.time.day());
        let registers = self.registers(screened, day);
        let unmet = Pair {
            before: self.recorded.unmet(id, batch, &screened.registers, day),
            after: self.rehearsed.unmet(id, batch, &registers, day),
        };
        let asked = |registers: &[Asked]| {
            Command::Batch(batch::Command::Screen(Screen { batch, registers: registers.to_vec() }))
        };
        if self.is_by_rule(event, &asked(&screened.registers)) {
            self.carry_out(event, &asked(&registers));
        } else {
            let screened = screened_otherwise(screened, registers, &unmet);
            let payload = Payload::Batch(batch::Event::Screened(screened));
            self.rehearse(&Event { payload, ..event.clone() });
        }
        self.remember_rules(event.subject, batch, day, &unmet);
    }

    fn remember_rules(&mut self, subject: Subject, batch: u16, day: Day, unmet: &Pair<BTreeSet<RuleName>>) {
        // One rule more or less changes nothing for who fails another.
        if unmet.before.is_empty() == unmet.after.is_empty() {
            return;
        }
        let side = if unmet.after.is_empty() { &self.recorded } else { &self.rehearsed };
        let Some(terms) = side.terms(batch, day) else { return };
        let version = format!("{} {}", self.change.code(), terms.version);
        let fails = unmet.after.iter().map(|rule| Reason::Fails { version: version.clone(), rule: *rule });
        let meets = unmet.before.iter().map(|rule| Reason::Meets { version: version.clone(), rule: *rule });
        let reasons: Vec<_> = fails.chain(meets).collect();
        self.remember(subject, reasons);
    }

    /// The lists that were asked, and those that only the changed rules ask: what nobody asked cannot be told, and
    /// counts as met.
    fn registers(&mut self, screened: &Screened, day: Day) -> Vec<Asked> {
        let mut registers = screened.registers.clone();
        let before: BTreeSet<_> = lists(self.recorded.terms(screened.batch, day)).collect();
        let new: BTreeSet<_> = lists(self.rehearsed.terms(screened.batch, day)).collect();
        for (register, listed) in new {
            let known = registers.iter().any(|asked| asked.register == register);
            if !known && !before.iter().any(|(other, _)| *other == register) {
                registers.push(Asked { asof: day, listed, register });
                *self.not_asked.entry(register).or_default() += 1;
            }
        }
        registers
    }

    fn draw(&mut self, event: &Event, drawn: &Drawn, number: u16) {
        let day = event.time.day();
        let pools = Pools { before: self.recorded.pool(number), after: self.rehearsed.pool(number) };
        let batch = self.recorded.state.batches.get(self.change.code(), number);
        let quota = batch.map_or(drawn.selected, |batch| batch.quota);
        self.record(event);
        let whole = self.is_whole(number);
        if !whole && (pools.before != pools.after || self.eligibility_differs(number, day)) {
            self.unknown.insert(number);
        }
        if pools.before == pools.after {
            return self.rehearse(event);
        }
        // A draw that left places over did not go by the rules, and leaves them over again.
        let all = Drawn { selected: quota, ..drawn.clone() };
        let full = u32::try_from(draw(&pools.before, &all).len()).ok() == Some(drawn.selected);
        let again = if full { all } else { drawn.clone() };
        let before = draw(&pools.before, drawn);
        if !whole {
            self.leave_out(event, &pools.after, &before, number);
        }
        let payload = Payload::Batch(batch::Event::Drawn(again.clone()));
        self.rehearse(&Event { payload, ..event.clone() });
        if whole {
            let winners = Pair { before, after: draw(&pools.after, &again) };
            let grant =
                Pair { before: self.recorded.grant(number, day), after: self.rehearsed.grant(number, day) };
            let lottery = Lottery::of(number, &pools, Pair { before: drawn, after: &again }, &winners, grant);
            // Who came into the pool or left it has another reason.
            for id in lottery.newly.iter().chain(&lottery.no_more).filter(|id| pools.keep(**id)) {
                self.remember(Subject::Participant(*id), [Reason::Redraw { batch: number }]);
            }
            self.lotteries.insert(number, lottery);
        }
    }

    /// True when everybody who applied is recorded, and so the pool is known whatever the rules.
    fn is_whole(&self, number: u16) -> bool {
        let joined = self.recorded.state.batches.get(self.change.code(), number).map(|batch| batch.joined);
        self.counts.get(&number).is_none_or(|counts| joined.is_some_and(|joined| counts.applied <= joined))
    }

    fn eligibility_differs(&self, batch: u16, day: Day) -> bool {
        let sides = [&self.recorded, &self.rehearsed];
        let [before, after] = sides.map(|side| side.terms(batch, day).map(|terms| &terms.eligibility));
        before != after
    }

    /// Where most of a pool are numbers only, nobody can say to whom a place falls: who was not drawn stays so.
    fn leave_out(&mut self, event: &Event, pool: &[Candidate], winners: &[ParticipantId], batch: u16) {
        let ids: Vec<_> = pool.iter().map(|each| each.id).collect();
        for id in without(&ids, winners) {
            let screened = Screened {
                batch,
                eligibility: Eligibility::Ineligible,
                failed: Vec::new(),
                registers: Vec::new(),
            };
            let (subject, programme) = (Subject::Participant(id), Some(self.change.code()));
            let payload = Payload::Batch(batch::Event::Screened(screened));
            self.rehearse(&Event { subject, programme, payload, ..event.clone() });
        }
    }

    /// In the rehearsed history a decree has room for whoever is drawn, whatever they are granted.
    pub(super) fn open_decree(&mut self, event: &Event, opened: &DecreeOpened) {
        self.record(event);
        let (batch, date) = (opened.batch, opened.date);
        let grant =
            Pair { before: self.recorded.grant(batch, date), after: self.rehearsed.grant(batch, date) };
        self.grants.insert(batch, grant);
        if let Some(lottery) = self.lotteries.get_mut(&batch) {
            lottery.grant = grant;
        }
        let recorded = self.recorded.state.batches.get(self.change.code(), batch);
        if recorded.is_none_or(|batch| batch.joined == 0) && self.eligibility_differs(batch, date) {
            self.unknown.insert(batch);
        }
        let sum = Money::of_minor(i64::MAX, self.change.currency());
        let opened = DecreeOpened { count: u32::MAX, sum, ..opened.clone() };
        let payload = Payload::Entitlement(entitlement::Event::DecreeOpened(opened));
        self.rehearse(&Event { payload, ..event.clone() });
    }

    /// Whoever is drawn only under the changed rules is decreed with the others.
    pub(super) fn close_decree(&mut self, event: &Event) {
        self.record(event);
        let Subject::Decree(code, number) = event.subject else { return };
        let batch = self.recorded.state.decrees.get(code, number).map(|decree| decree.batch);
        let newly = batch.and_then(|batch| self.lotteries.get(&batch)).map(|lottery| lottery.newly.clone());
        let command = Command::Entitlement(entitlement::Command::Decree(Decree { decree: number }));
        for id in newly.unwrap_or_default() {
            if self.rehearsed.card(id).is_none() {
                let (subject, programme) = (Subject::Participant(id), Some(code));
                self.carry_out(&Event { subject, programme, ..event.clone() }, &command);
            }
        }
        self.rehearse(event);
    }

    pub(super) fn decree(&mut self, event: &Event, decreed: &Decreed) {
        let Subject::Participant(id) = event.subject else { return self.both(event) };
        let decree = self.recorded.state.decrees.get(self.change.code(), decreed.decree);
        let date = decree.map_or(event.time.day(), |decree| decree.date);
        let command = Command::Entitlement(entitlement::Command::Decree(Decree { decree: decreed.decree }));
        let unmet = [&self.recorded, &self.rehearsed].map(|side| side.unmet(id, decreed.batch, &[], date));
        let by_terms = self.recorded.grants(decreed.batch, date).as_ref() == Some(&decreed.benefits);
        if self.is_by_rule(event, &command) {
            return self.carry_out(event, &command);
        }
        // Decreed without an application, as in an imported history. Lists were not asked then, and cannot be now.
        let [before, after] = unmet;
        let of_list = |rule: &&RuleName| rule.as_str().contains("listed:");
        let fails: BTreeSet<_> = after.difference(&before).filter(|rule| !of_list(rule)).copied().collect();
        if !fails.is_empty() {
            let unmet = Pair { before: BTreeSet::new(), after: fails };
            return self.remember_rules(event.subject, decreed.batch, date, &unmet);
        }
        let has_terms = |side: &Side| side.terms(decreed.batch, date).is_some();
        if has_terms(&self.recorded) && !has_terms(&self.rehearsed) {
            let refused = Reason::Refused { version: None, code: RefusalCode::TermsMissing };
            return self.remember(event.subject, [refused]);
        }
        let grants = self.rehearsed.grants(decreed.batch, date).filter(|_| by_terms);
        let benefits = grants.unwrap_or_else(|| decreed.benefits.clone());
        let decreed = Decreed { benefits, ..decreed.clone() };
        let payload = Payload::Entitlement(entitlement::Event::Decreed(decreed));
        self.rehearse(&Event { payload, ..event.clone() });
    }
}
