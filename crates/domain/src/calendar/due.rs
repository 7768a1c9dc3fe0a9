//! What a day brings: commands that the ledger gives itself.

use super::Wake;
use crate::catalogue::Command;
use crate::entitlement::{Card, InstalmentPhase, RevocationReason, Status};
use crate::ids::{ParticipantId, ProgrammeCode, Reason};
use crate::state::State;
use crate::time::Day;
use crate::{entitlement, instalment, recovery, voucher};

/// A command that time gives. It is decided like any other: what has been overtaken is refused and left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Whose card.
    pub participant: ParticipantId,
    /// In which programme.
    pub programme: ProgrammeCode,
    /// What is due.
    pub command: Command,
}

/// All that is due at the end of `day`, in the order in which it is to be commanded.
pub fn due(state: &State, day: Day) -> Vec<Due> {
    let mut all = Vec::new();
    for (person, programme, wake) in state.calendar.agenda.range(..=day).flat_map(|(_, wakes)| wakes) {
        let programme = state.programmes.at(*programme);
        let card =
            state.people.at(*person).zip(programme).and_then(|(person, each)| state.card(person, each.code));
        let Some(card) = card else { continue };
        let mut push =
            |command| all.push(Due { participant: card.person.id, programme: card.programme.code, command });
        match wake {
            Wake::CutOffs => leave_nothing(&card, day, |until| until <= day, &mut push),
            wake => woken(&card, *wake).into_iter().for_each(push),
        }
    }
    cut_off(state, day, &mut all);
    all
}

fn woken(card: &Card<'_>, wake: Wake) -> Option<Command> {
    Some(match wake {
        Wake::FirstPurchase if card.entitlement.has_purchase() => return None,
        Wake::FirstPurchase => Command::Entitlement(entitlement::Command::Revoke(entitlement::Revoke {
            reason: RevocationReason::NoPurchase,
        })),
        Wake::Instalment(benefit) => {
            let benefit = card.terms()?.cash.get(usize::from(benefit))?.benefit;
            Command::Instalment(instalment::Command::Schedule(instalment::Schedule { benefit }))
        }
        Wake::Survey(number) => {
            Command::Instalment(instalment::Command::OpenSurvey(instalment::OpenSurvey { number }))
        }
        Wake::Repayment => Command::Recovery(recovery::Command::Escalate(recovery::Escalate {})),
        Wake::CutOffs => return None,
    })
}

/// Cut-offs concern whole batches: on their day every card of the batch is looked at.
fn cut_off(state: &State, day: Day, all: &mut Vec<Due>) {
    let new = |until: Day| until <= day && state.calendar.closed.is_none_or(|closed| closed < until);
    let mut any =
        state.programmes.iter().flat_map(|each| each.definition.iter().flat_map(|each| &each.cutoffs));
    if !any.any(|cutoffs| cutoffs.purchase_until.is_some_and(new) || cutoffs.pay_until.is_some_and(new)) {
        return;
    }
    for person in state.people.iter() {
        let open = |each: &&entitlement::Entitlement| {
            each.status == Status::Active || each.unfinished().next().is_some()
        };
        for entitlement in person.entitlements().filter(open) {
            let Some(programme) = state.programmes.at(entitlement.programme) else { continue };
            let Some(card) = state.card(person, programme.code) else { continue };
            let mut push =
                |command| all.push(Due { participant: person.id, programme: programme.code, command });
            leave_nothing(&card, day, new, &mut push);
        }
    }
}

/// Ends what the cut-offs that have `passed` leave of one card.
fn leave_nothing(card: &Card<'_>, day: Day, passed: impl Fn(Day) -> bool, push: &mut impl FnMut(Command)) {
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, day);
    let active = card.entitlement.status == Status::Active;
    let bought = cutoffs.and_then(|cutoffs| cutoffs.purchase_until).is_some_and(&passed);
    if (bought || !active) && card.entitlement.card().voucher > 0 {
        push(Command::Voucher(voucher::Command::Lapse(voucher::Lapse {})));
    }
    if cutoffs.and_then(|cutoffs| cutoffs.pay_until).is_some_and(&passed) {
        for (ordinal, _) in card.entitlement.unfinished() {
            push(Command::Voucher(voucher::Command::Expire(voucher::Expire { ordinal })));
        }
        if active {
            end_payments(card, push);
        }
    }
}

fn end_payments(card: &Card<'_>, push: &mut impl FnMut(Command)) {
    use InstalmentPhase::{Due, Failed, Held, Returned};
    let open =
        card.entitlement.instalments().filter(|each| matches!(each.phase, Due | Held | Failed | Returned));
    for instalment in open {
        let cash = card.terms().and_then(|terms| terms.cash.get(usize::from(instalment.benefit)));
        if let Some(cash) = cash {
            let lapse = instalment::Lapse { benefit: cash.benefit, number: instalment.number };
            push(Command::Instalment(instalment::Command::Lapse(lapse)));
        }
    }
    if card.entitlement.card().unearned > 0
        && let Ok(reason) = Reason::new("cut-off")
    {
        push(Command::Entitlement(entitlement::Command::Close(entitlement::Close { reason })));
    }
}
