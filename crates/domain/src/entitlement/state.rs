//! What is remembered of an entitlement: compact, since there are millions.

use super::decrees::{DecreePhase, DecreeTotals};
use super::records::{Record, Records};
use super::{CardMoney, Event, Exceptions, PackedMoney, Revocation, Taken};
use crate::calendar::Wake;
use crate::ids::PurchaseCode;
use crate::line::Event as Line;
use crate::record::words;
use crate::state::State;
use crate::subject::Subject;
use crate::time::Day;

words! {
    /// Where an entitlement stands.
    Status {
        /// In use once its decree is closed.
        Active = "active",
        /// Taken back.
        Revoked = "revoked",
        /// Ended.
        Closed = "closed",
    }
    /// Where an instalment stands.
    InstalmentPhase {
        /// Can be paid from its day on.
        Due = "due",
        /// Held back.
        Held = "held",
        /// With a payment partner.
        Instructed = "instructed",
        /// Not gone through.
        Failed = "failed",
        /// Gone through and come back.
        Returned = "returned",
        /// Arrived.
        Paid = "paid",
        /// Not paid before the cut-off.
        Lapsed = "lapsed",
    }
}

/// One instalment, from the moment it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instalment {
    /// What is still open of it, in minor units.
    pub open: i64,
    /// The day from which it can be paid. The next instalment is counted from it, whatever became of this one.
    pub pay_on: Day,
    /// Days by which a retry puts the payment off, from `pay_on`; the greatest number stands for that and more.
    pub put_off_days: u16,
    /// Number of the benefit in the terms.
    pub benefit: u8,
    /// Number of the instalment, from 1.
    pub number: u8,
    /// Where it stands.
    pub phase: InstalmentPhase,
    /// Instructions so far.
    pub attempts: u8,
    /// One bit for each attempt that has arrived and not come back.
    pub arrived: u8,
    /// Number of the partner that was told to pay, in `People::partner`.
    pub partner: u16,
}

/// One purchase. Steps only ever become true, but for `cancelled`, which ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent steps of a course, in no fixed order")]
pub struct Purchase {
    /// The price, in minor units.
    pub price: i64,
    /// One bit for each attended session.
    pub attended: u32,
    /// Its code.
    pub code: PurchaseCode,
    /// Number of the course.
    pub course: u32,
    /// Number of the platform.
    pub platform: u16,
    /// The day of the purchase.
    pub bought: Day,
    /// Cancelled, its money restored.
    pub cancelled: bool,
    /// The redeem code was used.
    pub redeemed: bool,
    /// The course is finished.
    pub completed: bool,
    /// The certificate is issued.
    pub certified: bool,
    /// The rating is given.
    pub rated: bool,
    /// The platform has been paid.
    pub settled: bool,
    /// Never finished: the platform is not paid any more.
    pub expired: bool,
}

impl Purchase {
    /// Nothing about a purchase comes before its day.
    ///
    /// # Errors
    /// A sentence, when the purchase is of a later day.
    pub(crate) fn bought_by(&self, day: Day) -> Result<(), String> {
        if day >= self.bought {
            return Ok(());
        }
        Err(format!("it would take effect on {day}, and purchase {} is of {}", self.code, self.bought))
    }
}

/// One person's entitlement in one programme.
#[derive(Clone, Debug)]
pub struct Entitlement {
    money: PackedMoney,
    records: Records,
    /// What only few have: a revocation, a demand, an overpayment.
    pub exceptions: Option<Box<Exceptions>>,
    /// Number of the decree.
    pub decree: u32,
    /// Date of the decree, from which terms are counted.
    pub decreed_on: Day,
    /// The day from which the term of the first purchase is counted.
    pub clock: Day,
    /// The day on which the first instalment arrived.
    pub first_paid: Option<Day>,
    /// Number of the programme.
    pub programme: u16,
    /// Number of the batch.
    pub batch: u16,
    /// Number of the terms in the definition.
    pub terms: u16,
    /// Where it stands.
    pub status: Status,
    /// One bit for each opened survey.
    pub surveys_opened: u8,
    /// One bit for each answered survey.
    pub surveys_answered: u8,
}

impl Entitlement {
    /// Where its money is.
    pub fn card(&self) -> CardMoney {
        self.money.unpack()
    }

    pub(crate) fn set_card(&mut self, money: &CardMoney) {
        self.money = PackedMoney::pack(money);
    }

    /// Instalments, in the order in which they became due.
    pub fn instalments(&self) -> impl Iterator<Item = Instalment> {
        self.records.iter().filter_map(|record| match record {
            Record::Instalment(instalment) => Some(instalment),
            Record::Purchase(_) => None,
        })
    }

    /// An instalment by its benefit and its number.
    pub fn instalment(&self, benefit: u8, number: u8) -> Option<Instalment> {
        self.instalments().find(|each| each.benefit == benefit && each.number == number)
    }

