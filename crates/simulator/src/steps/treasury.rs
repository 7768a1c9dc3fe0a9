//! The money of a fund year: budget, SPP, SPM and SP2D, floats of partners, quota recovered, returns.

use super::account::PARTNERS;
use super::decree::PROXY;
use super::selection::Hex;
use crate::Simulation;
use crate::day::{HOUR, civil};
use crate::line::{Actor, Entry, Minor, Money};
use crate::plan::{BATCHES, Batch};
use sha2::{Digest as _, Sha256};

const REQUESTER: Actor = Actor::User("ppk.requests");
const SIGNER: Actor = Actor::User("ppspm.orders");
pub(crate) const BUDGET: Actor = Actor::User("kpa.budget");

/// Fund years in the order of the oracle's rows.
pub(crate) const FUNDS: [(&str, i32); 6] = [
    ("prakerja-2020", 2020),
    ("prakerja-2020", 2021),
    ("prakerja-2020", 2022),
    ("prakerja-2023", 2023),
    ("bt-pklw-2021", 2021),
    ("bt-pklwn-2022", 2022),
];

/// What the office keeps of a fund year beside the oracle's sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fund {
    /// By partner, as in [`PARTNERS`].
    floats: [Minor; 6],
    /// Instructed to wallets and not answered.
    reserved: [Minor; 6],
    /// Committed by decrees and not released.
    pub(crate) committed: Minor,
    /// Released and neither ordered back nor recovered, by batch.
    released: Vec<(u16, Minor)>,
    /// Ordered back, by number of the order.
    ordered: Vec<(u16, Minor)>,
    /// Asked for in all, and returned within the year.
    requested: Minor,
    returned_in_year: Minor,
    /// Set aside at the end of the year.
    pub(crate) reserve: Minor,
    orders: u16,
    revisions: u16,
    fundings: u32,
}

impl Fund {
    /// Takes released money of a batch back, when all of it is still there.
    pub(crate) fn take_back(&mut self, batch: u16, minor: Minor) -> bool {
        let kept = self.released.iter_mut().find(|(number, sum)| *number == batch && *sum >= minor);
        kept.map(|(_, sum)| *sum -= minor).is_some()
    }
}

/// The books of all fund years.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) funds: Vec<Fund>,
    spare: Fund,
    /// Amounts asked for by batch, until the SP2D.
    requests: Vec<(u32, Minor)>,
}

impl Books {
    pub(crate) fn fund(&mut self, place: usize) -> &mut Fund {
        self.funds.get_mut(place).unwrap_or(&mut self.spare)
    }

    pub(crate) fn reserve(&mut self, place: usize, partner: u8, minor: Minor) {
        if let Some(sum) = self.fund(place).reserved.get_mut(usize::from(partner)) {
            *sum += minor;
        }
    }

    pub(crate) fn free(&mut self, place: usize, partner: u8, minor: Minor) {
        if let Some(sum) = self.fund(place).reserved.get_mut(usize::from(partner)) {
            *sum -= minor;
        }
    }

    pub(crate) fn move_float(&mut self, place: usize, partner: u8, change: Minor) {
        if let Some(sum) = self.fund(place).floats.get_mut(usize::from(partner)) {
            *sum += change;
        }
    }
}

impl Simulation {
    pub(crate) fn open_books(&mut self) {
        for (programme, year) in FUNDS {
            self.oracle.add_fund(programme, year);
            self.books.funds.push(Fund::default());
        }
    }

    pub(crate) fn fund_place(batch: &Batch) -> usize {
        let year = batch.year();
        FUNDS
            .iter()
            .position(|&(programme, of)| programme == batch.terms.programme && of == year)
            .unwrap_or(0)
    }

    /// Programme and year of a fund.
    pub(crate) fn fund_name(place: usize) -> Option<(&'static str, i32)> {
        FUNDS.get(place).copied()
    }

    /// Money of a batch is free again.
    pub(crate) fn release_money(&mut self, place: usize, batch: u16, minor: Minor) {
        let fund = self.books.fund(place);
        fund.committed -= minor;
        match fund.released.iter_mut().find(|(number, _)| *number == batch) {
            Some((_, sum)) => *sum += minor,
            None => fund.released.push((batch, minor)),
        }
    }

    /// Commits a decree's sum; the budget is revised first where rounding at small scales has left too little.
    pub(crate) fn commit_money(&mut self, place: usize, sum: Minor) {
        let money = *self.oracle.fund(place);
        let fund = self.books.fund(place);
        fund.committed += sum;
        let short = fund.committed + money.operating - money.appropriated;
        if short > 0 {
            self.revise(place, short);
        }
    }

