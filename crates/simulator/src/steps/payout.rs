//! Money to persons: instructed, answered by the partner, failed, retried, returned.

use super::account::partner;
use super::moment;
use super::training::reference;
use crate::Simulation;
use crate::agenda::{Benefit, What};
use crate::day::{Date, Day, HOUR, civil, day, working};
use crate::line::{Actor, Entry, Money};
use crate::people::Person;
use crate::plan::{INTERVAL, Pause};

/// Transfers that fail, in ten-thousandths of a day's transfers.
const FAILED: u32 = 40;
/// Failures that turn out to have been settled after all, in ten-thousandths.
const LATE: u32 = 400;
/// Settled payouts that come back, in ten-thousandths.
const RETURNED: u32 = 5;
/// Instalments held for review, in ten-thousandths.
const HELD: u32 = 10;

/// Days over which held instalments are worked off once a pause is over.
const RESUMPTION: i32 = 11;

const REVIEWER: Actor = Actor::User("pmo.review");
/// `rejected` and `limit` pass by themselves; the others ask for another account.
const REASONS: &[&str] = &["rejected", "rejected", "limit", "inactive", "no-kyc", "nik-differs"];

impl Simulation {
    /// The moment at which an instalment that can be paid from `payon` on is instructed.
    pub(crate) fn payday(person: &mut Person, payon: Day) -> (Day, u32) {
        (working(payon), moment(&mut person.random, 9, 16))
    }

