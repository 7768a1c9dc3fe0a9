//! After a reinstatement all that was granted and not paid can be paid again, and no more.

use crate::entitlement::InstalmentPhase::{self, Due, Paid};
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

/// Four incentives of 600,000.
const INCENTIVES: i64 = 240_000_000;

/// The first two incentives are due, on 3 May 2021.
fn two_due() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.finish(&ani, "kopi", "p1").close_day("2021-04-29");
    world.at("2021-05-03");
    (world, ani)
}

fn answer(number: u8) -> Value {
    json!({ "attempt": 1, "benefit": "incentive", "number": number, "partner": "bni" })
}

fn fail(world: &mut World, ani: &str, number: u8) {
    let mut failed = answer(number);
    failed["reason"] = json!("limit");
    world.fact(ani, "payout.failed", failed);
}

fn come_back(world: &mut World, ani: &str, number: u8, amount: i64) {
    let mut returned = answer(number);
    (returned["amount"], returned["channel"]) = (idr(amount), json!("bank"));
    returned["reason"] = json!("closed");
    world.fact(ani, "payout.returned", returned);
}

fn revoke(world: &mut World, ani: &str) {
    world.by("dewi").run(ani, "entitlement.revoke", json!({ "reason": "ineligible" })).by("office");
}

fn give_back(world: &mut World, ani: &str) {
    world.reinstate(ani, "fitri", "eko").by("office");
}

fn instalments(world: &World, ani: &str) -> Vec<(u8, InstalmentPhase, i64)> {
    world.card(ani).entitlement.instalments().map(|each| (each.number, each.phase, each.open)).collect()
}

/// Pays all that ever becomes due: the whole grant arrives, and nothing beyond it.
fn pay_all(world: &mut World, ani: &str, case: &str) {
    for day in ["2021-06-30", "2021-08-31"] {
        world.close_day(day);
    }
    world.at("2021-09-01");
    for (number, phase, open) in instalments(world, ani) {
        if phase == Due {
            world.instruct(ani, "incentive", number).settle(ani, "incentive", number, idr(open / 100));
        }
    }
    let money = world.money(ani);
    assert_eq!((money.paid, money.due, money.suspense, money.instructed), (INCENTIVES, 0, 0, 0), "{case}");
    assert_eq!(money.unearned, 15_000_000, "the surveys: {case}");
    assert_eq!(world.card(ani).entitlement.overpaid(), 0, "{case}");
}

#[test]
fn a_payment_that_fails_while_the_card_is_revoked_is_due_again() {
    let (mut world, ani) = two_due();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    world.instruct(&ani, "incentive", 2);
    revoke(&mut world, &ani);
    fail(&mut world, &ani, 2);
    give_back(&mut world, &ani);
    assert_eq!(instalments(&world, &ani), [(1, Paid, 0), (2, Due, 60_000_000)]);
    assert_eq!((world.money(&ani).due, world.money(&ani).unearned), (60_000_000, 135_000_000));
    pay_all(&mut world, &ani, "failed while revoked");
}

#[test]
fn whatever_waited_when_the_card_was_revoked_is_due_again() {
    let held = json!({ "benefit": "incentive", "number": 1, "reason": "review" });
    for case in ["due", "held", "failed", "returned"] {
        let (mut world, ani) = two_due();
        world.instruct(&ani, "incentive", 2).settle(&ani, "incentive", 2, idr(600_000));
        match case {
            "held" => drop(world.run(&ani, "instalment.hold", held.clone())),
            "failed" => {
                world.instruct(&ani, "incentive", 1);
                fail(&mut world, &ani, 1);
            }
            "returned" => {
                world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
                come_back(&mut world, &ani, 1, 600_000);
            }
            _ => {}
        }
        revoke(&mut world, &ani);
        assert_eq!(world.money(&ani).undelivered(), 0, "{case}");
        give_back(&mut world, &ani);
        assert_eq!(instalments(&world, &ani), [(1, Due, 60_000_000), (2, Paid, 0)], "{case}");
        pay_all(&mut world, &ani, case);
    }
}

#[test]
fn of_an_instalment_paid_in_part_only_the_rest_is_due_again() {
    for fails_late in [false, true] {
        let (mut world, ani) = two_due();
        world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(300_000));
        if fails_late {
            revoke(&mut world, &ani);
            fail(&mut world, &ani, 1);
        } else {
            fail(&mut world, &ani, 1);
            revoke(&mut world, &ani);
        }
        give_back(&mut world, &ani);
        assert_eq!(instalments(&world, &ani), [(1, Due, 30_000_000), (2, Due, 60_000_000)]);
        pay_all(&mut world, &ani, "in part");
    }
}

#[test]
fn money_that_comes_back_while_the_card_is_revoked_is_due_again_and_comes_back_once() {
    for part in [200_000, 600_000] {
        let (mut world, ani) = two_due();
        world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
        world.instruct(&ani, "incentive", 2).settle(&ani, "incentive", 2, idr(600_000));
        revoke(&mut world, &ani);
        come_back(&mut world, &ani, 1, part);
        let released = world.money(&ani).released;
        // More than was paid can never be let go of.
        come_back(&mut world, &ani, 1, 700_000 - part);
        assert_eq!(world.money(&ani).released, released + 60_000_000 - 100 * part);
        give_back(&mut world, &ani);
        assert_eq!(instalments(&world, &ani), [(1, Due, 60_000_000), (2, Paid, 0)]);
        pay_all(&mut world, &ani, "came back");
    }
}

#[test]
fn a_part_that_comes_back_stays_with_the_part_that_is_under_way() {
    let (mut world, ani) = two_due();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(400_000));
    revoke(&mut world, &ani);
    come_back(&mut world, &ani, 1, 100_000);
    assert_eq!(world.money(&ani).instructed, 30_000_000);
    fail(&mut world, &ani, 1);
    give_back(&mut world, &ani);
    assert_eq!(instalments(&world, &ani)[0], (1, Due, 30_000_000));
    pay_all(&mut world, &ani, "a part came back");
}

#[test]
fn a_second_revocation_takes_and_gives_back_the_same_again() {
    let (mut world, ani) = two_due();
    for _ in 0..2 {
        revoke(&mut world, &ani);
        give_back(&mut world, &ani);
    }
    pay_all(&mut world, &ani, "twice");
}

#[test]
fn what_had_lapsed_is_not_due_again() {
    let (mut world, ani) = two_due();
    world.fact(
        &ani,
        "instalment.lapsed",
        json!({ "amount": idr(600_000), "benefit": "incentive", "number": 1 }),
    );
    revoke(&mut world, &ani);
    give_back(&mut world, &ani);
    assert_eq!(instalments(&world, &ani), [(1, InstalmentPhase::Lapsed, 0), (2, Due, 60_000_000)]);
}

#[test]
fn a_survey_that_was_answered_stays_answered() {
    let (mut world, ani) = two_due();
    let first = json!({ "number": 1 });
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000)).close_day("2021-06-02");
    world.at("2021-06-03").run(&ani, "survey.submit", first.clone());
    revoke(&mut world, &ani);
    give_back(&mut world, &ani);
    assert_eq!(world.refused(&ani, "survey.submit", first), R::StepDone);
    let survey = world.card(&ani).entitlement.instalments().last();
    assert_eq!(survey.map(|each| (each.phase, each.open)), Some((Due, 5_000_000)));
}
