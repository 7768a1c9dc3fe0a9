//! A rehearsal for people.

use crate::commands::print;
use crate::table::{Columns, grouped};
use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_projections::balances::decimal_text;
use jejak_projections::rehearsal::{Lottery, Pair, PersonRow, Report, Row, Unknown};

/// Persons that are listed; the others are counted.
const LISTED: usize = 20;

fn amount(minor: impl Into<i128>, currency: Currency) -> String {
    grouped(decimal_text(minor.into(), currency))
}

/// Prints all that a rehearsal came to.
pub(super) fn print_report(report: &Report, lines: u64, simulated: bool) -> anyhow::Result<()> {
    if simulated {
        print("SIMULATED: every person and payment in this ledger is invented.\n")?;
    }
    print(format!("Rehearsed: {} over {} lines. Nothing is recorded.", report.programme, grouped(lines)))?;
    print(versions(report))?;
    print(summary(report))?;
    print_remarks(report)?;
    print("Cost by batch")?;
    print(costs(
        "Batch",
        report.batches.iter().map(|(batch, row)| (batch.to_string(), row)),
        report.currency,
    ))?;
    print("Cost by province")?;
    let named = |name: &String| if name.is_empty() { "(not known)".to_owned() } else { name.clone() };
    print(costs("Province", report.provinces.iter().map(|(name, row)| (named(name), row)), report.currency))?;
    if !report.lotteries.is_empty() {
        print("Drawn again with the recorded seed, and what a person in the pool could expect")?;
        print(lotteries(&report.lotteries, report.currency))?;
    }
    print_persons(report)
}

fn versions(report: &Report) -> String {
    if report.versions.is_empty() {
        return "The file says what is in force.\n".to_owned();
    }
    let one = |each: &jejak_projections::rehearsal::ChangedVersion| {
        format!("{} {} {}", each.component, each.version, each.how.as_str())
    };
    format!(
        "Against the rules in force: {}.\n",
        report.versions.iter().map(one).collect::<Vec<_>>().join(", ")
    )
}

fn summary(report: &Report) -> Columns {
    let figures = ["Gain", "Lose", "Unchanged", "Unknown", "Gained", "Lost", "Net"];
    let mut table = Columns::new(&["Programme", "", ""], &figures);
    for (name, measure) in [("granted", report.granted), ("earned", report.earned)] {
        let words = [report.programme.to_string(), name.to_owned(), report.currency.to_string()];
        let counts = [measure.gain, measure.lose, measure.unchanged, measure.unknown].map(grouped);
        let sums = [measure.gained, measure.lost, measure.net()].map(|minor| amount(minor, report.currency));
        table.row(words.into_iter().chain(counts).chain(sums));
    }
    table
}

fn print_remarks(report: &Report) -> anyhow::Result<()> {
    if report.earned.unknown > 0 {
        print(format!(
            "{} persons have a card only under the changed rules. What they would have earned with it is unknown, and in no sum.\n",
            grouped(report.earned.unknown)
        ))?;
    }
    for (register, screenings) in &report.not_asked {
        print(format!(
            "The list {register} was not asked at {} screenings: it counts as if it stood in nobody's way.\n",
            grouped(screenings)
        ))?;
    }
    if report.kept > 0 {
        print(format!(
            "{} recorded events do not follow from the rules in force, as imported ones may not: they stay as they are, \
             but for amounts and rules that the change names.\n",
            grouped(report.kept)
        ))?;
    }
    if report.unknown.is_empty() {
        return Ok(());
    }
    print("Gains unknown: who could gain in these batches is recorded only as a number, or not at all")?;
    print(unknown(&report.unknown, report.currency))
}

fn unknown(batches: &[Unknown], currency: Currency) -> Columns {
    let figures = ["Applicants not recorded", "Places lost", "For others at most"];
    let mut table = Columns::new(&["Batch", ""], &figures);
    for each in batches {
        let applicants = each.applicants.map_or_else(|| "unknown".to_owned(), grouped);
        let figures = [applicants, grouped(each.places), amount(each.at_most, currency)];
        table.row([each.batch.to_string(), currency.to_string()].into_iter().chain(figures));
    }
    table
}