    pub(crate) fn appropriate(&mut self, place: usize, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let amount = Money(minor);
        let data = format_args!(r#"{{"amount":{amount},"document":"DIPA-{year}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.appropriate.v1", subject, data);
        self.emit(&entry.id(format_args!("dipa")).by(BUDGET));
        self.oracle.fund(place).appropriated += minor;
    }

    pub(crate) fn revise(&mut self, place: usize, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let fund = self.books.fund(place);
        fund.revisions += 1;
        let (number, change) = (fund.revisions, Money(minor));
        let data = format_args!(r#"{{"change":{change},"document":"DIPA-{year}-R{number}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.revise.v1", subject, data);
        self.emit(&entry.id(format_args!("revise-{number}")).by(BUDGET));
        self.oracle.fund(place).appropriated += minor;
    }

    /// After a decree: released money of earlier batches serves it where the quota is recovered; the rest is
    /// asked for. Recovery is published for batches 11, 17 and 22, and assumed for all of 2022.
    pub(crate) fn request(&mut self, which: u32) {
        let Some(batch) = usize::try_from(which).ok().and_then(|which| BATCHES.get(which)) else { return };
        let place = Self::fund_place(batch);
        let sum = self.decreed_sum(which);
        let recovers = matches!(batch.number, 11 | 17 | 22 | 24..=47);
        let recovered = if recovers { self.recover(batch, sum) } else { 0 };
        let asked = sum - recovered;
        if asked > 0 {
            let (code, decree) = (batch.number.to_string(), format!("SK-{}", batch.number));
            self.write_request(place, &code, Some(&decree), asked, 0);
            self.books.requests.push((which, asked));
        }
    }

    fn decreed_sum(&mut self, which: u32) -> Minor {
        u16::try_from(which).map_or(0, |which| self.oracle.batch(which).decreed_sum)
    }

    fn recover(&mut self, batch: &Batch, need: Minor) -> Minor {
        let place = Self::fund_place(batch);
        let Some(&(programme, year)) = FUNDS.get(place) else { return 0 };
        let (mut left, to) = (need, batch.number);
        for (from, sum) in std::mem::take(&mut self.books.fund(place).released) {
            let used = sum.min(left);
            left -= used;
            if used > 0 {
                let amount = Money(used);
                let data = format_args!(r#"{{"amount":{amount},"from":{from},"to":{to}}}"#);
                let subject = format_args!("fund/{programme}/{year}");
                let entry = Entry::named("fund.recover_quota.v1", subject, data);
                self.emit(&entry.id(format_args!("recover-{from}-{to}")).by(BUDGET));
                self.oracle.fund(place).recovered += used;
            }
            if sum > used {
                self.books.fund(place).released.push((from, sum - used));
            }
        }
        need - left
    }

    fn write_request(&mut self, place: usize, code: &str, decree: Option<&str>, minor: Minor, before: u32) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        self.cover_request(place, minor);
        let amount = Money(minor);
        let of_decree = decree.map(|decree| format!(r#","decree":"{decree}""#)).unwrap_or_default();
        let data = format_args!(r#"{{"amount":{amount}{of_decree},"spp":"SPP-{year}-{code}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.request.v1", subject, data);
        self.emit(&entry.id(format_args!("spp-{code}")).by(REQUESTER).before(before));
    }

    /// Requests of a year together stay within its budget, which is revised first where they would not.
    fn cover_request(&mut self, place: usize, minor: Minor) {
        let appropriated = self.oracle.fund(place).appropriated;
        let fund = self.books.fund(place);
        fund.requested += minor;
        let short = fund.requested - fund.returned_in_year - appropriated;
        if short > 0 {
            self.revise(place, short);
        }
    }

    fn write_order(&mut self, place: usize, code: &str, before: u32) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let data = format_args!(r#"{{"spm":"SPM-{year}-{code}","spp":"SPP-{year}-{code}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.order.v1", subject, data);
        self.emit(&entry.id(format_args!("spm-{code}")).by(SIGNER).before(before));
    }

    fn write_disbursement(&mut self, place: usize, code: &str, minor: Minor, before: u32) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let amount = Money(minor);
        let data =
            format_args!(r#"{{"amount":{amount},"sp2d":"SP2D-{year}-{code}","spm":"SPM-{year}-{code}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.disbursed.v1", subject, data);
        self.emit(&entry.id(format_args!("sp2d-{code}")).before(before));
        let totals = self.oracle.fund(place);
        totals.disbursed += minor;
        totals.bank += minor;
    }

    pub(crate) fn order(&mut self, which: u32) {
        let Some(batch) = usize::try_from(which).ok().and_then(|which| BATCHES.get(which)) else { return };
        if self.books.requests.iter().any(|&(of, _)| of == which) {
            self.write_order(Self::fund_place(batch), &batch.number.to_string(), 0);
        }
    }

    pub(crate) fn disburse(&mut self, which: u32) {
        let Some(batch) = usize::try_from(which).ok().and_then(|which| BATCHES.get(which)) else { return };
        let Some(at) = self.books.requests.iter().position(|&(of, _)| of == which) else { return };
        let (_, minor) = self.books.requests.swap_remove(at);
        self.write_disbursement(Self::fund_place(batch), &batch.number.to_string(), minor, 0);
    }

    /// Money that is asked for, ordered and disbursed within a day.
    pub(crate) fn draw_on_treasury(&mut self, place: usize, code: &str, decree: Option<&str>, minor: Minor) {
        self.write_request(place, code, decree, minor, 6 * HOUR);
        self.write_order(place, code, 4 * HOUR);
        self.write_disbursement(place, code, minor, HOUR);
    }

    /// Each evening every wallet gets what tomorrow's settlements need beyond its float, and a little more, so that
    /// no payment waits for a round of booking; what is left in the end comes back.
    pub(crate) fn fund_partners(&mut self) {
        for place in 0..FUNDS.len() {
            for partner in 0..PARTNERS.len() {
                let fund = self.books.fund(place);
                let have = fund.floats.get(partner).copied().unwrap_or(0);
                let need = fund.reserved.get(partner).copied().unwrap_or(0);
                if need > have {
                    let short = need - have;
                    let spare =
                        if self.oracle.fund(place).bank > short * 20 { short / 50 / 100 * 100 } else { 0 };
                    self.move_to_partner(place, partner, short + spare);
                }
            }
        }
    }

    /// To the partner's float, or back from it when negative.
    fn move_to_partner(&mut self, place: usize, partner: usize, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let Some(code) = PARTNERS.get(partner).map(|partner| partner.code) else { return };
        let fund = self.books.fund(place);
        fund.fundings += 1;
        let number = fund.fundings;
        let amount = Money(minor.abs());
        let kind = if minor > 0 { "fund.partner_funded.v1" } else { "fund.partner_defunded.v1" };
        let data =
            format_args!(r#"{{"amount":{amount},"partner":"{code}","reference":"f-{year}-{number}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named(kind, subject, data);
        self.emit(&entry.id(format_args!("float-{number}")));
        self.books.move_float(place, u8::try_from(partner).unwrap_or(0), minor);
        let totals = self.oracle.fund(place);
        totals.bank -= minor;
        totals.floats += minor;
        if minor > 0 {
            totals.partner_funded += minor;
        } else {
            totals.partner_defunded -= minor;
        }
    }

    /// Takes the floats back from the partners, once nothing more is to be paid.
    pub(crate) fn defund_partners(&mut self, place: usize) {
        for partner in 0..PARTNERS.len() {
            let have = self.books.fund(place).floats.get(partner).copied().unwrap_or(0);
            if have > 0 {
                self.move_to_partner(place, partner, -have);
            }
        }
    }

    /// Orders everything released so far back to the treasury.
    pub(crate) fn order_return(&mut self, place: usize, reason: &str) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let fund = self.books.fund(place);
        let minor: Minor = std::mem::take(&mut fund.released).into_iter().map(|(_, sum)| sum).sum();
        if minor <= 0 {
            return;
        }
        fund.orders += 1;
        let number = fund.orders;
        fund.ordered.push((number, minor));
        let amount = Money(minor);
        let data = format_args!(r#"{{"amount":{amount},"order":"R-{year}-{number}","reason":"{reason}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.order_return.v1", subject, data);
        self.emit(&entry.id(format_args!("return-{number}")).by(PROXY));
    }

    /// The treasury confirms what was ordered back, with its receipt number (NTPN).
    pub(crate) fn confirm_return(&mut self, place: usize) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        for (number, minor) in std::mem::take(&mut self.books.fund(place).ordered) {
            let digest = Sha256::digest(format!("ntpn:{programme}:{year}:{number}").as_bytes());
            let (amount, ntpn) = (Money(minor), Hex(digest.get(..8).unwrap_or_default()));
            // A return after its year is revenue of the state, no longer less spending.
            let same_year = civil(self.agenda.today()).0 == year;
            let kind = if same_year { "same-year" } else { "prior-year" };
            self.books.fund(place).returned_in_year += if same_year { minor } else { 0 };
            let data = format_args!(
                r#"{{"amount":{amount},"kind":"{kind}","ntpn":"{ntpn}","order":"R-{year}-{number}"}}"#
            );
            let subject = format_args!("fund/{programme}/{year}");
            let entry = Entry::named("fund.returned.v1", subject, data);
            self.emit(&entry.id(format_args!("returned-{number}")));
            let totals = self.oracle.fund(place);
            totals.returned += minor;
            totals.bank -= minor;
        }
    }

    pub(crate) fn close_year(&mut self, place: usize) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        let subject = format_args!("fund/{programme}/{year}");
        let data = format_args!("{{}}");
        let entry = Entry::named("fund.close_year.v1", subject, data);
        self.emit(&entry.id(format_args!("close")).by(BUDGET));
    }

    /// An operating cost, paid on the day on which its money came.
    pub(crate) fn pay_operating_cost(&mut self, place: usize, number: u32, minor: Minor) {
        let Some(&(programme, year)) = FUNDS.get(place) else { return };
        if minor <= 0 {
            return;
        }
        self.draw_on_treasury(place, &format!("op{number}"), None, minor);
        let amount = Money(minor);
        let data =
            format_args!(r#"{{"amount":{amount},"purpose":"operations","reference":"o-{year}-{number}"}}"#);
        let subject = format_args!("fund/{programme}/{year}");
        let entry = Entry::named("fund.operating_cost_paid.v1", subject, data);
        self.emit(&entry.id(format_args!("operating-{number}")));
        let totals = self.oracle.fund(place);
        totals.operating += minor;
        totals.bank -= minor;
    }
}
