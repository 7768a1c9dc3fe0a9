//! The training balance: what it may buy and until when, cancelled classes, platforms and their commission.

use crate::chart::Account;
use crate::entry::FundYear;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, PRAKERJA_2023, World, idr, person};
use serde_json::{Value, json};

fn recipient() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).list_course("kue", idr(350_000));
    world.decree(&[&ani], 16);
    (world, ani)
}

fn cancel(by: &str) -> Value {
    json!({ "by": by, "purchase": "p1" })
}

fn settled(amount: i64, commission: &Value) -> Value {
    json!({ "amount": idr(amount), "commission": commission, "purchase": "p1", "reference": "B-1" })
}

#[test]
fn a_cancellation_by_the_provider_restarts_the_term_and_by_the_participant_does_not() {
    for (by, revoked_on) in
        [("participant", "2021-04-29"), ("provider", "2021-05-20"), ("platform", "2021-05-20")]
    {
        let (mut world, ani) = recipient();
        world.buy(&ani, "kopi", "p1").at("2021-04-20").run(&ani, "voucher.cancel", cancel(by));
        let until = world.card(&ani).first_purchase_until().unwrap();
        assert_eq!(until.to_string(), revoked_on, "{by}");
        assert!(world.close_day(&until.plus(-1).to_string()).is_empty(), "{by}");
        assert_eq!(world.close_day(revoked_on), ["entitlement.revoked.v1"], "{by}");
    }
}

#[test]
fn a_purchase_is_known_by_its_whole_code() {
    let (mut world, ani) = recipient();
    // These two have one 32-bit FNV-1a digest.
    let [one, two] = ["m0oe1l", "5aum35"];
    world.buy(&ani, "kopi", one).buy(&ani, "kue", two);
    world.run(&ani, "voucher.cancel", json!({ "by": "provider", "purchase": two }));
    let card = world.card(&ani);
    let cancelled: Vec<bool> = card.entitlement.purchases().map(|purchase| purchase.cancelled).collect();
    assert_eq!(cancelled, [false, true]);
    assert_eq!(card.entitlement.card().voucher, 40_000_000);
}

#[test]
fn a_cancellation_after_the_term_is_revoked_at_the_next_close() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").close_day("2021-05-01");
    world.at("2021-05-02").run(&ani, "voucher.cancel", cancel("participant"));
    assert_eq!(world.close_day("2021-05-02"), ["entitlement.revoked.v1"]);
}

#[test]
fn the_last_day_to_buy_ends_at_midnight_and_then_the_balance_lapses() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").at("2021-11-30 23:59:59.998");
    assert_eq!(world.refused(&ani, "voucher.lapse", json!({})), R::TermNotReached);
    world.at("2021-11-30 23:59:59.999").buy(&ani, "kue", "p2");
    let late = world.purchase("kue", "p3");
    assert_eq!(world.at("2021-12-01 00:00:00.000").refused(&ani, "voucher.spend", late), R::TermPassed);
    assert_eq!(world.close_day("2021-11-30"), ["voucher.lapsed.v1"]);
    assert_eq!((world.money(&ani).voucher, world.money(&ani).released), (0, 5_000_000));
}

#[test]
fn a_balance_restored_after_the_cut_off_lapses_at_once() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").close_day("2021-11-30");
    let events = world.at("2021-12-05").ask(&ani, "voucher.cancel", cancel("provider")).unwrap();
    let names: Vec<_> = events.iter().map(|event| event.payload.name()).collect();
    assert_eq!(names, ["voucher.restored.v1", "voucher.lapsed.v1"]);
    assert_eq!((world.money(&ani).voucher, world.money(&ani).spent), (0, 0));
}

#[test]
fn a_fact_that_restores_after_the_cut_off_is_followed_by_a_lapse_at_the_next_close() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").close_day("2021-11-30");
    let restored = json!({ "amount": idr(600_000), "by": "provider", "purchase": "p1" });
    world.at("2021-12-05").fact(&ani, "voucher.restored", restored);
    assert_eq!(world.money(&ani).voucher, 60_000_000);
    assert!(world.close_day("2021-12-05").contains(&"voucher.lapsed.v1"));
    assert_eq!(world.money(&ani).voucher, 0);
}

