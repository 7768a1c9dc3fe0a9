//! Ceilings and linked documents of each fund year.

use super::{Event, ReturnKind};
use crate::books::FundBooks;
use crate::calendar::Calendar;
use crate::entry::FundYear;
use crate::ids::{ActorId, DocumentNumber, ProgrammeCode};
use crate::line::Event as Line;
use crate::money::Currency;
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;
use std::collections::HashMap;

/// Working days within which a disbursement that bounced is corrected (letter of correction and SPTJM).
const CORRECTION_DAYS: u16 = 7;

/// A payment request (SPP).
#[derive(Clone, Debug)]
pub struct Request {
    /// What it asks for, in minor units.
    pub amount: i64,
    /// The decree it serves.
    pub decree: Option<DocumentNumber>,
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

/// A disbursement that the bank sent back to the treasury.
#[derive(Clone, Copy, Debug)]
pub struct Bounced {
    /// What is still with the treasury, in minor units.
    pub open: i64,
    /// Last day of the correction: seven working days.
    pub correct_until: Day,
    /// When the correction was sent.
    pub corrected: Option<Day>,
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
    /// Ordered back in all, in minor units.
    pub ordered_back: i64,
    /// Returned within the year, in minor units: that part of the budget can be asked for again.
    pub returned_in_year: i64,
    /// Asked for by payment requests in all, in minor units.
    pub requested: i64,
    /// Disbursed by SP2D in all, in minor units.
    pub disbursed: i64,
    /// Carried by each SP2D, and by each document under which one was sent again, in minor units.
    pub carried: HashMap<DocumentNumber, i64>,
    /// Documents of the treasury by number, each with how often it was reported: SP2D and NTPN.
    pub documents: HashMap<DocumentNumber, u32>,
    /// Disbursements that bounced, by SP2D.
    pub bounced: HashMap<DocumentNumber, Bounced>,
    /// Released by cards and not committed to them again, in minor units, by batch.
    pub released: HashMap<u16, i64>,
    /// Recovered for other batches, in minor units, by the batch that had released it.
    pub recovered: HashMap<u16, i64>,
    /// Recovered for a batch and not granted to its cards yet, in minor units, by that batch.
    pub awaited: HashMap<u16, i64>,
    /// When what is undelivered was counted.
    pub closed: Option<Day>,
}

impl Fund {
    /// Released by the cards of a batch and not recovered from it, in minor units.
    pub fn recoverable_from(&self, batch: u16) -> i64 {
        let of = |sums: &HashMap<u16, i64>| sums.get(&batch).copied().unwrap_or_default();
        of(&self.released).saturating_sub(of(&self.recovered))
    }

    /// Released by all cards, and neither recovered nor ordered back, in minor units.
    pub fn recoverable(&self) -> i64 {
        let sum = |sums: &HashMap<u16, i64>| sums.values().fold(0_i64, |sum, each| sum.saturating_add(*each));
        sum(&self.released).saturating_sub(sum(&self.recovered)).saturating_sub(self.ordered_back)
    }

    /// What payment requests may still ask for, in minor units.
    pub fn requestable(&self) -> i64 {
        self.ceiling.saturating_add(self.returned_in_year).saturating_sub(self.requested)
    }

    /// Asked for decrees and not yet disbursed, in minor units.
    fn coming(&self) -> i128 {
        let is_open = |request: &&Request| {
            let order = request.order.and_then(|order| self.orders.get(&order));
            request.decree.is_some() && order.is_none_or(|order| order.disbursements == 0)
        };
        self.requests.values().filter(is_open).map(|request| i128::from(request.amount)).sum()
    }