fn costs<'a>(key: &str, rows: impl Iterator<Item = (String, &'a Row)>, currency: Currency) -> Columns {
    let figures =
        ["Persons", "would be", "Granted", "would be", "Difference", "Earned", "would be", "Difference"];
    let mut table = Columns::new(&[key, ""], &figures);
    for (key, row) in rows {
        let persons = [row.persons.before, row.persons.after].map(grouped);
        let sums = [row.granted, row.earned].map(|Pair { before, after }| [before, after, after - before]);
        let sums = sums.into_iter().flatten().map(|minor| amount(minor, currency));
        table.row([key, currency.to_string()].into_iter().chain(persons).chain(sums));
    }
    table
}

fn lotteries(lotteries: &[Lottery], currency: Currency) -> Columns {
    let figures = ["Places", "Pool", "would be", "Drawn no more", "Newly drawn", "Expected", "would be"];
    let mut table = Columns::new(&["Batch", "Seed", "Regency", ""], &figures);
    for lottery in lotteries {
        let changed = [lottery.no_more.len(), lottery.newly.len()].map(grouped);
        let words = |regency: String| {
            [lottery.batch.to_string(), lottery.seed.clone(), regency, currency.to_string()]
        };
        if lottery.chances.is_empty() {
            let counts = [lottery.pool.before, lottery.pool.after].map(grouped);
            let unknown = ["-", "-"].map(str::to_owned);
            let figures = [grouped(lottery.places)].into_iter().chain(counts).chain(changed).chain(unknown);
            table.row(words("(overlapping)".to_owned()).into_iter().chain(figures));
            continue;
        }
        for chance in &lottery.chances {
            let regency = chance.regency.map_or_else(|| "all".to_owned(), |regency| regency.to_string());
            let expected = chance.expected(lottery.grant);
            let expected = [expected.before, expected.after];
            let expected =
                expected.map(|minor| minor.map_or_else(|| "-".to_owned(), |minor| amount(minor, currency)));
            let counts = [chance.pool.before, chance.pool.after].map(grouped);
            let figures =
                [grouped(chance.places)].into_iter().chain(counts).chain(changed.clone()).chain(expected);
            table.row(words(regency).into_iter().chain(figures));
        }
    }
    table
}

/// Granted and earned: before, after, difference.
fn sums(row: &PersonRow) -> [Option<i128>; 6] {
    let [before, after, earned] = [row.granted.before, row.granted.after, row.earned.before].map(i128::from);
    let then = row.earned.after.map(i128::from);
    let differs = then.map(|then| then - earned);
    [Some(before), Some(after), Some(after - before), Some(earned), then, differs]
}

fn print_persons(report: &Report) -> anyhow::Result<()> {
    if report.persons.is_empty() {
        return print("Nobody gains or loses anything.");
    }
    let mut table = Columns::new(
        &["Participant", "Batch", "Why", ""],
        &["Granted", "would be", "Difference", "Earned", "would be", "Difference"],
    );
    for row in report.persons.iter().take(LISTED) {
        let batch = row.batch.before.or(row.batch.after).map_or_else(String::new, |batch| batch.to_string());
        let why = row.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let sums = sums(row)
            .map(|minor| minor.map_or_else(|| "unknown".to_owned(), |minor| amount(minor, report.currency)));
        let words = [Subject::Participant(row.id).to_string(), batch, why, report.currency.to_string()];
        table.row(words.into_iter().chain(sums));
    }
    print("Who gains or loses")?;
    print(table)?;
    match report.persons.len().saturating_sub(LISTED) {
        0 => Ok(()),
        more => print(format!("{} more persons: --json lists all.", grouped(more))),
    }
}
