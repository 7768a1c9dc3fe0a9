//! What the bank's statement brings: interest, fees, credits that nobody can explain; and revenue remitted for it.

use super::selection::Hex;
use super::treasury::FUNDS;
use crate::Simulation;
use crate::day::DAY;
use crate::line::{Entry, Minor, Money};
use sha2::{Digest as _, Sha256};

impl Simulation {
    /// Interest of the account, and its remittance as revenue of the state.
    pub(crate) fn credit_interest(&mut self, place: usize, number: u32, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        // The bank takes its fee, and now and then credits what nobody can explain: revenue of the state as well.
        let charged = minor / 200 / 100 * 100;
        let unidentified = if number.is_multiple_of(4) { minor / 500 / 100 * 100 } else { 0 };
        let interest = minor + charged - unidentified;
        for (kind, short, sum) in [
            ("fund.interest_credited.v1", "i", interest),
            ("fund.bank_charged.v1", "c", charged),
            ("fund.unidentified_credited.v1", "u", unidentified),
        ] {
            if sum > 0 {
                self.write_statement_line(place, kind, &format!("{short}-{year}-{number}"), sum);
            }
        }
        let amount = Money(minor);
        let digest = Sha256::digest(format!("revenue:{programme}:{year}:{number}").as_bytes());
        let ntpn = Hex(digest.get(..8).unwrap_or_default());
        let data = format_args!(r#"{{"amount":{amount},"ntpn":"{ntpn}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.revenue_remitted.v1", subject, data);
        self.emit(&entry.id(format_args!("remit-{number}")));
        let totals = self.oracle.fund(place);
        totals.interest += interest;
        totals.charged += charged;
        totals.unidentified += unidentified;
        totals.remitted += minor;
    }

    /// A line of the bank's statement, which comes the day after.
    fn write_statement_line(&mut self, place: usize, kind: &str, reference: &str, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let amount = Money(minor);
        let data = format_args!(r#"{{"amount":{amount},"reference":"{reference}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named(kind, subject, data).reported(self.agenda.today() - 1).before(DAY);
        self.emit(&entry.id(format_args!("{reference}")));
    }
}
