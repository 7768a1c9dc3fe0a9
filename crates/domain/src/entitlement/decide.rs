//! Decrees, revocation, reinstatement, closing.

use super::{
    Card, DecreeClosed, DecreeOpened, DecreePhase, DecreeTotals, Decreed, Event, Granted, Reinstated,
    ReinstatementProposed, Revocation, RevocationReason, Revoked, Status,
};
use crate::batch::Standing;
use crate::books::FundBooks;
use crate::chart::Account;
use crate::decide::{Context, Draft};
use crate::entry::FundYear;
use crate::ids::{DocumentNumber, Reason};
use crate::money::Money;
use crate::participant::Person;
use crate::programme::{Programme, Terms};
use crate::record::{payloads, types};
use crate::refusal::{Refusal, RefusalCode};
use crate::subject::Subject;

types! {
    /// Commands of decrees and entitlements.
    Command {
        /// Open a decree.
        OpenDecree(DecreeOpened) = "decree.open.v1";
        /// Grant one person the benefits of an open decree.
        Decree(Decree) = "entitlement.decree.v1";
        /// Close a decree.
        CloseDecree(CloseDecree) = "decree.close.v1";
        /// Take an entitlement back.
        Revoke(Revoke) = "entitlement.revoke.v1";
        /// Propose to undo a revocation.
        ProposeReinstatement(ReinstatementProposed) = "entitlement.propose_reinstatement.v1";
        /// Undo a revocation, by another person than the one who proposed it.
        Reinstate(Reinstate) = "entitlement.reinstate.v1";
        /// Propose to end an entitlement that still has money, once its last day has passed.
        ProposeClose(ProposeClose) = "entitlement.propose_close.v1";
        /// End an entitlement: with nothing left, or, by a second person, after its last day.
        Close(Close) = "entitlement.close.v1";
    }
}

payloads! {
    /// One line of a decree; the amounts follow from the terms.
    Decree {
        /// The decree.
        decree: DocumentNumber,
    }
    /// The totals follow from the lines.
    CloseDecree {}
    /// The amount follows from what is left.
    Revoke {
        /// Why.
        reason: RevocationReason,
    }
    /// The amount follows from what was released.
    Reinstate {
        /// Why.
        reason: Reason,
        /// The decision.
        reference: DocumentNumber,
    }
    /// The amount follows from what was never earned.
    ProposeClose {
        /// Why.
        reason: Reason,
    }
    /// The amount follows from what was never earned.
    Close {
        /// Why.
        reason: Reason,
    }
}

/// Decides a command of a decree or entitlement.
///
/// # Errors
/// When the decree is not open, the person not eligible or entitled already, or the ceiling too low.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let event = match command {
        Command::OpenDecree(opened) => open_decree(context, opened)?,
        Command::Decree(decree) => self::decree(context, decree)?,
        Command::CloseDecree(CloseDecree {}) => close_decree(context)?,
        Command::Revoke(revoke) => self::revoke(context, revoke)?,
        Command::ProposeReinstatement(proposed) => propose(context, proposed)?,
        Command::Reinstate(reinstate) => return self::reinstate(context, reinstate),
        Command::ProposeClose(proposed) => super::end::propose(context, proposed)?,
        Command::Close(close) => super::end::close(context, close)?,
    };
    Ok(vec![context.draft(event)])
}

fn subject(context: &Context<'_>) -> Result<(crate::ids::ProgrammeCode, DocumentNumber), Refusal> {
    match context.subject {
        Subject::Decree(code, number) => Ok((code, number)),
        _ => Err(context.wrong_subject("decree/<programme>/<number>")),
    }
}

fn terms_for(programme: &Programme, batch: u16, date: crate::time::Day) -> Result<&Terms, Refusal> {
    let terms = programme.terms_for(batch, date).and_then(|number| programme.terms(number));
    terms.ok_or_else(|| {
        let sentence = format!("no terms of {} cover batch {batch} on {date}", programme.code);
        Refusal::new(RefusalCode::TermsMissing, sentence)
    })
}

