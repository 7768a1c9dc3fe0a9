//! A rehearsal for programs: one object, money as decimal text.

use jejak_domain::money::Currency;
use jejak_domain::subject::Subject;
use jejak_projections::balances::decimal_text;
use jejak_projections::rehearsal::{Earned, Lottery, Measure, Pair, PersonRow, Report, Row, Unknown};
use serde_json::{Map, Value, json};

/// All that a rehearsal came to.
pub(super) fn report(report: &Report, lines: u64) -> Value {
    let currency = report.currency;
    let rows = |name: &str, key: &dyn Fn() -> Vec<(Value, Row)>| -> Vec<Value> {
        key().into_iter().map(|(key, each)| row(name, key, &each, currency)).collect()
    };
    let batches = || report.batches.iter().map(|(batch, each)| (json!(batch), *each)).collect();
    // A province that is not known has no name.
    let provinces = || {
        let named = |name: &String| if name.is_empty() { Value::Null } else { json!(name) };
        report.provinces.iter().map(|(name, each)| (named(name), *each)).collect()
    };
    json!({
        "programme": report.programme, "currency": currency, "lines": lines, "changed": report.versions,
        "granted": measure(&report.granted, currency), "earned": measure(&report.earned, currency),
        "kept": report.kept,
        "notasked": report.not_asked.iter().map(|(register, screenings)| {
            json!({ "register": register, "screenings": screenings })
        }).collect::<Vec<_>>(),
        "gainsunknown": report.unknown.iter().map(|each| unknown(each, currency)).collect::<Vec<_>>(),
        "batches": rows("batch", &batches), "provinces": rows("province", &provinces),
        "lotteries": report.lotteries.iter().map(|each| lottery(each, currency)).collect::<Vec<_>>(),
        "persons": report.persons.iter().map(|each| person(each, currency)).collect::<Vec<_>>(),
    })
}

fn measure(measure: &Measure, currency: Currency) -> Value {
    let text = |minor| decimal_text(minor, currency);
    json!({
        "gain": measure.gain, "lose": measure.lose, "unchanged": measure.unchanged, "unknown": measure.unknown,
        "gained": text(measure.gained), "lost": text(measure.lost), "net": text(measure.net()),
    })
}

/// Before, after, and what lies between them.
fn amounts<T: Into<i128> + Copy>(pair: Pair<T>, currency: Currency) -> Value {
    let (before, after) = (pair.before.into(), pair.after.into());
    let text = |minor| decimal_text(minor, currency);
    json!({ "before": text(before), "after": text(after), "difference": text(after - before) })
}

fn row(name: &str, key: Value, row: &Row, currency: Currency) -> Value {
    let mut object = Map::new();
    object.insert(name.to_owned(), key);
    object.insert("persons".into(), json!({ "before": row.persons.before, "after": row.persons.after }));
    object.insert("granted".into(), amounts(row.granted, currency));
    object.insert("earned".into(), amounts(row.earned, currency));
    Value::Object(object)
}

fn person(row: &PersonRow, currency: Currency) -> Value {
    let earned = match row.earned {
        Earned { before, after: Some(after) } => amounts(Pair { before, after }, currency),
        Earned { before, after: None } => {
            json!({ "before": decimal_text(before.into(), currency), "after": null, "difference": null })
        }
    };
    json!({
        "subject": Subject::Participant(row.id), "batch": { "before": row.batch.before, "after": row.batch.after },
        "granted": amounts(row.granted, currency), "earned": earned,
        "reasons": row.reasons,
    })
}

fn unknown(unknown: &Unknown, currency: Currency) -> Value {
    json!({
        "batch": unknown.batch, "applicants": unknown.applicants, "places": unknown.places,
        "atmost": decimal_text(unknown.at_most, currency),
    })
}

fn lottery(lottery: &Lottery, currency: Currency) -> Value {
    let subjects = |ids: &[jejak_domain::ids::ParticipantId]| {
        ids.iter().map(|id| json!(Subject::Participant(*id))).collect::<Vec<_>>()
    };
    let chances = lottery.chances.iter().map(|chance| {
        let expected = chance.expected(lottery.grant);
        let text = |minor: Option<i128>| minor.map(|minor| decimal_text(minor, currency));
        json!({
            "regency": chance.regency, "places": chance.places,
            "pool": { "before": chance.pool.before, "after": chance.pool.after },
            "expected": { "before": text(expected.before), "after": text(expected.after) },
        })
    });
    json!({
        "batch": lottery.batch, "seed": lottery.seed, "places": lottery.places,
        "pool": { "before": lottery.pool.before, "after": lottery.pool.after },
        "drawn": { "before": lottery.drawn.before, "after": lottery.drawn.after },
        "grant": amounts(lottery.grant, currency), "newly": subjects(&lottery.newly),
        "nomore": subjects(&lottery.no_more), "chances": chances.collect::<Vec<_>>(),
    })
}
