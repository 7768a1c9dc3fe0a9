//! Putting alumni on the list for the bank. What the bank does is a fact.

use super::{Event, Listed};
use crate::decide::{Context, Draft};
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};

types! {
    /// Commands of loans.
    Command {
        /// Put a person on the list for the bank.
        List(Listed) = "loan.list.v1";
    }
}

/// Decides a command of loans.
///
/// # Errors
/// When the programme has no loan, or the person no certificate of its programmes.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Command::List(listed) = command;
    let (person, programme) = (context.person()?, context.defined()?);
    let definition = programme.definition.as_ref();
    let terms = definition.and_then(|each| each.terms.iter().rev().find(|terms| terms.from <= context.day()));
    let Some((terms, loan)) = terms.and_then(|terms| terms.loan.as_ref().map(|loan| (terms, loan))) else {
        let sentence = format!("{} has no loan on {}", programme.code, context.day());
        return Err(Refusal::new(RefusalCode::BenefitUnknown, sentence));
    };
    let certified = person.entitlements().any(|entitlement| {
        let of = context.state.programmes.at(entitlement.programme);
        let counts = of.is_some_and(|of| loan.certificate_of.contains(&of.code));
        counts && entitlement.purchases().any(|purchase| purchase.certified)
    });
    if !certified {
        let sentence = "a certificate of the programme is needed (Permenko 15/2020)";
        return Err(Refusal::new(RefusalCode::StepMissing, sentence).under(programme.code, &terms.version));
    }
    Ok(vec![context.draft(Event::Listed(listed.clone()))])
}
