//! The end of each day, and what the cut-offs take.

use crate::Simulation;
use crate::day::{Date, Day, day};
use crate::line::Entry;
use crate::people::Role;

/// Days at whose end the oracle keeps its totals: those of which something was published.
pub(crate) const KEPT: &[(Day, &str)] = &[
    (day(2020, 5, 11), "2020-05-11"),
    (day(2020, 7, 31), "2020-07-31"),
    (day(2020, 9, 25), "2020-09-25"),
    (day(2020, 10, 16), "2020-10-16"),
    (day(2020, 10, 30), "2020-10-30"),
    (day(2020, 11, 3), "2020-11-03"),
    (day(2020, 12, 31), "2020-12-31"),
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

    /// Works out what is left of balances whose last day this is.
    pub(crate) fn lapse_balances(&mut self) {
        let today = self.agenda.today();
        let mut lapsed = Vec::new();
        for (_, person) in self.people.each() {
            let Some(batch) = Self::batch_of(person) else { continue };
            let ends = person.role == Role::Recipient && batch.terms.purchase_until == today;
            if ends && person.balance > 0 && !person.closed {
                lapsed.push((person.batch, i64::from(person.balance)));
                person.balance = 0;
            }
        }
        self.release_lapsed(lapsed, true);
    }

    /// Works out what is left of cash whose last day this is, and lets everyone go.
    pub(crate) fn lapse_cash(&mut self) {
        let today = self.agenda.today();
        let mut lapsed = Vec::new();
        let mut leaving = Vec::new();
        for (who, person) in self.people.each() {
            let Some(batch) = Self::batch_of(person) else { continue };
            if person.role != Role::Recipient || batch.terms.pay_until != today {
                continue;
            }
            if person.owed > 0 && !person.closed {
                lapsed.push((person.batch, i64::from(person.owed)));
                person.owed = 0;
            }
            person.closed = true;
            leaving.push(who);
        }
        self.release_lapsed(lapsed, false);
        self.keep_alumni(&leaving, today < day(2021, 4, 1));
        for who in leaving {
            self.people.leave(who);
        }
    }

    fn release_lapsed(&mut self, lapsed: Vec<(u16, i64)>, training: bool) {
        for (place, minor) in lapsed {
            let totals = self.oracle.batch(place);
            *if training { &mut totals.lapsed_training } else { &mut totals.lapsed_cash } += minor;
            if let Some(batch) = crate::plan::BATCHES.get(usize::from(place)) {
                self.release_money(Self::fund_place(batch), batch.number, minor);
            }
        }
    }
}
