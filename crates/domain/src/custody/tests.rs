//! Cash in the hands of units.

use crate::refusal::RefusalCode as R;
use crate::testing::{BT_PKLW_2021, World, idr, person};
use serde_json::{Value, json};

const CUSTODY: &str = "custody/bt-pklw-2021/2021";

fn recipient() -> (World, String) {
    let mut world = World::of(BT_PKLW_2021);
    let ani = person(1);
    world.at("2021-09-10").fact(&ani, "participant.registered", registered());
    world.run(&ani, "participant.verify", json!({ "check": "identity", "verdict": "passed" }));
    world.run(
        "fund/bt-pklw-2021/2021",
        "fund.appropriate",
        json!({ "amount": idr(9_000_000), "document": "DIPA" }),
    );
    world.select(&[&ani], 1).open_decree("SK-1", 1, 1).unwrap();
    world.run(&ani, "entitlement.decree", json!({ "decree": "SK-1" }));
    world.run("decree/bt-pklw-2021/SK-1", "decree.close", json!({}));
    (world, ani)
}

fn registered() -> Value {
    json!({ "born": "1980-01", "education": "none", "employment": "self-employed", "regency": "3273", "sex": "male" })
}

fn handed(amount: i64, unit: &str) -> Value {
    json!({ "amount": idr(amount), "benefit": "cash", "number": 1, "officer": "bripka-7", "regency": "3273", "unit": unit })
}

#[test]
fn cash_is_drawn_handed_over_and_brought_back_to_the_rupiah() {
    let (mut world, ani) = recipient();
    let draw = |amount: i64| json!({ "amount": idr(amount), "unit": "polri-1" });
    assert_eq!(world.refused(CUSTODY, "custody.draw", draw(1)), R::CustodyInsufficient);
    let disbursed = json!({ "amount": idr(5_000_000), "sp2d": "D-1", "spm": "M-1" });
    world.fact("fund/bt-pklw-2021/2021", "fund.disbursed", disbursed).run(
        CUSTODY,
        "custody.draw",
        draw(2_000_000),
    );
    assert_eq!(world.refused(&ani, "custody.hand_over", handed(1_200_000, "polri-1")), R::InstalmentState);
    assert_eq!(world.close_day("2021-09-10"), ["instalment.scheduled.v1"]);
    let instruct = json!({ "benefit": "cash", "number": 1, "partner": "bni" });
    world.at("2021-09-11");
    assert_eq!(world.refused(&ani, "payout.instruct", instruct), R::AccountNotVerified);
    assert_eq!(world.refused(&ani, "custody.hand_over", handed(1_000_000, "polri-1")), R::AmountInvalid);
    assert_eq!(world.refused(&ani, "custody.hand_over", handed(1_200_000, "tni-1")), R::CustodyInsufficient);
    world.run(&ani, "custody.hand_over", handed(1_200_000, "polri-1"));
    assert_eq!(world.refused(&ani, "custody.hand_over", handed(1_200_000, "polri-1")), R::InstalmentState);
    world.fact(CUSTODY, "custody.returned", draw(800_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).undelivered()), (120_000_000, 0));
    // Both services gave it: the second time is owed back.
    world.fact(&ani, "custody.handed_over", handed(1_200_000, "tni-1"));
    assert_eq!(world.money(&ani).paid, 120_000_000);
    assert_eq!(world.card(&ani).entitlement.overpaid(), 120_000_000);
}

#[test]
fn nothing_is_handed_over_after_the_last_day_to_pay() {
    let (mut world, ani) = recipient();
    world.fact(
        "fund/bt-pklw-2021/2021",
        "fund.disbursed",
        json!({ "amount": idr(5_000_000), "sp2d": "D", "spm": "M" }),
    );
    world
        .run(CUSTODY, "custody.draw", json!({ "amount": idr(2_000_000), "unit": "polri-1" }))
        .close_day("2021-09-10");
    world.at("2021-12-30 00:00:00.000");
    assert_eq!(world.refused(&ani, "custody.hand_over", handed(1_200_000, "polri-1")), R::TermPassed);
    world.at("2021-12-29 23:59:59.999").run(&ani, "custody.hand_over", handed(1_200_000, "polri-1"));
}
