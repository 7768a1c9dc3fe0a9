//! `jejak replay`.

use super::published::{self, Standings};
use super::{print, print_json};
use crate::Exit;
use crate::args::Replay as Arguments;
use crate::progress::bar;
use crate::table::{Columns, grouped};
use anyhow::bail;
use jejak_domain::calendar;
use jejak_domain::catalogue::Payload;
use jejak_domain::entry::FundYear;
use jejak_domain::laws::Flows;
use jejak_domain::line::Event;
use jejak_domain::money::Currency;
use jejak_domain::programme::Programme;
use jejak_domain::state::State;
use jejak_domain::subject::Subject;
use jejak_journal::Journal;
use jejak_journal::checkpoint::Checkpoint;
use jejak_journal::merkle::TreeBuilder;
use jejak_ledger::Home;
use jejak_ledger::replay::{Replay, ReplayError};
use jejak_projections::Step;
use jejak_projections::balances::{balances, decimal_text, trial_balance};
use jejak_projections::delivery::{Delivery, delivery};
use jejak_projections::funnel::Funnels;
use jejak_projections::released::Released;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// What a replay has rebuilt.
pub(super) struct Rebuilt {
    /// The folded history.
    pub(super) state: State,
    /// The funnel.
    pub(super) funnels: Funnels,
    /// What went back to the pool, and why.
    pub(super) released: Released,
    /// Flows of the fund years.
    pub(super) flows: Flows,
    /// Standings at the ends of days of which published figures speak.
    pub(super) standings: Standings,
    /// Lines read.
    pub(super) lines: u64,
    /// Lines that were folded: fewer when dates leave some out.
    pub(super) folded: u64,
    /// The tree over the lines read.
    pub(super) tree: TreeBuilder,
    /// How long it took, in milliseconds.
    pub(super) milliseconds: u128,
}

/// Rebuilds balances and counts, and prints them.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let rebuilt = rebuild(&home, arguments)?;
    if json {
        print_json(&as_json(&home, &rebuilt))?;
    } else {
        as_text(&home, &rebuilt)?;
    }
    Ok(Exit::Good)
}

/// Folds the history, or the part of it that was known and had happened.
pub(super) fn rebuild(home: &Home, arguments: &Arguments) -> anyhow::Result<Rebuilt> {
    let journal = home.read_journal()?;
    check_end(&journal, arguments)?;
    let lines = arguments.at.unwrap_or(u64::MAX).min(journal.len());
    let progress = bar("replaying", Some(lines));
    let start = Instant::now();
    let (mut state, mut funnels, mut flows) = (State::new(), Funnels::default(), Flows::default());
    let mut released = Released::default();
    let (mut tree, mut folded, mut standings) = (TreeBuilder::new(), 0, Standings::default());
    Replay::new(&home.manifest.origin).until(arguments.at).run(&journal, |decoded| {
        for range in &decoded.ranges {
            tree.append(range).map_err(|gap| ReplayError::Gap { found: gap.found })?;
        }
        for (position, event) in decoded.events().filter(|(_, event)| is_in(event, arguments)) {
            flows.add(&state, event);
            let entry = state.apply(event);
            let step = Step { position, event, entry: entry.as_ref(), state: &state };
            funnels.apply(step);
            released.apply(step);
            if let (Payload::Calendar(calendar::Event::DayClosed(_)), Subject::Day(day)) =
                (&event.payload, event.subject)
            {
                standings.keep(day, &state, &funnels, &flows);
            }
            folded += 1;
        }
        progress.set_position(decoded.end());
        Ok(())
    })?;
    progress.finish_and_clear();
    let milliseconds = start.elapsed().as_millis().max(1);
    Ok(Rebuilt { state, funnels, released, flows, standings, lines: tree.size(), folded, tree, milliseconds })
}

/// A position beyond the end is a slip: the whole history would pass for what was asked.
pub(super) fn check_end(journal: &impl Journal, arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.at.filter(|at| *at > journal.len()) {
        Some(at) => bail!("--at {at} is beyond the end: the ledger has {} lines", journal.len()),
        None => Ok(()),
    }
}

/// What did we know by then about what had happened by then?
pub(super) fn is_in(event: &Event, arguments: &Arguments) -> bool {
    arguments.known.is_none_or(|known| event.recorded <= known)
        && arguments.effective.is_none_or(|day| event.time <= day.ends())
}

fn text(minor: i128, currency: Currency) -> String {
    decimal_text(minor, currency)
}

