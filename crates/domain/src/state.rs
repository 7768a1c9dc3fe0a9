//! All that has happened, folded: the image from which commands are decided.
//!
//! Folding is total. An event that cannot be fitted in (a fact about an unknown person, say) still posts, and is
//! left for the findings to name.

use crate::access::Access;
use crate::books::Books;
use crate::calendar::Calendar;
use crate::catalogue::Payload;
use crate::entitlement::{Card, Decrees};
use crate::entry::{Entry, FundYear};
use crate::fund::Funds;
use crate::ids::ProgrammeCode;
use crate::line::Event;
use crate::money::Currency;
use crate::participant::{People, Person};
use crate::programme::{Programme, Programmes};
use crate::subject::Subject;
use crate::supply::Supply;
use crate::time::{Day, Timestamp};
use crate::{batch, custody, entitlement, fund, instalment, payout, recovery, voucher};

/// The folded history.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What the first line says of the ledger.
    pub opened: Option<crate::ledger::Opened>,
    /// The newest word of the ledger on its access journal.
    pub access_anchor: Option<crate::ledger::AccessAnchored>,
    /// Recorded time of the newest event.
    pub recorded: Option<Timestamp>,
    /// Definitions.
    pub programmes: Programmes,
    /// Persons and their entitlements.
    pub people: People,
    /// Batches.
    pub batches: batch::Batches,
    /// Decrees.
    pub decrees: Decrees,
    /// Fund years and their documents.
    pub funds: Funds,
    /// Payout runs.
    pub runs: crate::run::Runs,
    /// Platforms, providers, courses, sessions, vacancies.
    pub supply: Supply,
    /// Waves of outcome tracking.
    pub waves: crate::outcome::Waves,
    /// Working days, closed days, and what is to come.
    pub calendar: Calendar,
    /// Roles.
    pub access: Access,
    /// The books.
    pub books: Books,
}

impl State {
    /// An empty history.
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds one event in, and tells what it did to the books.
    pub fn apply(&mut self, event: &Event) -> Option<Entry> {
        let entry = post(self, event);
        if let Some(entry) = &entry {
            self.books.add(entry);
        }
        self.recorded = Some(event.recorded);
        self.tally(event);
        self.evolve(event, entry.as_ref());
        entry
    }

    fn evolve(&mut self, event: &Event, entry: Option<&Entry>) {
        match &event.payload {
            Payload::Training(payload) => crate::training::evolve(self, event, payload),
            Payload::Payout(payload) => payout::evolve(self, event, payload),
            Payload::Instalment(payload) => instalment::evolve(self, event, payload),
            Payload::Voucher(payload) => voucher::evolve(self, event, payload),
            Payload::Participant(payload) => self.people.evolve(event, payload),
            Payload::Batch(payload) => batch::evolve(self, event, payload),
            Payload::Entitlement(payload) => entitlement::evolve(self, event, payload),
            Payload::Custody(payload) => custody::evolve(self, event, payload),
            Payload::Recovery(payload) => recovery::evolve(self, event, payload),
            Payload::Fund(payload) => fund::evolve(self, event, payload),
            Payload::Run(payload) => crate::run::evolve(self, event, payload),
            Payload::Session(payload) => self.supply.sessions.evolve(event.subject, payload),
            Payload::Supply(payload) => self.supply.evolve(event.subject, payload),
            Payload::Vacancy(payload) => self.supply.evolve_vacancy(event.subject, payload),
            Payload::Calendar(payload) => crate::calendar::evolve(self, event.subject, payload),
            Payload::Outcome(payload) => crate::outcome::evolve(self, event, payload),
            Payload::Programme(payload) => {
                if let Some(code) = event.programme() {
                    self.programmes.evolve(code, event.actor.id, event.time, payload);
                    if matches!(payload, crate::programme::Event::Published(_)) {
                        instalment::wake_all_for_surveys(self, code, event.time.day());
                    }
                }
            }
            Payload::Access(payload) => self.access.evolve(event, payload),
            Payload::Ledger(crate::ledger::Event::Opened(opened)) => self.opened = Some(opened.clone()),
            Payload::Ledger(crate::ledger::Event::AccessAnchored(anchor)) => {
                self.access_anchor = Some(anchor.clone());
            }
            // Recorded for views and findings; no decision looks at them.
            Payload::Ledger(_) | Payload::Loan(_) => {}
        }
        let Some(entry) = entry else { return };
        // A card has one currency: a fact in another one is in the books alone.
        let currency = self.programmes.get(entry.fund.programme).map(Programme::currency);
        let entitlement = self.entitlement_mut(event).filter(|_| currency == Some(entry.currency));
        let Some(entitlement) = entitlement else { return };
        let before = entitlement.card();
        let mut money = before;
        money.apply(entry);
        entitlement.set_card(&money);
        let granted = money.allocated.saturating_sub(before.allocated);
        let (change, batch) = (money.released.saturating_sub(before.released), entitlement.batch);
        if change != 0 {
            self.released(entry.fund, batch, change);
        }
        if granted > 0 {
            self.granted(entry.fund, batch, granted);
        }
    }

