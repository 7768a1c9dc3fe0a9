//! Cash benefits from earned to due: incentives, survey money, one-off aid; and the surveys that earn them.

use crate::ids::{BenefitCode, DocumentNumber, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::time::Day;

types! {
    /// Events of instalments and surveys.
    Event {
        /// An instalment is earned and has its day.
        Scheduled(Scheduled) = "instalment.scheduled.v1";
        /// An instalment is held back.
        Held(Held) = "instalment.held.v1";
        /// A held instalment may go on.
        Released(Released) = "instalment.released.v1";
        /// An instalment was not paid before the cut-off; its money is released.
        Lapsed(Lapsed) = "instalment.lapsed.v1";
        /// A survey can be answered.
        SurveyOpened(SurveyOpened) = "survey.opened.v1";
        /// A survey was answered.
        SurveySubmitted(SurveySubmitted) = "survey.submitted.v1";
    }
}

payloads! {
    /// From unearned to due.
    Scheduled {
        /// What will be paid.
        amount: Money,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The day from which it can be paid.
        payon: Day,
    }
    /// Not to be paid for now.
    Held {
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// Why.
        reason: Reason,
    }
    /// The hold ends.
    Released {
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The decision.
        reference: DocumentNumber,
    }
    /// The right to this money has ended.
    Lapsed {
        /// What is released.
        amount: Money,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
    }
    /// A survey opens for one person.
    SurveyOpened {
        /// Last day to answer.
        closes: Day,
        /// Number of the survey, from 1.
        number: u8,
    }
    /// An answered survey; the answers that the ledger needs are outcomes.
    SurveySubmitted {
        /// Number of the survey, from 1.
        number: u8,
    }
}
