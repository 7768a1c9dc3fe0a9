//! Ceilings and linked documents of each fund year.

use super::Event;
use crate::ids::{ActorId, DocumentNumber, ProgrammeCode};
use crate::line::Event as Line;
use crate::state::State;
use crate::subject::Subject;
use std::collections::HashMap;

/// A payment request (SPP).
#[derive(Clone, Debug)]
pub struct Request {
    /// What it asks for, in minor units.
    pub amount: i64,
    /// Who made it.
    pub by: ActorId,
    /// The payment order that answers it.
    pub order: Option<DocumentNumber>,
}

/// A payment order (SPM).
#[derive(Clone, Debug)]
pub struct Order {
    /// What it orders, in minor units.
    pub amount: i64,
    /// How often it was carried out by SP2D; more than once is a finding.
    pub disbursements: u32,
}

/// One fund year.
#[derive(Clone, Debug, Default)]
pub struct Fund {
    /// The ceiling of the budget document, in minor units.
    pub ceiling: i64,
    /// Payment requests by number.
    pub requests: HashMap<DocumentNumber, Request>,
    /// Payment orders by number.
    pub orders: HashMap<DocumentNumber, Order>,
    /// Returns ordered and not yet made, in minor units, by order.
    pub returns: HashMap<DocumentNumber, i64>,
}

/// All fund years.
#[derive(Clone, Debug, Default)]
pub struct Funds(HashMap<(ProgrammeCode, i16), Fund>);

impl Funds {
    /// One fund year.
    pub fn get(&self, programme: ProgrammeCode, year: i16) -> Option<&Fund> {
        self.0.get(&(programme, year))
    }
}

/// Folds an event of a fund year.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    let Subject::Fund(programme, year) = line.subject else { return };
    let currency = state.programmes.get(programme).map(crate::programme::Programme::currency);
    let fund = state.funds.0.entry((programme, year)).or_default();
    match event {
        Event::Appropriated(budget) if currency == Some(budget.amount.currency()) => {
            fund.ceiling = budget.amount.minor();
        }
        Event::Revised(revision) if currency == Some(revision.change.currency()) => {
            fund.ceiling = fund.ceiling.saturating_add(revision.change.minor());
        }
        Event::Requested(request) => {
            let kept = Request { amount: request.amount.minor(), by: line.actor.id, order: None };
            fund.requests.insert(request.spp, kept);
        }
        Event::Ordered(ordered) => {
            let Some(request) = fund.requests.get_mut(&ordered.spp) else { return };
            request.order = Some(ordered.spm);
            fund.orders.insert(ordered.spm, Order { amount: request.amount, disbursements: 0 });
        }
        Event::Disbursed(paid) => {
            if let Some(order) = fund.orders.get_mut(&paid.spm) {
                order.disbursements = order.disbursements.saturating_add(1);
            }
        }
        Event::ReturnOrdered(ordered) => {
            fund.returns.insert(ordered.order, ordered.amount.minor());
        }
        Event::Returned(returned) => {
            if let Some(open) = fund.returns.get_mut(&returned.order) {
                *open = open.saturating_sub(returned.amount.minor());
            }
        }
        // The books have the money, views have the rest; another currency is no ceiling of this programme's.
        Event::Appropriated(_)
        | Event::Revised(_)
        | Event::PartnerFunded(_)
        | Event::PartnerDefunded(_)
        | Event::InterestCredited(_)
        | Event::BankCharged(_)
        | Event::UnidentifiedCredited(_)
        | Event::RevenueRemitted(_)
        | Event::OperatingCostPaid(_)
        | Event::QuotaRecovered(_)
        | Event::YearClosed(_) => {}
    }
}