fn open_decree(context: &Context<'_>, opened: &DecreeOpened) -> Result<Event, Refusal> {
    let (code, number) = subject(context)?;
    let programme = context.defined()?;
    if context.state.decrees.get(code, number).is_some() {
        return Err(Refusal::new(
            RefusalCode::DecreeKnown,
            format!("decree {number} of {code} is known already"),
        ));
    }
    let terms = terms_for(programme, opened.batch, opened.date)?;
    Context::positive(opened.sum, programme.currency())?;
    let fund = FundYear { programme: code, year: opened.date.year() };
    let ceiling = context.state.funds.get(code, fund.year).map_or(0, |each| each.ceiling);
    let committed = context
        .state
        .books
        .fund(fund, programme.currency())
        .map_or(0, |books| books.balance(Account::CommittedPool));
    // What other open decrees have promised is not free, though their lines have not come yet.
    let free = i128::from(ceiling) - committed - context.state.decrees.promised(code, fund.year);
    if i128::from(opened.sum.minor()) > free {
        let money =
            |minor: i128| Money::of_minor(i64::try_from(minor).unwrap_or(i64::MAX), programme.currency());
        let sentence = format!(
            "the decree needs {}, but fund/{code}/{} has {} free of a ceiling of {}: have the budget revised",
            opened.sum,
            fund.year,
            money(free),
            money(ceiling.into()),
        );
        return Err(Refusal::new(RefusalCode::CeilingExceeded, sentence).under(code, &terms.version));
    }
    within_selection(context, code, opened)?;
    dated(context, code, opened)?;
    Ok(Event::DecreeOpened(opened.clone()))
}

/// A decree is of a day between the draw that it rests on and its record: terms and fund year follow from that day.
fn dated(
    context: &Context<'_>,
    code: crate::ids::ProgrammeCode,
    opened: &DecreeOpened,
) -> Result<(), Refusal> {
    let drawn = context.state.batches.get(code, opened.batch).and_then(|batch| batch.drawn_on);
    let (date, today) = (opened.date, context.day());
    let (code, sentence) = if date > today {
        let sentence = format!("the decree is of {date}, and it is {today}: open it on that day or later");
        (RefusalCode::TermNotReached, sentence)
    } else if let Some(drawn) = drawn.filter(|drawn| date < *drawn) {
        let sentence = format!("the decree is of {date}, before batch {} was drawn on {drawn}", opened.batch);
        (RefusalCode::TermPassed, sentence)
    } else {
        return Ok(());
    };
    Err(Refusal::new(code, sentence))
}

/// A decree takes only whom its batch selected, so that its places and its pool bound it.
fn within_selection(
    context: &Context<'_>,
    code: crate::ids::ProgrammeCode,
    opened: &DecreeOpened,
) -> Result<(), Refusal> {
    let selected = context.state.batches.get(code, opened.batch).map_or(0, |batch| batch.selected);
    let promised = context.state.decrees.promised_of(code, opened.batch);
    if promised.saturating_add(opened.count) <= selected {
        return Ok(());
    }
    let sentence = format!(
        "the decree names {} persons, but batch {} selected {selected}, of whom {promised} are in decrees already",
        opened.count, opened.batch
    );
    Err(Refusal::new(RefusalCode::NotSelected, sentence))
}

fn open<'a>(
    context: &Context<'a>,
    programme: &Programme,
    number: DocumentNumber,
) -> Result<&'a DecreeTotals, Refusal> {
    let decree = context.state.decrees.get(programme.code, number);
    let open = decree.filter(|decree| decree.phase == DecreePhase::Open && decree.date <= context.day());
    open.ok_or_else(|| {
        let sentence = format!("decree {number} of {} is not open on {}", programme.code, context.day());
        Refusal::new(RefusalCode::DecreeNotOpen, sentence)
    })
}

fn decree(context: &Context<'_>, command: &Decree) -> Result<Event, Refusal> {
    let (person, programme) = (context.person()?, context.defined()?);
    let decree = open(context, programme, command.decree)?;
    let terms = terms_for(programme, decree.batch, decree.date)?;
    let refuse = |code, sentence| Err(Refusal::new(code, sentence).under(programme.code, &terms.version));
    if context.state.card(person, programme.code).is_some() {
        let sentence = format!("{} has an entitlement in {} already", context.subject, programme.code);
        return refuse(RefusalCode::AlreadyDecreed, sentence);
    }
    if let Some(refusal) = unselected(context, person, programme, decree.batch) {
        return Err(refusal.under(programme.code, &terms.version));
    }
    if let Some(rule) = crate::batch::overtaken(context.state, person, terms) {
        let sentence = format!("{} was found eligible, but no longer meets {rule}", context.subject);
        return refuse(RefusalCode::NotEligible, sentence);
    }
    let benefits = benefits(programme, terms)?;
    let sum = benefits.iter().fold(decree.summed, |sum, granted| sum.saturating_add(granted.amount.minor()));
    if decree.counted >= decree.count || sum > decree.sum {
        let currency = programme.currency();
        let sentence = format!(
            "decree {} promises {} persons and {}, and this line would be beyond",
            command.decree,
            decree.count,
            Money::of_minor(decree.sum, currency)
        );
        return refuse(RefusalCode::DecreeTotals, sentence);
    }
    Ok(Event::Decreed(Decreed { batch: decree.batch, benefits, decree: command.decree }))
}

