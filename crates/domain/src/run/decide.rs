//! Gathering, approving, releasing.

use super::state::is_content;
use super::{
    Approved, Cancelled, Completed, Event, FileIssued, Listed, Opened, Phase, Prepared, Released, Run,
    content,
};
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, InstalmentPhase};
use crate::ids::{Digest, DocumentNumber, ParticipantId, ProgrammeCode};
use crate::instalment::in_phase;
use crate::money::Money;
use crate::payout::{Instruct, check_payable};
use crate::programme::Programme;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;
use std::collections::HashSet;

types! {
    /// Commands of payout runs.
    Command {
        /// Open a run.
        Open(Opened) = "run.open.v1";
        /// Put payments on it.
        List(Listed) = "run.list.v1";
        /// End the list.
        Prepare(Prepare) = "run.prepare.v1";
        /// Approve its content, by another person.
        Approve(Approve) = "run.approve.v1";
        /// Give it up.
        Cancel(Cancelled) = "run.cancel.v1";
        /// Let its payments be instructed.
        Release(Release) = "run.release.v1";
        /// Record that a file was made.
        IssueFile(FileIssued) = "run.issue_file.v1";
        /// End it.
        Complete(Complete) = "run.complete.v1";
    }
}

payloads! {
    /// Totals and digest follow from the list.
    Prepare {}
    /// What is approved.
    Approve {
        /// The digest of the list that was looked at.
        sha256: Digest,
    }
    /// Approvals are counted.
    Release {}
    /// What became of the list follows from it.
    Complete {}
}

/// Decides a command of a run.
///
/// # Errors
/// When the run is in another phase, a payment cannot be made, or approvals are missing.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let programme = context.defined()?;
    let event = match command {
        Command::Open(opened) => open(context, opened)?,
        Command::List(listed) => list(context, listed)?,
        Command::Prepare(Prepare {}) => prepare(context, programme)?,
        Command::Approve(approve) => self::approve(context, approve)?,
        Command::Cancel(cancelled) => {
            in_phase_of(context, &[Phase::Open, Phase::Prepared])?;
            Event::Cancelled(cancelled.clone())
        }
        Command::Release(Release {}) => release(context, programme)?,
        Command::IssueFile(file) => issue_file(context, file)?,
        Command::Complete(Complete {}) => {
            let run = in_phase_of(context, &[Phase::Released])?;
            let left = run.payments(context.state).count();
            Event::Completed(Completed {
                instructed: run.instructed,
                leftout: u32::try_from(left).unwrap_or(u32::MAX),
                total: Money::of_minor(run.instructed_minor, programme.currency()),
            })
        }
    };
    Ok(vec![context.draft(event)])
}

fn subject(context: &Context<'_>) -> Result<(ProgrammeCode, DocumentNumber), Refusal> {
    match context.subject {
        Subject::Run(code, number) => Ok((code, number)),
        _ => Err(context.wrong_subject("run/<programme>/<number>")),
    }
}

fn refuse<T>(code: RefusalCode, sentence: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(code, sentence))
}

fn in_phase_of<'a>(context: &Context<'a>, phases: &[Phase]) -> Result<&'a Run, Refusal> {
    let (code, number) = subject(context)?;
    match context.state.runs.get(code, number) {
        Some(run) if phases.contains(&run.phase) => Ok(run),
        Some(run) => refuse(RefusalCode::RunState, format!("run {number} of {code} is {}", run.phase)),
        None => refuse(RefusalCode::RunState, format!("run {number} of {code} was never opened")),
    }
}

fn open(context: &Context<'_>, opened: &Opened) -> Result<Event, Refusal> {
    let (code, number) = subject(context)?;
    if context.state.runs.get(code, number).is_some() {
        return refuse(RefusalCode::Known, format!("run {number} of {code} is known already"));
    }
    if opened.payon < context.day() {
        let sentence = format!("nothing can be paid on {}, which has passed: name a later day", opened.payon);
        return refuse(RefusalCode::TermPassed, sentence);
    }
    Ok(Event::Opened(opened.clone()))
}

fn list(context: &Context<'_>, listed: &Listed) -> Result<Event, Refusal> {
    let run = in_phase_of(context, &[Phase::Open])?;
    if listed.participants.is_empty() {
        return refuse(RefusalCode::NothingDue, "nobody is named: name at least one participant");
    }
    let mut named = HashSet::with_capacity(listed.participants.len());
    for id in &listed.participants {
        if !named.insert(id) {
            return refuse(RefusalCode::RunState, format!("participant/{id} is named twice"));
        }
        can_be_paid(context, run, listed, *id).map_err(|refusal| Refusal {
            sentence: format!("participant/{id}: {}", refusal.sentence),
            ..refusal
        })?;
    }
    Ok(Event::Listed(listed.clone()))
}