#[test]
fn a_purchase_is_restored_once_and_never_beyond_what_it_took() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").buy(&ani, "kue", "p2");
    let restored = json!({ "amount": idr(600_000), "by": "platform", "purchase": "p1" });
    world.fact(&ani, "voucher.restored", restored.clone()).fact(&ani, "voucher.restored", restored);
    assert_eq!((world.money(&ani).voucher, world.money(&ani).spent), (65_000_000, 35_000_000));
    assert_eq!(world.refused(&ani, "voucher.cancel", cancel("platform")), R::PurchaseCancelled);
}

#[test]
fn what_a_fact_spends_beyond_the_balance_is_owed_and_never_spent() {
    let (mut world, ani) = recipient();
    let bought = |purchase: &str| json!({ "course": "kopi", "platform": "toko", "price": idr(600_000), "purchase": purchase });
    world.fact(&ani, "voucher.spent", bought("p1")).fact(&ani, "voucher.spent", bought("p2"));
    assert_eq!((world.money(&ani).voucher, world.money(&ani).spent), (0, 100_000_000));
    assert_eq!(world.card(&ani).entitlement.overspent(), 20_000_000);
    // What comes back clears the debt first.
    world.run(&ani, "voucher.cancel", json!({ "by": "platform", "purchase": "p2" }));
    assert_eq!((world.money(&ani).voucher, world.card(&ani).entitlement.overspent()), (40_000_000, 0));
}

#[test]
fn platforms_are_paid_once_after_completion_within_the_commission_cap() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1");
    assert_eq!(world.refused(&ani, "voucher.settle", settled(600_000, &idr(0))), R::StepMissing);
    world.run(&ani, "training.redeem", json!({ "purchase": "p1" }));
    world.run(&ani, "training.complete", json!({ "hours": 20, "purchase": "p1" }));
    let usd = json!({ "currency": "USD", "value": "1.00" });
    for (amount, commission, code) in [
        (599_999, idr(0), R::AmountInvalid),
        (600_000, idr(90_001), R::CommissionExceeded),
        (600_000, idr(-1), R::AmountInvalid),
        (600_000, usd, R::AmountInvalid),
    ] {
        assert_eq!(world.refused(&ani, "voucher.settle", settled(amount, &commission)), code);
    }
    world.run(&ani, "voucher.settle", settled(600_000, &idr(90_000)));
    assert_eq!(world.refused(&ani, "voucher.settle", settled(600_000, &idr(0))), R::StepDone);
    assert_eq!(world.refused(&ani, "voucher.cancel", cancel("provider")), R::StepDone);
    // Paid back, it can be paid again.
    world.fact(
        &ani,
        "voucher.refunded",
        json!({ "amount": idr(600_000), "purchase": "p1", "reference": "B-2" }),
    );
    world.run(&ani, "voucher.settle", settled(600_000, &idr(0)));
}

#[test]
fn what_a_platform_is_paid_beyond_the_price_is_an_overpayment() {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1").run(&ani, "voucher.settle", settled(600_000, &idr(0)));
    let fund = FundYear { programme: world.definition().code, year: 2021 };
    let balance =
        |world: &World, account| world.state.books.fund(fund, world.currency()).unwrap().balance(account);
    world.fact(&ani, "voucher.settled", settled(600_000, &idr(0)));
    assert_eq!(balance(&world, Account::PlatformClearing), 0);
    assert_eq!(balance(&world, Account::OverpaymentReceivable), 60_000_000);
    // What comes back clears the overpayment first; then one rupiah back does not make the course unpaid.
    let refund = |amount: i64| json!({ "amount": idr(amount), "purchase": "p1", "reference": "B-3" });
    world.fact(&ani, "voucher.refunded", refund(600_000));
    assert_eq!(balance(&world, Account::OverpaymentReceivable), 0);
    assert_eq!(world.refused(&ani, "voucher.settle", settled(600_000, &idr(0))), R::StepDone);
    world.fact(&ani, "voucher.refunded", refund(1));
    assert_eq!(world.refused(&ani, "voucher.settle", settled(600_000, &idr(0))), R::AmountInvalid);
    world.run(&ani, "voucher.settle", settled(1, &idr(0)));
    assert_eq!(balance(&world, Account::PlatformClearing), 0);
    // What comes back of no payment stands apart.
    world.fact(&ani, "voucher.refunded", refund(600_000)).fact(&ani, "voucher.refunded", refund(5));
    assert_eq!(balance(&world, Account::UnmatchedReturns), -500);
}

#[test]
fn until_the_audit_of_2020_platforms_were_paid_on_purchase() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2020-08-01").list_course("kopi", idr(600_000)).decree(&[ani], 4).buy(ani, "kopi", "p1");
    world.run(ani, "voucher.settle", settled(600_000, &idr(0)));
}

