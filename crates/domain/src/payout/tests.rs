//! Payouts that arrive late, twice, unasked, or come back.

use crate::books::FundBooks;
use crate::chart::Account;
use crate::entitlement::InstalmentPhase;
use crate::entry::FundYear;
use crate::ids::{PartyCode, ProgrammeCode};
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

/// A first incentive of 600,000 due on 3 April 2021, with an account at `bni`.
fn earner() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.finish(&ani, "kopi", "p1").at("2021-04-03");
    (world, ani)
}

fn instruct(partner: &str) -> Value {
    json!({ "benefit": "incentive", "number": 1, "partner": partner })
}

fn failed() -> Value {
    json!({ "attempt": 1, "benefit": "incentive", "number": 1, "partner": "bni", "reason": "limit" })
}

fn returned(number: u8, amount: i64) -> Value {
    json!({
        "amount": idr(amount), "attempt": 1, "benefit": "incentive", "channel": "bank", "number": number,
        "partner": "bni", "reason": "closed",
    })
}

fn retried() -> Value {
    json!({ "benefit": "incentive", "number": 1, "payon": "2021-04-06" })
}

fn books(world: &World) -> &FundBooks {
    let fund = FundYear { programme: ProgrammeCode::new("prakerja-2020").unwrap(), year: 2021 };
    world.state.books.fund(fund, world.currency()).unwrap()
}

fn phase(world: &World, person: &str, number: u8) -> InstalmentPhase {
    world.card(person).entitlement.instalment(0, number).unwrap().phase
}

#[test]
fn an_instruction_needs_its_day_and_the_verified_account_of_that_partner() {
    let (mut world, ani) = earner();
    world.at("2021-04-02 23:59:59.999");
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::TermNotReached);
    world.at("2021-04-03 00:00:00.000");
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("ovo")), R::AccountNotVerified);
    let second = json!({ "benefit": "incentive", "number": 2, "partner": "bni" });
    assert_eq!(world.refused(&ani, "payout.instruct", second), R::InstalmentState);
    world.run(&ani, "participant.verify_account", json!({ "reason": "no-kyc", "verdict": "failed" }));
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::AccountNotVerified);
    world.run(&ani, "participant.verify_account", json!({ "verdict": "passed" }));
    world.run(&ani, "payout.instruct", instruct("bni"));
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::InstalmentState);
}

#[test]
fn a_settlement_after_a_failure_is_accepted() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.failed", failed());
    assert_eq!(world.money(&ani).suspense, 60_000_000);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!((world.money(&ani).suspense, world.money(&ani).paid), (0, 60_000_000));
    assert_eq!(world.refused(&ani, "payout.retry", retried()), R::InstalmentState);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 0);
}

#[test]
fn a_double_settlement_is_owed_back_and_never_paid() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 60_000_000);
    // The second payment comes back: the debt is cleared, and the first stays paid.
    world.fact(&ani, "payout.returned", returned(1, 600_000));
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 0);
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Paid);
}

#[test]
fn more_than_was_instructed_is_owed_back() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_001));
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 100);
}

#[test]
fn less_than_was_instructed_leaves_the_rest_open() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(400_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).instructed), (40_000_000, 20_000_000));
    world.fact(&ani, "payout.returned", returned(1, 100_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).instructed), (30_000_000, 30_000_000));
    world.settle(&ani, "incentive", 1, idr(300_000));
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Paid);
}

#[test]
fn imported_history_may_pay_what_was_never_scheduled_but_not_beyond_the_terms() {
    let (mut world, ani) = earner();
    world.settle(&ani, "incentive", 4, idr(600_000)).settle(&ani, "survey", 1, idr(60_000));
    assert_eq!(world.money(&ani).paid, 65_000_000);
    world.settle(&ani, "incentive", 5, idr(600_000)).settle(&ani, "bonus", 1, idr(600_000));
    assert_eq!(world.money(&ani).paid, 65_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 121_000_000);
}

#[test]
fn what_came_back_can_be_paid_again() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    world.fact(&ani, "payout.returned", returned(1, 600_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).suspense), (0, 60_000_000));
    world.run(&ani, "payout.retry", retried());
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::TermNotReached);
    world.at("2021-04-06").instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    let instructed = world.card(&ani).entitlement.instalments().next().unwrap().attempts;
    assert_eq!((world.money(&ani).paid, instructed), (60_000_000, 2));
    // Only what was paid of an instalment can come back to it.
    world.settle(&ani, "incentive", 2, idr(600_000));
    let mut second = returned(1, 600_000);
    second["attempt"] = json!(2);
    world.fact(&ani, "payout.returned", second.clone()).fact(&ani, "payout.returned", second);
    assert_eq!((world.money(&ani).paid, world.money(&ani).suspense), (60_000_000, 60_000_000));
    assert_eq!(books(&world).balance(Account::UnmatchedReturns), -60_000_000);
}

