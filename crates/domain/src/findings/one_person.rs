//! One person on both sides of the same money: made and approved, or in two roles that must be apart.

use super::Step;
use crate::access::{self, apart};
use crate::catalogue::Payload;
use crate::entitlement::{self, Exceptions};
use crate::subject::Subject;
use crate::{fund, participant, programme};

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (event, state) = (step.event, step.state);
    let who = event.actor.id;
    let exceptions = || state.card_of(event)?.entitlement.exceptions.as_deref();
    match (&event.payload, event.subject) {
        (Payload::Fund(fund::Event::Ordered(ordered)), Subject::Fund(programme, year)) => {
            let request = state.funds.get(programme, year)?.requests.get(&ordered.spp)?;
            (request.by == who)
                .then(|| format!("{who} requested payment {} and ordered it as {}", ordered.spp, ordered.spm))
        }
        (Payload::Programme(programme::Event::Published(published)), Subject::Programme(code)) => {
            let programme = state.programmes.get(code)?;
            let in_force = programme.revision == published.revision;
            (in_force && programme.proposer == Some(who))
                .then(|| format!("{who} proposed revision {} of {code} and published it", published.revision))
        }
        (Payload::Entitlement(entitlement::Event::Reinstated(_)), _) => undone(who, exceptions()?),
        (Payload::Entitlement(entitlement::Event::Closed(closed)), _) => (closed.amount.minor() > 0
            && exceptions()?.closing == Some(who))
        .then(|| format!("{who} proposed to close this entitlement and closed it")),
        (Payload::Participant(participant::Event::Erased(erased)), _) => (erased.requestedby == who)
            .then(|| format!("{who} asked for the erasure {} and approved it", erased.reference)),
        (Payload::Access(access::Event::Granted(granted)), Subject::Officer(officer)) => {
            let (new, held) = state.access.grants(officer).split_last()?;
            if who == officer {
                return Some(format!("{who} gave the role {} to {who}", granted.role));
            }
            let held = held.iter().find(|held| held.overlaps(new) && apart(held.role, new.role))?;
            Some(format!("{officer} holds {} and {} at the same time", held.role, new.role))
        }
        _ => None,
    }
}

fn undone(who: crate::ids::ActorId, exceptions: &Exceptions) -> Option<String> {
    let (revoker, proposer) = exceptions.undone?;
    let did = match who {
        _ if who == revoker => "revoked this entitlement",
        _ if proposer == Some(who) => "proposed to reinstate it",
        _ => return None,
    };
    Some(format!("{who} {did} and reinstated it"))
}
