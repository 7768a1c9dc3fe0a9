//! Budgets, treasury documents, orders to return. What the treasury and the bank do is a fact.

use super::{
    Appropriated, CorrectionSent, Event, Fund, Ordered, QuotaRecovered, Requested, ReturnOrdered, Revised,
    YearClosed,
};
use crate::chart::Account;
use crate::decide::{Context, Draft};
use crate::entry::FundYear;
use crate::ids::ProgrammeCode;
use crate::money::Money;
use crate::programme::Programme;
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;
use crate::time::Day;

types! {
    /// Commands of a fund year.
    Command {
        /// Set the ceiling by the budget document (DIPA).
        Appropriate(Appropriated) = "fund.appropriate.v1";
        /// Change the ceiling.
        Revise(Revised) = "fund.revise.v1";
        /// Request a payment (SPP).
        Request(Requested) = "fund.request.v1";
        /// Order a payment (SPM), by a second person.
        Order(Ordered) = "fund.order.v1";
        /// Send the treasury what it needs to send a bounced disbursement again.
        SendCorrection(CorrectionSent) = "fund.send_correction.v1";
        /// Order money back to the treasury.
        OrderReturn(ReturnOrdered) = "fund.order_return.v1";
        /// Let released money serve another batch.
        RecoverQuota(QuotaRecovered) = "fund.recover_quota.v1";
        /// Count what is undelivered at the end of the year, once.
        CloseYear(CloseYear) = "fund.close_year.v1";
    }
}

payloads! {
    /// The figures follow from the cards.
    CloseYear {}
}

/// Decides a command of a fund year.
///
/// # Errors
/// When a linked document is missing, or one person would sign twice.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Subject::Fund(code, year) = context.subject else {
        return Err(context.wrong_subject("fund/<programme>/<year>"));
    };
    let currency = context.defined()?.currency();
    let fund = context.state.funds.get(code, year);
    if let Command::Revise(_) | Command::Request(_) | Command::Order(_) = command {
        within_the_year(context, year)?;
    }
    let event = match command {
        Command::Appropriate(budget) => {
            Context::positive(budget.amount, currency)?;
            if fund.is_some_and(|fund| fund.ceiling != 0) {
                return Err(mismatch(format!("fund/{code}/{year} has a budget already: revise it")));
            }
            Event::Appropriated(budget.clone())
        }
        Command::Revise(revision) => {
            if revision.change.currency() != currency || fund.is_none() {
                return Err(mismatch(format!("fund/{code}/{year} has no budget in this currency to revise")));
            }
            let ceiling = fund.map_or(0, |fund| fund.ceiling).saturating_add(revision.change.minor());
            if ceiling < 0 {
                let sentence = format!("{} would take fund/{code}/{year} below zero", revision.change);
                return Err(Refusal::new(RefusalCode::AmountInvalid, sentence));
            }
            let free = context.state.free(FundYear { programme: code, year }, currency);
            if i128::from(revision.change.minor()) + free.max(0) < 0 {
                let free = Money::of_minor(i64::try_from(free).unwrap_or(i64::MAX), currency);
                let sentence = format!("only {free} of fund/{code}/{year} is free: the rest is committed");
                return Err(Refusal::new(RefusalCode::CeilingExceeded, sentence));
            }
            Event::Revised(revision.clone())
        }
        Command::Request(request) => {
            Context::positive(request.amount, currency)?;
            self::request(context, fund, code, request)?;
            Event::Requested(request.clone())
        }
        Command::Order(ordered) => {
            order(context, fund, ordered)?;
            Event::Ordered(ordered.clone())
        }
        Command::SendCorrection(sent) => {
            correct(fund, sent)?;
            Event::CorrectionSent(sent.clone())
        }
        Command::OrderReturn(ordered) => {
            Context::positive(ordered.amount, currency)?;
            if fund.is_some_and(|fund| fund.returns.contains_key(&ordered.order)) {
                return Err(mismatch(format!("return order {} is known already", ordered.order)));
            }
            give_back(context, FundYear { programme: code, year }, ordered)?;
            Event::ReturnOrdered(ordered.clone())
        }
        Command::RecoverQuota(recovered) => {
            Context::positive(recovered.amount, currency)?;
            recover(context, fund, code, recovered)?;
            Event::QuotaRecovered(recovered.clone())
        }
        Command::CloseYear(CloseYear {}) => {
            at_the_end(context, fund, year)?;
            Event::YearClosed(count_undelivered(context, code, year))
        }
    };
    Ok(vec![context.draft(event)])
}

