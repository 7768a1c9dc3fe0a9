//! Why somebody gains or loses.

use jejak_domain::ids::{BenefitCode, Reason as RuleName};
use jejak_domain::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use std::fmt;

/// One cause of a difference, with the version of the terms whose rule it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Reason {
    /// A rule of eligibility is not met any more.
    Fails {
        /// The terms.
        version: String,
        /// The rule.
        rule: RuleName,
    },
    /// A rule of eligibility that was not met is, or is gone.
    Meets {
        /// The terms.
        version: String,
        /// The rule.
        rule: RuleName,
    },
    /// Another pool gives another draw.
    Redraw {
        /// The batch.
        batch: u16,
    },
    /// The amount of a benefit, or the number of its instalments.
    Amount {
        /// The terms.
        version: String,
        /// The benefit.
        benefit: BenefitCode,
    },
    /// What the end of a day brings, or brings on another day: the end of the card, or an instalment.
    Day {
        /// The terms.
        version: String,
        /// The type of the event.
        #[serde(rename = "type")]
        name: &'static str,
    },
    /// A step that was taken is refused.
    Refused {
        /// Programme and version whose rule refused; none when it is a law of the ledger.
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        /// The stable code.
        code: RefusalCode,
    },
}

impl Reason {
    /// The reason of a refusal that takes something from somebody; a step that needs no doing takes nothing.
    pub(super) fn of(refusal: Refusal) -> Option<Self> {
        use RefusalCode::{
            EntitlementEnded, EntitlementMissing, InstalmentState, NotSelected, NothingDue, PurchaseUnknown,
            StepDone,
        };
        let follows = [
            EntitlementEnded,
            EntitlementMissing,
            InstalmentState,
            NothingDue,
            NotSelected,
            PurchaseUnknown,
            StepDone,
        ];
        (!follows.contains(&refusal.code))
            .then_some(Self::Refused { version: refusal.rule, code: refusal.code })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fails { version, rule } => write!(f, "{version}: {rule} not met"),
            Self::Meets { version, rule } => write!(f, "{version}: {rule} met"),
            Self::Redraw { batch } => write!(f, "batch {batch} drawn again"),
            Self::Amount { version, benefit } => write!(f, "{version}: amount of {benefit}"),
            Self::Day { version, name } => write!(f, "{version}: {name} by the day"),
            Self::Refused { version: Some(version), code } => write!(f, "{version}: {code}"),
            Self::Refused { version: None, code } => write!(f, "{code}"),
        }
    }
}