    pub(crate) fn add_instalment(&mut self, instalment: Instalment) {
        self.records.push(&Record::Instalment(instalment));
    }

    /// Puts an instalment that has changed back into its place.
    pub(crate) fn put_instalment(&mut self, instalment: Instalment) {
        self.records.put_back(&Record::Instalment(instalment));
    }

    /// Purchases in order, cancelled ones too.
    pub fn purchases(&self) -> impl Iterator<Item = Purchase> {
        self.records.iter().filter_map(|record| match record {
            Record::Purchase(purchase) => Some(purchase),
            Record::Instalment(_) => None,
        })
    }

    /// A purchase by its code.
    pub fn purchase(&self, code: PurchaseCode) -> Option<Purchase> {
        self.purchases().find(|purchase| purchase.code == code)
    }

    pub(crate) fn add_purchase(&mut self, purchase: Purchase) {
        self.records.push(&Record::Purchase(purchase));
    }

    /// Puts a purchase that has changed back into its place.
    pub(crate) fn put_purchase(&mut self, purchase: Purchase) {
        self.records.put_back(&Record::Purchase(purchase));
    }

    /// Ends a purchase that was never finished, by its number among all purchases of the card, from 1.
    pub(crate) fn expire_purchase(&mut self, ordinal: u32) {
        let Some(place) = ordinal.checked_sub(1).and_then(|place| usize::try_from(place).ok()) else {
            return;
        };
        let Some(purchase) = self.purchases().nth(place) else { return };
        let mut before = 0;
        let is_it = |record: &Record| {
            let is_purchase = matches!(record, Record::Purchase(_));
            before += usize::from(is_purchase);
            is_purchase && before == place + 1
        };
        self.records.replace_first(is_it, &Record::Purchase(Purchase { expired: true, ..purchase }));
    }

    /// True while at least one purchase is not cancelled.
    pub fn has_purchase(&self) -> bool {
        self.purchases().any(|purchase| !purchase.cancelled)
    }
}

/// The bit of a numbered survey.
pub(crate) fn survey_bit(number: u8) -> u8 {
    // Surveys are numbered from 1, and no definition has more than 8.
    number.checked_sub(1).and_then(|place| 1_u8.checked_shl(u32::from(place))).unwrap_or(0)
}

/// Folds an event of a decree or an entitlement.
pub fn evolve(state: &mut State, line: &Line, event: &Event) {
    match event {
        Event::DecreeOpened(opened) => {
            let Subject::Decree(programme, number) = line.subject else { return };
            let place = u32::try_from(state.decrees.list.len()).unwrap_or(u32::MAX);
            state.decrees.places.insert((programme, number), place);
            state.decrees.list.push(DecreeTotals {
                programme,
                number,
                phase: DecreePhase::Open,
                batch: opened.batch,
                date: opened.date,
                count: opened.count,
                sum: opened.sum.minor(),
                counted: 0,
                summed: 0,
            });
        }
        Event::DecreeClosed(_) => {
            let Subject::Decree(programme, number) = line.subject else { return };
            if let Some(decree) = state.decrees.get_mut(programme, number) {
                decree.phase = DecreePhase::Closed;
            }
        }
        Event::Decreed(decreed) => decreed_to(state, line, decreed),
        Event::Revoked(_) => revoked(state, line),
        Event::ReinstatementProposed(_) => {
            let revocation = state.entitlement_mut(line).and_then(|each| each.exceptions_mut_if_any());
            if let Some(revocation) = revocation.and_then(|each| each.revocation.as_mut()) {
                revocation.proposed_by = Some(line.actor.id);
            }
        }
        Event::Reinstated(_) => reinstated(state, line),
        Event::CloseProposed(_) => {
            if let Some(entitlement) = state.entitlement_mut(line) {
                entitlement.exceptions_mut().closing = Some(line.actor.id);
            }
        }
        Event::Closed(_) => set_status(state, line, Status::Closed),
    }
}

fn decreed_to(state: &mut State, line: &Line, decreed: &super::Decreed) {
    let (Subject::Participant(id), Some(code)) = (line.subject, line.programme) else { return };
    let number = state.programmes.appear(code);
    let place = state.decrees.place(code, decreed.decree);
    let date = place.and_then(|place| state.decrees.at(place)).map_or(line.time.day(), |decree| decree.date);
    let terms = state.programmes.at(number).and_then(|programme| programme.terms_for(decreed.batch, date));
    let currency = state.programmes.at(number).map(crate::programme::Programme::currency);
    let granted = decreed
        .benefits
        .iter()
        .map(|granted| granted.amount)
        // As the books count it: a line below zero takes nothing off a decree, or it would promise that much more.
        .filter(|amount| currency == Some(amount.currency()) && amount.is_positive());
    let sum = granted.fold(0_i64, |sum, amount| sum.saturating_add(amount.minor()));
    if let Some(decree) = state.decrees.get_mut(code, decreed.decree) {
        decree.counted = decree.counted.saturating_add(1);
        decree.summed = decree.summed.saturating_add(sum);
    }
    let Some(person) = state.people.appear(id) else { return };
    // A second decree is a fact that breaks a rule: it posts, and the first entitlement stays.
    if person.entitlements().any(|each| each.programme == number) {
        return;
    }
    person.grant(Entitlement {
        money: PackedMoney::default(),
        records: Records::default(),
        decree: place.unwrap_or(u32::MAX),
        decreed_on: date,
        clock: date,
        first_paid: None,
        exceptions: None,
        programme: number,
        batch: decreed.batch,
        // Without terms nothing can be commanded: a number that no definition has.
        terms: terms.and_then(|terms| u16::try_from(terms).ok()).unwrap_or(u16::MAX),
        status: Status::Active,
        surveys_opened: 0,
        surveys_answered: 0,
    });
    count_in_household(state, line, true);
    wake_for_first_purchase(state, line);
    crate::instalment::wake_now(state, line);
}

