//! What demands and repayments do to the books.

use super::claim::parts;
use super::{Event, RepaymentMethod};
use crate::chart::Account;
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::money::Money;
use crate::state::State;

fn account(method: RepaymentMethod) -> Account {
    match method {
        RepaymentMethod::Treasury => Account::Treasury,
        RepaymentMethod::Bank => Account::Bank,
    }
}

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    use Account::{OverRepaid, OverpaymentReceivable, RecoveryIncome, RecoveryReceivable, WrittenOff};
    let (fund, _) = state.fund_of(line)?;
    let parts = parts(state.card_of(line), event);
    let entry = |amount: Money| Entry::new(fund, amount.currency(), None);
    match event {
        // A payment beyond the right is owed already: the demand only says to whom it is addressed.
        Event::Demanded(demanded) => {
            let by_right = demanded.amount.minor().saturating_sub(parts.within);
            let entry = entry(demanded.amount)
                .moving(RecoveryReceivable, OverpaymentReceivable, parts.within)
                .moving(RecoveryReceivable, RecoveryIncome, by_right);
            Some(entry.moving(OverRepaid, RecoveryReceivable, parts.credited))
        }
        Event::Repaid(repaid) => {
            let to = account(repaid.method);
            let rest = repaid.amount.minor().saturating_sub(parts.within);
            let entry = entry(repaid.amount).moving(to, RecoveryReceivable, parts.within);
            Some(entry.moving(to, OverRepaid, rest))
        }
        Event::Refunded(refunded) => {
            let from = account(refunded.method);
            let rest = refunded.amount.minor().saturating_sub(parts.within);
            let entry = entry(refunded.amount).moving(OverRepaid, from, parts.within);
            Some(entry.moving(OverpaymentReceivable, from, rest))
        }
        Event::Withdrawn(withdrawn) => {
            let entry = entry(withdrawn.amount).moving(RecoveryIncome, RecoveryReceivable, parts.within);
            Some(entry.moving(RecoveryIncome, OverRepaid, parts.beyond))
        }
        Event::WrittenOff(written_off) => {
            Some(entry(written_off.amount).moving(WrittenOff, RecoveryReceivable, parts.within))
        }
        Event::Escalated(_) | Event::InstalmentsAgreed(_) | Event::IneligibleFound(_) => None,
    }
}