#[test]
fn courses_must_be_of_the_kind_and_length_that_the_terms_name() {
    let mut world = World::of(PRAKERJA_2023);
    let ani = &person(1);
    world.at("2023-04-28").list("rekaman", idr(1), "self-paced", 0).list("dapur", idr(1), "offline", 2);
    let listed = json!({
        "hours": 14, "mode": "webinar", "occupation": "1", "price": idr(1), "provider": "guru", "sessions": 1,
        "title": "Pendek",
    });
    world.run("course/pendek", "course.list", listed).decree(&[ani], 51);
    for course in ["rekaman", "pendek"] {
        let bought = world.purchase(course, "p1");
        assert_eq!(world.refused(ani, "voucher.spend", bought), R::CourseNotAllowed, "{course}");
    }
    let bought = world.purchase("dapur", "p1");
    world.run("provider/guru", "provider.suspend", json!({ "reason": "audit" }));
    assert_eq!(world.refused(ani, "voucher.spend", bought.clone()), R::CourseNotAllowed);
    assert_eq!(world.refused("provider/guru", "provider.suspend", json!({ "reason": "audit" })), R::Known);
    world.run("provider/guru", "provider.reinstate", json!({ "reason": "audit-passed" })).run(
        ani,
        "voucher.spend",
        bought,
    );
}

#[test]
fn fifteen_days_in_the_normal_scheme() {
    // 28 April 2023 + 15 = 13 May 2023.
    for (time, is_in) in [("2023-05-13 23:59:59.999", true), ("2023-05-14 00:00:00.000", false)] {
        let mut world = World::of(PRAKERJA_2023);
        let ani = &person(1);
        world.at("2023-04-28").list("web", idr(500_000), "webinar", 1).decree(&[ani], 51);
        let bought = world.purchase("web", "p1");
        assert_eq!(world.at(time).ask(ani, "voucher.spend", bought).is_ok(), is_in, "{time}");
    }
}

fn platform_clearing(world: &World, year: i16) -> i128 {
    let fund = FundYear { programme: world.definition().code, year };
    world.state.books.fund(fund, world.currency()).unwrap().balance(Account::PlatformClearing)
}

#[test]
fn a_course_never_finished_gives_its_money_back_to_the_pool_on_the_last_day_to_pay() {
    for ended in [false, true] {
        let (mut world, ani) = recipient();
        world.buy(&ani, "kopi", "p1").finish(&ani, "kue", "p2");
        world.run(&ani, "training.redeem", json!({ "purchase": "p1" }));
        if ended {
            world.run(&ani, "entitlement.revoke", json!({ "reason": "ineligible" }));
        }
        world.at("2022-05-25 23:59:59.998");
        assert_eq!(world.refused(&ani, "voucher.expire", json!({ "ordinal": 1 })), R::TermNotReached);
        assert!(world.close_day("2022-05-25").contains(&"voucher.expired.v1"), "{ended}");
        // The finished course is still owed to the platform, the other no more.
        assert_eq!(platform_clearing(&world, 2021), -35_000_000);
        assert_eq!(world.money(&ani).spent, 35_000_000);
        world.at("2022-05-26");
        for ordinal in [0, 1, 2, 3] {
            let again = world.refused(&ani, "voucher.expire", json!({ "ordinal": ordinal }));
            assert_eq!(again, R::NothingDue, "{ordinal}");
        }
        let complete = json!({ "hours": 20, "purchase": "p1" });
        assert_eq!(world.refused(&ani, "training.complete", complete), R::PurchaseCancelled);
        assert!(world.close_day("2022-05-26").is_empty());
        // The platform is owed nothing for it any more: what it is paid all the same is to come back.
        let paid =
            json!({ "amount": idr(600_000), "commission": idr(0), "purchase": "p1", "reference": "B-9" });
        world.fact(&ani, "voucher.settled", paid);
        assert_eq!(platform_clearing(&world, 2021), -35_000_000);
        assert_eq!(world.card(&ani).entitlement.platform_overpaid(), 60_000_000);
    }
}