fn unselected(context: &Context<'_>, person: &Person, programme: &Programme, batch: u16) -> Option<Refusal> {
    let applied = context.state.applied(person, programme.code).filter(|each| each.batch == batch);
    match applied.map(|each| each.standing) {
        Some(Standing::Selected) => None,
        Some(Standing::Eligible | Standing::Unselected) => {
            let sentence = format!("{} was not drawn in batch {batch}", context.subject);
            Some(Refusal::new(RefusalCode::NotSelected, sentence))
        }
        None | Some(Standing::Joined | Standing::Ineligible) => {
            let sentence = format!("{} was not found eligible in batch {batch}", context.subject);
            Some(Refusal::new(RefusalCode::NotEligible, sentence))
        }
    }
}

/// What a decree under these terms grants one person, benefit by benefit.
///
/// # Errors
/// When an amount is not in the currency of the programme, which no published definition says.
pub fn benefits(programme: &Programme, terms: &Terms) -> Result<Vec<Granted>, Refusal> {
    let currency = programme.currency();
    // Definitions are checked before they are published: amounts are in the currency.
    let parse = |text: &str| {
        Money::parse(text, currency).map_err(|problem| {
            Refusal::new(RefusalCode::ProgrammeInvalid, problem.to_string())
                .under(programme.code, &terms.version)
        })
    };
    let mut benefits = Vec::with_capacity(1 + terms.cash.len());
    if let Some(training) = &terms.training {
        benefits.push(Granted { amount: parse(&training.amount)?, benefit: training.benefit });
    }
    for cash in &terms.cash {
        let amount = parse(&cash.amount)?.minor().saturating_mul(i64::from(cash.count));
        benefits.push(Granted { amount: Money::of_minor(amount, currency), benefit: cash.benefit });
    }
    Ok(benefits)
}

fn close_decree(context: &Context<'_>) -> Result<Event, Refusal> {
    let (_, number) = subject(context)?;
    let programme = context.defined()?;
    let decree = open(context, programme, number)?;
    let money = |minor| Money::of_minor(minor, programme.currency());
    if (decree.count, decree.sum) != (decree.counted, decree.summed) {
        let sentence = format!(
            "decree {number} promised {} persons and {}, but has {} and {}: record the missing lines",
            decree.count,
            money(decree.sum),
            decree.counted,
            money(decree.summed)
        );
        return Err(Refusal::new(RefusalCode::DecreeTotals, sentence));
    }
    Ok(Event::DecreeClosed(DecreeClosed { count: decree.count, sum: money(decree.sum) }))
}

fn revoke(context: &Context<'_>, revoke: &Revoke) -> Result<Event, Refusal> {
    let card = context.active_card()?;
    if revoke.reason == RevocationReason::NoPurchase {
        check_no_purchase(context, &card)?;
    }
    Ok(Event::Revoked(Revoked {
        amount: card.money(card.entitlement.card().unmoved()),
        reason: revoke.reason,
    }))
}

/// Permenko 11/2020: revoked when nothing was bought within the term, which ends with its last day in WIB.
fn check_no_purchase(context: &Context<'_>, card: &Card<'_>) -> Result<(), Refusal> {
    let Some(until) = card.first_purchase_until() else {
        let sentence = "these terms have no term for the first purchase".to_owned();
        return Err(card.refuse(RefusalCode::NotRevocable, sentence));
    };
    if card.entitlement.has_purchase() {
        return Err(card.refuse(RefusalCode::NotRevocable, "there is a purchase".to_owned()));
    }
    if context.time < until.ends() {
        let sentence = format!("the first purchase can be made until the end of {until}");
        return Err(card.refuse(RefusalCode::TermNotReached, sentence));
    }
    // Who bought in time, and whose class then fell through, has the term anew. Where the last day to buy cut that term
    // short there was no whole term to miss: the balance lapses, the card stays.
    let cutoffs = card.programme.cutoffs(card.entitlement.batch, context.day());
    let last = cutoffs.and_then(|cutoffs| cutoffs.purchase_until);
    if card.entitlement.was_let_down() && last.is_some_and(|last| last < until) {
        let sentence = "the course was cancelled by its provider or platform, with no whole term left to buy \
                        another";
        return Err(card.refuse(RefusalCode::NotRevocable, sentence.to_owned()));
    }
    Ok(())
}

