//! One of the two histories: the one that is recorded, or the one that the changed rules would have made of it.

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::calendar;
use jejak_domain::catalogue::Command;
use jejak_domain::chart::Account;
use jejak_domain::decide::{Context, Draft, decide};
use jejak_domain::entitlement::Card;
use jejak_domain::entry::Entry;
use jejak_domain::ids::{ParticipantId, ProgrammeCode};
use jejak_domain::line::Event;
use jejak_domain::participant::Sealing;
use jejak_domain::refusal::Refusal;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_domain::time::Day;
use std::collections::HashMap;

/// A folded history, and what each person has earned in it under the programme.
#[derive(Clone, Debug)]
pub(super) struct Side {
    programme: ProgrammeCode,
    /// The folded history.
    pub(super) state: State,
    earned: HashMap<ParticipantId, i64>,
}

impl Side {
    pub(super) fn of(programme: ProgrammeCode) -> Self {
        Self { programme, state: State::new(), earned: HashMap::new() }
    }

    /// The programme that is rehearsed.
    pub(super) fn programme(&self) -> ProgrammeCode {
        self.programme
    }

    /// Folds an event in, and adds what it earned.
    pub(super) fn apply(&mut self, event: &Event) -> Option<Entry> {
        let entry = self.state.apply(event);
        if let (Some(entry), Subject::Participant(id)) = (&entry, event.subject)
            && entry.fund.programme == self.programme
        {
            let minor = earned(entry);
            if minor != 0 {
                let sum = self.earned.entry(id).or_default();
                *sum = sum.saturating_add(minor);
            }
        }
        entry
    }

    /// What a person has earned: what became due, and what was spent on courses, in minor units.
    pub(super) fn earned_by(&self, id: ParticipantId) -> i64 {
        self.earned.get(&id).copied().unwrap_or(0)
    }

    /// The card of a person under the programme.
    pub(super) fn card(&self, id: ParticipantId) -> Option<Card<'_>> {
        self.state.card(self.state.people.get(id)?, self.programme)
    }

    /// Decides a command where and when an event took place, by the same person.
    pub(super) fn decide(&self, event: &Event, command: &Command) -> Result<Vec<Draft>, Refusal> {
        let Event { subject, programme, time, actor, .. } = *event;
        let context = Context { state: &self.state, subject, programme, time, actor, sealing: Sealing::NONE };
        decide(&context, command)
    }

    /// What the end of a day brings under the programme: each command, and the closing of the day as if it were the
    /// event that answers it.
    pub(super) fn due(&self, day: Day, closing: &Event) -> Vec<(Event, Command)> {
        let due = calendar::due(&self.state, day).into_iter();
        let actor = Actor { kind: ActorKind::System, id: closing.actor.id };
        let own = due.filter(|each| each.programme == self.programme);
        let command = |each: calendar::Due| {
            let subject = Subject::Participant(each.participant);
            let programme = Some(each.programme);
            (Event { subject, programme, time: day.ends(), actor, ..closing.clone() }, each.command)
        };
        own.map(command).collect()
    }
}

/// An event with what a draft says.
pub(super) fn told(event: &Event, draft: Draft) -> Event {
    let Draft { subject, programme, time, payload } = draft;
    Event { subject, programme, time, payload, ..event.clone() }
}

/// What an entry earns a person, in minor units. What was earned and not paid in time was earned all the same; what a
/// decree granted and nobody earned was not.
fn earned(entry: &Entry) -> i64 {
    use Account::{CommittedPool, PlatformClearing, Unearned, VoucherBalance};
    let movements = entry.movements().iter().map(|each| match (each.debit, each.credit) {
        (Unearned, CommittedPool) | (CommittedPool, Unearned) => 0,
        (Unearned, _) | (VoucherBalance, PlatformClearing) => each.minor,
        (_, Unearned) | (PlatformClearing, VoucherBalance | CommittedPool) => each.minor.saturating_neg(),
        _ => 0,
    });
    movements.fold(0, i64::saturating_add)
}