fn as_json(home: &Home, rebuilt: &Rebuilt) -> Value {
    let funnels = rebuilt.funnels.iter().map(|(programme, batch, funnel)| {
        let mut row = serde_json::to_value(funnel).unwrap_or_default();
        if let Some(row) = row.as_object_mut() {
            let currency = rebuilt.state.programmes.get(programme).map_or(Currency::IDR, Programme::currency);
            let sums = [
                ("granted", funnel.sums.granted),
                ("released", funnel.sums.released),
                ("spent", funnel.sums.spent),
                ("settled", funnel.sums.settled),
                ("incentives", funnel.sums.incentives),
                ("surveys", funnel.sums.surveys),
                ("cash", funnel.sums.cash),
            ];
            for (name, minor) in sums {
                row.insert(name.into(), json!(text(minor, currency)));
            }
            row.insert("programme".into(), json!(programme));
            row.insert("batch".into(), json!(batch));
        }
        row
    });
    let delivery = delivery(&rebuilt.state, &rebuilt.flows).into_iter().map(|row| {
        let amount = |minor| text(minor, row.currency);
        json!({
            "programme": row.programme, "year": row.year, "currency": row.currency,
            "ceiling": amount(row.ceiling), "committed": amount(row.committed), "realised": amount(row.realised),
            "delivered": amount(row.delivered), "undelivered": amount(row.undelivered),
            "operatingcost": amount(row.operating), "returned": amount(row.returned), "onhand": amount(row.on_hand),
        })
    });
    let released = rebuilt.released.iter().map(|(fund, cause, sum)| {
        let currency = currency_of(&rebuilt.state, fund);
        json!({
            "programme": fund.programme, "year": fund.year, "cause": cause, "currency": currency,
            "count": sum.count, "amount": text(sum.minor, currency),
        })
    });
    json!({
        "simulated": home.manifest.simulated.is_some(),
        "lines": rebuilt.lines, "folded": rebuilt.folded, "head": head(home, rebuilt),
        "trialbalance": trial_balance(&rebuilt.state), "balances": balances(&rebuilt.state),
        "delivery": delivery.collect::<Vec<_>>(), "funnel": funnels.collect::<Vec<_>>(),
        "released": released.collect::<Vec<_>>(),
        "published": whole(home).map(|scale| published::as_json(rebuilt, scale)),
    })
}

/// The scale of a simulation of the whole programme: the published figures are laid beside no other history.
fn whole(home: &Home) -> Option<u32> {
    let simulated = home.manifest.simulated.as_ref();
    simulated.filter(|_| home.manifest.origin == super::simulate::WHOLE).map(|simulated| simulated.scale)
}

fn currency_of(state: &State, fund: FundYear) -> Currency {
    state.programmes.get(fund.programme).map_or(Currency::IDR, Programme::currency)
}

fn head(home: &Home, rebuilt: &Rebuilt) -> Option<String> {
    Checkpoint::new(&home.manifest.origin, &rebuilt.tree).map(|head| head.to_string())
}

/// Prints everything for people.
pub(super) fn as_text(home: &Home, rebuilt: &Rebuilt) -> anyhow::Result<()> {
    if home.manifest.simulated.is_some() {
        print("SIMULATED: every person and payment in this ledger is invented.\n")?;
    }
    print("Trial balance")?;
    let mut table = Columns::new(&["Account", ""], &["Debit", "Credit"]);
    for row in trial_balance(&rebuilt.state) {
        table.row([row.account.to_owned(), row.currency, grouped(row.debit), grouped(row.credit)]);
    }
    print(table)?;
    print("Realised against delivered")?;
    print(delivery_table(&delivery(&rebuilt.state, &rebuilt.flows)))?;
    print("Released: granted, and gone back to the pool")?;
    print(released_table(rebuilt))?;
    print("Funnel by batch")?;
    print(funnel_table(&rebuilt.funnels))?;
    if let Some(scale) = whole(home) {
        let times = grouped(scale);
        print(format!("Published figures against this history, its counts and sums times {times}"))?;
        print(published::table(rebuilt, scale))?;
    }
    let rate = u128::from(rebuilt.lines) * 1000 / rebuilt.milliseconds;
    print("Tree head")?;
    print(head(home, rebuilt).unwrap_or_default())?;
    print(format!(
        "{} lines, {} folded, in {} ms: {} lines a second.",
        grouped(rebuilt.lines),
        grouped(rebuilt.folded),
        grouped(rebuilt.milliseconds),
        grouped(rate)
    ))
}

/// Realised against delivered, for people.
pub(super) fn delivery_table(rows: &[Delivery]) -> Columns {
    let figures =
        ["Committed", "Realised (SP2D)", "Delivered", "Undelivered", "Operating", "Returned", "On hand"];
    let mut table = Columns::new(&["Programme", "Year", ""], &figures);
    for row in rows {
        let sums = [
            row.committed,
            row.realised,
            row.delivered,
            row.undelivered,
            row.operating,
            row.returned,
            row.on_hand,
        ];
        let mut cells = vec![row.programme.to_string(), row.year.to_string(), row.currency.to_string()];
        cells.extend(sums.map(|minor| grouped(text(minor, row.currency))));
        table.row(cells);
    }
    table
}

fn released_table(rebuilt: &Rebuilt) -> Columns {
    let mut table = Columns::new(&["Programme", "Year", "Cause", ""], &["Count", "Amount"]);
    for (fund, cause, sum) in rebuilt.released.iter() {
        let currency = currency_of(&rebuilt.state, fund);
        table.row([
            fund.programme.to_string(),
            fund.year.to_string(),
            cause.sentence().to_owned(),
            currency.to_string(),
            grouped(sum.count),
            grouped(text(sum.minor, currency)),
        ]);
    }
    table
}

fn funnel_table(funnels: &Funnels) -> Columns {
    let figures =
        ["Applied", "Eligible", "Selected", "Decreed", "Bought", "Completed", "Paid", "Revoked", "Failed"];
    let mut table = Columns::new(&["Programme", "Batch"], &figures);
    for (programme, batch, funnel) in funnels.iter() {
        let counts = [
            funnel.applied,
            funnel.eligible,
            funnel.selected,
            funnel.decreed,
            funnel.bought,
            funnel.completed,
            funnel.paid,
            funnel.revoked,
            funnel.failures,
        ];
        let mut cells = vec![programme.to_string(), batch.to_string()];
        cells.extend(counts.map(grouped));
        table.row(cells);
    }
    table
}
