//! Fund years: one programme's money of one year, from budget to return.

mod decide;
mod event;
mod post;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{CloseYear, Command, decide};
pub use event::{
    Appropriated, BankCharged, CorrectionSent, Disbursed, DisbursementBounced, DisbursementReissued, Event,
    InterestCredited, OperatingCostPaid, Ordered, PartnerDefunded, PartnerFunded, QuotaRecovered, Requested,
    ReserveDrawn, ReserveKind, Reserved, ReturnKind, ReturnOrdered, Returned, RevenueRemitted, Revised,
    UnidentifiedCredited, YearClosed,
};
pub use post::post;
pub use state::{Bounced, Fund, Funds, Order, Request, evolve, last_working_day};
