//! A programme's definition: everything about it that can change without code.
//!
//! Two kinds of parameters stand apart. *Terms* are bound at decree: whoever is decreed under them keeps them.
//! *Cut-offs*, and with them the windows of the surveys, are bound by the day: on any day the latest ones in force count,
//! for all cards of their batches. What a survey pays belongs to the terms.

use crate::ids::{BenefitCode, ProgrammeCode, RegencyCode, RegisterCode};
use crate::money::Currency;
use crate::object::objects;
use crate::participant::{Check, Employment};
use crate::record::words;
use crate::time::Day;
use crate::voucher::Mode;
use serde::{Deserialize, Serialize};

/// A whole definition, as in `schemas/programme/<code>.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Definition {
    /// Who it is and in which currency it pays.
    pub programme: Head,
    /// What is bound at decree, in the order of the days from which it holds.
    #[serde(default)]
    pub terms: Vec<Terms>,
    /// What is bound by the day, in the order of the days from which it holds.
    #[serde(default)]
    pub cutoffs: Vec<Cutoffs>,
    /// Who must approve payout runs, bound by the day. Without any, one person beside the one who prepared a run, and
    /// payments can be instructed outside of runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approvals>,
}

/// What holds for every version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Head {
    /// Its code: the file's name.
    pub code: ProgrammeCode,
    /// Its name, for people.
    pub name: String,
    /// ISO 4217 code in which it pays.
    pub currency: Currency,
    /// The law or decision that it rests on.
    pub source: String,
}

/// What is bound at decree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Terms {
    /// Name of this version, for refusals and findings.
    pub version: String,
    /// The law or decision that it rests on.
    pub source: String,
    /// First decree date under these terms.
    pub from: Day,
    /// First and last batch under these terms.
    pub batches: [u16; 2],
    /// The training balance, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// Money benefits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cash: Vec<Cash>,
    /// Who may receive: every rule must be met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eligibility: Vec<Rule>,
    /// A loan by a bank, recorded for reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loan: Option<Loan>,
    /// Days to repay money that was not due, from the demand (Perpres 76/2020 art. 31C: 60).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repayment_days: Option<u16>,
    /// Days from a revocation within which it can be undone; without them, as long as money can be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reinstatement_days: Option<u16>,
}

/// A balance that buys training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Training {
    /// Its code.
    pub benefit: BenefitCode,
    /// The balance, with the currency's decimals.
    pub amount: String,
    /// Days from the decree within which the first purchase must be made, or the card is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_purchase_days: Option<u16>,
    /// How courses may be taught.
    pub modes: Vec<Mode>,
    /// Hours that a course must have.
    #[serde(default)]
    pub minimum_hours: u16,
    /// True when every session must be attended before a course is complete.
    #[serde(default)]
    pub attendance: bool,
    /// True when platforms are paid only after completion; false when the purchase was enough.
    #[serde(default)]
    pub settle_after_completion: bool,
    /// The platform's commission, at most, in percent of the price (Permenko 11/2020 art. 40).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_cap_percent: Option<u8>,
    /// Where courses with a venue may be held, and from when; without any, nowhere is excluded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Area>,
}

/// A pilot area of training with a venue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Area {
    /// First digits of the regency codes that belong to it.
    pub regency: RegencyCode,
    /// First day.
    pub from: Day,
}

words! {
    /// What an instalment requires.
    Requirement {
        /// The decree is enough.
        Decree = "decree",
        /// The first course is complete, certified and rated.
        FirstCourse = "first-course",
        /// The survey of the same number is answered.
        Survey = "survey",
    }
    /// How a money benefit is paid.
    Payment {
        /// To the linked account.
        Account = "account",
        /// By hand.
        Cash = "cash",
    }
    /// From what a survey's opening is counted.
    Anchor {
        /// The date of the decree.
        Decree = "decree",
        /// The settlement of the first instalment.
        FirstPayout = "first-payout",
    }
}

