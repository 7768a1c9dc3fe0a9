//! Demands for repayment and their sixty days.

use crate::chart::Account;
use crate::entry::FundYear;
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
    world.fact(
        &ani,
        "recovery.repaid",
        json!({ "amount": idr(300_000), "method": "treasury", "reference": "N-1" }),
    );
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
    world.fact(
        &ani,
        "recovery.repaid",
        json!({ "amount": idr(1_000_000), "method": "treasury", "reference": "N-1" }),
    );
    assert_eq!(world.refused(&ani, "recovery.demand", demand(1)), R::AmountInvalid);
    assert!(world.close_day("2021-07-01").is_empty());
    // The card still says what was delivered: repayments go straight to the treasury.
    assert_eq!((world.money(&ani).paid, world.money(&ani).spent), (60_000_000, 40_000_000));
}

fn repaid(amount: i64, method: &str) -> Value {
    json!({ "amount": idr(amount), "method": method, "reference": "N-9" })
}

fn let_go(amount: i64) -> Value {
    json!({ "amount": idr(amount), "reason": "appeal", "reference": "R-1" })
}

fn balance(world: &World, account: Account) -> i128 {
    let fund = FundYear { programme: world.definition().code, year: 2021 };
    world.state.books.fund(fund, world.currency()).unwrap().balance(account)
}

fn owed(world: &World, person: &str) -> i64 {
    world.card(person).entitlement.claim().map_or(0, crate::recovery::Claim::owed)
}

/// Paid twice by the bank, with an active card.
fn overpaid() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(400_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.finish(&ani, "kopi", "p1").at("2021-04-03").instruct(&ani, "incentive", 1);
    world.settle(&ani, "incentive", 1, idr(600_000)).settle(&ani, "incentive", 1, idr(600_000));
    (world, ani)
}

#[test]
fn an_overpayment_can_be_demanded_and_no_more_from_someone_entitled() {
    let (mut world, ani) = overpaid();
    assert_eq!(world.refused(&ani, "recovery.demand", demand(600_001)), R::StepMissing);
    world.run(&ani, "recovery.demand", demand(600_000));
    // It was owed before: the demand adds nothing to what the books expect.
    assert_eq!(balance(&world, Account::OverpaymentReceivable), 0);
    assert_eq!(balance(&world, Account::RecoveryReceivable), 60_000_000);
    assert_eq!(balance(&world, Account::RecoveryIncome), 0);
    world.fact(&ani, "recovery.repaid", repaid(600_000, "bank"));
    assert_eq!((owed(&world, &ani), balance(&world, Account::RecoveryReceivable)), (0, 0));
    assert_eq!(world.refused(&ani, "recovery.demand", demand(1)), R::StepMissing);
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert!(world.close_day("2021-07-01").iter().all(|name| !name.starts_with("recovery")));
}

#[test]
fn a_demanded_overpayment_that_comes_back_through_the_bank_is_settled() {
    let (mut world, ani) = overpaid();
    world.run(&ani, "recovery.demand", demand(600_000));
    let back = json!({
        "amount": idr(600_000), "attempt": 1, "benefit": "incentive", "channel": "bank", "number": 1,
        "partner": "bni", "reason": "paid-twice",
    });
    world.fact(&ani, "payout.returned", back);
    assert_eq!((owed(&world, &ani), world.money(&ani).paid), (0, 60_000_000));
    assert_eq!(balance(&world, Account::RecoveryReceivable), 0);
}

#[test]
fn who_is_entitled_is_asked_for_more_only_after_it_was_recorded_why_not() {
    let (mut world, ani) = overpaid();
    let found = json!({ "asof": "2021-03-15", "reason": "in-education", "register": "dapodik" });
    world.run(&ani, "recovery.find_ineligible", found).run(&ani, "recovery.demand", demand(1_600_000));
    assert_eq!(world.refused(&ani, "recovery.demand", demand(1)), R::AmountInvalid);
    assert_eq!(balance(&world, Account::RecoveryIncome), -100_000_000);
}

#[test]
fn what_is_repaid_beyond_the_demand_is_owed_back() {
    let (mut world, ani) = paid();
    world.run(&ani, "recovery.demand", demand(300_000)).fact(
        &ani,
        "recovery.repaid",
        repaid(500_000, "treasury"),
    );
    assert_eq!((owed(&world, &ani), balance(&world, Account::OverRepaid)), (0, -20_000_000));
    // A further demand is met by it first; the rest is paid back, and no more.
    world.run(&ani, "recovery.demand", demand(150_000));
    assert_eq!((owed(&world, &ani), balance(&world, Account::OverRepaid)), (0, -5_000_000));
    world.fact(&ani, "recovery.refunded", repaid(60_000, "treasury"));
    assert_eq!(balance(&world, Account::OverRepaid), 0);
    assert_eq!(balance(&world, Account::OverpaymentReceivable), 1_000_000);
}

#[test]
fn what_was_repaid_before_the_demand_is_not_handed_on() {
    let (mut world, ani) = paid();
    world.fact(&ani, "recovery.repaid", repaid(1_000_000, "treasury"));
    world.at("2021-05-01").run(&ani, "recovery.demand", demand(1_000_000));
    assert_eq!(world.refused(&ani, "recovery.escalate", json!({})), R::NothingDue);
    assert!(world.close_day("2021-07-01").is_empty());
    assert_eq!(balance(&world, Account::RecoveryReceivable), 0);
}

