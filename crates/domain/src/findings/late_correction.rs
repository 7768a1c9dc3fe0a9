//! A disbursement that bounced and was corrected after more than seven working days, sent again without a correction, or
//! sent again for more than had bounced.

use super::Step;
use crate::catalogue::Payload;
use crate::fund::Event;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    let (Payload::Fund(event), Subject::Fund(programme, year)) = (&step.event.payload, step.event.subject)
    else {
        return None;
    };
    let sp2d = match event {
        Event::CorrectionSent(sent) => sent.sp2d,
        Event::DisbursementReissued(again) => again.sp2d,
        _ => return None,
    };
    let Some(bounced) = step.state.funds.get(programme, year).and_then(|fund| fund.bounced.get(&sp2d)) else {
        return Some(format!("SP2D {sp2d} is not recorded as bounced"));
    };
    let day = step.event.time.day();
    match event {
        Event::CorrectionSent(_) if day > bounced.correct_until => {
            Some(format!("SP2D {sp2d} was to be corrected by {}, and was on {day}", bounced.correct_until))
        }
        Event::DisbursementReissued(_) if bounced.corrected.is_none() => {
            Some(format!("SP2D {sp2d} was sent again without a letter of correction"))
        }
        Event::DisbursementReissued(_) if bounced.open < 0 => {
            Some(format!("more of SP2D {sp2d} was sent again than had bounced"))
        }
        _ => None,
    }
}