fn mismatch(sentence: String) -> Refusal {
    Refusal::new(RefusalCode::DocumentMismatch, sentence)
}

fn request(
    context: &Context<'_>,
    fund: Option<&Fund>,
    code: ProgrammeCode,
    request: &Requested,
) -> Result<(), Refusal> {
    let Some(fund) = fund else { return Err(mismatch(format!("{} has no budget", context.subject))) };
    if fund.requests.contains_key(&request.spp) {
        return Err(mismatch(format!("SPP {} is known already", request.spp)));
    }
    if let Some(decree) = request.decree.filter(|decree| context.state.decrees.get(code, *decree).is_none()) {
        return Err(mismatch(format!("SPP {} rests on decree {decree}, which is not recorded", request.spp)));
    }
    let money = |minor| Money::of_minor(minor, request.amount.currency());
    let beyond = |sentence| Err(Refusal::new(RefusalCode::CeilingExceeded, sentence));
    if request.amount.minor() > fund.requestable() {
        let sentence = format!(
            "{} is asked for, but of a ceiling of {} only {} can still be asked for",
            request.amount,
            money(fund.ceiling),
            money(fund.requestable())
        );
        return beyond(sentence);
    }
    let of_decree =
        request.decree.and_then(|number| Some((number, context.state.decrees.get(code, number)?.sum)));
    if let Some((number, sum)) = of_decree
        && request.amount.minor() > sum.saturating_sub(fund.requested_for(number))
    {
        let asked = money(fund.requested_for(number));
        let sentence = format!(
            "{} is asked for, but decree {number} needs {}, of which {asked} is asked for already",
            request.amount,
            money(sum)
        );
        return beyond(sentence);
    }
    Ok(())
}

/// Released money serves another batch once: it must have been released, and be neither recovered nor ordered back.
fn recover(
    context: &Context<'_>,
    fund: Option<&Fund>,
    code: ProgrammeCode,
    recovered: &QuotaRecovered,
) -> Result<(), Refusal> {
    if recovered.from == recovered.to || context.state.batches.get(code, recovered.to).is_none() {
        let sentence = format!("batch {} is not another batch of {code} that was opened", recovered.to);
        return Err(Refusal::new(RefusalCode::BatchNotOpen, sentence));
    }
    let of_batch = fund.map_or(0, |fund| fund.recoverable_from(recovered.from));
    let free = fund.map_or(0, Fund::recoverable).min(of_batch).max(0);
    if recovered.amount.minor() <= free {
        return Ok(());
    }
    let free = Money::of_minor(free, recovered.amount.currency());
    let sentence =
        format!("batch {} has released {free} that is neither recovered nor ordered back", recovered.from);
    Err(Refusal::new(RefusalCode::AmountInvalid, sentence))
}

/// Only the treasury's own money goes back, and of it only what is promised to nobody.
fn give_back(context: &Context<'_>, fund: FundYear, ordered: &ReturnOrdered) -> Result<(), Refusal> {
    let currency = ordered.amount.currency();
    let books = context.state.books.fund(fund, currency);
    let received = books.map_or(0, |books| -books.balance(Account::Treasury));
    let free = context.state.returnable(fund, currency, context.day()).min(received).max(0);
    if i128::from(ordered.amount.minor()) <= free {
        return Ok(());
    }
    let free = Money::of_minor(i64::try_from(free).unwrap_or(i64::MAX), currency);
    let sentence = format!(
        "{} has {free} that can go back: the rest is owed, recovered for a batch, or ordered back already",
        context.subject
    );
    Err(Refusal::new(RefusalCode::AmountInvalid, sentence))
}

