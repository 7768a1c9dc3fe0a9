//! Demands for repayment and their sixty days.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

fn demand(amount: i64) -> Value {
    json!({ "amount": idr(amount), "demand": "L-1", "reason": "ineligible" })
}

fn paid() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(400_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.finish(&ani, "kopi", "p1").at("2021-04-03").instruct(&ani, "incentive", 1);
    world.settle(&ani, "incentive", 1, idr(600_000)).run(
        &ani,
        "entitlement.revoke",
        json!({ "reason": "ineligible" }),
    );
    (world, ani)
}

#[test]
fn what_is_not_repaid_in_sixty_days_is_handed_on_once() {
    let (mut world, ani) = paid();
    assert_eq!(world.refused(&ani, "recovery.demand", demand(1_000_001)), R::AmountInvalid);
    world.at("2021-05-01").run(&ani, "recovery.demand", demand(1_000_000));
    world.fact(&ani, "recovery.repaid", json!({ "amount": idr(300_000), "ntpn": "N-1" }));
    world.at("2021-06-30 23:59:59.998");
    assert_eq!(world.refused(&ani, "recovery.escalate", json!({})), R::TermNotReached);
    assert!(world.close_day("2021-06-29").is_empty());
    assert_eq!(world.close_day("2021-06-30"), ["recovery.escalated.v1"]);
    assert_eq!(world.at("2021-07-01").refused(&ani, "recovery.escalate", json!({})), R::NothingDue);
    let escalated =
        world.events.iter().rev().find(|event| event.payload.name() == "recovery.escalated.v1").unwrap();
    assert_eq!(serde_json::to_value(&escalated.payload).unwrap()["amount"], idr(700_000));
}

#[test]
fn what_was_demanded_and_repaid_is_not_demanded_again() {
    let (mut world, ani) = paid();
    world.run(&ani, "recovery.demand", demand(1_000_000));
    world.fact(&ani, "recovery.repaid", json!({ "amount": idr(1_000_000), "ntpn": "N-1" }));
    assert_eq!(world.refused(&ani, "recovery.demand", demand(1)), R::AmountInvalid);
    assert!(world.close_day("2021-07-01").is_empty());
    // The card still says what was delivered: repayments go straight to the treasury.
    assert_eq!((world.money(&ani).paid, world.money(&ani).spent), (60_000_000, 40_000_000));
}
