//! `jejak show`.

use super::sql::cut;
use super::{note, print, print_json};
use crate::Exit;
use crate::args::Show;
use crate::table::{Columns, grouped};
use jejak_domain::money::{Currency, Money};
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_ledger::Home;
use jejak_ledger::replay::Replay;
use jejak_projections::Step;
use jejak_projections::cut::Cut;
use jejak_projections::trail::{Trail, TrailRow};
use serde_json::json;
use std::path::Path;

/// Prints the trail of one subject.
pub(super) fn run(dir: &Path, json: bool, show: &Show) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let trail = trail(&home, show.subject, cut(&show.part))?;
    if json {
        trail.rows.iter().try_for_each(|row| print_json(&as_json(row)))?;
    } else {
        print(as_table(&trail.rows))?;
    }
    if trail.rows.is_empty() {
        note(&format!("no event about {}", show.subject))?;
        return Ok(Exit::Finding);
    }
    Ok(Exit::Good)
}

/// Folds the history, or the part of it that was known and had happened, for the trail of one subject.
pub(super) fn trail(home: &Home, subject: Subject, cut: Cut) -> anyhow::Result<Trail> {
    let (mut state, mut trail) = (State::new(), Trail::of(subject));
    let journal = home.read_journal()?;
    let until = cut.position(&journal)?;
    Replay::new(&home.manifest.origin).until(Some(until)).without_hashes().run(&journal, |decoded| {
        for (position, event) in decoded.events().filter(|(_, event)| cut.had_happened(event)) {
            let entry = state.apply(event);
            trail.apply(Step { position, event, entry: entry.as_ref(), state: &state });
        }
        Ok(())
    })?;
    Ok(trail)
}

fn as_json(row: &TrailRow) -> serde_json::Value {
    let card = row.card.map(|(card, currency)| {
        let text = |minor| Money::of_minor(minor, currency).text();
        json!({
            "currency": currency.to_string(), "allocated": text(card.allocated), "voucher": text(card.voucher),
            "unearned": text(card.unearned), "spent": text(card.spent), "due": text(card.due),
            "instructed": text(card.instructed), "suspense": text(card.suspense), "paid": text(card.paid),
            "released": text(card.released),
        })
    });
    let movements = row.movements.iter().map(|(debit, credit, minor)| {
        let amount = row.currency.map(|currency| Money::of_minor(*minor, currency).text());
        json!({ "debit": debit, "credit": credit, "amount": amount })
    });
    json!({
        "position": row.position, "time": row.time, "recordedtime": row.recorded, "type": row.name,
        "movements": movements.collect::<Vec<_>>(), "card": card,
    })
}

/// The trail for people.
pub(super) fn as_table(rows: &[TrailRow]) -> Columns {
    let balances = ["Voucher", "Unearned", "Spent", "Due", "Instructed", "Suspense", "Paid", "Released"];
    // Only a person has a card.
    let has_card = rows.iter().any(|row| row.card.is_some());
    let figures = if has_card { &balances[..] } else { &[] };
    let mut table = Columns::new(&["Position", "Day", "Event", "Moves"], figures);
    for row in rows {
        let moves = row.movements.iter().map(|(debit, credit, minor)| {
            let amount = whole(*minor, row.currency);
            // Rupiah need not be said: everything here is in rupiah but what says otherwise.
            let currency = row.currency.filter(|currency| *currency != Currency::IDR);
            let currency = currency.map_or_else(String::new, |currency| format!("{currency} "));
            format!("{credit} -> {debit} {currency}{amount}")
        });
        let moves = moves.collect::<Vec<_>>().join(", ");
        let mut cells =
            vec![row.position.to_string(), row.time.day().to_string(), row.name.to_owned(), moves];
        if has_card {
            cells.extend(card_cells(row));
        }
        table.row(cells);
    }
    table
}

fn card_cells(row: &TrailRow) -> [String; 8] {
    let card = row.card.map(|(card, _)| card).unwrap_or_default();
    let currency = row.card.map(|(_, currency)| currency);
    let balances = [
        card.voucher,
        card.unearned,
        card.spent,
        card.due,
        card.instructed,
        card.suspense,
        card.paid,
        card.released,
    ];
    balances.map(|minor| if minor == 0 { "-".to_owned() } else { whole(minor, currency) })
}

fn whole(minor: i64, currency: Option<Currency>) -> String {
    currency.map_or_else(|| minor.to_string(), |currency| grouped(Money::of_minor(minor, currency).text()))
}
