//! What demands and repayments do to the books and the card.

use super::Event;
use crate::calendar::Wake;
use crate::chart::Account;
use crate::entitlement::Claim;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::money::Money;
use crate::state::State;
use crate::subject::Subject;

/// The entry of an event, if it moves money. Repayments go straight to the treasury.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, _) = state.fund_of(line)?;
    let entry = |amount: Money| Entry::new(fund, amount.currency(), None);
    match event {
        Event::Demanded(demanded) => Some(entry(demanded.amount).moving(
            Account::RecoveryReceivable,
            Account::RecoveryIncome,
            demanded.amount.minor(),
        )),
        Event::Repaid(repaid) => Some(entry(repaid.amount).moving(
            Account::Treasury,
            Account::RecoveryReceivable,
            repaid.amount.minor(),
        )),
        Event::Escalated(_) => None,
    }
}

/// Folds an event of recovery.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    let currency = state.card_of(line).map(|card| card.currency());
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    let claim = entitlement.claim();
    match event {
        Event::Demanded(demanded) if currency == Some(demanded.amount.currency()) => {
            let before = claim.map_or((0, 0), |claim| (claim.demanded, claim.repaid));
            entitlement.exceptions_mut().claim = Some(Claim {
                demanded: before.0.saturating_add(demanded.amount.minor()),
                repaid: before.1,
                until: demanded.until,
                escalated: false,
            });
            if let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) {
                state.wake(demanded.until, id, programme, Wake::Repayment);
            }
        }
        Event::Repaid(repaid) if currency == Some(repaid.amount.currency()) => {
            if let Some(claim) = &mut entitlement.exceptions_mut().claim {
                claim.repaid = claim.repaid.saturating_add(repaid.amount.minor());
            }
        }
        Event::Escalated(_) => {
            if let Some(claim) = &mut entitlement.exceptions_mut().claim {
                claim.escalated = true;
            }
        }
        // In another currency than the card's: in the books alone.
        Event::Demanded(_) | Event::Repaid(_) => {}
    }
}