/// On the day of payment, by this partner, exactly this much, and by no other run.
pub(super) fn can_be_paid(
    context: &Context<'_>,
    run: &Run,
    listed: &Listed,
    id: ParticipantId,
) -> Result<(), Refusal> {
    let context = Context { subject: Subject::Participant(id), programme: Some(run.programme), ..*context };
    let card = context.active_card()?;
    let batch = card.entitlement.batch;
    if run.batch.is_some_and(|only| only != batch) {
        return Err(card.refuse(RefusalCode::RunState, format!("the card is of batch {batch}")));
    }
    let instruct = Instruct { benefit: listed.benefit, number: listed.number, partner: run.partner };
    let instalment = check_payable(&context, &card, &instruct, run.pay_on.max(context.day()))?;
    let open = card.money(instalment.open);
    if open != listed.amount {
        let sentence = format!("{} {} has {open} open, not {}", listed.benefit, listed.number, listed.amount);
        return Err(card.refuse(RefusalCode::AmountInvalid, sentence));
    }
    match context.state.run_of(&card, listed.benefit, listed.number) {
        Some((other, _)) => {
            let sentence = format!("{} {} is on run {} already", listed.benefit, listed.number, other.number);
            Err(card.refuse(RefusalCode::RunState, sentence))
        }
        None => Ok(()),
    }
}

fn prepare(context: &Context<'_>, programme: &Programme) -> Result<Event, Refusal> {
    let run = in_phase_of(context, &[Phase::Open])?;
    let content = content(context.state, run);
    if content.count == 0 {
        return refuse(RefusalCode::NothingDue, "no payment is listed: list some, or cancel the run");
    }
    let total = Money::of_minor(content.total, programme.currency());
    Ok(Event::Prepared(Prepared { count: content.count, sha256: content.sha256, total }))
}

fn approve(context: &Context<'_>, approve: &Approve) -> Result<Event, Refusal> {
    let run = in_phase_of(context, &[Phase::Prepared])?;
    let who = context.actor.id;
    if run.prepared_by == Some(who) {
        return refuse(
            RefusalCode::SamePerson,
            format!("{who} prepared this run: another person must approve it"),
        );
    }
    if run.approved_by.contains(&who) {
        return refuse(
            RefusalCode::SamePerson,
            format!("{who} has approved this run already: ask another person"),
        );
    }
    if !is_content(run, approve.sha256) {
        let sentence =
            "this digest is not that of the prepared list: look at the run again before you approve it";
        return refuse(RefusalCode::RunContent, sentence);
    }
    Ok(Event::Approved(Approved { sha256: approve.sha256 }))
}

fn release(context: &Context<'_>, programme: &Programme) -> Result<Event, Refusal> {
    let run = in_phase_of(context, &[Phase::Prepared])?;
    let total = run.content.map_or(0, |content| content.total);
    let needed = usize::from(programme.approvals_needed(context.day(), total));
    let given = run.approved_by.len();
    if given < needed {
        let sentence = format!(
            "{} needs the approval of {needed} persons beside the one who prepared it, and {given} have approved it",
            Money::of_minor(total, programme.currency())
        );
        return refuse(RefusalCode::RunNotApproved, sentence);
    }
    Ok(Event::Released(Released {}))
}

fn issue_file(context: &Context<'_>, file: &FileIssued) -> Result<Event, Refusal> {
    let run = in_phase_of(context, &[Phase::Released, Phase::Completed])?;
    if run.files.iter().any(|(name, _)| *name == file.file) {
        return refuse(RefusalCode::Known, format!("file {} of this run is known already", file.file));
    }
    Ok(Event::FileIssued(file.clone()))
}

/// Under which run an instalment is instructed. One that is on a run waits for its release; and where the programme has
/// approvals, nothing is paid outside of a run.
pub(crate) fn check_run<'a>(
    context: &Context<'a>,
    card: &Card<'_>,
    instruct: &Instruct,
) -> Result<Option<&'a Run>, Refusal> {
    let instalment = in_phase(card, instruct.benefit, instruct.number, &[InstalmentPhase::Due])?;
    let Some((run, minor)) = context.state.run_of(card, instruct.benefit, instruct.number) else {
        if card.programme.approvals(context.day()).is_some() {
            let sentence = format!(
                "{} {} is on no payout run, and {} pays by approved runs only: prepare one",
                instruct.benefit, instruct.number, card.programme.code
            );
            return Err(card.refuse(RefusalCode::RunNotApproved, sentence));
        }
        return Ok(None);
    };
    let sentence = match run.phase {
        Phase::Released if run.partner != instruct.partner => {
            format!("run {} is for {}", run.number, run.partner)
        }
        Phase::Released if minor != instalment.open => format!(
            "{} was approved on run {}, and {} is open now: it is left out, put it on another run",
            card.money(minor),
            run.number,
            card.money(instalment.open)
        ),
        Phase::Released => return Ok(Some(run)),
        phase => format!("it is on run {}, which is {phase}: release that run, or cancel it", run.number),
    };
    Err(card.refuse(RefusalCode::RunNotApproved, sentence))
}
