//! What is approved: the list of payments, in a form that anybody can write down again.

use super::Run;
use crate::ids::{BenefitCode, Digest, ParticipantId};
use crate::state::State;

/// Totals and digest of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Payments.
    pub count: u32,
    /// Their sum, in minor units; more than can be counted is the most that can.
    pub total: i64,
    /// The digest that is approved.
    pub sha256: Digest,
}

/// One payment of a list, as it is written down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    participant: ParticipantId,
    benefit: BenefitCode,
    number: u8,
    attempt: u8,
    minor: i64,
}

/// The content of a run as it is listed now.
pub fn content(state: &State, run: &Run) -> Content {
    let mut lines: Vec<_> = run
        .payments(state)
        .filter_map(|payment| {
            let (person, card) = payment.card(state, run)?;
            let benefit = payment.benefit(&card)?;
            let attempts =
                card.instalment(benefit, payment.number).map_or(0, |instalment| instalment.attempts);
            Some(Line {
                participant: person.id,
                benefit,
                number: payment.number,
                attempt: attempts.saturating_add(1),
                minor: payment.minor,
            })
        })
        .collect();
    let currency = state.programmes.get(run.programme).map(crate::programme::Programme::currency);
    let currency = currency.unwrap_or(crate::money::Currency::IDR);
    let written = |line: &Line| {
        let amount = crate::money::Money::of_minor(line.minor, currency);
        let Line { participant, benefit, number, attempt, .. } = line;
        format!("{participant} {benefit} {number} {attempt} {} {currency}\n", amount.text())
    };
    let mut written: Vec<_> = lines.iter().map(written).collect();
    written.sort_unstable();
    let total = lines.drain(..).fold(0_i64, |sum, line| sum.saturating_add(line.minor));
    Content {
        count: u32::try_from(written.len()).unwrap_or(u32::MAX),
        total,
        sha256: Digest::of(written.iter().map(String::as_bytes)),
    }
}
