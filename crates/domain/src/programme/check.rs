//! What a definition may not say, beyond its shape.

use super::{Approvals, Definition, Loan, Requirement, Terms};
use crate::ids::BenefitCode;
use crate::money::{Money, MoneyError};

/// Why a definition is refused.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML, or not of this shape.
    #[error("the definition cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// An amount does not fit the currency.
    #[error("terms {version:?}, benefit {benefit}: {problem}")]
    Amount {
        /// The terms.
        version: String,
        /// The benefit.
        benefit: BenefitCode,
        /// What is wrong.
        problem: MoneyError,
    },
    /// The most that may be lent does not fit the currency.
    #[error("terms {version:?}, loan: {problem}")]
    Ceiling {
        /// The terms.
        version: String,
        /// What is wrong.
        problem: MoneyError,
    },
    /// A band of approvals does not fit the currency.
    #[error("approvals {version:?}: {problem}")]
    Band {
        /// The approvals.
        version: String,
        /// What is wrong.
        problem: MoneyError,
    },
    /// Something else that cannot be.
    #[error("{part}: {problem}")]
    Nonsense {
        /// Where.
        part: String,
        /// What is wrong and what to write instead.
        problem: &'static str,
    },
}

impl Definition {
    /// Reads and checks a definition file.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or says something that cannot be.
    pub fn read(text: &str) -> Result<Self, DefinitionError> {
        let definition: Self = toml::from_str(text)?;
        definition.check()?;
        Ok(definition)
    }

    /// Checks what the shape alone cannot say.
    ///
    /// # Errors
    /// Names the first part that cannot be.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let nonsense =
            |part: &str, problem| Err(DefinitionError::Nonsense { part: part.to_owned(), problem });
        if self.terms.is_empty() {
            return nonsense("programme", "there are no [[terms]]: write at least one");
        }
        for terms in &self.terms {
            self.check_terms(terms)?;
        }
        for cutoffs in &self.cutoffs {
            let [first, last] = cutoffs.batches;
            if first > last {
                return nonsense(
                    &cutoffs.version,
                    "batches run from first to last: put the smaller number first",
                );
            }
            if cutoffs.surveys.len() > 8 {
                return nonsense(&cutoffs.version, "there are more than 8 surveys: ask fewer");
            }
        }
        self.approvals.iter().try_for_each(|approvals| self.check_approvals(approvals))
    }

    /// Bands rise from nothing, and at least one other person approves.
    fn check_approvals(&self, approvals: &Approvals) -> Result<(), DefinitionError> {
        let version = &approvals.version;
        let nonsense = |problem| Err(DefinitionError::Nonsense { part: version.clone(), problem });
        let above = approvals.bands.iter().map(|band| Money::parse(&band.above, self.programme.currency));
        let above: Vec<_> = above
            .collect::<Result<_, _>>()
            .map_err(|problem| DefinitionError::Band { version: version.clone(), problem })?;
        if above.first().is_none_or(|first| first.minor() != 0) {
            return nonsense(
                "the first band is above nothing: write above = \"0.00\" with the currency's decimals",
            );
        }
        if !above.is_sorted_by(|one, two| one < two) {
            return nonsense("each band is above the one before: put them in the order of their amounts");
        }
        if approvals.bands.iter().any(|band| band.persons == 0) {
            return nonsense("a run is approved by at least one person beside the one who prepared it");
        }
        Ok(())
    }

    fn check_terms(&self, terms: &Terms) -> Result<(), DefinitionError> {
        let nonsense =
            |part: &str, problem| Err(DefinitionError::Nonsense { part: part.to_owned(), problem });
        self.check_amounts(terms)?;
        let [first, last] = terms.batches;
        if first > last {
            return nonsense(&terms.version, "batches run from first to last: put the smaller number first");
        }
        if self.sum(terms).is_none() {
            return nonsense(&terms.version, "the benefits together are more than 17 digits: grant less");
        }
        let mut named: Vec<_> = terms.training.iter().map(|training| training.benefit).collect();
        named.extend(terms.cash.iter().map(|cash| cash.benefit));
        named.sort_unstable();
        if named.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return nonsense(&terms.version, "two benefits have one code: name each its own");
        }
        if terms.cash.iter().any(|cash| cash.count == 0) {
            return nonsense(&terms.version, "a benefit has 0 instalments: count from 1, or leave it out");
        }
        if self.fewest_surveys(terms) < terms.cash.iter().map(surveys_paid).max().unwrap_or(0) {
            return nonsense(
                &terms.version,
                "a benefit pays more surveys than there are [[cutoffs.surveys]]",
            );
        }
        Ok(())
    }

    /// The fewest surveys that any cut-offs give a batch of these terms.
    fn fewest_surveys(&self, terms: &Terms) -> usize {
        let [first, last] = terms.batches;
        let meets = |each: &&super::Cutoffs| each.batches[0] <= last && first <= each.batches[1];
        self.cutoffs.iter().filter(meets).map(|cutoffs| cutoffs.surveys.len()).min().unwrap_or(0)
    }

    /// All that the terms grant one person, in minor units; nothing when it is beyond the digits that are kept.
    fn sum(&self, terms: &Terms) -> Option<i64> {
        let minor = |text: &str| Money::parse(text, self.programme.currency).map_or(0, Money::minor);
        let training = terms.training.as_ref().map_or(0, |training| minor(&training.amount));
        let cash = terms.cash.iter().map(|cash| minor(&cash.amount).checked_mul(i64::from(cash.count)));
        let sum = cash.into_iter().try_fold(training, |sum: i64, each| sum.checked_add(each?))?;
        (sum < 100_000_000_000_000_000).then_some(sum)
    }

    fn check_amounts(&self, terms: &Terms) -> Result<(), DefinitionError> {
        let training = terms.training.iter().map(|training| (training.benefit, training.amount.as_str()));
        let cash = terms.cash.iter().map(|cash| (cash.benefit, cash.amount.as_str()));
        if let Some(loan) = &terms.loan {
            self.check_loan(terms, loan)?;
        }
        for (benefit, text) in training.chain(cash) {
            let checked = Money::parse(text, self.programme.currency);
            let positive = checked.map_err(|problem| DefinitionError::Amount {
                version: terms.version.clone(),
                benefit,
                problem,
            })?;
            if !positive.is_positive() {
                let part = terms.version.clone();
                return Err(DefinitionError::Nonsense {
                    part,
                    problem: "a benefit's amount must be above zero",
                });
            }
        }
        Ok(())
    }

    fn check_loan(&self, terms: &Terms, loan: &Loan) -> Result<(), DefinitionError> {
        let ceiling = Money::parse(&loan.ceiling, self.programme.currency);
        ceiling
            .map(drop)
            .map_err(|problem| DefinitionError::Ceiling { version: terms.version.clone(), problem })
    }
}

fn surveys_paid(cash: &super::Cash) -> usize {
    if cash.requires == Requirement::Survey { cash.count.into() } else { 0 }
}
