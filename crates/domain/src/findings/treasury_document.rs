//! Money of the treasury without the document that it rests on: SP2D without SPM or a second time, a return without
//! its order or beyond it.

use super::Step;
use crate::catalogue::Payload;
use crate::fund::Event;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (Payload::Fund(event), Subject::Fund(programme, year)) = (&step.event.payload, step.event.subject)
    else {
        return None;
    };
    let fund = step.state.funds.get(programme, year);
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
