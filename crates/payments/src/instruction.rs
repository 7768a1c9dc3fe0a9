//! What a bank or wallet is told to pay.

use crate::end_to_end::EndToEndId;
use jejak_domain::ids::PartyCode;
use jejak_domain::money::Money;
use jejak_domain::time::{Day, Timestamp};
use zeroize::Zeroizing;

/// One payment to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The reference that comes back with every answer.
    pub reference: EndToEndId,
    /// What is to be paid.
    pub amount: Money,
    /// To whom.
    pub payee: Payee,
}

/// Whom a payment goes to: opened for this one file, wiped when dropped, never shown in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Payee {
    /// Name of the holder.
    pub holder: Zeroizing<String>,
    /// Number of the account or wallet.
    pub account: Zeroizing<String>,
    /// BIC of the bank that keeps it, where it is another than the payer's.
    pub bic: Option<String>,
}

impl std::fmt::Debug for Payee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Payee(…)")
    }
}

/// What stands over the payments of one file. Count and sum are known before the first is written, so that a file of any
/// length is written without being held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// `MsgId`, at most 35 letters and digits: the run and the number of the file in it.
    pub message: String,
    /// When the run was released; the file's time, so that the same run gives the same bytes.
    pub released: Timestamp,
    /// The day on which the bank shall pay.
    pub pay_on: Day,
    /// How many payments.
    pub count: u64,
    /// Their sum.
    pub total: Money,
    /// The partner that gets the file.
    pub partner: PartyCode,
    /// Who pays.
    pub payer: Payer,
}

/// The account that pays: of an office, not of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// Name of the office.
    pub name: String,
    /// Its account.
    pub account: String,
    /// BIC of its bank.
    pub bic: String,
}
