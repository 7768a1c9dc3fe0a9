//! The table *published figure, replayed figure, difference*: the replay's own counts, asked the questions to which
//! the published figures are answers.

use super::replay::Rebuilt;
use crate::table::{Columns, grouped};
use jejak_domain::chart::Account;
use jejak_domain::laws::Flows;
use jejak_domain::state::State;
use jejak_domain::time::Day;
use jejak_projections::funnel::{Funnel, Funnels};
use jejak_simulator::{Figure, FundRow, FundTotals, Oracle, Row, Standing, Totals, Unit, published};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Standings at the ends of the days of which published figures speak.
#[derive(Default)]
pub(super) struct Standings(BTreeMap<Day, Standing>);

impl Standings {
    /// Keeps the standing when a closed day is one that a figure speaks of.
    pub(super) fn keep(&mut self, day: Day, state: &State, funnels: &Funnels, flows: &Flows) {
        let text = day.to_string();
        if published().iter().any(|figure| figure.until == Some(text.as_str())) {
            self.0.insert(day, standing(state, funnels, flows));
        }
    }
}

fn small(number: impl TryInto<i64>) -> i64 {
    // Counts of persons and sums of budgets are far below the limit.
    number.try_into().unwrap_or(i64::MAX)
}

/// The programme's code as the simulator has it.
fn code(programme: &str) -> &'static str {
    const CODES: [&str; 5] =
        ["prakerja-2020", "prakerja-2023", "bt-pklw-2021", "bt-pklwn-2022", "kur-alumni"];
    CODES.into_iter().find(|code| *code == programme).unwrap_or_default()
}

fn standing(state: &State, funnels: &Funnels, flows: &Flows) -> Standing {
    let batches = funnels.iter().map(|(programme, batch, funnel)| Row {
        programme: code(programme.as_str()),
        year: funnel.year.into(),
        batch,
        totals: totals(funnel),
    });
    let funds = state.books.funds().into_iter().map(|books| {
        let flow = flows.get(books.fund, books.currency);
        let ceiling = state.funds.get(books.fund.programme, books.fund.year).map_or(0, |fund| fund.ceiling);
        FundRow {
            programme: code(books.fund.programme.as_str()),
            year: books.fund.year.into(),
            totals: FundTotals {
                appropriated: ceiling,
                disbursed: small(flow.disbursed),
                operating: small(flow.operating),
                interest: small(flow.interest),
                remitted: small(flow.remitted),
                returned: small(flow.returned),
                bank: small(books.balance(Account::Bank)),
                floats: small(books.balance(Account::PartnerFloat)),
                ..FundTotals::default()
            },
        }
    });
    Standing { batches: batches.collect(), funds: funds.collect() }
}

fn totals(funnel: &Funnel) -> Totals {
    let handed = |service: &str| {
        let units = funnel.handed.iter().filter(|(unit, _)| unit.starts_with(service));
        small(units.map(|(_, count)| count).sum::<u64>())
    };
    Totals {
        applied: small(funnel.applied),
        eligible: small(funnel.eligible),
        selected: small(funnel.selected),
        decreed: small(funnel.decreed),
        decreed_sum: small(funnel.sums.granted),
        revoked: small(funnel.revoked),
        revoked_sum: small(funnel.sums.released),
        bought: small(funnel.bought),
        completed: small(funnel.completed),
        paid: small(funnel.paid),
        spent: small(funnel.sums.spent),
        settled_platforms: small(funnel.sums.settled),
        settled_unfinished: small(funnel.sums.unfinished),
        incentive_paid: small(funnel.sums.incentives),
        survey_paid: small(funnel.sums.surveys),
        cash_paid: small(funnel.sums.cash),
        settlements: small(funnel.settlements),
        first_payments: small(funnel.first_payments),
        first_payments_in_time: small(funnel.first_payments_in_time),
        survey_payments: small(funnel.survey_payments),
        survey_payments_in_time: small(funnel.survey_payments_in_time),
        failures: small(funnel.failures),
        accounts: small(funnel.linked),
        wallets: small(funnel.wallets),
        handed_by_police: handed("polri"),
        handed_by_army: handed("tni"),
        listed_late: small(funnel.listed_late),
        listed_paid: small(funnel.sums.listed),
        loan_listed: small(funnel.loan_listed),
        answered: small(funnel.answered),
        entrepreneurs: small(funnel.entrepreneurs),
        employed: small(funnel.employed),
        ..Totals::default()
    }
}

