//! Policy rehearsal: what a changed definition of a programme would have made of the recorded facts.
//!
//! Two histories are folded side by side. The first is the recorded one, as it is. In the second, facts are the same
//! (who applied, with which profile, checks and lists; who bought, finished, rated and answered, and when), while
//! everything that the ledger decided under the programme is decided again by the same functions of the domain, under
//! the changed definition: screening, draw, decree, purchases, steps of a course, instalments, surveys, revocations,
//! lapses, and what the end of a day brings. No rule is written a second time here. A step that the changed rules
//! refuse is left out, with all that would have followed from it.
//!
//! Differences are taken between what is *recorded* and what is *decided again*. So with the rules of today the
//! difference is zero only if every recorded decision follows from rules and facts. A decision that does not (an
//! imported one, or one against the terms) stays as it is recorded, as far as the change does not touch it, and is
//! counted in [`Report::kept`].
//!
//! *Which rules.* Versions are recognised by their names. A version that the file changes or adds holds for the batches
//! and from the day that it names, in every revision of the definition since the first; a version that it leaves alone
//! is, on every day, what the revision of that day said of it.
//!
//! *What people would have done otherwise* nobody knows: they buy, finish and answer on the same days, and who would have
//! had another card counts as granted, with what is earned left open. Money arrives whole on the day on which it arrived, or
//! when it is due, if that is later. Budgets bind nothing, since their size is the question. Other programmes stay as they are
//! recorded.
//!
//! *Whom nobody recorded* can be neither drawn nor counted. Where applicants of a batch are known only as a number, who
//! was not drawn stays so, and gains are unknown; where all are recorded, another pool is drawn again with the recorded
//! seed.

mod change;
mod command;
mod lottery;
mod payment;
mod reason;
mod report;
mod selection;
mod side;
#[cfg(test)]
mod tests;

pub use change::{Change, ChangeError, ChangedVersion, How};
pub use lottery::{Chance, Lottery};
pub use reason::Reason;
pub use report::{Earned, Measure, PersonRow, Report, Row, Unknown};

use jejak_domain::batch::{self, Summarised};
use jejak_domain::calendar;
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::decide::Draft;
use jejak_domain::entitlement;
use jejak_domain::entry::Entry;
use jejak_domain::ids::{BenefitCode, ParticipantId, ProgrammeCode, RegisterCode};
use jejak_domain::instalment;
use jejak_domain::line::Event;
use jejak_domain::programme::{self, Definition, PartRecorded, Published, split};
use jejak_domain::refusal::{Refusal, RefusalCode};
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::Day;
use side::{Side, told};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// Passes over what a day brings: each makes one instalment of a card due, and no definition has so many.
const MOST_PASSES: usize = 300;

/// The same of the recorded and of the rehearsed history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// As it is recorded.
    pub before: T,
    /// Under the changed rules.
    pub after: T,
}

/// What must be known of the whole history before it is rehearsed.
#[derive(Clone, Debug, Default)]
pub struct Outset {
    definitions: State,
    counts: HashMap<(ProgrammeCode, u16), Summarised>,
}

impl Outset {
    /// Takes in one event.
    pub fn apply(&mut self, event: &Event) {
        match (&event.payload, event.subject) {
            (Payload::Programme(_), _) => {
                self.definitions.apply(event);
            }
            (Payload::Batch(batch::Event::Summarised(summarised)), Subject::Batch(code, number)) => {
                self.counts.insert((code, number), summarised.clone());
            }
            _ => {}
        }
    }
}

/// A rehearsal under way.
#[derive(Debug)]
pub struct Rehearsal {
    change: Change,
    /// Counts of all who applied, by batch.
    counts: BTreeMap<u16, Summarised>,
    recorded: Side,
    rehearsed: Side,
    /// What the recorded command before brings besides its first event.
    following: VecDeque<Payload>,
    /// Payments that arrived for instalments which are not due yet.
    arrived: HashMap<(ParticipantId, BenefitCode, u8), Event>,
    reasons: HashMap<ParticipantId, Vec<Reason>>,
    lotteries: BTreeMap<u16, Lottery>,
    /// What the newest decree of a batch grants one person, in minor units.
    grants: BTreeMap<u16, Pair<i64>>,
    /// Batches in which somebody who is recorded only as a number, or not at all, could gain.
    unknown: BTreeSet<u16>,
    /// Lists that only the changed rules ask, and at how many screenings.
    not_asked: BTreeMap<RegisterCode, u64>,
    kept: u64,
}

