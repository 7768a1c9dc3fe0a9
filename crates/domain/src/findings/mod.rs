//! Findings: what a rule concludes from history, with the position that proves it. One file a rule.
//!
//! A finding is never recorded: it is derived, so that a replay of what was known on a day gives the findings of that
//! day. Rules only ever add; nothing is blocked by them.

mod decree_against_terms;
mod listed_at_selection;
mod one_person;
mod overdrawn;
mod paid_beyond_right;
mod settled_after_failure;
mod treasury_document;
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
        /// A decree's line that the terms do not give.
        DecreeAgainstTerms = "decree-against-terms",
        /// On a list that excludes, as of the selection.
        ListedAtSelection = "listed-at-selection",
        /// One person on both sides of the same money.
        OnePerson = "one-person",
        /// More went out than was there.
        Overdrawn = "overdrawn",
        /// More was paid or spent than there was a right to.
        PaidBeyondRight = "paid-beyond-right",
        /// A payment was settled after it had been reported as failed.
        SettledAfterFailure = "settled-after-failure",
        /// Money of the treasury without its document.
        TreasuryDocument = "treasury-document",
        /// A line of somebody without a role for it.
        WithoutRight = "without-right",
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
            RuleName::DecreeAgainstTerms => decree_against_terms::find(step),
            RuleName::OnePerson => one_person::find(step),
            RuleName::Overdrawn => overdrawn::find(step),
            RuleName::WithoutRight => without_right::find(step),
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
