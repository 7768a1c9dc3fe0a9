//! Platforms paid for courses that were not finished. Where the terms want completion first, each such payment is a
//! finding; where the purchase was enough, the sum at the end of the year is (audit of 2020: Rp125.93 billion).

use super::Step;
use crate::catalogue::Payload;
use crate::fund;
use crate::ids::ProgrammeCode;
use crate::money::Money;
use crate::subject::Subject;
use crate::voucher::Event;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    match (&step.event.payload, step.event.subject) {
        (Payload::Voucher(Event::Settled(settled)), _) => {
            let card = step.state.card_of(step.event)?;
            let first = card.terms()?.training.as_ref()?.settle_after_completion;
            let completed = card.purchase(settled.purchase).is_some_and(|purchase| purchase.completed);
            (first && !completed).then(|| {
                format!("{} was paid for purchase {} before completion", settled.amount, settled.purchase)
            })
        }
        (Payload::Fund(fund::Event::YearClosed(_)), Subject::Fund(code, year)) => of_year(step, code, year),
        _ => None,
    }
}

fn of_year(step: Step<'_>, code: ProgrammeCode, year: i16) -> Option<String> {
    let programme = step.state.programmes.get(code)?;
    let number = step.state.programmes.number(code)?;
    let cards = step.state.people.iter().flat_map(crate::participant::Person::entitlements);
    let of_year = cards.filter(|each| each.programme == number && each.decreed_on.year() == year);
    let (mut count, mut sum) = (0_u64, 0_i64);
    for entitlement in of_year {
        for purchase in entitlement.purchases().filter(|each| !each.completed) {
            let paid = entitlement.paid_for(purchase);
            count = count.saturating_add(u64::from(paid > 0));
            sum = sum.saturating_add(paid);
        }
    }
    (count > 0).then(|| {
        let sum = Money::of_minor(sum, programme.currency());
        format!("{sum} was paid for {count} courses that were not finished at the end of {year}")
    })
}
