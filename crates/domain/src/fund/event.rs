//! The money of one programme in one year: budget, treasury documents, the bank account, returns.

use crate::ids::{DocumentNumber, PartyCode, Reason};
use crate::money::Money;
use crate::record::{payloads, types, words};

types! {
    /// Events of a fund year.
    Event {
        /// The budget document (DIPA) sets the ceiling.
        Appropriated(Appropriated) = "fund.appropriated.v1";
        /// The ceiling changes.
        Revised(Revised) = "fund.revised.v1";
        /// Payment request (SPP).
        Requested(Requested) = "fund.requested.v1";
        /// Payment order (SPM), signed after tests.
        Ordered(Ordered) = "fund.ordered.v1";
        /// Disbursement order (SP2D): money is on the fund's account.
        Disbursed(Disbursed) = "fund.disbursed.v1";
        /// The bank sent a disbursement back to the treasury (retur).
        DisbursementBounced(DisbursementBounced) = "fund.disbursement_bounced.v1";
        /// The treasury was sent a letter of correction and a statement of responsibility (SPTJM).
        CorrectionSent(CorrectionSent) = "fund.correction_sent.v1";
        /// A disbursement that had bounced was made again.
        DisbursementReissued(DisbursementReissued) = "fund.disbursement_reissued.v1";
        /// A payment partner's float was filled.
        PartnerFunded(PartnerFunded) = "fund.partner_funded.v1";
        /// A payment partner gave float back.
        PartnerDefunded(PartnerDefunded) = "fund.partner_defunded.v1";
        /// The bank credited interest.
        InterestCredited(InterestCredited) = "fund.interest_credited.v1";
        /// The bank charged a fee.
        BankCharged(BankCharged) = "fund.bank_charged.v1";
        /// A credit that nobody can explain yet.
        UnidentifiedCredited(UnidentifiedCredited) = "fund.unidentified_credited.v1";
        /// Non-tax revenue (PNBP) was remitted.
        RevenueRemitted(RevenueRemitted) = "fund.revenue_remitted.v1";
        /// Operating cost of the management office.
        OperatingCostPaid(OperatingCostPaid) = "fund.operating_cost_paid.v1";
        /// Money must go back to the treasury.
        ReturnOrdered(ReturnOrdered) = "fund.return_ordered.v1";
        /// Money went back to the treasury, under its receipt number (NTPN).
        Returned(Returned) = "fund.returned.v1";
        /// Undelivered money was set aside for those who are still owed.
        Reserved(Reserved) = "fund.reserved.v1";
        /// Money that was set aside is on the fund's account again, to be paid or returned.
        ReserveDrawn(ReserveDrawn) = "fund.reserve_drawn.v1";
        /// Released money serves another batch.
        QuotaRecovered(QuotaRecovered) = "fund.quota_recovered.v1";
        /// Undelivered money was counted at the end of the year.
        YearClosed(YearClosed) = "fund.year_closed.v1";
    }
}

words! {
    /// Where undelivered money is set aside at the end of a year.
    ReserveKind {
        /// The reserve fund (dana cadangan, PMK 200/PMK.05/2021).
        Reserve = "reserve",
        /// The holding account of 2020, for which there was no rule yet.
        Holding = "holding",
    }
    /// What a return is in the accounts of the state.
    ReturnKind {
        /// Within the year: the spending is corrected.
        SameYear = "same-year",
        /// After the year: non-tax revenue.
        PriorYear = "prior-year",
    }
}

payloads! {
    /// A ceiling.
    Appropriated {
        /// The ceiling.
        amount: Money,
        /// The budget document (DIPA).
        document: DocumentNumber,
    }
    /// A change of the ceiling.
    Revised {
        /// More, or less when negative.
        change: Money,
        /// The revision.
        document: DocumentNumber,
    }
    /// A request.
    Requested {
        /// The amount.
        amount: Money,
        /// The decree it serves; none for operating cost.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        decree: Option<DocumentNumber>,
        /// The SPP.
        spp: DocumentNumber,
    }
    /// An order.
    Ordered {
        /// The SPM.
        spm: DocumentNumber,
        /// The SPP it orders.
        spp: DocumentNumber,
    }
    /// A disbursement.
    Disbursed {
        /// The amount.
        amount: Money,
        /// The SP2D.
        sp2d: DocumentNumber,
        /// The SPM it carries out.
        spm: DocumentNumber,
    }
    /// To the partner, one debit for many persons.
    PartnerFunded {
        /// The amount.
        amount: Money,
        /// The partner.
        partner: PartyCode,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// Back from the partner.
    PartnerDefunded {
        /// The amount.
        amount: Money,
        /// The partner.
        partner: PartyCode,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// Interest.
    InterestCredited {
        /// The amount.
        amount: Money,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// A fee.
    BankCharged {
        /// The amount.
        amount: Money,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// A credit without a known cause.
    UnidentifiedCredited {
        /// The amount.
        amount: Money,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// Remitted revenue.
    RevenueRemitted {
        /// The amount.
        amount: Money,
        /// Treasury receipt number.
        ntpn: DocumentNumber,
    }
    /// A cost of running the programme.
    OperatingCostPaid {
        /// The amount.
        amount: Money,
        /// What it bought.
        purpose: Reason,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// An order to return.
    ReturnOrdered {
        /// The amount.
        amount: Money,
        /// The order.
        order: DocumentNumber,
        /// Why: `revocation`, `lapse`, `year-end`.
        reason: Reason,
    }
    /// A return.
    Returned {
        /// The amount.
        amount: Money,
        /// What it is in the accounts of the state.
        kind: ReturnKind,
        /// Treasury receipt number.
        ntpn: DocumentNumber,
        /// The order it carries out.
        order: DocumentNumber,
    }
    /// A disbursement that came back.
    DisbursementBounced {
        /// The amount.
        amount: Money,
        /// Why: `account-name`, `account-closed`.
        reason: Reason,
        /// The SP2D that carried it.
        sp2d: DocumentNumber,
    }
    /// What makes the treasury send it again.
    CorrectionSent {
        /// The letter of correction.
        letter: DocumentNumber,
        /// The SP2D that bounced.
        sp2d: DocumentNumber,
        /// The statement of responsibility (SPTJM).
        sptjm: DocumentNumber,
    }
    /// The second disbursement.
    DisbursementReissued {
        /// The amount.
        amount: Money,
        /// The document under which it was sent again.
        reissue: DocumentNumber,
        /// The SP2D that had bounced.
        sp2d: DocumentNumber,
    }
    /// Set aside.
    Reserved {
        /// The amount.
        amount: Money,
        /// Where.
        kind: ReserveKind,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// Back on the fund's account.
    ReserveDrawn {
        /// The amount.
        amount: Money,
        /// Where it was set aside.
        kind: ReserveKind,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// From one batch to another.
    QuotaRecovered {
        /// The amount.
        amount: Money,
        /// The batch whose money was released.
        from: u16,
        /// The batch that it serves.
        to: u16,
    }
    /// The count at the end of the year.
    YearClosed {
        /// Money still owed to persons.
        owed: Money,
        /// Persons it is owed to.
        persons: u32,
    }
}
