//! Registering people and what is known of them.

use super::{
    AccountLinked, AccountUnlinked, AccountVerified, Channel, ConsentChanged, DuplicateFound, Education,
    Employment, ErasureRequested, Event, HoldLifted, HoldPlaced, Identity, PayoutAccount, Person,
    ProfileChanged, Registered, Sealing, Sex, Verified, erasure,
};
use crate::decide::{Context, Draft};
use crate::entitlement::Status;
use crate::ids::{DocumentNumber, HouseholdId, ParticipantId, PartyCode, Reason, RegencyCode};
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Month;

types! {
    /// Commands of a participant.
    Command {
        /// Register a person.
        Register(Register) = "participant.register.v1";
        /// Record the answer of a check.
        Verify(Verified) = "participant.verify.v1";
        /// Change what is known.
        ChangeProfile(ChangeProfile) = "participant.change_profile.v1";
        /// Link a payout account.
        LinkAccount(LinkAccount) = "participant.link_account.v1";
        /// Record the partner's check of the account.
        VerifyAccount(AccountVerified) = "participant.verify_account.v1";
        /// Let the account go.
        UnlinkAccount(AccountUnlinked) = "participant.unlink_account.v1";
        /// Give or withdraw consent.
        ChangeConsent(ConsentChanged) = "participant.change_consent.v1";
        /// Ask to erase what is known of a person.
        RequestErasure(ErasureRequested) = "participant.request_erasure.v1";
        /// Approve what another person asked.
        ApproveErasure(ErasureApproved) = "participant.approve_erasure.v1";
        /// Forbid to erase, for a case.
        PlaceHold(HoldPlaced) = "participant.place_hold.v1";
        /// Allow it again.
        LiftHold(HoldLifted) = "participant.lift_hold.v1";
    }
}

payloads! {
    /// A person to register. What is in `identity` is sealed before anything is decided.
    Register {
        /// Month of birth; the day is not kept.
        born: Month,
        /// Highest completed education.
        education: Education,
        /// Work at registration.
        employment: Employment,
        /// The family card as a random id, where known; with `identity.kk` it follows from that.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// Who the person is.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        identity: Option<Identity>,
        /// Regency of residence.
        regency: RegencyCode,
        /// Sex.
        sex: Sex,
    }
    /// Only what changes is present. What is in `identity` is sealed before anything is decided.
    ChangeProfile {
        /// The new family card as a random id; with `identity.kk` it follows from that.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        household: Option<HouseholdId>,
        /// What changes of name, NIK, KK and phone.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        identity: Option<Identity>,
        /// The new regency of residence.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        regency: Option<RegencyCode>,
    }
    /// A payout account. What is in `account` is sealed before anything is decided.
    LinkAccount {
        /// Number and holder.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        account: Option<PayoutAccount>,
        /// Bank or wallet.
        channel: Channel,
        /// The payment partner that holds it.
        partner: PartyCode,
    }
    /// A second person's yes.
    ErasureApproved {
        /// The reference of the request that stands.
        reference: DocumentNumber,
    }
}

impl Command {
    /// The same without names and numbers: this is what may be decided.
    #[must_use]
    pub fn without_personal_data(&self) -> Self {
        let mut command = self.clone();
        match &mut command {
            Self::Register(register) => register.identity = None,
            Self::ChangeProfile(change) => change.identity = None,
            Self::LinkAccount(link) => link.account = None,
            // The others have none.
            _ => {}
        }
        command
    }

    /// The identity in it.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Register(register) => register.identity.as_ref(),
            Self::ChangeProfile(change) => change.identity.as_ref(),
            _ => None,
        }
    }

    /// The account in it.
    pub fn account(&self) -> Option<&PayoutAccount> {
        match self {
            Self::LinkAccount(link) => link.account.as_ref(),
            _ => None,
        }
    }
}

/// Decides a command of a participant.
///
/// # Errors
/// When the person is not registered, or is registered twice, or no account is linked; when personal data is not sealed;
/// when what is asked is against a hold, or needs a second person.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    if command.identity().is_some() || command.account().is_some() {
        let sentence = "names and numbers are sealed before anything is decided: here they are not";
        return Err(Refusal::new(RefusalCode::PersonalInvalid, sentence));
    }
    let event = match command {
        Command::Register(register) => register_person(context, register)?,
        Command::Verify(verified) => {
            context.person()?;
            Event::Verified(verified.clone())
        }
        Command::ChangeProfile(change) => {
            sealable(context)?;
            Event::ProfileChanged(ProfileChanged {
                household: household(context, change.household)?,
                regency: change.regency,
                sealed: context.sealing.sealed.clone(),
            })
        }
        Command::LinkAccount(link) => {
            sealable(context)?;
            can_link(context)?;
            let LinkAccount { channel, partner, .. } = *link;
            Event::AccountLinked(AccountLinked { channel, partner, sealed: context.sealing.sealed.clone() })
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
        Command::RequestErasure(requested) => erasure::request(context, requested)?,
        Command::ApproveErasure(approved) => erasure::approve(context, approved)?,
        Command::PlaceHold(placed) => erasure::hold(context, placed)?,
        Command::LiftHold(lifted) => erasure::lift(context, lifted)?,
    };
    Ok(std::iter::once(event).chain(duplicates(context.sealing)).map(|event| context.draft(event)).collect())
}

fn register_person(context: &Context<'_>, register: &Register) -> Result<Event, Refusal> {
    let id = context.participant()?;
    if context.state.people.get(id).is_some_and(Person::is_registered) {
        let sentence = format!("{} is registered already", context.subject);
        return Err(Refusal::new(RefusalCode::ParticipantKnown, sentence));
    }
    let Register { born, education, employment, regency, sex, .. } = *register;
    let household = household(context, register.household)?;
    let sealed = context.sealing.sealed.clone();
    Ok(Event::Registered(Registered { born, education, employment, household, regency, sealed, sex }))
}

/// The household that was said, or that of the family card.
fn household(context: &Context<'_>, said: Option<HouseholdId>) -> Result<Option<HouseholdId>, Refusal> {
    match (said, context.sealing.household) {
        (Some(_), Some(_)) => {
            let sentence = "the household follows from identity.kk: leave \"household\" out";
            Err(Refusal::new(RefusalCode::PersonalInvalid, sentence))
        }
        (said, of_card) => Ok(said.or(of_card)),
    }
}

/// What agreed with another participant, one event each.
fn duplicates(sealing: &Sealing) -> impl Iterator<Item = Event> {
    let found = |other: Option<ParticipantId>, what: &str| {
        // Both words are tokens.
        let (other, reason) = (other?, Reason::new(what).ok()?);
        Some(Event::DuplicateFound(DuplicateFound { other, reason }))
    };
    found(sealing.same_nik, "nik").into_iter().chain(found(sealing.same_account, "account"))
}

/// A registered person, whose key is not destroyed where it is needed.
fn sealable(context: &Context<'_>) -> Result<(), Refusal> {
    if context.person()?.is_erased() && context.sealing.sealed.is_some() {
        let sentence = format!("the personal data of {} is erased: nothing new is kept", context.subject);
        return Err(Refusal::new(RefusalCode::Erased, sentence));
    }
    Ok(())
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
