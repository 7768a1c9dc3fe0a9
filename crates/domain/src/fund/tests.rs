//! Budget, linked documents, and the year's end.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::json;

const FUND: &str = "fund/prakerja-2020/2021";

#[test]
fn the_budget_is_set_once_and_revised_within_zero() {
    let mut world = World::of(PRAKERJA_2020);
    let budget = json!({ "amount": idr(100), "document": "DIPA" });
    let change = |amount: i64| json!({ "change": idr(amount), "document": "DIPA-2" });
    assert_eq!(world.refused(FUND, "fund.revise", change(1)), R::DocumentMismatch);
    world.run(FUND, "fund.appropriate", budget.clone());
    assert_eq!(world.refused(FUND, "fund.appropriate", budget), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.revise", change(-101)), R::AmountInvalid);
    world.run(FUND, "fund.revise", change(-100));
}

#[test]
fn an_order_is_signed_by_another_person_than_the_request() {
    let mut world = World::of(PRAKERJA_2020);
    let request = |spp: &str| json!({ "amount": idr(50), "spp": spp });
    let order = |spm: &str, spp: &str| json!({ "spm": spm, "spp": spp });
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-1")), R::DocumentMismatch);
    world.run(FUND, "fund.appropriate", json!({ "amount": idr(100), "document": "DIPA" }));
    let unknown = json!({ "amount": idr(50), "decree": "SK-9", "spp": "SPP-1" });
    assert_eq!(world.refused(FUND, "fund.request", unknown), R::DocumentMismatch);
    world.by("ppk").run(FUND, "fund.request", request("SPP-1")).run(FUND, "fund.request", request("SPP-2"));
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-1")), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-1", "SPP-1")), R::SamePerson);
    world.by("ppspm").run(FUND, "fund.order", order("SPM-1", "SPP-1"));
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-2", "SPP-1")), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-1", "SPP-2")), R::DocumentMismatch);
    let disbursed = json!({ "amount": idr(50), "sp2d": "D-1", "spm": "SPM-1" });
    world.fact(FUND, "fund.disbursed", disbursed);
    let fund = world.state.funds.get(crate::ids::ProgrammeCode::new("prakerja-2020").unwrap(), 2021).unwrap();
    assert!(fund.orders.values().all(|order| order.disbursements == 1));
}

#[test]
fn the_year_is_closed_with_what_each_person_is_still_owed() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world
        .at("2021-03-30")
        .list_course("kopi", idr(600_000))
        .decree(&[ani, budi], 16)
        .finish(ani, "kopi", "p1");
    world.run(budi, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    let closed = world.at("2021-12-31").ask(FUND, "fund.close_year", json!({})).unwrap();
    let data = serde_json::to_value(&closed.first().unwrap().payload).unwrap();
    assert_eq!(data, json!({ "owed": idr(2_950_000), "persons": 1 }));
}

#[test]
fn a_return_is_ordered_once_and_made_in_parts() {
    let mut world = World::of(PRAKERJA_2020);
    let ordered = json!({ "amount": idr(100), "order": "R-1", "reason": "revocation" });
    // Only what the treasury gave can be ordered back.
    assert_eq!(world.refused(FUND, "fund.order_return", ordered.clone()), R::AmountInvalid);
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(100), "sp2d": "D-1", "spm": "SPM-1" }));
    world.run(FUND, "fund.order_return", ordered.clone());
    assert_eq!(world.refused(FUND, "fund.order_return", ordered), R::DocumentMismatch);
    for ntpn in ["N-1", "N-2"] {
        world.fact(FUND, "fund.returned", json!({ "amount": idr(50), "ntpn": ntpn, "order": "R-1" }));
    }
    let fund = world.state.funds.get(crate::ids::ProgrammeCode::new("prakerja-2020").unwrap(), 2021).unwrap();
    assert_eq!(fund.returns.values().sum::<i64>(), 0);
}

#[test]
fn money_in_another_currency_has_books_of_its_own() {
    let mut world = World::of(PRAKERJA_2020);
    let usd = json!({ "currency": "USD", "value": "1.00" });
    world.fact(FUND, "fund.interest_credited", json!({ "amount": usd, "reference": "B" }));
    world.fact(FUND, "fund.interest_credited", json!({ "amount": idr(7), "reference": "B" }));
    let balances: Vec<_> = world
        .state
        .books
        .funds()
        .iter()
        .map(|books| (books.currency.to_string(), books.balance(crate::chart::Account::Bank)))
        .collect();
    assert_eq!(balances, [("IDR".to_owned(), 700), ("USD".to_owned(), 100)]);
}
