//! What an honest world does next, chosen from the second count alone.

use crate::count::{Count, Place};
use jejak_domain::time::Day;
use serde_json::{Value, json};

impl Count {
    /// The next step of an honest history: the office pays what is due, courses go on, a partner answers what it was told,
    /// money comes back that had arrived, a platform refunds what it was paid, a person repays.
    pub fn honest(&self, which: usize, choice: u8, today: Day) -> Option<(String, &'static str, Value)> {
        let mut all = Vec::new();
        for (subject, card) in &self.cards {
            for purchase in card.purchases.keys() {
                let (name, data) = lesson(purchase, choice);
                all.push((subject.clone(), name, data));
            }
            for ((benefit, number), (place, open)) in &card.instalments {
                all.extend(
                    answer(benefit, *number, place, *open, choice, today)
                        .map(|(name, data)| (subject.clone(), name, data)),
                );
            }
            for (purchase, paid) in card.settled.iter().filter(|(_, paid)| **paid > 0) {
                let data = json!({ "amount": money(*paid), "purchase": purchase, "reference": "B" });
                all.extend((choice.is_multiple_of(8)).then(|| (subject.clone(), "voucher.refunded", data)));
            }
            if card.owed > 0 {
                let amount = if choice.is_multiple_of(2) { card.owed } else { card.owed / 3 + 1 };
                let method = if choice.is_multiple_of(3) { "bank" } else { "treasury" };
                let data = json!({ "amount": money(amount), "method": method, "reference": "N" });
                all.push((subject.clone(), "recovery.repaid", data));
            }
        }
        (!all.is_empty()).then(|| all.swap_remove(which % all.len()))
    }
}

fn money(minor: i128) -> Value {
    json!({ "currency": "IDR", "value": format!("{}.{:02}", minor / 100, minor % 100) })
}

fn answer(
    benefit: &str,
    number: u64,
    place: &Place,
    open: i128,
    choice: u8,
    today: Day,
) -> Option<(&'static str, Value)> {
    let channel = |partner: &str| if partner == "bni" { "bank" } else { "wallet" };
    match place {
        Place::Clearing { partner, attempt } if choice.is_multiple_of(3) => {
            let data = json!({
                "attempt": attempt, "benefit": benefit, "number": number, "partner": partner, "reason": "limit",
            });
            Some(("payout.failed", data))
        }
        Place::Clearing { partner, attempt } => {
            let data = json!({
                "amount": money(open), "attempt": attempt, "benefit": benefit, "channel": channel(partner),
                "number": number, "partner": partner, "reference": "T",
            });
            Some(("payout.settled", data))
        }
        Place::Paid { partner, attempt } if *attempt > 0 && choice % 8 == 1 => {
            let data = json!({
                "amount": money(open), "attempt": attempt, "benefit": benefit, "channel": channel(partner),
                "number": number, "partner": partner, "reason": "closed",
            });
            Some(("payout.returned", data))
        }
        Place::Due if benefit != "aid" => {
            Some(("payout.instruct", json!({ "benefit": benefit, "number": number, "partner": "bni" })))
        }
        Place::Suspense => {
            let payon = today.plus(i32::from(choice % 3)).to_string();
            Some(("payout.retry", json!({ "benefit": benefit, "number": number, "payon": payon })))
        }
        Place::Due | Place::Paid { .. } => None,
    }
}

fn lesson(purchase: &str, choice: u8) -> (&'static str, Value) {
    match choice % 4 {
        0 => ("training.redeem", json!({ "purchase": purchase })),
        1 => ("training.complete", json!({ "hours": 20, "purchase": purchase })),
        2 => ("training.certify", json!({ "certificate": "C", "purchase": purchase })),
        _ => ("training.rate", json!({ "purchase": purchase, "stars": 5 })),
    }
}