    /// Tells the partner to pay, unless the account is missing or the instalment is held.
    pub(crate) fn instruct(
        &mut self,
        person: &mut Person,
        who: u32,
        benefit: Benefit,
        number: u8,
        attempt: u8,
    ) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (today, terms) = (self.agenda.today(), batch.terms);
        if today + 1 > terms.pay_until {
            return;
        }
        let at = self.agenda.clock();
        if !person.verified {
            self.plan(person, who, working(today + 2), at, What::Instruct(benefit, number, attempt));
            return;
        }
        if let Some(pause) = Pause::of(batch, benefit, number, today) {
            let day = working(pause.resumes + person.random.between(0, RESUMPTION));
            if attempt > 1 {
                // It is due again, and simply waits.
                self.plan(person, who, day, at, What::Instruct(benefit, number, attempt));
                return;
            }
            self.hold(person, benefit, number, pause.reason);
            self.plan(person, who, day, at, What::Release(benefit, number));
            return;
        }
        if attempt == 1 && today + 40 < terms.pay_until && person.random.chance(HELD) {
            self.hold(person, benefit, number, "review");
            let day = working(today + person.random.between(7, 20));
            self.plan(person, who, day, at, What::Release(benefit, number));
            return;
        }
        self.write_instruction(person, who, benefit, number, attempt);
    }

    fn hold(&mut self, person: &Person, benefit: Benefit, number: u8, reason: &str) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (name, today) = (benefit.code(), self.agenda.today());
        let data = format_args!(r#"{{"benefit":"{name}","number":{number},"reason":"{reason}"}}"#);
        let entry = Entry::person("instalment.hold.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("hold-{name}-{number}-{today}")).by(REVIEWER));
    }

    fn write_instruction(
        &mut self,
        person: &mut Person,
        who: u32,
        benefit: Benefit,
        number: u8,
        attempt: u8,
    ) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (today, terms, name, account) =
            (self.agenda.today(), batch.terms, benefit.code(), partner(person));
        let code = account.code;
        let data = format_args!(r#"{{"benefit":"{name}","number":{number},"partner":"{code}"}}"#);
        let entry = Entry::person("payout.instruct.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("pay-{name}-{number}-{attempt}")));
        let minor = u32::try_from(terms.amount(benefit)).unwrap_or(0);
        person.in_flight = person.in_flight.saturating_add(minor);
        if account.wallet {
            self.books.reserve(Self::fund_place(batch), person.partner, terms.amount(benefit));
        }
        let at = moment(&mut person.random, 8, 12);
        self.plan(person, who, today + 1, at, What::Answer(benefit, number, attempt));
        if benefit == Benefit::Incentive && attempt == 1 && number < terms.incentives {
            let payon = person.payon + INTERVAL * i32::from(number);
            let (day, at) = Self::payday(person, payon);
            self.plan(person, who, day, at, What::Instruct(benefit, number + 1, 1));
        }
    }

    /// The review ends; the instalment may go on.
    pub(crate) fn release(&mut self, person: &mut Person, who: u32, benefit: Benefit, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (name, decision) = (benefit.code(), reference(person));
        let data =
            format_args!(r#"{{"benefit":"{name}","number":{number},"reference":"review-{decision:08x}"}}"#);
        let entry = Entry::person("instalment.release.v1", person.id, data).of(batch.terms.programme);
        let today = self.agenda.today();
        self.emit(&entry.id(format_args!("release-{name}-{number}-{today}")).by(REVIEWER));
        if person.verified {
            self.write_instruction(person, who, benefit, number, 1);
        } else {
            let (day, at) = (working(self.agenda.today() + 2), self.agenda.clock());
            self.plan(person, who, day, at, What::Instruct(benefit, number, 1));
        }
    }

    /// The partner's answer: paid or failed.
    pub(crate) fn answer(
        &mut self,
        person: &mut Person,
        who: u32,
        benefit: Benefit,
        number: u8,
        attempt: u8,
    ) {
        // Money on its way when a card is revoked arrives.
        if person.ended || !person.random.chance(FAILED) {
            self.pay(person, who, benefit, number, attempt, false);
            return;
        }
        let Some(batch) = Self::batch_of(person) else { return };
        let (today, terms, name, account) =
            (self.agenda.today(), batch.terms, benefit.code(), partner(person));
        let (reason, code) = (person.random.choose(REASONS, "rejected"), account.code);
        let data = format_args!(
            r#"{{"attempt":{attempt},"benefit":"{name}","number":{number},"partner":"{code}","reason":"{reason}"}}"#
        );
        let entry = Entry::person("payout.failed.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("fail-{name}-{number}-{attempt}")));
        self.oracle.batch(person.batch).failures += 1;
        let minor = u32::try_from(terms.amount(benefit)).unwrap_or(0);
        person.in_flight = person.in_flight.saturating_sub(minor);
        let at = moment(&mut person.random, 9, 15);
        if today + 5 < terms.pay_until && person.random.chance(LATE) {
            // The float stays reserved: the partner pays from it after all.
            let late = today + person.random.between(1, 3);
            person.late = true;
            self.plan(person, who, late, at, What::LateSettle(benefit, number, attempt));
            return;
        }
        if account.wallet {
            self.books.free(Self::fund_place(batch), person.partner, terms.amount(benefit));
        }
        self.plan_retry(person, who, reason, What::Retry(benefit, number, attempt + 1));
    }

    fn plan_retry(&mut self, person: &mut Person, who: u32, reason: &str, what: What) {
        let today = self.agenda.today();
        let at = moment(&mut person.random, 9, 15);
        let day = match reason {
            "rejected" => today + 1,
            "limit" => {
                let (year, month, _) = civil(today);
                if month == 12 { day(year + 1, 1, 1) } else { day(year, month + 1, 1) }
            }
            _ => {
                person.verified = false;
                let linked = today + person.random.between(2, 15);
                self.plan(person, who, linked, at, What::Link);
                linked + 1
            }
        };
        self.plan(person, who, working(day), at, what);
    }

    /// A failed or returned payment is due again, and instructed within the hour.
    pub(crate) fn retry(&mut self, person: &mut Person, who: u32, benefit: Benefit, number: u8, attempt: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (today, name) = (self.agenda.today(), benefit.code());
        if today + 1 > batch.terms.pay_until {
            return;
        }
        if !person.verified {
            let at = self.agenda.clock();
            self.plan(person, who, working(today + 2), at, What::Retry(benefit, number, attempt));
            return;
        }
        let payon = Date(today);
        let data = format_args!(r#"{{"benefit":"{name}","number":{number},"payon":"{payon}"}}"#);
        let entry = Entry::person("payout.retry.v1", person.id, data).of(batch.terms.programme);
        self.emit(&entry.id(format_args!("retry-{name}-{number}-{attempt}")));
        let at = self.agenda.clock() + HOUR / 2;
        self.plan(person, who, today, at, What::Instruct(benefit, number, attempt));
    }

    /// The money arrives.
    pub(crate) fn pay(
        &mut self,
        person: &mut Person,
        who: u32,
        benefit: Benefit,
        number: u8,
        attempt: u8,
        late: bool,
    ) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (terms, name, account) = (batch.terms, benefit.code(), partner(person));
        let (minor, code, from) = (terms.amount(benefit), account.code, reference(person));
        let (amount, channel) = (Money(minor), if account.wallet { "wallet" } else { "bank" });
        let short = if benefit == Benefit::Incentive { 'i' } else { 's' };
        let data = format_args!(
            r#"{{"amount":{amount},"attempt":{attempt},"benefit":"{name}","channel":"{channel}","number":{number},"partner":"{code}","reference":"t-{from:08x}-{short}{number}-{attempt}"}}"#
        );
        let entry = Entry::person("payout.settled.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("settle-{name}-{number}-{attempt}")));
        self.take_money(person, minor, true);
        let paid = u32::try_from(minor).unwrap_or(0);
        person.owed = person.owed.saturating_sub(paid);
        if late {
            person.late = false;
        } else {
            person.in_flight = person.in_flight.saturating_sub(paid);
        }
        let totals = self.oracle.batch(person.batch);
        totals.settlements += 1;
        totals.late_settlements += i64::from(late);
        totals.paid += i64::from(!person.paid);
        *totals.paid_of(benefit == Benefit::Incentive) += minor;
        person.paid = true;
        self.count_delay(person, benefit, number);
        self.watch_payment(person, minor);
        if person.ended {
            return;
        }
        let today = self.agenda.today();
        if benefit == Benefit::Incentive && number == 1 && person.settled == 0 {
            person.settled = today;
            self.plan_survey(person, who, 1);
        }
        if today + 30 < terms.pay_until && person.random.chance(RETURNED) {
            let back = today + person.random.between(2, 6);
            let at = moment(&mut person.random, 9, 15);
            self.plan(person, who, back, at, What::Return(benefit, number, attempt));
        }
    }

    /// Counts first incentives that came within a week of being earned, and survey money within two.
    fn count_delay(&mut self, person: &Person, benefit: Benefit, number: u8) {
        let Some(batch) = Self::batch_of(person) else { return };
        let today = self.agenda.today();
        let totals = self.oracle.batch(person.batch);
        match benefit {
            Benefit::Incentive if number == 1 => {
                let earned = person.payon - batch.terms.incentive_pay_after;
                totals.first_payments += 1;
                totals.first_payments_in_time += i64::from(today - earned <= 7);
            }
            Benefit::Incentive => {}
            Benefit::Survey => {
                let answered = person.answered.get(usize::from(number.saturating_sub(1)));
                totals.survey_payments += 1;
                totals.survey_payments_in_time +=
                    i64::from(answered.is_some_and(|answered| today - answered <= 14));
            }
        }
    }

    /// From the bank account or the partner's float, or back to it.
    fn take_money(&mut self, person: &Person, minor: i64, out: bool) {
        let Some(batch) = Self::batch_of(person) else { return };
        let place = Self::fund_place(batch);
        let change = if out { -minor } else { minor };
        if partner(person).wallet {
            self.books.move_float(place, person.partner, change);
            if out {
                self.books.free(place, person.partner, minor);
            }
            self.oracle.fund(place).floats += change;
        } else {
            self.oracle.fund(place).bank += change;
        }
    }

    /// The money comes back: the account turned out to be dead.
    pub(crate) fn come_back(
        &mut self,
        person: &mut Person,
        who: u32,
        benefit: Benefit,
        number: u8,
        attempt: u8,
    ) {
        let Some(batch) = Self::batch_of(person) else { return };
        let (terms, name, account) = (batch.terms, benefit.code(), partner(person));
        let (minor, code) = (terms.amount(benefit), account.code);
        let (amount, channel) = (Money(minor), if account.wallet { "wallet" } else { "bank" });
        let data = format_args!(
            r#"{{"amount":{amount},"attempt":{attempt},"benefit":"{name}","channel":"{channel}","number":{number},"partner":"{code}","reason":"inactive"}}"#
        );
        let entry = Entry::person("payout.returned.v1", person.id, data).of(terms.programme);
        self.emit(&entry.id(format_args!("return-{name}-{number}-{attempt}")));
        self.take_money(person, minor, false);
        person.owed = person.owed.saturating_add(u32::try_from(minor).unwrap_or(0));
        let totals = self.oracle.batch(person.batch);
        totals.returns += 1;
        totals.returned_sum += minor;
        *totals.paid_of(benefit == Benefit::Incentive) -= minor;
        self.watch_payment(person, -minor);
        self.plan_retry(person, who, "inactive", What::Retry(benefit, number, attempt + 1));
    }
}
