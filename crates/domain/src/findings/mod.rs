//! Findings: what a rule concludes from history, with the position that proves it. One file a rule.
//!
//! A finding is never recorded: it is derived, so that a replay of what was known on a day gives the findings of that
//! day. Rules only ever add; nothing is blocked by them.

mod backdated;
mod beyond_budget;
mod course_cut_short;
mod decree_against_terms;
mod decree_beyond_selection;
mod in_two_places;
mod late_correction;
mod listed_at_selection;
mod outside_pilot_area;
mod overdrawn;
mod paid_beyond_right;
mod reserve_against_rule;
mod selection_not_redrawable;
mod session_over_capacity;
mod settled_after_failure;
mod treasury_document;

use crate::entry::Entry;
use crate::ids::Position;
use crate::line::Event;
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;

words! {
    /// The rules, by name.
    RuleName {
        /// A right or a decision reported into a day that was closed before.
        Backdated = "backdated",
        /// More is committed or disbursed than the budget allows.
        BeyondBudget = "beyond-budget",
        /// A course with too few hours, or finished or certified too soon.
        CourseCutShort = "course-cut-short",
        /// A decree's line that the terms do not give.
        DecreeAgainstTerms = "decree-against-terms",
        /// A decree for somebody who was not selected, or beyond the selection.
        DecreeBeyondSelection = "decree-beyond-selection",
        /// At two sessions at one time, or at one that does not take place.
        InTwoPlaces = "in-two-places",
        /// A bounced disbursement corrected late, or not at all.
        LateCorrection = "late-correction",
        /// On a list that excludes, as of the selection.
        ListedAtSelection = "listed-at-selection",
        /// Training at a venue outside the pilot areas.
        OutsidePilotArea = "outside-pilot-area",
        /// More went out than was there.
        Overdrawn = "overdrawn",
        /// More was paid or spent than there was a right to.
        PaidBeyondRight = "paid-beyond-right",
        /// Money set aside too soon, too much or too long.
        ReserveAgainstRule = "reserve-against-rule",
        /// A draw that cannot be drawn again.
        SelectionNotRedrawable = "selection-not-redrawable",
        /// More people in a session than seats.
        SessionOverCapacity = "session-over-capacity",
        /// A payment was settled after it had been reported as failed.
        SettledAfterFailure = "settled-after-failure",
        /// Money of the treasury without its document.
        TreasuryDocument = "treasury-document",
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

/// Every finding that a step proves, in the order of the rules.
pub fn find(step: Step<'_>) -> Vec<Finding> {
    let found = RuleName::ALL.iter().filter_map(|rule| {
        let sentence = match rule {
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
            RuleName::Overdrawn => overdrawn::find(step),
            RuleName::TreasuryDocument => treasury_document::find(step),
            RuleName::ListedAtSelection => listed_at_selection::find(step),
            RuleName::PaidBeyondRight => paid_beyond_right::find(step),
            RuleName::SettledAfterFailure => settled_after_failure::find(step),
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
