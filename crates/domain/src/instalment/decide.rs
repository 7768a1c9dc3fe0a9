//! Scheduling, holding, lapsing; opening and answering surveys.

use super::schedule::{make_due, next, survey_window};
use super::{Event, Held, Lapsed, Released, SurveyOpened, SurveySubmitted};
use crate::decide::{Context, Draft};
use crate::entitlement::{Card, Instalment, InstalmentPhase, survey_bit};
use crate::ids::BenefitCode;
use crate::programme::{Cash, Requirement};
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Day;

types! {
    /// Commands of instalments and surveys.
    Command {
        /// Make the next instalment due.
        Schedule(Schedule) = "instalment.schedule.v1";
        /// Hold an instalment back.
        Hold(Held) = "instalment.hold.v1";
        /// End a hold.
        Release(Released) = "instalment.release.v1";
        /// Release the money of an instalment after the last day to pay.
        Lapse(Lapse) = "instalment.lapse.v1";
        /// Open a survey.
        OpenSurvey(OpenSurvey) = "survey.open.v1";
        /// Answer a survey.
        SubmitSurvey(SurveySubmitted) = "survey.submit.v1";
    }
}

payloads! {
    /// Number, amount and day follow from the terms.
    Schedule {
        /// Which benefit.
        benefit: BenefitCode,
    }
    /// The amount follows from what is open.
    Lapse {
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
    }
    /// The last day follows from the windows in force.
    OpenSurvey {
        /// Number of the survey, from 1.
        number: u8,
    }
}

/// Decides a command of instalments and surveys.
///
/// # Errors
/// When the terms do not make it due, or it is not in the state that the command needs.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    match command {
        Command::Schedule(schedule) => self::schedule(context, schedule),
        Command::Hold(held) => {
            let card = context.active_card()?;
            in_phase(&card, held.benefit, held.number, &[InstalmentPhase::Due])?;
            Ok(vec![context.draft(Event::Held(held.clone()))])
        }
        Command::Release(released) => {
            let card = context.active_card()?;
            in_phase(&card, released.benefit, released.number, &[InstalmentPhase::Held])?;
            Ok(vec![context.draft(Event::Released(released.clone()))])
        }
        Command::Lapse(lapse) => self::lapse(context, lapse),
        Command::OpenSurvey(open) => open_survey(context, open),
        Command::SubmitSurvey(submitted) => submit_survey(context, submitted),
    }
}

fn cash<'a>(card: &Card<'a>, benefit: BenefitCode) -> Result<(u8, &'a Cash), Refusal> {
    card.cash(benefit).ok_or_else(|| {
        card.refuse(RefusalCode::BenefitUnknown, format!("these terms have no money benefit {benefit}"))
    })
}

/// An instalment that is in one of the phases.
pub(crate) fn in_phase(
    card: &Card<'_>,
    benefit: BenefitCode,
    number: u8,
    phases: &[InstalmentPhase],
) -> Result<Instalment, Refusal> {
    cash(card, benefit)?;
    match card.instalment(benefit, number) {
        Some(instalment) if phases.contains(&instalment.phase) => Ok(instalment),
        Some(instalment) => {
            let sentence = format!("{benefit} {number} is {}", instalment.phase);
            Err(card.refuse(RefusalCode::InstalmentState, sentence))
        }
        None => {
            Err(card.refuse(RefusalCode::InstalmentState, format!("{benefit} {number} is not earned yet")))
        }
    }
}

fn schedule(context: &Context<'_>, schedule: &Schedule) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let (benefit, cash) = cash(&card, schedule.benefit)?;
    let Some((number, payon, from)) = next(&card, benefit, cash) else {
        let sentence = format!("no further instalment of {} is earned", schedule.benefit);
        return Err(card.refuse(RefusalCode::NothingDue, sentence));
    };
    if context.day() < from {
        let sentence = format!("{} {number} can be scheduled from {from}", schedule.benefit);
        return Err(card.refuse(RefusalCode::TermNotReached, sentence));
    }
    Ok(vec![make_due(context, &card, cash, number, payon)?])
}

fn lapse(context: &Context<'_>, lapse: &Lapse) -> Result<Vec<Draft>, Refusal> {
    use InstalmentPhase::{Due, Failed, Held, Returned};
    let card = context.active_card()?;
    let instalment = in_phase(&card, lapse.benefit, lapse.number, &[Due, Held, Failed, Returned])?;
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    let until = cutoffs.and_then(|cutoffs| cutoffs.pay_until);
    if until.is_none_or(|until| context.time < until.ends()) {
        return Err(card.refuse(RefusalCode::TermNotReached, "it can still be paid".to_owned()));
    }
    let amount = card.money(instalment.open);
    Ok(vec![context.draft(Event::Lapsed(Lapsed { amount, benefit: lapse.benefit, number: lapse.number }))])
}

fn window(context: &Context<'_>, card: &Card<'_>, number: u8) -> Result<(Day, Day), Refusal> {
    survey_window(card, number, context.day()).ok_or_else(|| {
        let sentence =
            format!("survey {number} does not open: none is in force today, or nothing has been paid yet");
        card.refuse(RefusalCode::SurveyNotOpen, sentence)
    })
}

fn open_survey(context: &Context<'_>, open: &OpenSurvey) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let (opens, closes) = window(context, &card, open.number)?;
    if card.entitlement.surveys_opened & survey_bit(open.number) != 0 {
        return Err(card.refuse(RefusalCode::StepDone, format!("survey {} is open already", open.number)));
    }
    if context.day() < opens || context.day() > closes {
        let sentence = format!("survey {} is open from {opens} to {closes}", open.number);
        return Err(card.refuse(RefusalCode::SurveyNotOpen, sentence));
    }
    Ok(vec![context.draft(Event::SurveyOpened(SurveyOpened { closes, number: open.number }))])
}

fn submit_survey(context: &Context<'_>, submitted: &SurveySubmitted) -> Result<Vec<Draft>, Refusal> {
    let card = context.active_card()?;
    let number = submitted.number;
    let (opens, closes) = window(context, &card, number)?;
    let open = card.entitlement.surveys_opened & survey_bit(number) != 0;
    if !open || context.day() > closes {
        let sentence = format!("survey {number} is open from {opens} to {closes}");
        return Err(card.refuse(RefusalCode::SurveyNotOpen, sentence));
    }
    if card.entitlement.surveys_answered & survey_bit(number) != 0 {
        return Err(card.refuse(RefusalCode::StepDone, format!("survey {number} is answered already")));
    }
    let before = (1..number).find(|each| card.entitlement.surveys_answered & survey_bit(*each) == 0);
    if let Some(before) = before {
        return Err(card.refuse(RefusalCode::StepMissing, format!("survey {before} comes first")));
    }
    let mut events = vec![context.draft(Event::SurveySubmitted(submitted.clone()))];
    let cash = card.terms().into_iter().flat_map(|terms| &terms.cash);
    let paying = cash.filter(|cash| cash.requires == Requirement::Survey && number <= cash.count);
    // An answer counts, even when nothing can be paid for it any more.
    events.extend(paying.filter_map(|cash| {
        let payon = context.day().plus(i32::from(cash.pay_after_days));
        make_due(context, &card, cash, number, payon).ok()
    }));
    Ok(events)
}
