//! What becoming due, and lapsing, do to the books.

use super::{Event, Scheduled};
use crate::chart::Account;
use crate::entitlement::{Card, InstalmentPhase};
use crate::entry::Entry;
use crate::line::Event as Line;
use crate::state::State;

/// The account in which an instalment's money stands.
pub fn account_of(phase: InstalmentPhase) -> Account {
    match phase {
        InstalmentPhase::Due | InstalmentPhase::Held => Account::Due,
        InstalmentPhase::Instructed => Account::PartnerClearing,
        InstalmentPhase::Failed | InstalmentPhase::Returned => Account::ReturnSuspense,
        // Nothing is open of these.
        InstalmentPhase::Paid | InstalmentPhase::Lapsed => Account::Unearned,
    }
}

/// The entry of an event, if it moves money.
pub fn post(state: &State, line: &Line, event: &Event) -> Option<Entry> {
    let (fund, currency) = state.fund_of(line)?;
    let card = state.card_of(line)?;
    let entry = Entry::new(fund, currency, None);
    match event {
        Event::Scheduled(scheduled) => {
            Some(entry.moving(Account::Unearned, Account::Due, earned(&card, scheduled)))
        }
        Event::Lapsed(lapsed) => {
            let instalment = card.instalment(lapsed.benefit, lapsed.number)?;
            Some(entry.moving(account_of(instalment.phase), Account::CommittedPool, instalment.open))
        }
        Event::Held(_) | Event::Released(_) | Event::SurveyOpened(_) | Event::SurveySubmitted(_) => None,
    }
}

/// What an event earns, in minor units: a fact can earn no more than is left to be earned, and only once.
pub(super) fn earned(card: &Card<'_>, scheduled: &Scheduled) -> i64 {
    let known = card.instalment(scheduled.benefit, scheduled.number).is_some();
    // What the terms do not name has no place to stand in.
    let cash = card.cash(scheduled.benefit).filter(|_| scheduled.amount.currency() == card.currency());
    let granted = cash.filter(|(_, cash)| (1..=cash.count).contains(&scheduled.number) && !known);
    let granted = granted.map_or(0, |(_, cash)| card.instalment_minor(cash));
    let left = card.entitlement.card().unearned.clamp(0, granted.max(0));
    scheduled.amount.minor().clamp(0, left)
}
