//! Why a command was not carried out: a stable code, a sentence with the figures, and the rule that said no.

use crate::record::words;
use std::fmt;

words! {
    /// Stable codes of refusals.
    RefusalCode {
        /// The person is not registered.
        ParticipantUnknown = "participant.unknown",
        /// The person is registered already.
        ParticipantKnown = "participant.known",
        /// Personal data is not sealed, contradicts itself, or has no key.
        PersonalInvalid = "personal.invalid",
        /// The personal data is erased.
        Erased = "personal.erased",
        /// A legal hold stands.
        OnHold = "personal.on_hold",
        /// Nobody has asked to erase.
        ErasureNotRequested = "personal.erasure_not_requested",
        /// Another request to erase stands than the one that is approved.
        ErasureMismatch = "personal.erasure_mismatch",
        /// The programme has no definition in force.
        ProgrammeUnknown = "programme.unknown",
        /// The definition cannot be read or put in force.
        ProgrammeInvalid = "programme.invalid",
        /// No terms cover this batch and decree date.
        TermsMissing = "programme.terms_missing",
        /// The command is about another kind of subject.
        SubjectMismatch = "subject.mismatch",
        /// The command needs a programme.
        ProgrammeMissing = "programme.missing",
        /// An amount is not above zero, or in another currency.
        AmountInvalid = "amount.invalid",
        /// The batch is not known or not open.
        BatchNotOpen = "batch.not_open",
        /// The batch is known already.
        BatchKnown = "batch.known",
        /// The person has joined already.
        BatchJoined = "batch.joined",
        /// The person has not joined.
        BatchNotJoined = "batch.not_joined",
        /// The draw cannot be drawn again from what is recorded.
        DrawMismatch = "batch.draw_mismatch",
        /// A list is older than the one that was asked before.
        ListOutdated = "batch.list_outdated",
        /// The application before is not decided yet.
        ApplicationUndecided = "batch.application_undecided",
        /// The counts do not agree with what is recorded, or are recorded already.
        SummaryMismatch = "batch.summary_mismatch",
        /// The person was not selected, or no place of the batch is left.
        NotSelected = "batch.not_selected",
        /// The person was not found eligible.
        NotEligible = "entitlement.not_eligible",
        /// The person has an entitlement already.
        AlreadyDecreed = "entitlement.already_decreed",
        /// The person has no entitlement in this programme.
        EntitlementMissing = "entitlement.missing",
        /// The entitlement is revoked or closed.
        EntitlementEnded = "entitlement.ended",
        /// The entitlement is not revoked.
        NotRevoked = "entitlement.not_revoked",
        /// There is a purchase, or the term has not passed.
        NotRevocable = "entitlement.not_revocable",
        /// The decree is not known or not open.
        DecreeNotOpen = "decree.not_open",
        /// The decree is known already.
        DecreeKnown = "decree.known",
        /// The lines do not agree with the opening totals.
        DecreeTotals = "decree.totals_differ",
        /// The fund's free ceiling does not cover it.
        CeilingExceeded = "fund.ceiling_exceeded",
        /// A linked document is missing or does not agree.
        DocumentMismatch = "fund.document_mismatch",
        /// The same person made and approves.
        SamePerson = "actor.same_person",
        /// The actor holds no role that may do this.
        NotPermitted = "access.not_permitted",
        /// The role and what is said of it do not fit.
        RoleInvalid = "access.role_invalid",
        /// One person may not hold both roles.
        RolesApart = "access.roles_apart",
        /// The voucher balance does not cover it.
        BalanceInsufficient = "voucher.balance_insufficient",
        /// The term or cut-off has passed.
        TermPassed = "term.passed",
        /// The term or day has not been reached.
        TermNotReached = "term.not_reached",
        /// The course is not for sale, or not at this price.
        CourseNotListed = "course.not_listed",
        /// The course is taught in a way or place that the terms do not allow.
        CourseNotAllowed = "course.not_allowed",
        /// The purchase is known already.
        PurchaseKnown = "purchase.known",
        /// The purchase is not known.
        PurchaseUnknown = "purchase.unknown",
        /// The purchase is cancelled.
        PurchaseCancelled = "purchase.cancelled",
        /// A step before this one is missing.
        StepMissing = "training.step_missing",
        /// The step is done already.
        StepDone = "training.step_done",
        /// The session has no seat left.
        SessionFull = "session.full",
        /// The person is at another session at the same time.
        ElsewherePresent = "session.elsewhere_present",
        /// The commission is above the cap.
        CommissionExceeded = "voucher.commission_exceeded",
        /// The benefit or instalment is not in the terms.
        BenefitUnknown = "benefit.unknown",
        /// The instalment is not in the state that the command needs.
        InstalmentState = "instalment.wrong_state",
        /// The payout account is missing or not verified with that partner.
        AccountNotVerified = "account.not_verified",
        /// The payout run is in another phase, or a payment does not belong on it.
        RunState = "run.wrong_state",
        /// Another content is approved than the one that was prepared.
        RunContent = "run.content_differs",
        /// The payment is on no released run, or approvals are missing.
        RunNotApproved = "run.not_approved",
        /// The survey is not open.
        SurveyNotOpen = "survey.not_open",
        /// The thing is registered already.
        Known = "register.known",
        /// The thing is not registered.
        Unknown = "register.unknown",
        /// More cash than was drawn.
        CustodyInsufficient = "custody.insufficient",
        /// The signing key cannot be replaced yet.
        KeyFixed = "ledger.key_fixed",
        /// Nothing is left to do.
        NothingDue = "nothing.due",
        /// The day is closed, or an earlier one is not.
        DayClosed = "day.closed",
    }
}

/// A command was not carried out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// What stands in the way, with the figures, and what to do.
    pub sentence: String,
    /// The programme version whose rule refused, where one did.
    pub rule: Option<String>,
}

impl Refusal {
    /// A refusal by the law of the ledger itself.
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), rule: None }
    }

    /// Names the programme version whose rule refused.
    #[must_use]
    pub fn under(mut self, programme: impl fmt::Display, version: &str) -> Self {
        self.rule = Some(format!("{programme} {version}"));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "{}: {} (rule of {rule})", self.code, self.sentence),
            None => write!(f, "{}: {}", self.code, self.sentence),
        }
    }
}

impl std::error::Error for Refusal {}
