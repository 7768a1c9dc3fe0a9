//! From a command to events, or to a refusal: pure, from the state alone.

use crate::actor::Actor;
use crate::catalogue::{Command, Payload};
use crate::entitlement::{Card, Status};
use crate::ids::{ParticipantId, ProgrammeCode};
use crate::money::{Currency, Money};
use crate::participant::{Person, Sealing};
use crate::programme::Programme;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use crate::{
    access, batch, calendar, custody, entitlement, fund, instalment, ledger, loan, outcome, participant,
    payout, programme, recovery, run, session, supply, training, vacancy, voucher,
};

/// All that a decision may look at.
pub struct Context<'a> {
    /// Everything that happened before.
    pub state: &'a State,
    /// What the command is about.
    pub subject: Subject,
    /// The programme, where the subject does not name it.
    pub programme: Option<ProgrammeCode>,
    /// Effective time.
    pub time: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// What the keys told of the personal data in the command.
    pub sealing: &'a Sealing,
}

/// An event before it has an id and a recorded time.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What it is about.
    pub subject: Subject,
    /// The programme, where the subject does not name it.
    pub programme: Option<ProgrammeCode>,
    /// Effective time.
    pub time: Timestamp,
    /// What happened.
    pub payload: Payload,
}

/// Decides any command.
///
/// # Errors
/// A refusal names the rule that stands in the way.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    context.in_an_open_day()?;
    match command {
        Command::Training(command) => training::decide(context, command),
        Command::Payout(command) => payout::decide(context, command),
        Command::Instalment(command) => instalment::decide(context, command),
        Command::Voucher(command) => voucher::decide(context, command),
        Command::Participant(command) => participant::decide(context, command),
        Command::Batch(command) => batch::decide(context, command),
        Command::Entitlement(command) => entitlement::decide(context, command),
        Command::Custody(command) => custody::decide(context, command),
        Command::Outcome(command) => outcome::decide(context, command),
        Command::Recovery(command) => recovery::decide(context, command),
        Command::Loan(command) => loan::decide(context, command),
        Command::Fund(command) => fund::decide(context, command),
        Command::Run(command) => run::decide(context, command),
        Command::Session(command) => session::decide(context, command),
        Command::Supply(command) => supply::decide(context, command),
        Command::Vacancy(command) => vacancy::decide(context, command),
        Command::Calendar(command) => calendar::decide(context, command),
        Command::Programme(command) => programme::decide(context, command),
        Command::Access(command) => access::decide(context, command),
        Command::Ledger(command) => ledger::decide(context, command),
    }
}

impl<'a> Context<'a> {
    /// The day in WIB on which the command takes effect.
    pub fn day(&self) -> Day {
        self.time.day()
    }

    /// What a day brings was commanded when it was closed: nothing can be asked into it any more.
    fn in_an_open_day(&self) -> Result<(), Refusal> {
        let Some(closed) = self.state.closed_day().filter(|closed| *closed >= self.day()) else {
            return Ok(());
        };
        let sentence = format!(
            "it would take effect on {}, and {closed} is closed: ask it for a later day, or report it as a fact",
            self.day()
        );
        Err(Refusal::new(RefusalCode::DayClosed, sentence))
    }

    /// An event about the same subject, at the same time.
    pub fn draft(&self, payload: impl Into<Payload>) -> Draft {
        Draft { subject: self.subject, programme: self.programme, time: self.time, payload: payload.into() }
    }

    pub(crate) fn wrong_subject(&self, expected: &str) -> Refusal {
        let sentence = format!("this command is about {expected}, not {}: correct the subject", self.subject);
        Refusal::new(RefusalCode::SubjectMismatch, sentence)
    }

    /// The participant that the command is about.
    pub(crate) fn participant(&self) -> Result<ParticipantId, Refusal> {
        match self.subject {
            Subject::Participant(id) => Ok(id),
            _ => Err(self.wrong_subject("participant/<uuid>")),
        }
    }

    /// The registered person that the command is about.
    pub(crate) fn person(&self) -> Result<&'a Person, Refusal> {
        let id = self.participant()?;
        let registered = self.state.people.get(id).filter(|person| person.is_registered());
        registered.ok_or_else(|| {
            Refusal::new(
                RefusalCode::ParticipantUnknown,
                format!("{} is not registered: register first", self.subject),
            )
        })
    }

    /// The programme that the command is about, with a definition in force.
    pub(crate) fn defined(&self) -> Result<&'a Programme, Refusal> {
        let Some(code) = self.programme.or_else(|| self.subject.programme()) else {
            let sentence = "this command needs a programme: add the attribute \"programme\"";
            return Err(Refusal::new(RefusalCode::ProgrammeMissing, sentence));
        };
        let defined = self.state.programmes.get(code).filter(|programme| programme.definition.is_some());
        defined.ok_or_else(|| {
            let sentence = format!("no definition of {code} is in force: propose and publish it first");
            Refusal::new(RefusalCode::ProgrammeUnknown, sentence)
        })
    }

    /// The entitlement of the person in the programme, in whatever state. Nothing about it comes before its decree.
    pub(crate) fn card(&self) -> Result<Card<'a>, Refusal> {
        let (person, programme) = (self.person()?, self.defined()?);
        let card = self.state.card(person, programme.code).ok_or_else(|| {
            let sentence = format!("{} has no entitlement in {}", self.subject, programme.code);
            Refusal::new(RefusalCode::EntitlementMissing, sentence)
        })?;
        let from = card.entitlement.decreed_on;
        if self.day() < from {
            let sentence = format!(
                "it would take effect on {}, and the decree is of {from}: correct the time",
                self.day()
            );
            return Err(card.refuse(RefusalCode::TermNotReached, sentence));
        }
        Ok(card)
    }

    /// The entitlement, which must be in use: its decree closed, neither revoked nor ended.
    pub(crate) fn active_card(&self) -> Result<Card<'a>, Refusal> {
        let card = self.card()?;
        if !card.decree_is_closed() {
            let sentence = "the decree is not closed yet: nothing under it can be used before";
            return Err(card.refuse(RefusalCode::DecreeNotOpen, sentence.to_owned()));
        }
        match card.entitlement.status {
            Status::Active => Ok(card),
            ended => Err(card.refuse(RefusalCode::EntitlementEnded, format!("the entitlement is {ended}"))),
        }
    }

    /// An amount above zero in the programme's currency.
    pub(crate) fn positive(money: Money, currency: Currency) -> Result<i64, Refusal> {
        if money.currency() == currency && money.is_positive() {
            return Ok(money.minor());
        }
        let sentence = format!("{money} is not an amount above zero in {currency}");
        Err(Refusal::new(RefusalCode::AmountInvalid, sentence))
    }
}
