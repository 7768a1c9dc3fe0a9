//! `jejak owed`.

use super::replay::rebuild;
use super::{print, print_json};
use crate::Exit;
use crate::args::Replay as Arguments;
use crate::table::{Columns, grouped};
use jejak_domain::money::{Currency, Money};
use jejak_domain::programme::Programme;
use jejak_ledger::Home;
use jejak_projections::delivery::{Owed, owed};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Lists who is owed money or holds a balance, and the sums by fund year.
pub(super) fn run(dir: &Path, json: bool, arguments: &Arguments) -> anyhow::Result<Exit> {
    let home = Home::open(dir)?;
    let rebuilt = rebuild(&home, arguments)?;
    let currency =
        |each: &Owed| rebuilt.state.programmes.get(each.programme).map_or(Currency::IDR, Programme::currency);
    let mut table = Columns::new(
        &["Participant", "Programme", "Year"],
        &["Unearned", "Voucher", "Due", "On its way", "Sum"],
    );
    let mut sums: BTreeMap<(String, i16), (u64, i128, Currency)> = BTreeMap::new();
    for each in owed(&rebuilt.state) {
        let (money, currency) = (each.money, currency(&each));
        let text = |minor| Money::of_minor(minor, currency).text();
        let on_its_way = money.instructed.saturating_add(money.suspense);
        let parts = [money.unearned, money.voucher, money.due, on_its_way, money.undelivered()];
        if json {
            let [unearned, voucher, due, on_its_way, sum] = parts.map(text);
            print_json(&json!({
                "participant": each.participant, "programme": each.programme, "year": each.year,
                "currency": currency, "unearned": unearned, "voucher": voucher, "due": due, "onitsway": on_its_way,
                "sum": sum,
            }))?;
        } else {
            let mut cells =
                vec![each.participant.to_string(), each.programme.to_string(), each.year.to_string()];
            cells.extend(parts.map(|minor| grouped(text(minor))));
            table.row(cells);
        }
        let sum = sums.entry((each.programme.to_string(), each.year)).or_insert((0, 0, currency));
        sum.0 += 1;
        sum.1 += i128::from(money.undelivered());
    }
    if !json {
        print(table)?;
        for ((programme, year), (persons, minor, currency)) in sums {
            let sum = grouped(jejak_projections::balances::decimal_text(minor, currency));
            print(format!("{programme} {year}: {} persons, {currency} {sum}", grouped(persons)))?;
        }
    }
    Ok(Exit::Good)
}
