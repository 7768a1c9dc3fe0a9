//! When to look again at whom: nothing happens by itself, but `day` must not search millions of cards.

use super::{DayClosed, Event, Tally};
use crate::actor::ActorKind;
use crate::catalogue::Payload;
use crate::entitlement::Status;
use crate::ids::{ParticipantId, ProgrammeCode};
use crate::line::Event as Line;
use crate::money::{Currency, Money};
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;
use std::collections::{BTreeMap, HashSet};

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The end of the term of the first purchase.
    FirstPurchase,
    /// The next instalment of a benefit, by its number in the terms.
    Instalment(u8),
    /// A survey, by its number.
    Survey(u8),
    /// The end of a term of repayment.
    Repayment,
    /// Cut-offs that have passed while money of the card was elsewhere.
    CutOffs,
}

/// Counts and sums of what the ledger itself caused since the last closed day.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    revoked: Count,
    scheduled: Count,
    lapsed: Count,
    surveys: Count,
    escalated: Count,
}

#[derive(Clone, Debug, Default)]
struct Count(u32, BTreeMap<Currency, i64>);

impl Count {
    fn add(&mut self, amount: Option<Money>) {
        self.0 = self.0.saturating_add(1);
        if let Some(amount) = amount {
            let sum = self.1.entry(amount.currency()).or_default();
            *sum = sum.saturating_add(amount.minor());
        }
    }

    fn tally(&self) -> Tally {
        let sums = self.1.iter().map(|(currency, minor)| Money::of_minor(*minor, *currency));
        Tally { count: self.0, sums: sums.collect() }
    }
}

impl Tallies {
    fn add(&mut self, payload: &Payload) {
        use crate::entitlement::Event as Entitled;
        use crate::instalment::Event as Installed;
        match payload {
            Payload::Entitlement(Entitled::Revoked(revoked)) => self.revoked.add(Some(revoked.amount)),
            Payload::Entitlement(Entitled::Closed(closed)) => self.lapsed.add(Some(closed.amount)),
            Payload::Instalment(Installed::Scheduled(scheduled)) => {
                self.scheduled.add(Some(scheduled.amount));
            }
            Payload::Instalment(Installed::Lapsed(lapsed)) => self.lapsed.add(Some(lapsed.amount)),
            Payload::Instalment(Installed::SurveyOpened(_)) => self.surveys.add(None),
            Payload::Voucher(crate::voucher::Event::Lapsed(lapsed)) => self.lapsed.add(Some(lapsed.amount)),
            Payload::Voucher(crate::voucher::Event::Expired(expired)) => {
                self.lapsed.add(Some(expired.amount));
            }
            Payload::Recovery(crate::recovery::Event::Escalated(claim)) => {
                self.escalated.add(Some(claim.amount));
            }
            _ => {}
        }
    }

    /// The closing event of the day.
    pub fn closed(&self) -> DayClosed {
        DayClosed {
            escalated: self.escalated.tally(),
            lapsed: self.lapsed.tally(),
            revoked: self.revoked.tally(),
            scheduled: self.scheduled.tally(),
            surveys: self.surveys.tally(),
        }
    }
}

/// Working days, closed days, and the agenda.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// The newest closed day.
    pub closed: Option<Day>,
    /// The closed day before it.
    pub closed_before: Option<Day>,
    /// What the ledger itself caused since then.
    pub tallies: Tallies,
    holidays: HashSet<Day>,
    pub(super) agenda: BTreeMap<Day, Vec<(u32, u16, Wake)>>,
}

impl Calendar {
    /// True when the day is neither a weekend nor a published holiday.
    pub fn is_working_day(&self, day: Day) -> bool {
        !day.is_weekend() && !self.holidays.contains(&day)
    }

    /// The `count`th working day after `day`.
    pub fn working_days_after(&self, day: Day, count: u16) -> Day {
        let mut day = day;
        for _ in 0..count {
            day = day.plus(1);
            while !self.is_working_day(day) {
                day = day.plus(1);
            }
        }
        day
    }
}

impl State {
    /// Puts a look at a card on the agenda.
    pub(crate) fn wake(&mut self, day: Day, id: ParticipantId, programme: ProgrammeCode, wake: Wake) {
        let numbers = self.people.number(id).zip(self.programmes.number(programme));
        if let Some((person, programme)) = numbers {
            self.calendar.agenda.entry(day).or_default().push((person, programme, wake));
        }
    }

    /// Looks today at what the cut-offs still leave of a card, since money has come back to it.
    pub(crate) fn wake_for_cut_offs(&mut self, line: &Line) {
        if let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) {
            self.wake(line.time.day(), id, programme, Wake::CutOffs);
        }
    }

    /// Counts what the ledger itself causes.
    pub(crate) fn tally(&mut self, line: &Line) {
        if line.actor.kind == ActorKind::System {
            self.calendar.tallies.add(&line.payload);
        }
    }
}

/// Folds an event of the calendar.
pub fn evolve(state: &mut State, subject: Subject, event: &Event) {
    match (subject, event) {
        (_, Event::Published(published)) => {
            state.calendar.holidays.extend(published.holidays.iter().copied());
        }
        (Subject::Day(day), Event::DayClosed(_)) => {
            state.calendar.closed_before = state.calendar.closed.replace(day);
            state.calendar.tallies = Tallies::default();
            let later = state.calendar.agenda.split_off(&day.plus(1));
            let past = std::mem::replace(&mut state.calendar.agenda, later);
            // A card whose decree is still open is looked at again tomorrow.
            let waiting: Vec<_> =
                past.into_values().flatten().filter(|each| is_waiting(state, each.0, each.1)).collect();
            if !waiting.is_empty() {
                state.calendar.agenda.entry(day.plus(1)).or_default().extend(waiting);
            }
        }
        (_, Event::DayClosed(_)) => {}
    }
}

fn is_waiting(state: &State, person: u32, programme: u16) -> bool {
    let entitlements = state.people.at(person).into_iter().flat_map(crate::participant::Person::entitlements);
    let mut of_programme = entitlements.filter(|each| each.programme == programme);
    of_programme.any(|each| each.status == Status::Active && !state.decrees.is_closed(each.decree))
}
