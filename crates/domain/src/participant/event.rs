//! People: registration, checks, payout accounts, consent.

use super::Sealed;
use crate::ids::{
    ActorId, Digest, DocumentNumber, HouseholdId, ParticipantId, PartyCode, Reason, RegencyCode, RegisterCode,
};
use crate::record::{payloads, types, words};
use crate::time::{Day, Month};

types! {
    /// Events of a participant.
    Event {
        /// A person opens an account.
        Registered(Registered) = "participant.registered.v1";
        /// One of the checks on a person gave its answer.
        Verified(Verified) = "participant.verified.v1";
        /// What is known of a person changed.
        ProfileChanged(ProfileChanged) = "participant.profile_changed.v1";
        /// Another participant turned out to be the same person.
        DuplicateFound(DuplicateFound) = "participant.duplicate_found.v1";
        /// A list says that a person is on it, or is not.
        RegisterReported(RegisterReported) = "participant.register_reported.v1";
        /// A bank or wallet account for payouts was linked.
        AccountLinked(AccountLinked) = "participant.account_linked.v1";
        /// The payment partner checked the linked account.
        AccountVerified(AccountVerified) = "participant.account_verified.v1";
        /// The linked account was let go.
        AccountUnlinked(AccountUnlinked) = "participant.account_unlinked.v1";
        /// Consent for a purpose, given or withdrawn.
        ConsentChanged(ConsentChanged) = "participant.consent_changed.v1";
        /// Somebody asked to erase what is known of a person.
        ErasureRequested(ErasureRequested) = "participant.erasure_requested.v1";
        /// The key of a person is destroyed; this line is the certificate.
        Erased(Erased) = "participant.erased.v1";
        /// What is known of a person must be kept meanwhile.
        HoldPlaced(HoldPlaced) = "participant.hold_placed.v1";
        /// It need not be kept any longer.
        HoldLifted(HoldLifted) = "participant.hold_lifted.v1";
    }
}

words! {
    /// Sex, as the register of residents has it.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
    /// Work at the time of registration.
    Employment {
        /// Looking for work.
        JobSeeker = "job-seeker",
        /// Laid off.
        LaidOff = "laid-off",
        /// Furloughed.
        Furloughed = "furloughed",
        /// Employed for a wage.
        Employee = "employee",
        /// Self-employed, or with a micro or small business.
        SelfEmployed = "self-employed",
        /// Not looking for work.
        Inactive = "inactive",
    }
    /// Highest completed education.
    Education {
        /// None completed.
        None = "none",
        /// Primary school.
        Primary = "primary",
        /// Junior secondary school.
        JuniorSecondary = "junior-secondary",
        /// Senior secondary school.
        SeniorSecondary = "senior-secondary",
        /// Diploma or degree.
        Tertiary = "tertiary",
    }
    /// What is checked of a person.
    Check {
        /// The e-mail address answers.
        Email = "email",
        /// NIK and KK agree with the register of residents.
        Identity = "identity",
        /// The phone answers.
        Phone = "phone",
        /// The face is that of the identity card.
        Face = "face",
        /// The test of motivation and basic ability is done.
        Ability = "ability",
        /// The introduction has been seen.
        Induction = "induction",
    }
    /// The answer of a check.
    Verdict {
        /// Passed.
        Passed = "passed",
        /// Failed.
        Failed = "failed",
    }
    /// How money reaches a person.
    Channel {
        /// A bank account.
        Bank = "bank",
        /// An electronic wallet.
        Wallet = "wallet",
        /// Cash by hand.
        Cash = "cash",
    }
}

/// The reason of [`DuplicateFound`] when the payout account agreed.
pub const SAME_ACCOUNT: &str = "account";

payloads! {
    /// What the ledger keeps of a person in clear. Name, NIK, KK, phone and account are never here.
    Registered {
        /// Month of birth; the day is not kept.
        born: Month,
        /// Highest completed education.
        education: Education,
        /// Work at registration.
        employment: Employment,
        /// The family card as a random id, where known.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// Regency of residence.
        regency: RegencyCode,
        /// Name, NIK, KK and phone, as far as they are known, sealed with the person's key.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        sealed: Option<Sealed>,
        /// Sex.
        sex: Sex,
    }
    /// The answer of one check.
    Verified {
        /// What was checked.
        check: Check,
        /// Why it failed.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// The answer.
        verdict: Verdict,
    }
    /// Only what changed is present.
    ProfileChanged {
        /// The new family card.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// The new regency of residence.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        regency: Option<RegencyCode>,
        /// What changed of name, NIK, KK and phone, sealed with the person's key.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        sealed: Option<Sealed>,
    }
    /// The outcome of a search for duplicates; what was compared is not here.
    DuplicateFound {
        /// The other participant.
        other: ParticipantId,
        /// What agreed: `nik`, `kk`, `account`.
        reason: Reason,
    }
    /// A list's word on a person, as of its own date: a late list is a fact about an earlier day.
    RegisterReported {
        /// The list's own date.
        asof: Day,
        /// True when the person is on the list.
        listed: bool,
        /// Which list.
        register: RegisterCode,
    }
    /// A linked account; its number is never in clear.
    AccountLinked {
        /// Bank or wallet.
        channel: Channel,
        /// The payment partner that holds it.
        partner: PartyCode,
        /// Its number and holder, where they are kept here, sealed with the person's key.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        sealed: Option<Sealed>,
    }
    /// The partner's check of the linked account.
    AccountVerified {
        /// Why it failed: `no-kyc`, `nik-differs`, `inactive`.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// The answer.
        verdict: Verdict,
    }
    /// The account was let go.
    AccountUnlinked {
        /// Why.
        reason: Reason,
    }
    /// Consent for one purpose.
    ConsentChanged {
        /// True when given, false when withdrawn.
        given: bool,
        /// What for: `alumni-tracking`, `kur-offer`.
        purpose: Reason,
    }
    /// A wish to erase; another person approves it.
    ErasureRequested {
        /// Its legal basis: `consent-withdrawn`, `no-longer-needed`, `retention-ended`, `unlawful`.
        basis: Reason,
        /// The letter or decision.
        reference: DocumentNumber,
    }
    /// The certificate: who approved it is the line's own actor. Payments stay; whose they were is a random id.
    Erased {
        /// The legal basis.
        basis: Reason,
        /// Name of the destroyed key: half of its SHA-256, which tells nothing of it.
        key: Digest,
        /// The letter or decision.
        reference: DocumentNumber,
        /// Who asked for it.
        requestedby: ActorId,
    }
    /// A legal hold: nothing is erased while it stands.
    HoldPlaced {
        /// The case.
        reference: DocumentNumber,
    }
    /// The end of a legal hold.
    HoldLifted {
        /// What ended it.
        reference: DocumentNumber,
    }
}

impl Event {
    /// The sealed personal data in it.
    pub fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Registered(registered) => registered.sealed.as_ref(),
            Self::ProfileChanged(changed) => changed.sealed.as_ref(),
            Self::AccountLinked(linked) => linked.sealed.as_ref(),
            _ => None,
        }
    }
}
