//! What demands and repayments do to the books and the card.

use super::Event;
use crate::calendar::Wake;
use crate::chart::Account;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::state::State;
use crate::subject::Subject;

/// The entry of an event, if it moves money. Repayments go straight to the treasury.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, currency) = state.fund_of(line)?;
    let entry = Entry::new(fund, currency, None);
    match event {
        Event::Demanded(demanded) => {
            Some(entry.moving(Account::RecoveryReceivable, Account::RecoveryIncome, demanded.amount.minor()))
        }
        Event::Repaid(repaid) => {
            Some(entry.moving(Account::Treasury, Account::RecoveryReceivable, repaid.amount.minor()))
        }
        Event::Escalated(_) => None,
    }
}

/// Folds an event of recovery.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    match event {
        Event::Demanded(demanded) => {
            entitlement.demanded = entitlement.demanded.saturating_add(demanded.amount.minor());
            entitlement.repay_until = Some(demanded.until);
            entitlement.escalated = false;
            if let (Subject::Participant(id), Some(programme)) = (line.subject, line.programme) {
                state.wake(demanded.until, id, programme, Wake::Repayment);
            }
        }
        Event::Repaid(repaid) => {
            entitlement.demanded = entitlement.demanded.saturating_sub(repaid.amount.minor());
        }
        Event::Escalated(_) => entitlement.escalated = true,
    }
}