impl Rehearsal {
    /// The rehearsal of a file over a history whose outset is known.
    ///
    /// # Errors
    /// When the file's programme has no definition in force, or another currency, or a version stands twice.
    pub fn new(file: Definition, outset: &Outset) -> Result<Self, ChangeError> {
        let change = Change::new(file, &outset.definitions.programmes)?;
        let code = change.code();
        let own = outset.counts.iter().filter(|((of, _), _)| *of == code);
        Ok(Self {
            change,
            counts: own.map(|((_, number), counts)| (*number, counts.clone())).collect(),
            recorded: Side::of(code),
            rehearsed: Side::of(code),
            following: VecDeque::new(),
            arrived: HashMap::new(),
            reasons: HashMap::new(),
            lotteries: BTreeMap::new(),
            grants: BTreeMap::new(),
            unknown: BTreeSet::new(),
            not_asked: BTreeMap::new(),
            kept: 0,
        })
    }

    /// Takes in one event of the history.
    pub fn apply(&mut self, event: &Event) {
        match (&event.payload, event.subject) {
            (Payload::Calendar(calendar::Event::DayClosed(_)), Subject::Day(day)) => self.close(day, event),
            _ if event.programme() != Some(self.change.code()) => self.both(event),
            (Payload::Programme(payload), _) => self.define(event, payload),
            (Payload::Batch(payload), _) => self.select(event, payload),
            (Payload::Entitlement(entitlement::Event::DecreeOpened(opened)), _) => {
                self.open_decree(event, opened);
            }
            (Payload::Entitlement(entitlement::Event::DecreeClosed(_)), _) => self.close_decree(event),
            (Payload::Entitlement(entitlement::Event::Decreed(decreed)), _) => self.decree(event, decreed),
            (Payload::Payout(_) | Payload::Custody(_), Subject::Participant(_)) => self.pay(event),
            // What is demanded back is of money that was paid: it gives and takes no right.
            (Payload::Recovery(_), _) => {
                self.record(event);
            }
            _ => match command::answered(&event.payload) {
                Some(command) => self.again(event, &command),
                None => self.both(event),
            },
        }
    }

    fn record(&mut self, event: &Event) -> Option<Entry> {
        self.recorded.apply(event)
    }

    /// Folds an event into the rehearsed history.
    fn rehearse(&mut self, event: &Event) {
        self.rehearsed.apply(event);
        if let Payload::Instalment(instalment::Event::Scheduled(scheduled)) = &event.payload {
            self.pay_what_has_arrived(event, scheduled);
        }
    }

    fn both(&mut self, event: &Event) {
        self.record(event);
        self.rehearse(event);
    }

    /// The definition in force becomes the changed one.
    fn define(&mut self, event: &Event, payload: &programme::Event) {
        self.record(event);
        // Parts count only once they are published whole.
        let programme::Event::Published(published) = payload else { return };
        let programme = self.recorded.state.programmes.get(self.change.code());
        let taken = programme.filter(|programme| programme.revision == published.revision);
        let Some(revision) = taken.and_then(|programme| programme.definition.as_ref()) else { return };
        for part in parts(&self.change.applied_to(revision), published) {
            let payload = Payload::Programme(programme::Event::PartRecorded(part));
            self.rehearse(&Event { payload, ..event.clone() });
        }
        self.rehearse(event);
    }

    /// True for an event that the command before has brought: in the rehearsed history it brought its own.
    fn follows(&mut self, event: &Event) -> bool {
        let follows = self.following.front() == Some(&event.payload);
        if follows {
            self.following.pop_front();
        } else {
            self.following.clear();
        }
        follows
    }

    /// What is recorded follows from rules and facts when the command, decided now, gives it again. Folds it in.
    fn is_by_rule(&mut self, event: &Event, command: &Command) -> bool {
        let drafts = self.recorded.decide(event, command).unwrap_or_default();
        let mut payloads = drafts.into_iter().map(|draft| draft.payload);
        let by_rule = payloads.next().as_ref() == Some(&event.payload);
        self.following = if by_rule { payloads.collect() } else { VecDeque::new() };
        self.kept += u64::from(!by_rule);
        self.record(event);
        by_rule
    }

