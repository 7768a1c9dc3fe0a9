//! What a bank answers to a file before anything is booked (`pain.002`), and what it sends back (`pacs.004`).

use crate::place::{Place, Unreadable};
use jejak_domain::money::Money;

/// What is read, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Of the file as a whole.
    File(OfFile),
    /// Of one payment.
    Payment(OfPayment),
    /// A part that cannot be read.
    Unreadable(Unreadable),
}

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Received or being worked on: nothing is decided (`RCVD`, `PDNG`, `ACTC`, `ACCP`, `ACWC`).
    Pending,
    /// The money has left, or is sure to (`ACSP`, `ACSC`, `ACCC`).
    Accepted,
    /// Part of the file (`PART`).
    Partly,
    /// Refused (`RJCT`, `CANC`).
    Rejected,
    /// Arrived and came back (`pacs.004`).
    Returned,
}

/// An answer to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfFile {
    /// Where it stands.
    pub place: Place,
    /// `MsgId` of the file that it answers.
    pub message: Option<String>,
    /// `PmtInfId`, where it answers one batch of it.
    pub batch: Option<String>,
    /// The status; none where only single payments have one.
    pub status: Option<Status>,
    /// Why (`DUPL`, `FF01`, …), and what the bank says to it.
    pub reason: Option<Reason>,
}

/// An answer to one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfPayment {
    /// Where it stands.
    pub place: Place,
    /// `OrgnlEndToEndId`.
    pub end_to_end: Option<String>,
    /// The bank's reference of the payment.
    pub provider: Option<String>,
    /// The amount, where it is said.
    pub amount: Option<Money>,
    /// The status.
    pub status: Status,
    /// Why.
    pub reason: Option<Reason>,
}

/// A reason of a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// ISO code (`AC01`, `AM04`), or the bank's own.
    pub code: String,
    /// What the bank adds. It may name persons.
    pub text: Option<String>,
}
