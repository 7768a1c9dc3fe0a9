//! Money of the treasury without the document that it rests on: SP2D without SPM or a second time, a return without
//! its order, beyond it or under the wrong kind; a document number a second time.

use super::Step;
use crate::catalogue::Payload;
use crate::fund::{Event, Fund, ReturnKind};
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (Payload::Fund(event), Subject::Fund(programme, year)) = (&step.event.payload, step.event.subject)
    else {
        return None;
    };
    let fund = step.state.funds.get(programme, year);
    if let Some(found) =
        fund.and_then(|fund| reported_twice(fund, event)).or_else(|| wrong_kind(step, event, year))
    {
        return Some(found);
    }
    match event {
        Event::Disbursed(paid) => match fund.and_then(|fund| fund.orders.get(&paid.spm)) {
            None => Some(format!("SP2D {} rests on SPM {}, which is not recorded", paid.sp2d, paid.spm)),
            Some(order) if order.disbursements > 1 => {
                Some(format!("SPM {} was carried out {} times", paid.spm, order.disbursements))
            }
            Some(order) if order.amount != paid.amount.minor() => {
                Some(format!("SP2D {} pays {}, not what SPM {} orders", paid.sp2d, paid.amount, paid.spm))
            }
            Some(_) => None,
        },
        Event::Returned(returned) => match fund.and_then(|fund| fund.returns.get(&returned.order)) {
            None => Some(format!(
                "NTPN {} rests on return order {}, which is not recorded",
                returned.ntpn, returned.order
            )),
            Some(open) if *open < 0 => Some(format!("more was returned than order {} says", returned.order)),
            Some(_) => None,
        },
        _ => None,
    }
}

fn reported_twice(fund: &Fund, event: &Event) -> Option<String> {
    let (kind, number) = match event {
        Event::Disbursed(paid) => ("SP2D", paid.sp2d),
        Event::DisbursementReissued(again) => ("SP2D", again.reissue),
        Event::Returned(returned) => ("NTPN", returned.ntpn),
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