fn revoked(state: &mut State, line: &Line) {
    let Some(entitlement) = state.entitlement_mut(line) else { return };
    let again = entitlement.status == Status::Revoked;
    let money = entitlement.card();
    let none = Revocation { by: line.actor.id, on: line.time.day(), proposed_by: None, voucher: 0, other: 0 };
    entitlement.exceptions_mut().revocation.get_or_insert(none);
    entitlement.add_to_revocation(money.voucher, money.unmoved().saturating_sub(money.voucher));
    // Their money is back in the pool: what is left is what was paid, and what is on its way.
    let waits = |each: &Instalment| each.open > 0 && each.phase != InstalmentPhase::Instructed;
    let waiting: Vec<_> = entitlement.instalments().filter(waits).collect();
    for Instalment { benefit, number, open: minor, .. } in &waiting {
        entitlement.take(Taken { benefit: *benefit, number: *number, minor: *minor });
    }
    for instalment in waiting {
        entitlement.put_instalment(Instalment { phase: InstalmentPhase::Lapsed, open: 0, ..instalment });
    }
    entitlement.status = Status::Revoked;
    if !again {
        count_in_household(state, line, false);
    }
}

fn reinstated(state: &mut State, line: &Line) {
    let entitlement = state.entitlement_mut(line).filter(|each| each.status == Status::Revoked);
    let Some(entitlement) = entitlement else { return };
    entitlement.clock = line.time.day();
    entitlement.status = Status::Active;
    let exceptions = entitlement.exceptions_mut();
    let revocation = exceptions.revocation.take();
    exceptions.undone = revocation.map(|each| (each.by, each.proposed_by));
    let taken = std::mem::take(&mut exceptions.taken);
    exceptions.closing = None;
    // Whoever is entitled again need not repay what was due by right: nothing is handed on until it is withdrawn.
    if let Some(claim) = &mut exceptions.claim {
        claim.held = claim.demanded > claim.of_overpayments;
    }
    for each in taken {
        due_again(state, line, each);
    }
    count_in_household(state, line, true);
    wake_for_first_purchase(state, line);
    crate::instalment::wake_now(state, line);
    state.wake_for_cut_offs(line);
}

/// What was earned stays earned: an instalment that the revocation took can be paid again, and no more of it than was
/// open.
fn due_again(state: &mut State, line: &Line, taken: Taken) {
    let Some(card) = state.card_of(line) else { return };
    let cash = card.terms().and_then(|terms| terms.cash.get(usize::from(taken.benefit)));
    let granted = cash.map_or(0, |cash| card.instalment_minor(cash));
    let Some(mut instalment) = card.entitlement.instalment(taken.benefit, taken.number) else { return };
    instalment.phase = InstalmentPhase::Due;
    instalment.open = taken.minor;
    if taken.minor >= granted {
        // Nothing of it has stayed with the person: no attempt can come back any more.
        instalment.arrived = 0;
    }
    if let Some(entitlement) = state.entitlement_mut(line) {
        entitlement.put_instalment(instalment);
    }
}

fn set_status(state: &mut State, line: &Line, status: Status) {
    if let Some(entitlement) = state.entitlement_mut(line) {
        entitlement.status = status;
    }
}

fn count_in_household(state: &mut State, line: &Line, more: bool) {
    let Subject::Participant(id) = line.subject else { return };
    let Some(number) = state.people.get(id).and_then(|person| person.household) else { return };
    if let Some(household) = state.people.household_mut(number) {
        let recipients = household.recipients;
        household.recipients = if more { recipients.saturating_add(1) } else { recipients.saturating_sub(1) };
    }
}

/// Looks again at the end of the term of the first purchase.
pub(crate) fn wake_for_first_purchase(state: &mut State, line: &Line) {
    let until = state.card_of(line).and_then(|card| card.first_purchase_until());
    if let (Some(day), Subject::Participant(id), Some(programme)) = (until, line.subject, line.programme) {
        state.wake(day, id, programme, Wake::FirstPurchase);
    }
}
