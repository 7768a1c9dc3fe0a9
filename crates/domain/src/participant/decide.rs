//! Registering people and what is known of them.

use super::{
    AccountLinked, AccountUnlinked, AccountVerified, ConsentChanged, Event, Person, ProfileChanged,
    Registered, Verified,
};
use crate::decide::{Context, Draft};
use crate::entitlement::Status;
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};

types! {
    /// Commands of a participant.
    Command {
        /// Register a person.
        Register(Registered) = "participant.register.v1";
        /// Record the answer of a check.
        Verify(Verified) = "participant.verify.v1";
        /// Change what is known.
        ChangeProfile(ProfileChanged) = "participant.change_profile.v1";
        /// Link a payout account.
        LinkAccount(AccountLinked) = "participant.link_account.v1";
        /// Record the partner's check of the account.
        VerifyAccount(AccountVerified) = "participant.verify_account.v1";
        /// Let the account go.
        UnlinkAccount(AccountUnlinked) = "participant.unlink_account.v1";
        /// Give or withdraw consent.
        ChangeConsent(ConsentChanged) = "participant.change_consent.v1";
    }
}

/// Decides a command of a participant.
///
/// # Errors
/// When the person is not registered, or is registered twice, or no account is linked.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::Register(registered) => {
            let id = context.participant()?;
            if context.state.people.get(id).is_some_and(Person::is_registered) {
                let sentence = format!("{} is registered already", context.subject);
                return Err(Refusal::new(RefusalCode::ParticipantKnown, sentence));
            }
            Event::Registered(registered.clone())
        }
        Command::Verify(verified) => {
            context.person()?;
            Event::Verified(verified.clone())
        }
        Command::ChangeProfile(changed) => {
            context.person()?;
            Event::ProfileChanged(changed.clone())
        }
        Command::LinkAccount(linked) => {
            can_link(context)?;
            Event::AccountLinked(linked.clone())
        }
        Command::VerifyAccount(verified) => {
            linked(context)?;
            Event::AccountVerified(verified.clone())
        }
        Command::UnlinkAccount(unlinked) => {
            linked(context)?;
            Event::AccountUnlinked(unlinked.clone())
        }
        Command::ChangeConsent(changed) => {
            context.person()?;
            Event::ConsentChanged(changed.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

/// An account serves every programme of a person: it can be linked while one of them still takes accounts. Who has no
/// entitlement in use may link one for the next.
fn can_link(context: &Context<'_>) -> Result<(), Refusal> {
    let person = context.person()?;
    let mut over = None;
    for entitlement in person.entitlements().filter(|each| each.status == Status::Active) {
        let Some(programme) = context.state.programmes.at(entitlement.programme) else { continue };
        let cutoffs = programme.cutoffs(entitlement.batch, context.day());
        let until = cutoffs.and_then(|cutoffs| cutoffs.link_until.zip(Some(&cutoffs.version)));
        match until.filter(|(until, _)| context.time > until.ends()) {
            Some((until, version)) => over = Some((until, programme.code, version)),
            None => return Ok(()),
        }
    }
    let Some((until, code, version)) = over else { return Ok(()) };
    let sentence = format!("accounts could be linked until the end of {until}");
    Err(Refusal::new(RefusalCode::TermPassed, sentence).under(code, version))
}

fn linked(context: &Context<'_>) -> Result<(), Refusal> {
    if context.person()?.account.is_some() {
        return Ok(());
    }
    let sentence = format!("{} has no linked account: link one first", context.subject);
    Err(Refusal::new(RefusalCode::AccountNotVerified, sentence))
}