fn revocation(card: &Card<'_>) -> Result<Revocation, Refusal> {
    let revoked = card.entitlement.revocation().filter(|_| card.entitlement.status == Status::Revoked);
    revoked.ok_or_else(|| {
        let sentence = format!("the entitlement is {}", card.entitlement.status);
        card.refuse(RefusalCode::NotRevoked, sentence)
    })
}

fn propose(context: &Context<'_>, proposed: &ReinstatementProposed) -> Result<Event, Refusal> {
    let card = context.card()?;
    check_in_time(context, &card, revocation(&card)?)?;
    Ok(Event::ReinstatementProposed(proposed.clone()))
}

/// A revocation can be undone while the terms allow it, and while money can still be paid.
fn check_in_time(context: &Context<'_>, card: &Card<'_>, revocation: Revocation) -> Result<(), Refusal> {
    let days = card.terms().and_then(|terms| terms.reinstatement_days);
    if let Some(until) = days.map(|days| revocation.on.plus(i32::from(days)))
        && context.day() > until
    {
        let sentence = format!("it could be undone until the end of {until}");
        return Err(card.refuse(RefusalCode::TermPassed, sentence));
    }
    crate::payout::check_cutoff(card, context.day())
}

/// Two persons undo a revocation: one proposes, another decides, and neither decides on a revocation of their own.
fn reinstate(context: &Context<'_>, reinstate: &Reinstate) -> Result<Vec<Draft>, Refusal> {
    let card = context.card()?;
    let revocation = revocation(&card)?;
    let Some(proposer) = revocation.proposed_by else {
        let sentence = "nobody has proposed it: propose it first, for another person to decide".to_owned();
        return Err(card.refuse(RefusalCode::StepMissing, sentence));
    };
    for (who, did) in [(proposer, "proposed this"), (revocation.by, "revoked this entitlement")] {
        if who == context.actor.id {
            let sentence = format!("{who} {did}: another person must reinstate it");
            return Err(card.refuse(RefusalCode::SamePerson, sentence));
        }
    }
    check_in_time(context, &card, revocation)?;
    let released = revocation.voucher.saturating_add(revocation.other);
    if let Some(rule) =
        card.terms().and_then(|terms| crate::batch::overfull(context.state, card.person, terms))
    {
        let sentence = format!("others of the household were decreed since: it no longer meets {rule}");
        return Err(card.refuse(RefusalCode::NotEligible, sentence));
    }
    check_money(context, &card, released)?;
    let amount = card.money(released);
    let event = Reinstated { amount, reason: reinstate.reason, reference: reinstate.reference };
    let mut events = vec![context.draft(Event::Reinstated(event))];
    // What was demanded because the right was gone is no longer owed.
    let demanded = crate::recovery::withdrawable(&card);
    if demanded > 0 {
        events.push(context.draft(crate::recovery::Event::Withdrawn(crate::recovery::Withdrawn {
            amount: card.money(demanded),
            reason: reinstate.reason,
            reference: reinstate.reference,
        })));
    }
    Ok(events)
}

/// The ceiling must cover what is committed again; after the year's end, when no SP2D can follow, so must the money
/// that is on hand and promised to nobody.
fn check_money(context: &Context<'_>, card: &Card<'_>, released: i64) -> Result<(), Refusal> {
    let fund = FundYear { programme: card.programme.code, year: card.entitlement.decreed_on.year() };
    let mut free = context.state.free(fund, card.currency());
    if context.day().year() > fund.year {
        let spare = context.state.books.fund(fund, card.currency()).map_or(0, FundBooks::spare);
        free = free.min(spare);
    }
    if i128::from(released) > free {
        let (amount, free) = (card.money(released), card.money(i64::try_from(free).unwrap_or(i64::MAX)));
        let sentence = format!("{amount} would be committed again, and the fund has {free} free");
        return Err(card.refuse(RefusalCode::CeilingExceeded, sentence));
    }
    Ok(())
}