/// One row of the table, at the scale of the real programme.
struct Compared {
    figure: &'static Figure,
    replayed: Option<i64>,
}

fn compare(rebuilt: &Rebuilt, scale: u32) -> Vec<Compared> {
    let now = standing(&rebuilt.state, &rebuilt.funnels, &rebuilt.flows);
    let rows = published().iter().map(|figure| {
        let standing = match figure.until {
            None => Some(&now),
            Some(day) => Day::parse(day).ok().and_then(|day| rebuilt.standings.0.get(&day)),
        };
        let factor = if figure.unit.scales() { i64::from(scale) } else { 1 };
        let replayed =
            standing.map(|each| each.measure(figure.measure, &figure.scope).saturating_mul(factor));
        Compared { figure, replayed }
    });
    rows.collect()
}

/// Figures to which the simulator's own totals give another answer than the replay, and how many were asked.
pub(super) fn disagreements(rebuilt: &Rebuilt, oracle: &Oracle) -> (Vec<String>, usize) {
    let rows = compare(rebuilt, 1);
    let asked = rows.len();
    let differ = rows.into_iter().filter_map(|row| {
        let told = oracle.answer(row.figure);
        (told != row.replayed)
            .then(|| format!("{}: told {told:?}, replayed {:?}", row.figure.id, row.replayed))
    });
    (differ.collect(), asked)
}

/// Writes a figure as people do: money in rupiah, shares in percent.
fn show(value: i64, unit: Unit) -> String {
    match unit {
        Unit::Count => grouped(value),
        Unit::Money | Unit::MoneyEach => format!("Rp{}", grouped(value / 100)),
        Unit::Share => {
            let sign = if value < 0 { "-" } else { "" };
            format!("{sign}{}.{:03} %", value.abs() / 1000, value.abs() % 1000)
        }
    }
}

/// A sentence in lines short enough for the first column, broken between words.
fn folded(sentence: &str) -> Vec<String> {
    const WIDTH: usize = 84;
    let mut lines = vec![String::new()];
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// The table for people.
pub(super) fn table(rebuilt: &Rebuilt, scale: u32) -> Columns {
    let mut table = Columns::new(&["Published", "Kind"], &["Figure", "Replayed", "Difference"]);
    for row in compare(rebuilt, scale) {
        let figure = row.figure;
        let kind = figure.kind.word();
        let (replayed, difference) = match row.replayed {
            Some(replayed) => {
                (show(replayed, figure.unit), show(replayed.saturating_sub(figure.value), figure.unit))
            }
            None => ("-".to_owned(), "-".to_owned()),
        };
        let published = show(figure.value, figure.unit);
        table.row([figure.sentence.to_owned(), kind.to_owned(), published, replayed, difference]);
        let (words, events) = (figure.measure.words(), figure.measure.events().join(", "));
        table.row([format!("   {}", figure.source)]);
        for line in folded(&format!("here: {words}, from {events}")) {
            table.row([format!("   {line}")]);
        }
    }
    table
}

/// The table for programs: counts as they are, money in minor units, shares in parts of a hundred thousand.
pub(super) fn as_json(rebuilt: &Rebuilt, scale: u32) -> Value {
    let rows = compare(rebuilt, scale).into_iter().map(|row| {
        let figure = row.figure;
        json!({
            "id": figure.id, "sentence": figure.sentence, "source": figure.source,
            "kind": figure.kind.word(), "measure": figure.measure.words(),
            "unit": match figure.unit {
                Unit::Count => "count", Unit::Money | Unit::MoneyEach => "minor", Unit::Share => "hundred-thousandth",
            },
            "events": figure.measure.events(), "until": figure.until, "published": figure.value, "replayed": row.replayed,
            "difference": row.replayed.map(|replayed| replayed.saturating_sub(figure.value)),
        })
    });
    Value::Array(rows.collect())
}
