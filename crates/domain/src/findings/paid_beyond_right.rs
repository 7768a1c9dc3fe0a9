//! A payment or purchase beyond the right to it: only a fact can bring it, and it stands as a receivable.

use super::Step;
use crate::chart::Account;
use crate::money::Money;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let entry = step.entry?;
    let beyond = entry.movements().iter().filter(|movement| movement.debit == Account::OverpaymentReceivable);
    let minor = beyond.fold(0_i64, |sum, movement| sum.saturating_add(movement.minor));
    (minor > 0).then(|| {
        let amount = Money::of_minor(minor, entry.currency);
        format!("{amount} beyond any right, by {}", step.event.payload.name())
    })
}