fn correct(fund: Option<&Fund>, sent: &CorrectionSent) -> Result<(), Refusal> {
    match fund.and_then(|fund| fund.bounced.get(&sent.sp2d)) {
        None => Err(mismatch(format!("SP2D {} has not bounced: there is nothing to correct", sent.sp2d))),
        Some(bounced) if bounced.corrected.is_some() => {
            Err(mismatch(format!("SP2D {} is corrected already", sent.sp2d)))
        }
        Some(_) => Ok(()),
    }
}

/// A budget is revised and spent until 31 December of its year; what is undelivered then is paid from what was disbursed.
fn within_the_year(context: &Context<'_>, year: i16) -> Result<(), Refusal> {
    let last = Day::last_of(year);
    if context.day() <= last {
        return Ok(());
    }
    let sentence = format!("the budget of {} could be revised and asked for until {last}", context.subject);
    Err(Refusal::new(RefusalCode::TermPassed, sentence))
}

/// What is undelivered is counted once, when the year is over: on 31 December or later.
fn at_the_end(context: &Context<'_>, fund: Option<&Fund>, year: i16) -> Result<(), Refusal> {
    if fund.is_none_or(|fund| fund.ceiling == 0) {
        return Err(mismatch(format!("{} has no budget: nothing is counted", context.subject)));
    }
    let last = Day::last_of(year);
    if context.day() < last {
        let sentence = format!("the year ends on {last}: count on that day or after");
        return Err(Refusal::new(RefusalCode::TermNotReached, sentence));
    }
    if let Some(closed) = fund.and_then(|fund| fund.closed) {
        let sentence = format!("{} was counted on {closed}", context.subject);
        return Err(Refusal::new(RefusalCode::StepDone, sentence));
    }
    Ok(())
}

fn order(context: &Context<'_>, fund: Option<&Fund>, ordered: &Ordered) -> Result<(), Refusal> {
    let request = fund.and_then(|fund| fund.requests.get(&ordered.spp));
    let Some(request) = request.filter(|request| request.order.is_none()) else {
        return Err(mismatch(format!("SPP {} is not recorded, or is ordered already", ordered.spp)));
    };
    if fund.is_some_and(|fund| fund.orders.contains_key(&ordered.spm)) {
        return Err(mismatch(format!("SPM {} is known already", ordered.spm)));
    }
    if request.by == context.actor.id {
        let sentence = format!("{} made the request: another person must order the payment", request.by);
        return Err(Refusal::new(RefusalCode::SamePerson, sentence));
    }
    Ok(())
}

/// Counts what is still owed or in hand on the cards of one fund year, person by person.
fn count_undelivered(context: &Context<'_>, code: ProgrammeCode, year: i16) -> YearClosed {
    let state = context.state;
    let number = state.programmes.number(code);
    let of_year =
        state.people.iter().flat_map(crate::participant::Person::entitlements).filter(|entitlement| {
            Some(entitlement.programme) == number && entitlement.decreed_on.year() == year
        });
    let undelivered = of_year.map(|entitlement| entitlement.card().undelivered()).filter(|minor| *minor > 0);
    let (persons, owed) = undelivered
        .fold((0_u32, 0_i64), |(persons, sum), minor| (persons.saturating_add(1), sum.saturating_add(minor)));
    let currency = state.programmes.get(code).map_or(crate::money::Currency::IDR, Programme::currency);
    YearClosed { owed: Money::of_minor(owed, currency), persons }
}