    /// Decides again what an event answers.
    fn again(&mut self, event: &Event, command: &Command) {
        if self.follows(event) {
            self.record(event);
        } else if !self.is_by_rule(event, command) {
            self.rehearse(event);
        } else if !self.is_scheduled_already(event) {
            self.carry_out(event, command);
        }
    }

    /// Carries a command out in the rehearsed history, or leaves it and remembers why.
    fn carry_out(&mut self, event: &Event, command: &Command) {
        match self.rehearsed.decide(event, command) {
            Ok(drafts) => self.take_in(event, drafts),
            // How much money there is, is not asked here.
            Err(Refusal { code: RefusalCode::CeilingExceeded, .. }) => self.rehearse(event),
            Err(refusal) => self.remember_refusal(event.subject, refusal),
        }
    }

    fn take_in(&mut self, event: &Event, drafts: Vec<Draft>) {
        for draft in drafts {
            self.rehearse(&told(event, draft));
        }
    }

    /// A refusal is a reason, unless it only follows from an earlier one.
    fn remember_refusal(&mut self, subject: Subject, refusal: Refusal) {
        let Subject::Participant(id) = subject else { return };
        let follows = refusal.code == RefusalCode::NotEligible && self.reasons.contains_key(&id);
        if !follows {
            self.remember(subject, Reason::of(refusal));
        }
    }

    fn remember(&mut self, subject: Subject, reason: impl IntoIterator<Item = Reason>) {
        let Subject::Participant(id) = subject else { return };
        for reason in reason {
            let reasons = self.reasons.entry(id).or_default();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }

    /// Other rules may have made the same instalment due before.
    fn is_scheduled_already(&self, event: &Event) -> bool {
        let Payload::Instalment(instalment::Event::Scheduled(scheduled)) = &event.payload else {
            return false;
        };
        let card = self.rehearsed.state.card_of(event);
        card.is_some_and(|card| card.instalment(scheduled.benefit, scheduled.number).is_some())
    }

    /// Brings what the day brings under the changed rules, and closes it.
    fn close(&mut self, day: Day, event: &Event) {
        // Whoever closed it without all that it brings did not go by the rules: then nothing is added here either.
        let left = self.recorded.due(day, event);
        if !left.iter().any(|(event, command)| self.recorded.decide(event, command).is_ok()) {
            for _ in 0..MOST_PASSES {
                if !self.bring(day, event) {
                    break;
                }
            }
        }
        self.both(event);
    }

    /// One pass over what a day brings; true when anything was carried out.
    fn bring(&mut self, day: Day, event: &Event) -> bool {
        let mut carried_out = false;
        for (event, command) in self.rehearsed.due(day, event) {
            // Who has a card only here is taken to use it.
            if matches!(&command, Command::Entitlement(_)) && self.recorded.state.card_of(&event).is_none() {
                continue;
            }
            let Ok(drafts) = self.rehearsed.decide(&event, &command) else { continue };
            let brought = drafts.iter().filter_map(|draft| self.brought(&event, &draft.payload));
            let brought: Vec<_> = brought.collect();
            self.remember(event.subject, brought);
            self.take_in(&event, drafts);
            carried_out = true;
        }
        carried_out
    }

    /// What a day brings only under the changed rules, where it gives or takes.
    fn brought(&self, event: &Event, payload: &Payload) -> Option<Reason> {
        use entitlement::Event::{Closed, Revoked};
        let counts = matches!(
            payload,
            Payload::Entitlement(Revoked(_) | Closed(_))
                | Payload::Instalment(instalment::Event::Scheduled(_))
        );
        let terms = self.rehearsed.state.card_of(event)?.terms()?;
        let version = format!("{} {}", self.change.code(), terms.version);
        counts.then(|| Reason::Day { version, name: payload.name() })
    }
}

/// A definition as the parts of a revision. A definition that is rehearsed has been written once already.
fn parts(definition: &Definition, published: &Published) -> Vec<PartRecorded> {
    let parts = split(definition).unwrap_or_default();
    let of = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    let part = |((component, content), number)| PartRecorded {
        component,
        content,
        number,
        of,
        revision: published.revision,
    };
    parts.into_iter().zip(1..).map(part).collect()
}
