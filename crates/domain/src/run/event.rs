//! What happens to a payout run.

use crate::ids::{BenefitCode, Digest, DocumentNumber, ParticipantId, PartyCode, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::time::Day;

types! {
    /// Events of payout runs.
    Event {
        /// A run begins.
        Opened(Opened) = "run.opened.v1";
        /// Payments were put on it.
        Listed(Listed) = "run.listed.v1";
        /// It is whole: from here it can be approved, and cannot change.
        Prepared(Prepared) = "run.prepared.v1";
        /// Somebody else approved exactly this content.
        Approved(Approved) = "run.approved.v1";
        /// Given up before anything was instructed.
        Cancelled(Cancelled) = "run.cancelled.v1";
        /// Its payments may be instructed.
        Released(Released) = "run.released.v1";
        /// A file for the partner was made.
        FileIssued(FileIssued) = "run.file_issued.v1";
        /// Nothing more is instructed under it.
        Completed(Completed) = "run.completed.v1";
    }
}

payloads! {
    /// For whom and when.
    Opened {
        /// The batch, where it is limited to one.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        batch: Option<u16>,
        /// The payment partner.
        partner: PartyCode,
        /// The day on which the partner shall pay.
        payon: Day,
    }
    /// Payments of one benefit, instalment and amount, many to a line.
    Listed {
        /// What each of them is paid.
        amount: Money,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// To whom.
        participants: Vec<ParticipantId>,
    }
    /// Totals of the whole list, and its digest.
    Prepared {
        /// Payments.
        count: u32,
        /// SHA-256 in hexadecimal over the payments, one to a line, in ascending order of their bytes: participant,
        /// benefit, number, attempt, amount and currency, with a space between and a newline behind.
        sha256: Digest,
        /// Their sum.
        total: Money,
    }
    /// An approval of this content and no other.
    Approved {
        /// The digest of the list.
        sha256: Digest,
    }
    /// Why it was given up.
    Cancelled {
        /// Why.
        reason: Reason,
    }
    /// Enough persons have approved.
    Released {}
    /// A file that was made of its instructed payments.
    FileIssued {
        /// Payments in it.
        count: u32,
        /// Its name: `MsgId` in ISO 20022.
        file: DocumentNumber,
        /// Its form: `pain.001.001.09`, `csv`.
        format: Reason,
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: Digest,
        /// Sum of its payments.
        total: Money,
    }
    /// What became of the list.
    Completed {
        /// Payments that were instructed.
        instructed: u32,
        /// Payments that could not be made any more, and were left out.
        leftout: u32,
        /// Sum that was instructed.
        total: Money,
    }
}
