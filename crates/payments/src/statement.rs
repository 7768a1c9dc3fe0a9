//! Statements and booking notices, in one form for all banks.
//!
//! A file is handed over in pieces as it is read, so that one of a million lines takes no more memory than one of ten.

use crate::place::{Place, Unreadable};
use jejak_domain::money::{Currency, Money};
use jejak_domain::time::Day;
use zeroize::Zeroizing;

/// What is read, one after the other: an opening, its lines, its closing; and what cannot be read, wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement begins.
    Opening(Opening),
    /// One of its lines.
    Line(Box<Line>),
    /// It ends.
    Closing(Closing),
    /// A part that cannot be read.
    Unreadable(Unreadable),
}

/// How a statement begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Where it stands.
    pub place: Place,
    /// The account, as the bank writes it.
    pub account: String,
    /// Its currency, where it is said.
    pub currency: Option<Currency>,
    /// The bank's own id of the statement.
    pub id: Option<String>,
    /// The number of the statement, which grows by one; banks begin again each year, and some leave it out.
    pub number: Option<u64>,
    /// The page of a statement in several parts (`MT940 :28C:`), from 1.
    pub page: Option<u32>,
    /// The balance that it begins with.
    pub balance: Option<Balance>,
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The balance that it ends with; above zero is money of ours.
    pub balance: Option<Balance>,
    /// Count and sum of lines as the bank gives them, where it does.
    pub control: Option<Control>,
}

/// Money on the account at the end of a day. Below zero it is overdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The day.
    pub day: Day,
    /// The amount.
    pub amount: Money,
}

/// Sums that a bank gives with its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// How many lines.
    pub lines: Option<u64>,
    /// Sum of credits.
    pub credits: Option<Money>,
    /// Sum of debits.
    pub debits: Option<Money>,
}

/// Which way money went, seen from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Came in.
    Credit,
    /// Went out.
    Debit,
}

/// One booked line. What stands in several transactions of one entry (`TxDtls`) is a line for each; an entry that only
/// says how many it sums up is one line with `count`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub place: Place,
    /// Day of booking.
    pub booked: Day,
    /// Day from which it counts.
    pub value: Option<Day>,
    /// Which way, after a reversal is taken into account: the reversal of a debit is a credit.
    pub direction: Direction,
    /// True when the bank says that it takes an earlier line back.
    pub reversal: bool,
    /// The amount, not below zero.
    pub amount: Money,
    /// What it refers to.
    pub references: References,
    /// Reason of a return (`RtrInf`, `AC04`), where it is one.
    pub returned: Option<String>,
    /// The bank's own code of the kind of line.
    pub code: Option<String>,
    /// How many payments it sums up, where the bank says so.
    pub count: Option<u64>,
    /// The other side, as the bank names it: of a person.
    pub other: Option<Party>,
    /// What the bank and the payer wrote. It may name persons.
    pub text: Zeroizing<String>,
}

/// References of a line, as they stand there; none is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// `EndToEndId`, or `partnerReferenceNo`: ours.
    pub end_to_end: Option<String>,
    /// `MsgId` of the file that was sent.
    pub message: Option<String>,
    /// `PmtInfId` of the batch in it.
    pub batch: Option<String>,
    /// The bank's own: `AcctSvcrRef`, `referenceNo`.
    pub provider: Option<String>,
}

/// The other side of a line. Never shown in a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Name.
    pub name: Option<Zeroizing<String>>,
    /// Account or wallet number.
    pub account: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Party(…)")
    }
}
