//! The list of alumni entrepreneurs for the banks, and the loans that come of it. The bank's word, so a fact each.

use super::moment;
use super::training::reference_of;
use crate::Simulation;
use crate::agenda::What;
use crate::line::{Entry, Money, rupiah};

/// Of those listed for a loan: offered one; of these, applying; of these, refused.
const OFFERED: u32 = 4_000;
const APPLYING: u32 = 4_500;
const REFUSED: u32 = 3_500;
const BANK: &str = "bni";
/// The stage of a loan at which a rate can be late.
const IN_ARREARS: u8 = 4;
/// Items of the list written in one millisecond.
const LINES: usize = 400;

impl Simulation {
    /// The list of alumni entrepreneurs for the banks, a part at a time.
    pub(crate) fn list_alumni(&mut self) {
        let start = self.aftercare.cursor;
        let end = (start + LINES).min(self.aftercare.listed.len());
        self.aftercare.cursor = end;
        for place in start..end {
            let Some(mut alumnus) = self.aftercare.listed.get(place).copied() else { continue };
            let (paper, first) = (reference_of(alumnus.id), alumnus.first);
            let data = format_args!(r#"{{"certificate":"C-{paper:08x}-{first}"}}"#);
            let entry = Entry::person("loan.list.v1", alumnus.id, data).of("kur-alumni");
            self.emit(&entry.id(format_args!("list")));
            self.oracle.batch(alumnus.batch).loan_listed += 1;
            if alumnus.random.chance(OFFERED) {
                let (day, at) =
                    (self.agenda.today() + alumnus.random.between(3, 60), moment(&mut alumnus.random, 9, 16));
                self.agenda.plan(day, at, What::Lend(0), u32::try_from(place).unwrap_or(u32::MAX));
            }
            if let Some(kept) = self.aftercare.listed.get_mut(place) {
                *kept = alumnus;
            }
        }
        if end < self.aftercare.listed.len() {
            self.agenda.plan(self.agenda.today(), self.agenda.clock() + 1, What::ListAlumni, 0);
        }
    }
    /// A loan step by step: offered, applied for, refused or approved, disbursed. The bank's word, so a fact each.
    pub(crate) fn lend(&mut self, place: u32, stage: u8) {
        let slot = usize::try_from(place).unwrap_or(usize::MAX);
        let Some(mut alumnus) = self.aftercare.listed.get(slot).copied() else { return };
        let amount = Money(rupiah(i64::from(1 + reference_of(alumnus.id) % 10) * 1_000_000));
        let loan = reference_of(alumnus.id);
        let borrowed = i64::from(1 + reference_of(alumnus.id) % 10) * 1_000_000;
        // Twelve rates; a subsidy of 19 % a year.
        let (rate, subsidy) = (Money(rupiah(borrowed / 12)), Money(rupiah(borrowed * 19 / 200)));
        let mut further = true;
        if stage == IN_ARREARS {
            self.aftercare.borrowers += 1;
        }
        let late = self.aftercare.borrowers % 4 == 2;
        let mut emit = |kind: &str, id: &str, data: std::fmt::Arguments<'_>| {
            let entry = Entry::person(kind, alumnus.id, data).of("kur-alumni");
            // The bank reports what it recorded the day before.
            let entry = entry.reported(self.agenda.today() - 1);
            self.out.write(self.agenda.now(), &entry.id(format_args!("{id}")));
        };
        match stage {
            0 => {
                emit("loan.offered.v1", "offer", format_args!(r#"{{"bank":"{BANK}"}}"#));
                further = alumnus.random.chance(APPLYING);
            }
            1 => emit("loan.applied.v1", "apply", format_args!(r#"{{"amount":{amount},"bank":"{BANK}"}}"#)),
            2 if alumnus.random.chance(REFUSED) => {
                let reason = alumnus.random.choose(&["credit-history", "had-kur"], "had-kur");
                emit("loan.refused.v1", "refuse", format_args!(r#"{{"bank":"{BANK}","reason":"{reason}"}}"#));
                further = false;
            }
            2 => emit(
                "loan.approved.v1",
                "approve",
                format_args!(r#"{{"amount":{amount},"bank":"{BANK}","loan":"kur-{loan:08x}"}}"#),
            ),
            3 => emit(
                "loan.disbursed.v1",
                "disburse",
                format_args!(r#"{{"amount":{amount},"loan":"kur-{loan:08x}"}}"#),
            ),
            // Every fourth borrower is late once.
            IN_ARREARS if late => emit(
                "loan.in_arrears.v1",
                "late",
                format_args!(r#"{{"amount":{rate},"days":14,"loan":"kur-{loan:08x}"}}"#),
            ),
            IN_ARREARS => {}
            // Half a year's interest subsidy at once, then the first six of the rates.
            5 => emit(
                "loan.subsidy_claimed.v1",
                "subsidy",
                format_args!(r#"{{"amount":{subsidy},"loan":"kur-{loan:08x}"}}"#),
            ),
            rate_number => {
                emit(
                    "loan.repaid.v1",
                    &format!("repay-{rate_number}"),
                    format_args!(r#"{{"amount":{rate},"loan":"kur-{loan:08x}"}}"#),
                );
                further = rate_number < 11;
            }
        }
        if further {
            let wait = if stage < 3 { alumnus.random.between(2, 20) } else { 30 };
            let (day, at) = (self.agenda.today() + wait, moment(&mut alumnus.random, 9, 16));
            self.agenda.plan(day, at, What::Lend(stage + 1), place);
        }
        if let Some(kept) = self.aftercare.listed.get_mut(slot) {
            *kept = alumnus;
        }
    }
}