    /// Asked for by the requests of one decree, in minor units.
    pub fn requested_for(&self, decree: DocumentNumber) -> i64 {
        let of_decree = self.requests.values().filter(|request| request.decree == Some(decree));
        of_decree.fold(0, |sum, request| sum.saturating_add(request.amount))
    }
}

/// Last day on which money of a year may still reach a person: 100 working days into the next year (PMK 25/PMK.05/2020
/// arts. 39 and 43).
pub fn last_working_day(calendar: &Calendar, year: i16) -> Day {
    calendar.working_days_after(Day::last_of(year), 100)
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

impl State {
    /// Counts what a card released to its fund year, or took back from it, in minor units.
    pub(crate) fn released(&mut self, card: FundYear, batch: u16, minor: i64) {
        let fund = self.funds.0.entry((card.programme, card.year)).or_default();
        let sum = fund.released.entry(batch).or_default();
        *sum = sum.saturating_add(minor);
    }

    /// Counts what the card of a batch was granted, in minor units: so much less of what was recovered is awaited.
    pub(crate) fn granted(&mut self, card: FundYear, batch: u16, minor: i64) {
        let fund = self.funds.0.get_mut(&(card.programme, card.year));
        if let Some(awaited) = fund.and_then(|fund| fund.awaited.get_mut(&batch)) {
            *awaited = awaited.saturating_sub(minor).max(0);
        }
    }

    /// What of a fund year can go back to the treasury, in minor units: what is on hand, less what is promised. Until the
    /// year ends, what is asked for decrees is still to come, and what was recovered for a batch is kept for it.
    pub fn returnable(&self, fund: FundYear, currency: Currency, day: Day) -> i128 {
        let spare = self.books.fund(fund, currency).map_or(0, FundBooks::spare);
        let within = self.funds.get(fund.programme, fund.year).filter(|_| day.year() <= fund.year);
        spare
            + within.map_or(0, |fund| {
                fund.coming() - fund.awaited.values().copied().map(i128::from).sum::<i128>()
            })
    }
}

fn carry(fund: &mut Fund, document: DocumentNumber, minor: i64) {
    count(fund, document);
    let sum = fund.carried.entry(document).or_default();
    *sum = sum.saturating_add(minor);
}

fn count(fund: &mut Fund, document: DocumentNumber) {
    let times = fund.documents.entry(document).or_default();
    *times = times.saturating_add(1);
}

/// Folds an event of a fund year.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    let Subject::Fund(programme, year) = line.subject else { return };
    let currency = state.programmes.get(programme).map(crate::programme::Programme::currency);
    let correct_until = state.calendar.working_days_after(line.time.day(), CORRECTION_DAYS);
    let fund = state.funds.0.entry((programme, year)).or_default();
    match event {
        Event::Appropriated(budget) if currency == Some(budget.amount.currency()) => {
            fund.ceiling = budget.amount.minor();
        }
        Event::Revised(revision) if currency == Some(revision.change.currency()) => {
            fund.ceiling = fund.ceiling.saturating_add(revision.change.minor());
        }
        Event::Requested(request) => {
            let amount = request.amount.minor();
            let kept = Request { amount, decree: request.decree, by: line.actor.id, order: None };
            fund.requested = fund.requested.saturating_add(amount);
            fund.requests.insert(request.spp, kept);
        }
        Event::Ordered(ordered) => {
            let Some(request) = fund.requests.get_mut(&ordered.spp) else { return };
            request.order = Some(ordered.spm);
            fund.orders.insert(ordered.spm, Order { amount: request.amount, disbursements: 0 });
        }
        Event::Disbursed(paid) => {
            fund.disbursed = fund.disbursed.saturating_add(paid.amount.minor());
            carry(fund, paid.sp2d, paid.amount.minor());
            if let Some(order) = fund.orders.get_mut(&paid.spm) {
                order.disbursements = order.disbursements.saturating_add(1);
            }
        }
        Event::ReturnOrdered(ordered) => {
            fund.ordered_back = fund.ordered_back.saturating_add(ordered.amount.minor());
            fund.returns.insert(ordered.order, ordered.amount.minor());
        }
        Event::Returned(returned) => {
            count(fund, returned.ntpn);
            if returned.kind == ReturnKind::SameYear {
                fund.returned_in_year = fund.returned_in_year.saturating_add(returned.amount.minor());
            }
            if let Some(open) = fund.returns.get_mut(&returned.order) {
                *open = open.saturating_sub(returned.amount.minor());
            }
        }
        Event::RevenueRemitted(remitted) => count(fund, remitted.ntpn),
        Event::DisbursementBounced(back) => {
            let bounced = Bounced { open: 0, correct_until, corrected: None };
            let bounced = fund.bounced.entry(back.sp2d).or_insert(bounced);
            bounced.open = bounced.open.saturating_add(back.amount.minor());
        }
        Event::CorrectionSent(sent) => {
            if let Some(bounced) = fund.bounced.get_mut(&sent.sp2d) {
                bounced.corrected = bounced.corrected.or(Some(line.time.day()));
            }
        }
        Event::DisbursementReissued(again) => {
            carry(fund, again.reissue, again.amount.minor());
            if let Some(bounced) = fund.bounced.get_mut(&again.sp2d) {
                bounced.open = bounced.open.saturating_sub(again.amount.minor());
            }
        }
        Event::QuotaRecovered(recovered) => {
            for (sums, batch) in [(&mut fund.recovered, recovered.from), (&mut fund.awaited, recovered.to)] {
                let sum = sums.entry(batch).or_default();
                *sum = sum.saturating_add(recovered.amount.minor());
            }
        }
        Event::YearClosed(_) => fund.closed = fund.closed.or(Some(line.time.day())),
        // The books have the money, views have the rest; another currency is no ceiling of this programme's.
        Event::Appropriated(_)
        | Event::Revised(_)
        | Event::PartnerFunded(_)
        | Event::PartnerDefunded(_)
        | Event::InterestCredited(_)
        | Event::BankCharged(_)
        | Event::UnidentifiedCredited(_)
        | Event::OperatingCostPaid(_)
        | Event::Reserved(_)
        | Event::ReserveDrawn(_) => {}
    }
}