    /// The entitlement of a person in a programme.
    pub fn card<'a>(&'a self, person: &'a Person, programme: ProgrammeCode) -> Option<Card<'a>> {
        let number = self.programmes.number(programme)?;
        let entitlement = person.entitlements().find(|each| each.programme == number)?;
        let programme = self.programmes.at(number)?;
        Some(Card { person, entitlement, programme, decrees: &self.decrees, funds: &self.funds })
    }

    /// The entitlement that an event about a participant concerns.
    pub fn card_of(&self, event: &Event) -> Option<Card<'_>> {
        let Subject::Participant(id) = event.subject else { return None };
        self.card(self.people.get(id)?, event.programme?)
    }

    pub(crate) fn entitlement_mut(&mut self, event: &Event) -> Option<&mut entitlement::Entitlement> {
        let Subject::Participant(id) = event.subject else { return None };
        let number = self.programmes.number(event.programme?)?;
        self.people.get_mut(id)?.entitlements_mut().find(|each| each.programme == number)
    }

    /// The fund year that an event's money belongs to: that of the card's decree, or of the event's own day.
    pub(crate) fn fund_of(&self, event: &Event) -> Option<(FundYear, Currency)> {
        let (programme, year) = match event.subject {
            Subject::Fund(programme, year) | Subject::Custody(programme, year) => (programme, year),
            _ => {
                let year = self.card_of(event).map(|card| card.entitlement.decreed_on.year());
                (event.programme()?, year.unwrap_or_else(|| event.time.day().year()))
            }
        };
        let currency = self.programmes.get(programme).map_or(Currency::IDR, Programme::currency);
        Some((FundYear { programme, year }, currency))
    }

    /// What a fund year may still commit, in minor units: its ceiling less what is committed and what open decrees have
    /// promised.
    pub fn free(&self, fund: FundYear, currency: Currency) -> i128 {
        let ceiling = self.funds.get(fund.programme, fund.year).map_or(0, |each| each.ceiling);
        let books = self.books.fund(fund, currency);
        let committed = books.map_or(0, |books| books.balance(crate::chart::Account::CommittedPool));
        i128::from(ceiling) - committed - self.decrees.promised(fund.programme, fund.year)
    }

    /// The newest closed day.
    pub fn closed_day(&self) -> Option<Day> {
        self.calendar.closed
    }
}

/// What an event does to the books: derived from the event and what went before, never typed in.
pub fn post(state: &State, event: &Event) -> Option<Entry> {
    let entry = match &event.payload {
        Payload::Payout(payload) => payout::post(state, event, payload),
        Payload::Instalment(payload) => instalment::post(state, event, payload),
        Payload::Voucher(payload) => voucher::post(state, event, payload),
        Payload::Entitlement(payload) => entitlement::post(state, event, payload),
        Payload::Custody(payload) => custody::post(state, event, payload),
        Payload::Recovery(payload) => recovery::post(state, event, payload),
        Payload::Fund(payload) => fund::post(state, event, payload),
        // No money moves.
        Payload::Training(_)
        | Payload::Run(_)
        | Payload::Participant(_)
        | Payload::Batch(_)
        | Payload::Outcome(_)
        | Payload::Loan(_)
        | Payload::Session(_)
        | Payload::Supply(_)
        | Payload::Vacancy(_)
        | Payload::Calendar(_)
        | Payload::Programme(_)
        | Payload::Access(_)
        | Payload::Ledger(_) => None,
    };
    entry.filter(|entry| !entry.movements().is_empty())
}
