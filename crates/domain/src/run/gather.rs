//! Which payments a run can take.

use super::decide::can_be_paid;
use super::{Listed, Run};
use crate::actor::{Actor, ActorKind};
use crate::decide::Context;
use crate::entitlement::{Instalment, InstalmentPhase};
use crate::ids::{ActorId, BenefitCode, ParticipantId};
use crate::money::{Currency, Money};
use crate::participant::{Person, Sealing};
use crate::programme::Programme;
use crate::state::State;
use crate::subject::Subject;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Persons to a line: it stays far below the longest that a line may be.
const PERSONS: usize = 1_000;

/// All payments that an open run can take at `time`, as they are to be listed.
pub fn due(state: &State, run: &Run, time: Timestamp, who: ActorId) -> Vec<Listed> {
    let context = Context {
        state,
        subject: Subject::Run(run.programme, run.number),
        programme: Some(run.programme),
        time,
        actor: Actor { kind: ActorKind::User, id: who },
        sealing: Sealing::NONE,
    };
    let mut groups: BTreeMap<(BenefitCode, u8, i64), Vec<ParticipantId>> = BTreeMap::new();
    let currency = state.programmes.get(run.programme).map_or(Currency::IDR, Programme::currency);
    let with_partner = |person: &&Person| {
        person.account.is_some_and(|account| state.people.partner(account.partner) == Some(run.partner))
    };
    for person in state.people.iter().filter(with_partner) {
        let Some(card) = state.card(person, run.programme) else { continue };
        let is_due = |each: &Instalment| each.phase == InstalmentPhase::Due && each.open > 0;
        for instalment in card.entitlement.instalments().filter(is_due) {
            let cash = card.terms().and_then(|terms| terms.cash.get(usize::from(instalment.benefit)));
            let Some(benefit) = cash.map(|cash| cash.benefit) else { continue };
            let key = (benefit, instalment.number, instalment.open);
            let listed = listed(key, currency, Vec::new());
            if can_be_paid(&context, run, &listed, person.id).is_ok() {
                groups.entry(key).or_default().push(person.id);
            }
        }
    }
    let lines = groups.into_iter().flat_map(|(key, mut persons)| {
        persons.sort_unstable();
        let lines: Vec<_> =
            persons.chunks(PERSONS).map(|persons| listed(key, currency, persons.to_vec())).collect();
        lines
    });
    lines.collect()
}

fn listed(
    (benefit, number, minor): (BenefitCode, u8, i64),
    currency: Currency,
    participants: Vec<ParticipantId>,
) -> Listed {
    Listed { amount: Money::of_minor(minor, currency), benefit, number, participants }
}