#[test]
fn a_refund_for_an_unfinished_course_of_2020_goes_to_the_pool_after_the_last_day_to_pay() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2020-08-01").list_course("kopi", idr(600_000)).decree(&[ani], 4).buy(ani, "kopi", "p1");
    world.run(ani, "voucher.settle", settled(600_000, &idr(0))).close_day("2021-03-05");
    assert_eq!((platform_clearing(&world, 2020), world.money(ani).spent), (0, 60_000_000));
    let refund = json!({ "amount": idr(600_000), "purchase": "p1", "reference": "B-2" });
    world.at("2021-06-01").fact(ani, "voucher.refunded", refund);
    assert_eq!(platform_clearing(&world, 2020), -60_000_000);
    assert_eq!(world.close_day("2021-06-01"), ["voucher.expired.v1"]);
    assert_eq!((platform_clearing(&world, 2020), world.money(ani).spent), (0, 0));
}

#[test]
fn an_overspent_purchase_is_settled_once_and_its_debt_stays_the_persons() {
    let (mut world, ani) = recipient();
    let bought = |purchase: &str| json!({ "course": "kopi", "platform": "toko", "price": idr(600_000), "purchase": purchase });
    world.fact(&ani, "voucher.spent", bought("p1")).fact(&ani, "voucher.spent", bought("p2"));
    for purchase in ["p1", "p2", "p2"] {
        let mut settled = settled(600_000, &idr(0));
        settled["purchase"] = json!(purchase);
        world.fact(&ani, "voucher.settled", settled);
    }
    assert_eq!(platform_clearing(&world, 2021), 0);
    let entitlement = world.card(&ani).entitlement;
    assert_eq!((entitlement.overspent(), entitlement.platform_overpaid()), (20_000_000, 60_000_000));
    // The person owes what was bought beyond the balance; what the platform has twice is the platform's debt.
    let demand = |amount: i64| json!({ "amount": idr(amount), "demand": "L-1", "reason": "overspent" });
    assert_eq!(world.refused(&ani, "recovery.demand", demand(200_001)), R::StepMissing);
    world.run(&ani, "recovery.demand", demand(200_000));
}

#[test]
fn a_platform_paid_in_part_is_owed_the_rest() {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1").fact(&ani, "voucher.settled", settled(400_000, &idr(0)));
    assert_eq!(platform_clearing(&world, 2021), -20_000_000);
    assert_eq!(world.refused(&ani, "voucher.settle", settled(600_000, &idr(0))), R::AmountInvalid);
    world.run(&ani, "voucher.settle", settled(200_000, &idr(0)));
    assert_eq!(platform_clearing(&world, 2021), 0);
    assert_eq!(world.refused(&ani, "voucher.settle", settled(200_000, &idr(0))), R::StepDone);
}

#[test]
fn what_was_never_taken_cannot_be_restored() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1");
    let fund = FundYear { programme: world.definition().code, year: 2021 };
    for purchase in ["p1", "p1", "p9"] {
        let restored = json!({ "amount": idr(700_000), "by": "platform", "purchase": purchase });
        world.fact(&ani, "voucher.restored", restored);
        let books = world.state.books.fund(fund, world.currency()).unwrap();
        assert_eq!(books.balance(Account::OverpaymentReceivable), 0);
        assert_eq!((books.balance(Account::PlatformClearing), world.money(&ani).voucher), (0, 100_000_000));
    }
}

#[test]
fn codes_given_out_and_refused_are_remembered_and_move_nothing() {
    let (mut world, ani) = recipient();
    let issue = json!({ "codesha256": "00ff", "purchase": "p1" });
    assert_eq!(world.refused(&ani, "voucher.issue", issue.clone()), R::PurchaseUnknown);
    world.buy(&ani, "kopi", "p1");
    let before = world.money(&ani);
    world.run(&ani, "voucher.issue", issue);
    for reason in [
        "not-found",
        "type-mismatch",
        "other-provider",
        "code-cancelled",
        "purchase-cancelled",
        "already-used",
    ] {
        world.fact(&ani, "training.redeem_refused", json!({ "purchase": "p1", "reason": reason }));
    }
    assert_eq!(world.money(&ani), before);
    world.run(&ani, "training.redeem", json!({ "purchase": "p1" }));
}

#[test]
fn the_three_hundredth_purchase_of_a_card_expires_too() {
    let (mut world, ani) = recipient();
    for number in 1..=300 {
        let bought = json!({
            "course": "kopi", "platform": "toko", "price": idr(1_000), "purchase": format!("p{number}"),
        });
        world.fact(&ani, "voucher.spent", bought);
    }
    let brought = world.close_day("2022-05-25");
    assert_eq!(brought.iter().filter(|name| **name == "voucher.expired.v1").count(), 300);
    assert_eq!((platform_clearing(&world, 2021), world.money(&ani).spent), (0, 0));
}