#[test]
fn a_reinstated_card_owes_nothing_of_what_it_has_a_right_to() {
    for part in [0, 400_000] {
        let (mut world, ani) = paid();
        world.by("dewi").run(&ani, "recovery.demand", demand(1_000_000));
        if part > 0 {
            world.fact(&ani, "recovery.repaid", repaid(part, "treasury"));
        }
        world.reinstate(&ani, "fitri", "eko");
        assert_eq!(owed(&world, &ani), 0);
        assert!(world.close_day("2021-07-01").iter().all(|name| !name.starts_with("recovery")));
        assert_eq!(balance(&world, Account::RecoveryReceivable), 0);
        assert_eq!(balance(&world, Account::OverRepaid), i128::from(part) * -100);
    }
}

#[test]
fn a_reinstatement_that_is_only_reported_stops_the_escalation() {
    let (mut world, ani) = paid();
    world.run(&ani, "recovery.demand", demand(1_000_000));
    let reinstated = json!({ "amount": idr(2_550_000), "reason": "appeal", "reference": "R-1" });
    world.fact(&ani, "entitlement.reinstated", reinstated);
    assert!(world.close_day("2021-07-01").iter().all(|name| !name.starts_with("recovery")));
    world.at("2021-07-02");
    assert_eq!(world.refused(&ani, "recovery.escalate", json!({})), R::NothingDue);
}

#[test]
fn instalments_are_handed_on_at_the_first_that_is_missed() {
    let (mut world, ani) = paid();
    let agreed = json!({ "count": 3, "everydays": 30, "first": "2021-06-01", "reference": "A-1" });
    assert_eq!(world.refused(&ani, "recovery.agree_instalments", agreed.clone()), R::NothingDue);
    world.at("2021-05-01").run(&ani, "recovery.demand", demand(1_000_000));
    world.run(&ani, "recovery.agree_instalments", agreed);
    // A third of 1,000,000 rounds down for what may stay open: the first two are 333,333.33 and a bit.
    world.fact(&ani, "recovery.repaid", repaid(333_334, "treasury"));
    assert!(world.close_day("2021-06-01").is_empty());
    // The term of the demand alone would have ended on 30 June.
    assert!(world.close_day("2021-06-30").is_empty());
    assert_eq!(world.close_day("2021-07-01"), ["recovery.escalated.v1"]);
    let escalated =
        world.events.iter().rev().find(|event| event.payload.name() == "recovery.escalated.v1").unwrap();
    assert_eq!(serde_json::to_value(&escalated.payload).unwrap()["amount"], idr(666_666));
}

#[test]
fn a_claim_is_let_go_by_another_person_and_within_what_is_owed() {
    let (mut world, ani) = paid();
    assert_eq!(world.refused(&ani, "recovery.write_off", let_go(1)), R::NothingDue);
    world.by("dewi").run(&ani, "recovery.demand", demand(1_000_000));
    for name in ["recovery.write_off", "recovery.withdraw"] {
        assert_eq!(world.by("dewi").refused(&ani, name, let_go(1)), R::SamePerson, "{name}");
        assert_eq!(world.by("eko").refused(&ani, name, let_go(1_000_001)), R::AmountInvalid, "{name}");
    }
    world.run(&ani, "recovery.write_off", let_go(300_000)).run(&ani, "recovery.withdraw", let_go(200_000));
    assert_eq!(world.refused(&ani, "recovery.write_off", let_go(500_001)), R::AmountInvalid);
    assert_eq!(owed(&world, &ani), 50_000_000);
    let of = |account| balance(&world, account);
    assert_eq!(
        (of(Account::WrittenOff), of(Account::RecoveryReceivable), of(Account::RecoveryIncome)),
        (30_000_000, 50_000_000, -80_000_000)
    );
}

#[test]
fn a_small_demand_by_another_person_does_not_free_who_demanded_the_rest() {
    let (mut world, ani) = paid();
    world.by("dewi").run(&ani, "recovery.demand", demand(999_999)).by("eko").run(
        &ani,
        "recovery.demand",
        demand(1),
    );
    for (name, by) in [("recovery.write_off", "dewi"), ("recovery.withdraw", "eko")] {
        assert_eq!(world.by(by).refused(&ani, name, let_go(1)), R::SamePerson, "{name} by {by}");
    }
    world.by("fitri").run(&ani, "recovery.write_off", let_go(1_000_000));
    assert_eq!(owed(&world, &ani), 0);
}

#[test]
fn what_was_written_off_cannot_be_withdrawn_too() {
    let (mut world, ani) = paid();
    world.by("dewi").run(&ani, "recovery.demand", demand(1_000_000));
    world.by("eko").run(&ani, "recovery.write_off", let_go(400_000));
    assert_eq!(world.refused(&ani, "recovery.withdraw", let_go(600_001)), R::AmountInvalid);
    world.run(&ani, "recovery.withdraw", let_go(600_000));
    assert_eq!((owed(&world, &ani), balance(&world, Account::OverRepaid)), (0, 0));
}