#[test]
fn the_last_day_to_pay_ends_at_midnight_and_what_fails_later_lapses() {
    let (mut world, ani) = earner();
    world.at("2022-05-25 23:59:59.999").instruct(&ani, "incentive", 1);
    let brought = world.close_day("2022-05-25");
    assert_eq!(brought, ["voucher.lapsed.v1", "entitlement.closed.v1"]);
    world.at("2022-05-26").fact(&ani, "payout.failed", failed());
    assert_eq!((world.money(&ani).undelivered(), world.money(&ani).released), (0, 295_000_000));

    let (mut world, ani) = earner();
    world.at("2022-05-26 00:00:00.000");
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::TermPassed);
    assert!(world.close_day("2022-05-26").contains(&"instalment.lapsed.v1"));
    assert_eq!(world.money(&ani).undelivered(), 0);
}

#[test]
fn a_payment_of_the_last_instalment_that_fails_after_the_cut_off_lapses_too() {
    let (mut world, ani) = earner();
    for number in 2..=4 {
        world.settle(&ani, "incentive", number, idr(600_000));
    }
    for number in 1..=3 {
        world.settle(&ani, "survey", number, idr(50_000));
    }
    world.at("2022-05-25").instruct(&ani, "incentive", 1).close_day("2022-05-25");
    world.at("2022-05-27").fact(&ani, "payout.failed", failed());
    assert_eq!(world.close_day("2022-05-27"), ["instalment.lapsed.v1"]);
    assert_eq!(world.money(&ani).undelivered(), 0);
}

#[test]
fn amounts_in_another_currency_or_below_zero_never_touch_the_card() {
    let (mut world, ani) = earner();
    let before = world.money(&ani);
    let usd = json!({ "currency": "USD", "value": "600.00" });
    world.settle(&ani, "incentive", 1, usd.clone()).settle(&ani, "incentive", 1, idr(-600_000));
    let mut back = returned(1, -1);
    world.fact(&ani, "payout.returned", back.clone());
    back["amount"] = usd;
    world.fact(&ani, "payout.returned", back);
    assert_eq!(world.money(&ani), before);
}

#[test]
fn a_hold_reaches_only_what_is_due() {
    let (mut world, ani) = earner();
    let held = json!({ "benefit": "incentive", "number": 1, "reason": "review" });
    world.run(&ani, "instalment.hold", held.clone());
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::InstalmentState);
    world.run(&ani, "instalment.release", json!({ "benefit": "incentive", "number": 1, "reference": "R-1" }));
    world.instruct(&ani, "incentive", 1).fact(&ani, "instalment.held", held);
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Instructed);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!((world.money(&ani).due, world.money(&ani).instructed), (0, 0));
}

/// Attempt 1 failed at `bni`; the account was linked anew with `ovo`, and attempt 2 is under way there.
fn second_attempt() -> (World, String) {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.failed", failed());
    world.link(&ani, "ovo", "wallet").run(&ani, "payout.retry", retried());
    world.at("2021-04-06").run(&ani, "payout.instruct", instruct("ovo"));
    (world, ani)
}

fn settled(attempt: u8, partner: &str, channel: &str) -> Value {
    json!({
        "amount": idr(600_000), "attempt": attempt, "benefit": "incentive", "channel": channel, "number": 1,
        "partner": partner, "reference": "T",
    })
}

fn clearing(world: &World) -> Vec<i128> {
    let of = |partner| books(world).party(Account::PartnerClearing, PartyCode::new(partner).unwrap());
    ["bni", "ovo"].map(of).to_vec()
}

#[test]
fn a_late_answer_to_an_attempt_before_says_nothing_of_the_one_under_way() {
    let (mut world, ani) = second_attempt();
    assert_eq!(clearing(&world), [0, -60_000_000]);
    // The first attempt is reported as failed once more.
    world.fact(&ani, "payout.failed", failed());
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Instructed);
    assert_eq!((world.money(&ani).instructed, world.money(&ani).suspense), (60_000_000, 0));
    let mut second = failed();
    (second["attempt"], second["partner"]) = (json!(2), json!("ovo"));
    world.fact(&ani, "payout.failed", second);
    assert_eq!((phase(&world, &ani, 1), clearing(&world)), (InstalmentPhase::Failed, vec![0, 0]));
}

