//! Holding a person against the rules of the terms.

use super::Asked;
use crate::ids::Reason;
use crate::participant::Person;
use crate::programme::{Rule, Terms};
use crate::state::State;
use crate::time::Day;

/// Under every programme's terms: one person registers once.
const DUPLICATE: &str = "duplicate";

/// The names of the rules that are not met, in the order of the terms. A list that was not asked is not met.
pub fn unmet(state: &State, person: &Person, terms: &Terms, asked: &[Asked], day: Day) -> Vec<Reason> {
    let failed = terms.eligibility.iter().filter(|rule| !is_met(state, person, rule, asked, day));
    let duplicate = person.is_duplicate().then(|| Reason::new(DUPLICATE).ok()).flatten();
    duplicate.into_iter().chain(failed.filter_map(name)).collect()
}

/// A rule that decrees since the screening have overtaken: the ledger knows these answers itself.
pub(crate) fn overtaken<'a>(state: &State, person: &Person, terms: &'a Terms) -> Option<&'a str> {
    if person.is_duplicate() {
        return Some(DUPLICATE);
    }
    let own = |rule: &&Rule| matches!(rule, Rule::HouseholdAtMost { .. } | Rule::NeverDecreed { .. });
    // Neither rule asks a list or the day.
    let day = Day::from_number(0);
    let unmet = terms.eligibility.iter().filter(own).find(|rule| !is_met(state, person, rule, &[], day));
    unmet.map(Rule::name)
}

/// The rule of the household that a recipient more would break: a revoked one does not count while others take the place.
pub(crate) fn overfull<'a>(state: &State, person: &Person, terms: &'a Terms) -> Option<&'a str> {
    let day = Day::from_number(0);
    let households = terms.eligibility.iter().filter(|rule| matches!(rule, Rule::HouseholdAtMost { .. }));
    households.into_iter().find(|rule| !is_met(state, person, rule, &[], day)).map(Rule::name)
}

/// The rule's name, with the list's name where it asks one: `not-listed:dtks`.
fn name(rule: &Rule) -> Option<Reason> {
    let text = match rule {
        Rule::NotListed { register } | Rule::Listed { register } => format!("{}:{register}", rule.name()),
        _ => rule.name().to_owned(),
    };
    // The longest is a name of 10 bytes, a colon and a register of 16.
    Reason::new(&text).ok()
}

fn is_met(state: &State, person: &Person, rule: &Rule, asked: &[Asked], day: Day) -> bool {
    let answer = |register| asked.iter().find(|each| each.register == register).map(|each| each.listed);
    match rule {
        Rule::AgeBetween { minimum, maximum } => person.born.is_some_and(|born| {
            let age = born.age_on(day);
            age >= i32::from(*minimum) && maximum.is_none_or(|maximum| age <= i32::from(maximum))
        }),
        Rule::NotListed { register } => answer(*register) == Some(false),
        Rule::Listed { register } => answer(*register) == Some(true),
        Rule::HouseholdAtMost { recipients } => {
            let household = person.household.and_then(|number| state.people.household(number));
            household.is_none_or(|household| household.recipients < *recipients)
        }
        Rule::NeverDecreed { programmes } => !person.entitlements().any(|entitlement| {
            let programme = state.programmes.at(entitlement.programme);
            programme.is_some_and(|programme| programmes.contains(&programme.code))
        }),
        Rule::Verified { checks } => checks.iter().all(|check| person.has_passed(*check)),
        Rule::EmploymentIn { employment } => employment.contains(&person.employment),
        Rule::RegencyIn { regencies } => person.regency().is_some_and(|regency| {
            regencies.iter().any(|prefix| regency.as_str().starts_with(prefix.as_str()))
        }),
    }
}
