//! More is committed than the budget document (DIPA) allows: a decree's line, a revision or a reinstatement that only a
//! fact can bring; or more came by SP2D than the budget of the year.

use super::Step;
use crate::catalogue::Payload;
use crate::chart::Account;
use crate::entitlement::{DecreePhase, Event as Decree};
use crate::entry::FundYear;
use crate::fund::Event;
use crate::ids::DocumentNumber;
use crate::money::Money;
use crate::programme::Programme;
use crate::subject::Subject;

pub(super) fn find(step: Step<'_>) -> Option<String> {
    match (&step.event.payload, step.event.subject) {
        (Payload::Fund(Event::Disbursed(_)), Subject::Fund(programme, year)) => {
            let fund = step.state.funds.get(programme, year)?;
            let received = fund.disbursed.saturating_sub(fund.returned_in_year);
            let beyond = received.saturating_sub(fund.ceiling);
            (beyond > 0).then(|| {
                let money = Money::of_minor(beyond, currency(step, programme));
                format!("SP2D of fund/{programme}/{year} are {money} beyond its budget")
            })
        }
        (Payload::Fund(Event::Revised(_) | Event::Appropriated(_)), Subject::Fund(programme, year)) => {
            committed(step, FundYear { programme, year }, i64::MAX)
        }
        (Payload::Entitlement(Decree::DecreeOpened(opened)), Subject::Decree(programme, _)) => {
            committed(step, FundYear { programme, year: opened.date.year() }, opened.sum.minor())
        }
        // What an open decree has promised was weighed when it opened.
        (Payload::Entitlement(Decree::Decreed(decreed)), _) if is_promised(step, decreed.decree) => None,
        _ => {
            let entry = step.entry?;
            let more = entry.movements().iter().filter(|each| each.debit == Account::CommittedPool);
            let added = more.fold(0_i64, |sum, each| sum.saturating_add(each.minor));
            committed(step, entry.fund, added)
        }
    }
}

fn is_promised(step: Step<'_>, number: DocumentNumber) -> bool {
    let decree = step.event.programme.and_then(|code| step.state.decrees.get(code, number));
    decree.is_some_and(|decree| decree.phase == DecreePhase::Open && decree.summed <= decree.sum)
}

/// Found where what was `added` has gone beyond the budget, and not again at each step after.
fn committed(step: Step<'_>, fund: FundYear, added: i64) -> Option<String> {
    let currency = currency(step, fund.programme);
    let beyond = -step.state.free(fund, currency);
    let beyond = i64::try_from(beyond).ok().filter(|beyond| (1..=added).contains(beyond))?;
    let money = Money::of_minor(beyond, currency);
    Some(format!("fund/{}/{} has committed {money} beyond its budget", fund.programme, fund.year))
}

fn currency(step: Step<'_>, programme: crate::ids::ProgrammeCode) -> crate::money::Currency {
    step.state.programmes.get(programme).map_or(crate::money::Currency::IDR, Programme::currency)
}