#[test]
fn a_late_settlement_of_the_attempt_before_pays_once_and_leaves_no_partner_open() {
    let (mut world, ani) = second_attempt();
    world.fact(&ani, "payout.settled", settled(1, "bni", "bank"));
    assert_eq!((phase(&world, &ani, 1), clearing(&world)), (InstalmentPhase::Paid, vec![0, 0]));
    // Whatever becomes of the second attempt now, the person is paid once.
    let mut failed = failed();
    (failed["attempt"], failed["partner"]) = (json!(2), json!("ovo"));
    world.fact(&ani, "payout.failed", failed);
    assert_eq!((world.money(&ani).paid, world.money(&ani).suspense), (60_000_000, 0));
    world.fact(&ani, "payout.settled", settled(2, "ovo", "wallet"));
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 60_000_000);
    assert_eq!(books(&world).party(Account::PartnerFloat, PartyCode::new("ovo").unwrap()), -60_000_000);
}

#[test]
fn a_return_before_its_settlement_is_matched_when_the_settlement_comes() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.returned", returned(1, 600_000));
    // Nothing is known to have been paid: the money stands apart, and the right is untouched.
    assert_eq!((world.money(&ani).paid, world.money(&ani).instructed), (0, 60_000_000));
    assert_eq!(books(&world).balance(Account::UnmatchedReturns), -60_000_000);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).suspense), (0, 60_000_000));
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Returned);
    assert_eq!(books(&world).balance(Account::UnmatchedReturns), 0);
    world.run(&ani, "payout.retry", retried()).at("2021-04-06").instruct(&ani, "incentive", 1);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!(world.money(&ani).paid, 60_000_000);
    assert_eq!(books(&world).balance(Account::OverpaymentReceivable), 0);
}

#[test]
fn only_the_attempt_that_arrived_can_come_back() {
    let (mut world, ani) = second_attempt();
    world.fact(&ani, "payout.settled", settled(2, "ovo", "wallet"));
    // The first attempt failed: what comes back of it is not the money of the second.
    world.fact(&ani, "payout.returned", returned(1, 600_000));
    assert_eq!((world.money(&ani).paid, phase(&world, &ani, 1)), (60_000_000, InstalmentPhase::Paid));
    assert_eq!(books(&world).balance(Account::UnmatchedReturns), -60_000_000);
}

#[test]
fn a_retry_names_a_day_from_today_to_the_last_day_to_pay() {
    let (mut world, ani) = earner();
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.failed", failed()).at("2021-04-10");
    let retried = |day: &str| json!({ "benefit": "incentive", "number": 1, "payon": day });
    for day in ["1999-01-01", "2021-04-09", "2022-05-26", "2201-01-01"] {
        assert_eq!(world.refused(&ani, "payout.retry", retried(day)), R::TermPassed, "{day}");
    }
    world.run(&ani, "payout.retry", retried("2022-05-25")).at("2022-05-24");
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::TermNotReached);
    world.at("2022-05-25").instruct(&ani, "incentive", 1);
}

#[test]
fn a_fact_that_puts_a_payment_off_for_ages_does_not_bring_it_forward() {
    let put_off = |day: &str| {
        let (mut world, ani) = earner();
        world.instruct(&ani, "incentive", 1).fact(&ani, "payout.failed", failed());
        world.fact(&ani, "payout.retried", json!({ "benefit": "incentive", "number": 1, "payon": day }));
        world.card(&ani).entitlement.instalments().next().unwrap().put_off_days
    };
    assert_eq!(["1999-01-01", "2021-04-13", "2201-01-01"].map(put_off), [0, 10, u16::MAX]);
}

#[test]
fn a_ninth_attempt_is_not_instructed_and_the_instalment_can_be_held() {
    let (mut world, ani) = earner();
    for attempt in 1..=8 {
        world.at("2021-04-06").instruct(&ani, "incentive", 1);
        let mut failed = failed();
        failed["attempt"] = json!(attempt);
        world.fact(&ani, "payout.failed", failed).run(&ani, "payout.retry", retried());
    }
    assert_eq!(world.refused(&ani, "payout.instruct", instruct("bni")), R::InstalmentState);
    world.run(&ani, "instalment.hold", json!({ "benefit": "incentive", "number": 1, "reason": "review" }));
    assert_eq!(phase(&world, &ani, 1), InstalmentPhase::Held);
}
