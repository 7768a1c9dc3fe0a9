//! Money that came back of a payment which is not known, or before it was: it stands apart until both are matched.

use super::Step;
use crate::chart::Account;
use crate::money::Money;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let entry = step.entry?;
    let back = entry.movements().iter().find(|each| each.credit == Account::UnmatchedReturns)?;
    let back = Money::of_minor(back.minor, entry.currency);
    Some(format!("{back} came back of no payment that is known so far"))
}
