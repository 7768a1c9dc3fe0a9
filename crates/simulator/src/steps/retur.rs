//! Money that did not stay where it was sent: an SP2D that the bank sent back, and the reserve at a year's end.

use super::treasury::{BUDGET, FUNDS};
use crate::Simulation;
use crate::day::{Day, civil, day};
use crate::line::{Entry, Minor, Money};
use crate::plan::BATCHES;

/// The SP2D of batch 13 carried a wrong account name; it came back on the next working day: an assumption.
pub(crate) const BOUNCED: Day = day(2021, 3, 15);
const BATCH: u16 = 13;

impl Simulation {
    fn bounced(&mut self) -> Option<(usize, Minor)> {
        let place = BATCHES.iter().position(|batch| batch.number == BATCH)?;
        let batch = BATCHES.get(place)?;
        let minor = self.oracle.batch(u16::try_from(place).ok()?).decreed_sum;
        Some((Self::fund_place(batch), minor))
    }

    /// The bank sends an SP2D back, and the office a letter of correction within the seven days that it has.
    pub(crate) fn bounce(&mut self) {
        let Some((place, minor)) = self.bounced() else { return };
        let amount = Money(minor);
        let data = format!(r#"{{"amount":{amount},"reason":"account-name","sp2d":"SP2D-2021-{BATCH}"}}"#);
        self.say_of_fund(place, "fund.disbursement_bounced.v1", "bounce", &data);
        self.oracle.fund(place).bank -= minor;
        let data = format!(r#"{{"letter":"KOR-2021-1","sp2d":"SP2D-2021-{BATCH}","sptjm":"SPTJM-2021-1"}}"#);
        self.say_of_fund(place, "fund.send_correction.v1", "correct", &data);
    }

    /// The treasury sends it again.
    pub(crate) fn reissue(&mut self) {
        let Some((place, minor)) = self.bounced() else { return };
        let amount = Money(minor);
        let data =
            format!(r#"{{"amount":{amount},"reissue":"SP2D-2021-{BATCH}-2","sp2d":"SP2D-2021-{BATCH}"}}"#);
        self.say_of_fund(place, "fund.disbursement_reissued.v1", "reissue", &data);
        self.oracle.fund(place).bank += minor;
    }

    /// Half of what is on the account at the end of a year is set aside until payments go on: in 2020 on the holding
    /// account for which there was no rule, later in the reserve fund (PMK 200/PMK.05/2021). How much is an assumption.
    pub(crate) fn reserve(&mut self, place: usize) {
        let minor = (self.oracle.fund(place).bank / 200 * 100).max(0);
        self.books.fund(place).reserve = minor;
        self.set_aside(place, "fund.reserved.v1", "reserve", minor);
        self.oracle.fund(place).bank -= minor;
    }

    pub(crate) fn draw_reserve(&mut self, place: usize) {
        let minor = std::mem::take(&mut self.books.fund(place).reserve);
        self.set_aside(place, "fund.reserve_drawn.v1", "draw", minor);
        self.oracle.fund(place).bank += minor;
    }

    fn set_aside(&mut self, place: usize, kind: &str, id: &str, minor: Minor) {
        let Some(&(_, year)) = FUNDS.get(place) else { return };
        if minor == 0 {
            return;
        }
        let today = civil(self.agenda.today()).0;
        let (amount, account) = (Money(minor), if year == 2020 { "holding" } else { "reserve" });
        let data = format!(r#"{{"amount":{amount},"kind":"{account}","reference":"{id}-{year}-{today}"}}"#);
        self.say_of_fund(place, kind, id, &data);
    }

    fn say_of_fund(&mut self, place: usize, kind: &str, id: &str, data: &str) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let (subject, data) = (format_args!("fund/{programme}/{year}"), format_args!("{data}"));
        self.emit(&Entry::named(kind, subject, data).id(format_args!("{id}")).by(BUDGET));
    }
}
