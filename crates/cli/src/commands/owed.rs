//! `jejak owed`.

use super::replay::{Rebuilt, rebuild};
use super::{print, print_json};
use crate::Exit;
use crate::args::Replay as Arguments;
use crate::table::{Columns, grouped};
use jejak_domain::ids::ProgrammeCode;
use jejak_domain::money::{Currency, Money};
use jejak_domain::programme::Programme;
use jejak_ledger::Home;
use jejak_projections::balances::decimal_text;
use jejak_projections::delivery::{Delivery, Owed, OwedPlatform, delivery, owed, owed_to_platforms};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Lists who is owed money or holds a balance, persons and platforms, and the sums by fund year.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let rebuilt = rebuild(&Home::open(dir)?, arguments)?;
    let platforms = owed_to_platforms(&rebuilt.state);
    if json {
        as_json(&rebuilt, &platforms)?;
    } else {
        as_text(&rebuilt, &platforms)?;
    }
    Ok(Exit::Good)
}

fn currency_of(rebuilt: &Rebuilt, owed: &Owed) -> Currency {
    rebuilt.state.programmes.get(owed.programme).map_or(Currency::IDR, Programme::currency)
}

/// Unearned, voucher, due, on its way, and their sum.
fn parts(owed: &Owed, currency: Currency) -> [String; 5] {
    let money = owed.money;
    let on_its_way = money.instructed.saturating_add(money.suspense);
    [money.unearned, money.voucher, money.due, on_its_way, money.undelivered()]
        .map(|minor| Money::of_minor(minor, currency).text())
}

fn as_json(rebuilt: &Rebuilt, platforms: &[OwedPlatform]) -> anyhow::Result<()> {
    let mut rows: Vec<Value> =
        owed(&rebuilt.state).map(|each| person_as_json(&each, currency_of(rebuilt, &each))).collect();
    rows.extend(platforms.iter().map(platform_as_json));
    let totals = totals(rebuilt, platforms).into_iter().map(|(row, sums)| {
        let text = |minor| decimal_text(minor, row.currency);
        json!({
            "programme": row.programme, "year": row.year, "currency": row.currency, "persons": sums.persons,
            "topersons": text(sums.to_persons), "toplatforms": text(sums.to_platforms),
            "together": text(sums.to_persons + sums.to_platforms), "gap": text(row.undelivered),
        })
    });
    print_json(&json!({ "rows": rows, "totals": totals.collect::<Vec<_>>() }))
}

fn person_as_json(each: &Owed, currency: Currency) -> Value {
    let [unearned, voucher, due, on_its_way, sum] = parts(each, currency);
    json!({
        "participant": each.participant, "programme": each.programme, "year": each.year,
        "currency": currency, "unearned": unearned, "voucher": voucher, "due": due, "onitsway": on_its_way,
        "sum": sum,
    })
}

fn platform_as_json(each: &OwedPlatform) -> Value {
    json!({
        "platform": each.platform, "programme": each.programme, "year": each.year, "currency": each.currency,
        "sum": decimal_text(each.minor, each.currency),
    })
}

/// Of one fund year.
#[derive(Default)]
struct Sums {
    persons: u64,
    to_persons: i128,
    to_platforms: i128,
}

/// The sums of every fund year, beside its gap between committed and delivered.
fn totals(rebuilt: &Rebuilt, platforms: &[OwedPlatform]) -> Vec<(Delivery, Sums)> {
    let mut sums: BTreeMap<(ProgrammeCode, i16, Currency), Sums> = BTreeMap::new();
    for each in owed(&rebuilt.state) {
        let sum = sums.entry((each.programme, each.year, currency_of(rebuilt, &each))).or_default();
        sum.persons += 1;
        sum.to_persons += i128::from(each.money.undelivered());
    }
    for each in platforms {
        sums.entry((each.programme, each.year, each.currency)).or_default().to_platforms += each.minor;
    }
    let delivery = delivery(&rebuilt.state, &rebuilt.flows).into_iter();
    delivery
        .map(|row| {
            let sum = sums.remove(&(row.programme, row.year, row.currency)).unwrap_or_default();
            (row, sum)
        })
        .collect()
}

fn as_text(rebuilt: &Rebuilt, platforms: &[OwedPlatform]) -> anyhow::Result<()> {
    let figures = ["Unearned", "Voucher", "Due", "On its way", "Sum"];
    let mut table = Columns::new(&["Participant", "Programme", "Year", ""], &figures);
    for each in owed(&rebuilt.state) {
        let currency = currency_of(rebuilt, &each);
        let words = [each.participant.to_string(), each.programme.to_string(), each.year.to_string()];
        let figures = parts(&each, currency).map(grouped);
        table.row(words.into_iter().chain([currency.to_string()]).chain(figures));
    }
    print(table)?;
    let mut table = Columns::new(&["Platform", "Programme", "Year", ""], &["Sum"]);
    for each in platforms {
        let platform = each.platform.map_or_else(|| "(no purchase)".to_owned(), |code| code.to_string());
        let words = [platform, each.programme.to_string(), each.year.to_string(), each.currency.to_string()];
        table.row(words.into_iter().chain([grouped(decimal_text(each.minor, each.currency))]));
    }
    if !platforms.is_empty() {
        print(table)?;
    }
    for (row, sum) in totals(rebuilt, platforms) {
        let text = |minor| grouped(decimal_text(minor, row.currency));
        print(format!(
            "{} {}: {} persons are owed {}, and platforms {}: together {}, and the gap between committed and delivered \
             is {}, all in {}.",
            row.programme,
            row.year,
            grouped(sum.persons),
            text(sum.to_persons),
            text(sum.to_platforms),
            text(sum.to_persons + sum.to_platforms),
            text(row.undelivered),
            row.currency
        ))?;
    }
    Ok(())
}
