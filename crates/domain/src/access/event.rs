//! Who may act for whom, from when until when.

use crate::ids::{DocumentNumber, PartyCode, Reason};
use crate::record::{payloads, types, words};
use crate::time::Timestamp;

types! {
    /// Events of an officer's or service's rights.
    Event {
        /// A role was given.
        Granted(Granted) = "access.granted.v1";
        /// A role was taken back before its time.
        Revoked(Revoked) = "access.revoked.v1";
    }
}

words! {
    /// What somebody does here. A person may hold several, except those that must be apart.
    Role {
        /// Registers people, screens and selects.
        Registrar = "registrar",
        /// A platform: its own sales only.
        Platform = "platform",
        /// A training provider: its own courses only.
        Provider = "provider",
        /// Commitment officer (PPK): decrees, requests payments (SPP).
        Ppk = "ppk",
        /// Payment order officer (PPSPM): tests requests and orders payments (SPM).
        Ppspm = "ppspm",
        /// Treasurer (bendahara): cash, bank accounts, payouts.
        Bendahara = "bendahara",
        /// Budget user's proxy (KPA): budgets, definitions, roles.
        Kpa = "kpa",
        /// Matches statements and reports what banks and partners answered.
        Reconciler = "reconciler",
        /// Reviews what reconcilers did.
        Reviewer = "reviewer",
        /// Reads everything, for a limited time.
        Auditor = "auditor",
        /// Reads everything but personal data.
        Analyst = "analyst",
        /// Keeps keys: erasure, rotation.
        KeyCustodian = "key-custodian",
        /// Keeps the service running; no rights in the business.
        Operator = "operator",
    }
}

payloads! {
    /// A role for a time, perhaps for one party only. The attribute `programme` limits it to that programme.
    Granted {
        /// The platform or provider for which it is; needed by these two roles.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        party: Option<PartyCode>,
        /// The decision that it rests on.
        reference: DocumentNumber,
        /// The role.
        role: Role,
        /// Until when, not including; for ever where absent. An auditor always has an end.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    }
    /// The end of a role: of the one that was given for this party and with the same attribute `programme`.
    Revoked {
        /// The platform or provider for which it was.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        party: Option<PartyCode>,
        /// Why.
        reason: Reason,
        /// The role.
        role: Role,
    }
}