/// A money benefit in one or more instalments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Cash {
    /// Its code.
    pub benefit: BenefitCode,
    /// One instalment, with the currency's decimals.
    pub amount: String,
    /// How many instalments.
    pub count: u8,
    /// Days between the days on which two instalments can be paid.
    #[serde(default)]
    pub interval_days: u16,
    /// What earns it.
    pub requires: Requirement,
    /// Days from earning to the day on which it can be paid.
    #[serde(default)]
    pub pay_after_days: u16,
    /// How it is paid.
    pub payment: Payment,
}

/// One survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Survey {
    /// From what its opening is counted. It never opens before the first payout has settled.
    pub after: Anchor,
    /// Days from there.
    pub days: u16,
    /// Not before this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Day>,
    /// Days in which it can be answered.
    pub window_days: u16,
}

/// A loan by a bank: reference only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Loan {
    /// The most that may be lent, with the currency's decimals.
    pub ceiling: String,
    /// The programme whose certificate is needed.
    pub certificate_of: Vec<ProgrammeCode>,
}

/// One eligibility rule: a closed list, never an expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields, remote = "Self")]
pub enum Rule {
    /// Age in whole years at screening.
    AgeBetween {
        /// Youngest.
        minimum: u8,
        /// Oldest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<u8>,
    },
    /// Not on a list.
    NotListed {
        /// The list.
        register: RegisterCode,
    },
    /// On a list.
    Listed {
        /// The list.
        register: RegisterCode,
    },
    /// At most so many unrevoked recipients in one household.
    HouseholdAtMost {
        /// Recipients.
        recipients: u8,
    },
    /// Never a recipient of one of these programmes before, revoked or not.
    NeverDecreed {
        /// The programmes.
        programmes: Vec<ProgrammeCode>,
    },
    /// These checks are passed.
    Verified {
        /// The checks.
        checks: Vec<Check>,
    },
    /// Work at registration is one of these.
    EmploymentIn {
        /// The words.
        employment: Vec<Employment>,
    },
    /// The regency of residence begins with one of these.
    RegencyIn {
        /// First digits of regency codes.
        regencies: Vec<RegencyCode>,
    },
}

impl Rule {
    /// The rule's name in refusals and screenings.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AgeBetween { .. } => "age-between",
            Self::NotListed { .. } => "not-listed",
            Self::Listed { .. } => "listed",
            Self::HouseholdAtMost { .. } => "household-at-most",
            Self::NeverDecreed { .. } => "never-decreed",
            Self::Verified { .. } => "verified",
            Self::EmploymentIn { .. } => "employment-in",
            Self::RegencyIn { .. } => "regency-in",
        }
    }
}

/// What is bound by the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Cutoffs {
    /// Name of this version, for refusals and findings.
    pub version: String,
    /// The law or decision that it rests on.
    pub source: String,
    /// The day from which it holds.
    pub from: Day,
    /// First and last batch that it concerns.
    pub batches: [u16; 2],
    /// Last day to buy; the balance lapses after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_until: Option<Day>,
    /// When surveys open and for how long, in order from 1. Windows were changed for cards that had been decreed before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surveys: Vec<Survey>,
    /// Last day to answer surveys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey_until: Option<Day>,
    /// Last day to link an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_until: Option<Day>,
    /// Last day on which money can be paid; what is unpaid after it lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<Day>,
}

/// How many persons approve a payout run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Approvals {
    /// Name of this version, for refusals and findings.
    pub version: String,
    /// The law or decision that it rests on.
    pub source: String,
    /// The day from which it holds.
    pub from: Day,
    /// Bands of the run's sum, each above the one before; the first is above nothing.
    pub bands: Vec<Band>,
}

/// A band of sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Band {
    /// Sums above this amount, with the currency's decimals.
    pub above: String,
    /// Persons who must approve, beside the one who prepared the run.
    pub persons: u8,
}

objects!(Approvals, Band, Definition, Head, Terms, Training, Area, Cash, Survey, Loan, Rule, Cutoffs);
