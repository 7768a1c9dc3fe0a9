//! Findings: what a rule concludes from history, with the position that proves it. One file a rule.
//!
//! A finding is never recorded: it is derived, so that a replay of what was known on a day gives the findings of that
//! day. Rules only ever add; nothing is blocked by them.

mod amount_mismatch;
mod backdated;
mod beyond_budget;
mod certificate_too_early;
mod commission_above_cap;
mod completion_without_purchase;
mod course_cut_short;
mod decree_against_terms;
mod decree_beyond_selection;
mod duplicate_settlement;
mod in_two_places;
mod late_correction;
mod listed_at_selection;
mod one_person;
mod outside_pilot_area;
mod overdrawn;
mod paid_beyond_right;
mod purchase_after_revocation;
mod repaid_beyond_demand;
mod reserve_against_rule;
mod selection_not_redrawable;
mod session_over_capacity;
mod settled_after_failure;
mod settled_before_completion;
mod settled_by_another_partner;
mod shared_account;
#[cfg(test)]
mod tests;
mod treasury_document;
mod unmatched_return;
mod without_right;

use crate::entry::Entry;
use crate::ids::Position;
use crate::line::Event;
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;

words! {
    /// The rules, by name.
    RuleName {
        /// An event whose own amount is not what it moved.
        AmountMismatch = "amount-mismatch",
        /// A certificate before the course was bought or finished.
        CertificateTooEarly = "certificate-too-early",
        /// A platform kept more of the price than the terms allow.
        CommissionAboveCap = "commission-above-cap",
        /// A course finished that was never bought, or whose purchase is cancelled.
        CompletionWithoutPurchase = "completion-without-purchase",
        /// A right or a decision reported into a day that was closed before.
        Backdated = "backdated",
        /// More is committed or disbursed than the budget allows.
        BeyondBudget = "beyond-budget",
        /// A course with too few hours, or finished or certified too soon.
        CourseCutShort = "course-cut-short",
        /// A decree's line that the terms do not give.
        DecreeAgainstTerms = "decree-against-terms",
        /// One instalment settled twice.
        DuplicateSettlement = "duplicate-settlement",
        /// A decree for somebody who was not selected, beyond the selection, or of a day before the draw.
        DecreeBeyondSelection = "decree-beyond-selection",
        /// At two sessions at one time, or at one that does not take place.
        InTwoPlaces = "in-two-places",
        /// A bounced disbursement corrected late, or not at all.
        LateCorrection = "late-correction",
        /// On a list that excludes, as of the selection.
        ListedAtSelection = "listed-at-selection",
        /// One person on both sides of the same money.
        OnePerson = "one-person",
        /// Training at a venue outside the pilot areas.
        OutsidePilotArea = "outside-pilot-area",
        /// More went out than was there.
        Overdrawn = "overdrawn",
        /// More was paid or spent than there was a right to.
        PaidBeyondRight = "paid-beyond-right",
        /// A course bought on a card that is revoked or closed.
        PurchaseAfterRevocation = "purchase-after-revocation",
        /// Repaid without a demand, or beyond it.
        RepaidBeyondDemand = "repaid-beyond-demand",
        /// Money set aside too soon, too much or too long.
        ReserveAgainstRule = "reserve-against-rule",
        /// A draw that cannot be drawn again, or leaves somebody out.
        SelectionNotRedrawable = "selection-not-redrawable",
        /// More people in a session than seats.
        SessionOverCapacity = "session-over-capacity",
        /// A payment was settled after it had been reported as failed.
        SettledAfterFailure = "settled-after-failure",
        /// Platforms paid for courses that were not finished.
        SettledBeforeCompletion = "settled-before-completion",
        /// A payment settled by another partner than the one told to pay.
        SettledByAnotherPartner = "settled-by-another-partner",
        /// One payout account linked by several persons.
        SharedAccount = "shared-account",
        /// Money of the treasury without its document.
        TreasuryDocument = "treasury-document",
        /// A line of somebody without a role for it.
        WithoutRight = "without-right",
        /// Money came back of a payment that is not known.
        UnmatchedReturn = "unmatched-return",
    }
}

/// One step of a history, as a rule sees it.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// The position of the line.
    pub position: Position,
    /// The event.
    pub event: &'a Event,
    /// What it did to the books.
    pub entry: Option<&'a Entry>,
    /// Everything after it.
    pub state: &'a State,
}

/// What a rule concludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleName,
    /// The line that proves it.
    pub position: Position,
    /// Whom or what it concerns.
    pub subject: Subject,
    /// What was found, with the figures.
    pub sentence: String,
}

/// The rules of who may do what: a history that breaks one is whole, and was not made as the law wants it.
pub const SEGREGATION: &[RuleName] = &[RuleName::OnePerson, RuleName::WithoutRight];

/// Every finding that a step proves, in the order of the rules.
pub fn find(step: Step<'_>) -> Vec<Finding> {
    find_of(RuleName::ALL, step)
}

/// The findings of some rules only.
pub fn find_of(rules: &[RuleName], step: Step<'_>) -> Vec<Finding> {
    let found = rules.iter().filter_map(|rule| {
        let sentence = match rule {
            RuleName::AmountMismatch => amount_mismatch::find(step),
            RuleName::CertificateTooEarly => certificate_too_early::find(step),
            RuleName::CommissionAboveCap => commission_above_cap::find(step),
            RuleName::CompletionWithoutPurchase => completion_without_purchase::find(step),
            RuleName::Backdated => backdated::find(step),
            RuleName::BeyondBudget => beyond_budget::find(step),
            RuleName::CourseCutShort => course_cut_short::find(step),
            RuleName::DecreeBeyondSelection => decree_beyond_selection::find(step),
            RuleName::InTwoPlaces => in_two_places::find(step),
            RuleName::LateCorrection => late_correction::find(step),
            RuleName::OutsidePilotArea => outside_pilot_area::find(step),
            RuleName::ReserveAgainstRule => reserve_against_rule::find(step),
            RuleName::SelectionNotRedrawable => selection_not_redrawable::find(step),
            RuleName::SessionOverCapacity => session_over_capacity::find(step),
            RuleName::DecreeAgainstTerms => decree_against_terms::find(step),
            RuleName::OnePerson => one_person::find(step),
            RuleName::WithoutRight => without_right::find(step),
            RuleName::DuplicateSettlement => duplicate_settlement::find(step),
            RuleName::ListedAtSelection => listed_at_selection::find(step),
            RuleName::Overdrawn => overdrawn::find(step),
            RuleName::PaidBeyondRight => paid_beyond_right::find(step),
            RuleName::PurchaseAfterRevocation => purchase_after_revocation::find(step),
            RuleName::RepaidBeyondDemand => repaid_beyond_demand::find(step),
            RuleName::SettledAfterFailure => settled_after_failure::find(step),
            RuleName::SettledBeforeCompletion => settled_before_completion::find(step),
            RuleName::SettledByAnotherPartner => settled_by_another_partner::find(step),
            RuleName::SharedAccount => shared_account::find(step),
            RuleName::TreasuryDocument => treasury_document::find(step),
            RuleName::UnmatchedReturn => unmatched_return::find(step),
        };
        sentence.map(|sentence| (*rule, sentence))
    });
    let findings = found.map(|(rule, sentence)| Finding {
        rule,
        position: step.position,
        subject: step.event.subject,
        sentence,
    });
    findings.collect()
}
