//! Money of the treasury without the document that it rests on: SP2D without SPM, a second time or after the year; a
//! return without its order, beyond it or under the wrong kind; an order to return what is promised; a bounce of an
//! unknown SP2D or beyond it; a document number a second time.

use super::Step;
use crate::catalogue::Payload;
use crate::entry::FundYear;
use crate::fund::{Event, Fund, ReturnKind};
use crate::money::Money;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (Payload::Fund(event), Subject::Fund(programme, year)) = (&step.event.payload, step.event.subject)
    else {
        return None;
    };
    let fund = step.state.funds.get(programme, year);
    let found = [
        fund.and_then(|fund| reported_twice(fund, event)),
        wrong_kind(step, event, year),
        without_base(fund, event),
        another_amount(fund, event),
        too_late(step, event, year),
        promised(step, event, FundYear { programme, year }),
    ];
    // One step may have more than one fault: none hides another.
    let sentences: Vec<String> = found.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// What the document rests on is not recorded, or it was carried out before.
fn without_base(fund: Option<&Fund>, event: &Event) -> Option<String> {
    match event {
        Event::Disbursed(paid) => match fund.and_then(|fund| fund.orders.get(&paid.spm)) {
            None => Some(format!("SP2D {} rests on SPM {}, which is not recorded", paid.sp2d, paid.spm)),
            Some(order) => (order.disbursements > 1)
                .then(|| format!("SPM {} was carried out {} times", paid.spm, order.disbursements)),
        },
        Event::Returned(returned) => {
            fund.and_then(|fund| fund.returns.get(&returned.order)).is_none().then(|| {
                format!(
                    "NTPN {} rests on return order {}, which is not recorded",
                    returned.ntpn, returned.order
                )
            })
        }
        Event::DisbursementBounced(back) => fund
            .and_then(|fund| fund.carried.get(&back.sp2d))
            .is_none()
            .then(|| format!("{} of SP2D {} bounced, which is not recorded", back.amount, back.sp2d)),
        _ => None,
    }
}

/// Another amount than the document that it rests on says, or more.
fn another_amount(fund: Option<&Fund>, event: &Event) -> Option<String> {
    match event {
        Event::Disbursed(paid) => {
            let order = fund?.orders.get(&paid.spm)?;
            (order.amount != paid.amount.minor())
                .then(|| format!("SP2D {} pays {}, not what SPM {} orders", paid.sp2d, paid.amount, paid.spm))
        }
        Event::Returned(returned) => {
            let open = *fund?.returns.get(&returned.order)?;
            (open < 0).then(|| format!("more was returned than order {} says", returned.order))
        }
        Event::DisbursementBounced(back) => {
            let (carried, bounced) = (*fund?.carried.get(&back.sp2d)?, fund?.bounced.get(&back.sp2d)?);
            (bounced.open > carried).then(|| format!("more of SP2D {} bounced than it carried", back.sp2d))
        }
        _ => None,
    }
}

/// No SP2D follows the year of its budget.
fn too_late(step: Step<'_>, event: &Event, year: i16) -> Option<String> {
    let Event::Disbursed(paid) = event else { return None };
    let day = step.event.time.day();
    (day.year() > year).then(|| format!("SP2D {} is of {day}, after the year of its budget", paid.sp2d))
}

/// An order to return what others are owed, or what serves another batch.
fn promised(step: Step<'_>, event: &Event, fund: FundYear) -> Option<String> {
    let Event::ReturnOrdered(ordered) = event else { return None };
    let currency = ordered.amount.currency();
    let left = step.state.returnable(fund, currency, step.event.time.day());
    let missing = i64::try_from(-left).ok().filter(|missing| *missing > 0)?;
    let missing = Money::of_minor(missing, currency);
    Some(format!("return order {} takes {missing} that is promised to others", ordered.order))
}

fn reported_twice(fund: &Fund, event: &Event) -> Option<String> {
    let (kind, number) = match event {
        Event::Disbursed(paid) => ("SP2D", paid.sp2d),
        Event::DisbursementReissued(again) => ("SP2D", again.reissue),
        Event::Returned(returned) => ("NTPN", returned.ntpn),
        Event::RevenueRemitted(remitted) => ("NTPN", remitted.ntpn),
        _ => return None,
    };
    let times = fund.documents.get(&number).copied().filter(|times| *times > 1)?;
    Some(format!("{kind} {number} was reported {times} times"))
}

/// Within its year a return corrects the spending; after it, it is non-tax revenue.
fn wrong_kind(step: Step<'_>, event: &Event, year: i16) -> Option<String> {
    let Event::Returned(returned) = event else { return None };
    let day = step.event.time.day();
    let right = if day.year() <= year { ReturnKind::SameYear } else { ReturnKind::PriorYear };
    (returned.kind != right)
        .then(|| format!("NTPN {} of {day} is booked as {}, and is {right}", returned.ntpn, returned.kind))
}
