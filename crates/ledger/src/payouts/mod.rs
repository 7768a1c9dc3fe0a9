//! Payout runs from beginning to end: many commands, as one thing that a person does.
//!
//! Each step can be repeated after an interruption: what was recorded is found, and the rest follows.

mod payees;

pub use payees::{Account, Instructed, PayeeError, accounts, instructed};

use crate::item::{Item, Request};
use crate::outcome::{Outcome, Problem, Status};
use crate::sequencer::{Sequencer, SequencerError};
use jejak_domain::actor::Actor;
use jejak_domain::catalogue::Command;
use jejak_domain::ids::{BenefitCode, CommandId, DocumentNumber, ParticipantId, ProgrammeCode};
use jejak_domain::payout::{self, Instruct};
use jejak_domain::run::{self, Complete, Content, Opened, Phase, Prepare, Release, due};
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;

/// Why a step of a run ends.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PayoutError {
    /// A rule stands in the way.
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// Nothing more can be recorded.
    #[error(transparent)]
    Sequencer(#[from] SequencerError),
    /// The run is there, for something else.
    #[error("run {number} was opened for {partner} on {payon}: choose another number")]
    Other {
        /// Its number.
        number: DocumentNumber,
        /// Its partner.
        partner: String,
        /// Its day.
        payon: String,
    },
}

/// A payment that was not made, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose.
    pub participant: ParticipantId,
    /// Which benefit.
    pub benefit: BenefitCode,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// Why.
    pub problem: Problem,
}

/// What became of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Payments that were instructed now.
    pub instructed: u32,
    /// Payments that cannot be made any more.
    pub left_out: Vec<LeftOut>,
    /// True when nothing more is instructed under the run.
    pub completed: bool,
}

/// One run, worked on by one person.
pub struct Payouts<'a> {
    sequencer: &'a mut Sequencer,
    programme: ProgrammeCode,
    number: DocumentNumber,
    actor: Actor,
    clock: fn() -> Timestamp,
}

impl<'a> Payouts<'a> {
    /// The run of this number, for `actor` to work on.
    pub fn new(
        sequencer: &'a mut Sequencer,
        (programme, number): (ProgrammeCode, DocumentNumber),
        actor: Actor,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self { sequencer, programme, number, actor, clock }
    }

    /// Opens the run, lists all that is due, and ends the list. Tells what is to be approved.
    ///
    /// # Errors
    /// When a rule stands in the way, or nothing more can be recorded.
    pub fn prepare(&mut self, opened: &Opened) -> Result<Content, PayoutError> {
        self.open(opened)?;
        let image = self.sequencer.image().clone();
        let lines = {
            let state = image.read();
            let run = state.runs.get(self.programme, self.number);
            run.map_or_else(Vec::new, |run| due(&state, run, (self.clock)(), self.actor.id))
        };
        for listed in lines {
            self.command(run::Command::List(listed))?;
        }
        self.command(run::Command::Prepare(Prepare {}))?;
        self.sequencer.flush()?;
        let content = image.read().runs.get(self.programme, self.number).and_then(|run| run.content);
        content.ok_or_else(|| PayoutError::Refused(self.unknown()))
    }

    /// A run that was opened and whose list was not ended is gone on with.
    fn open(&mut self, opened: &Opened) -> Result<(), PayoutError> {
        let image = self.sequencer.image().clone();
        let state = image.read();
        let begun = state.runs.get(self.programme, self.number).filter(|run| run.phase == Phase::Open);
        let Some(run) = begun else {
            drop(state);
            return self.command(run::Command::Open(opened.clone()));
        };
        if (run.partner, run.pay_on, run.batch) == (opened.partner, opened.payon, opened.batch) {
            return Ok(());
        }
        let (partner, payon) = (run.partner.to_string(), run.pay_on.to_string());
        Err(PayoutError::Other { number: self.number, partner, payon })
    }

    /// Lets the payments be instructed, and instructs them: all, or no more than `limit` for now.
    ///
    /// # Errors
    /// When the run may not be released, or nothing more can be recorded.
    pub fn release(
        &mut self,
        limit: Option<usize>,
        mut tell: impl FnMut(u32),
    ) -> Result<Released, PayoutError> {
        let image = self.sequencer.image().clone();
        let phase = image.read().runs.get(self.programme, self.number).map(|run| run.phase);
        if phase != Some(Phase::Released) {
            self.command(run::Command::Release(Release {}))?;
        }
        let payments = self.payments(limit.unwrap_or(usize::MAX));
        let mut released = Released::default();
        for (participant, instruct) in payments {
            let (benefit, number) = (instruct.benefit, instruct.number);
            let outcome = self.instruct(participant, instruct)?;
            match outcome.problem {
                Some(problem) => released.left_out.push(LeftOut { participant, benefit, number, problem }),
                None => released.instructed = released.instructed.saturating_add(1),
            }
            tell(released.instructed);
        }
        if limit.is_none() {
            self.command(run::Command::Complete(Complete {}))?;
            released.completed = true;
        }
        self.sequencer.flush()?;
        Ok(released)
    }

    /// Payments of the run that were not instructed yet, in the order of persons.
    fn payments(&self, limit: usize) -> Vec<(ParticipantId, Instruct)> {
        let image = self.sequencer.image().clone();
        let state = image.read();
        let Some(run) = state.runs.get(self.programme, self.number) else { return Vec::new() };
        let payment = |payment: run::Payment| {
            let (person, card) = payment.card(&state, run)?;
            let benefit = payment.benefit(&card)?;
            Some((person.id, Instruct { benefit, number: payment.number, partner: run.partner }))
        };
        let mut payments: Vec<_> = run.payments(&state).filter_map(payment).collect();
        payments.sort_unstable_by_key(|(id, instruct)| (*id, instruct.benefit, instruct.number));
        payments.truncate(limit);
        payments
    }

    fn instruct(
        &mut self,
        participant: ParticipantId,
        instruct: Instruct,
    ) -> Result<Outcome, SequencerError> {
        let name = format!("{}:{}:{}", self.number, instruct.benefit, instruct.number);
        let item = Item {
            request: Request::Command(Command::Payout(payout::Command::Instruct(instruct))),
            subject: Subject::Participant(participant),
            programme: Some(self.programme),
            time: None,
            // Where the name is too long, the rules alone stand against a second instruction.
            command_id: CommandId::new(&name).ok(),
            actor: None,
            reported_on: None,
        };
        self.sequencer.handle(&item, self.actor, (self.clock)())
    }

    /// Gives one command about the run.
    ///
    /// # Errors
    /// When it is refused, or nothing more can be recorded.
    pub fn command(&mut self, command: run::Command) -> Result<(), PayoutError> {
        let item = Item {
            request: Request::Command(Command::Run(command)),
            subject: Subject::Run(self.programme, self.number),
            programme: None,
            time: None,
            command_id: None,
            actor: None,
            reported_on: None,
        };
        let outcome = self.sequencer.handle(&item, self.actor, (self.clock)())?;
        match outcome.problem.filter(|_| outcome.status == Status::Refused) {
            Some(problem) => Err(PayoutError::Refused(problem)),
            None => Ok(()),
        }
    }

    fn unknown(&self) -> Problem {
        let detail = format!("run {} of {} was never opened", self.number, self.programme);
        Problem { code: "run.wrong_state".to_owned(), detail, rule: None }
    }
}
