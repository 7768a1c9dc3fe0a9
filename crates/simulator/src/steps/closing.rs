//! The end of each day, and what the cut-offs take.

use crate::day::{Date, Day, day};
use crate::line::Entry;
use crate::people::{Person, Role};
use crate::plan::{BATCHES, Batch};
use crate::{Simulation, Totals};

/// Days at whose end the oracle keeps its totals: those of which something was published.
pub(crate) const KEPT: &[(Day, &str)] = &[
    (day(2020, 5, 11), "2020-05-11"),
    (day(2020, 7, 31), "2020-07-31"),
    (day(2020, 9, 25), "2020-09-25"),
    (day(2020, 10, 16), "2020-10-16"),
    (day(2020, 10, 30), "2020-10-30"),
    (day(2020, 11, 3), "2020-11-03"),
    (day(2020, 12, 31), "2020-12-31"),
    (day(2021, 3, 31), "2021-03-31"),
    (day(2021, 6, 27), "2021-06-27"),
    (day(2021, 6, 30), "2021-06-30"),
    (day(2021, 9, 13), "2021-09-13"),
    (day(2021, 12, 31), "2021-12-31"),
    (day(2022, 4, 8), "2022-04-08"),
    (day(2022, 12, 31), "2022-12-31"),
    (day(2023, 6, 19), "2023-06-19"),
    (day(2023, 9, 2), "2023-09-02"),
    (day(2023, 12, 31), "2023-12-31"),
    (day(2024, 1, 23), "2024-01-23"),
];

/// What is left on the cards of those who have left, in one batch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Remains {
    balance: i64,
    owed: i64,
    unfinished: i64,
}

impl Simulation {
    /// Closes the day: the ledger revokes, lapses and schedules what the day brings.
    pub(crate) fn close_day(&mut self) {
        let today = self.agenda.today();
        let date = Date(today);
        let subject = format_args!("day/{date}");
        let data = format_args!("{{}}");
        let entry = Entry::named("day.close.v1", subject, data);
        self.emit(&entry.id(format_args!("close")));
        if let Some(&(_, name)) = KEPT.iter().find(|&&(day, _)| day == today) {
            self.oracle.keep(name);
        }
    }

    /// A recipient with nothing more to do leaves; what is left on the card waits for the cut-offs.
    pub(crate) fn take_leave(&mut self, person: &mut Person) {
        if let Some(remains) = self.remains.get_mut(usize::from(person.batch)) {
            remains.balance += i64::from(person.balance);
            remains.owed += i64::from(person.owed);
            remains.unfinished += person.unfinished();
        }
        self.keep_alumnus(person);
        person.balance = 0;
        person.owed = 0;
        person.closed = true;
    }

    /// Works out what is left of balances whose last day this is.
    pub(crate) fn lapse_balances(&mut self) {
        let today = self.agenda.today();
        let ends = |batch: u16| found(batch).is_some_and(|batch| batch.terms.purchase_until == today);
        let mut lapsed = Vec::new();
        for (batch, remains) in (0u16..).zip(&mut self.remains) {
            if ends(batch) {
                lapsed.push((batch, std::mem::take(&mut remains.balance)));
            }
        }
        for (_, person) in self.people.each() {
            let counts = person.role == Role::Recipient && ends(person.batch);
            if counts && person.balance > 0 && !person.closed {
                lapsed.push((person.batch, i64::from(person.balance)));
                person.balance = 0;
            }
        }
        self.release_lapsed(lapsed, |totals| &mut totals.lapsed_training);
    }

    /// Works out what is left of cash whose last day this is, and lets everyone go.
    pub(crate) fn lapse_cash(&mut self) {
        let today = self.agenda.today();
        let ends = |batch: u16| found(batch).is_some_and(|batch| batch.terms.pay_until == today);
        let mut leaving = Vec::new();
        for (who, person) in self.people.each() {
            if person.role == Role::Recipient && ends(person.batch) && !person.closed {
                leaving.push(who);
            }
        }
        for who in leaving {
            let Some(mut person) = self.people.get(who) else { continue };
            self.take_leave(&mut person);
            self.people.put(who, person);
            self.people.leave(who);
        }
        let (mut lapsed, mut expired) = (Vec::new(), Vec::new());
        for (batch, remains) in (0u16..).zip(&mut self.remains) {
            if ends(batch) {
                lapsed.push((batch, std::mem::take(&mut remains.owed)));
                expired.push((batch, std::mem::take(&mut remains.unfinished)));
            }
        }
        self.release_lapsed(lapsed, |totals| &mut totals.lapsed_cash);
        self.release_lapsed(expired, |totals| &mut totals.expired);
    }

    fn release_lapsed(&mut self, lapsed: Vec<(u16, i64)>, sum: fn(&mut Totals) -> &mut i64) {
        for (place, minor) in lapsed.into_iter().filter(|&(_, minor)| minor > 0) {
            *sum(self.oracle.batch(place)) += minor;
            if let Some(batch) = found(place) {
                self.release_money(Self::fund_place(batch), batch.number, minor);
            }
        }
    }
}

fn found(place: u16) -> Option<&'static Batch> {
    BATCHES.get(usize::from(place))
}
