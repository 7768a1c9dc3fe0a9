//! Decrees under their ceiling, the term of the first purchase, revocation and its undoing.

use crate::findings::RuleName;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::json;
use uuid::Uuid;

const ALL: i64 = 355_000_000;

/// Batch 16, decreed on 30 March 2021, with a course for 600,000.
fn recipient() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    (world, ani)
}

fn revoke(reason: &str) -> serde_json::Value {
    json!({ "reason": reason })
}

fn reinstate() -> serde_json::Value {
    json!({ "reason": "appeal", "reference": "R-1" })
}

#[test]
fn the_last_day_of_the_first_purchase_ends_at_midnight_in_jakarta() {
    // 30 March + 30 days = 29 April.
    for (time, is_in) in [("2021-04-29 23:59:59.999", true), ("2021-04-30 00:00:00.000", false)] {
        let (mut world, ani) = recipient();
        let bought = world.purchase("kopi", "p1");
        let answer = world.at(time).ask(&ani, "voucher.spend", bought);
        assert_eq!(
            answer.map(|_| ()).map_err(|refusal| refusal.code),
            if is_in { Ok(()) } else { Err(R::TermPassed) }
        );
    }
}

#[test]
fn who_bought_nothing_is_revoked_at_the_last_millisecond_and_not_before() {
    let (mut world, ani) = recipient();
    assert!(world.close_day("2021-04-28").is_empty());
    world.at("2021-04-29 23:59:59.998");
    assert_eq!(world.refused(&ani, "entitlement.revoke", revoke("no-purchase")), R::TermNotReached);
    assert_eq!(world.close_day("2021-04-29"), ["entitlement.revoked.v1"]);
    let money = world.money(&ani);
    assert_eq!((money.released, money.undelivered()), (ALL, 0));
    let closed = world.events.last().map(|event| serde_json::to_value(&event.payload).unwrap()).unwrap();
    assert_eq!(closed["revoked"], json!({ "count": 1, "sums": [idr(3_550_000)] }));
    assert_eq!(closed["lapsed"]["count"], 0);
}

#[test]
fn a_day_closed_late_revokes_all_the_same() {
    let (mut world, _) = recipient();
    assert_eq!(world.close_day("2021-06-01"), ["entitlement.revoked.v1"]);
}

#[test]
fn who_revoked_cannot_reinstate() {
    let (mut world, ani) = recipient();
    world.by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
    // Nobody alone: one proposes, another decides, and neither decides on what they revoked.
    assert_eq!(world.by("eko").refused(&ani, "entitlement.reinstate", reinstate()), R::StepMissing);
    world.by("fitri").run(&ani, "entitlement.propose_reinstatement", reinstate());
    for same in ["dewi", "fitri"] {
        assert_eq!(world.by(same).refused(&ani, "entitlement.reinstate", reinstate()), R::SamePerson);
    }
    world.by("eko").run(&ani, "entitlement.reinstate", reinstate());
    let money = world.money(&ani);
    assert_eq!((money.voucher, money.unearned, money.released), (100_000_000, 255_000_000, 0));
    assert_eq!(world.by("dewi").refused(&ani, "entitlement.reinstate", reinstate()), R::NotRevoked);
}

#[test]
fn a_reinstated_person_has_the_whole_term_again_and_can_be_revoked_again() {
    let (mut world, ani) = recipient();
    world.close_day("2021-04-29");
    world.at("2021-05-10").reinstate(&ani, "dewi", "eko");
    assert!(world.close_day("2021-06-08").is_empty());
    assert_eq!(world.close_day("2021-06-09"), ["entitlement.revoked.v1"]);
    assert_eq!(world.money(&ani).released, ALL);
}

#[test]
fn what_had_lapsed_before_the_revocation_stays_lapsed() {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1").close_day("2021-11-30");
    assert_eq!(world.money(&ani).voucher, 0);
    world.at("2021-12-01").by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
    world.reinstate(&ani, "fitri", "eko");
    let money = world.money(&ani);
    assert_eq!(
        (money.voucher, money.due, money.unearned, money.released),
        (0, 240_000_000, 15_000_000, 40_000_000)
    );
}

#[test]
fn a_payout_in_flight_is_awaited_when_the_card_is_revoked() {
    for settles in [true, false] {
        let (mut world, ani) = recipient();
        world.finish(&ani, "kopi", "p1").at("2021-04-03").instruct(&ani, "incentive", 1);
        world.by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
        assert_eq!((world.money(&ani).instructed, world.money(&ani).released), (60_000_000, 235_000_000));
        if settles {
            world.settle(&ani, "incentive", 1, idr(600_000));
            assert_eq!((world.money(&ani).paid, world.money(&ani).released), (60_000_000, 235_000_000));
        } else {
            let failed = json!({ "attempt": 1, "benefit": "incentive", "number": 1, "partner": "bni", "reason": "inactive" });
            world.fact(&ani, "payout.failed", failed);
            assert_eq!((world.money(&ani).paid, world.money(&ani).released), (0, 295_000_000));
            world.reinstate(&ani, "fitri", "eko");
            assert_eq!((world.money(&ani).due, world.money(&ani).unearned), (60_000_000, 195_000_000));
        }
        assert_eq!(world.money(&ani).instructed, 0);
    }
}

#[test]
fn a_class_that_falls_through_after_the_revocation_gives_its_money_to_the_pool() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1").by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
    world.run(&ani, "voucher.cancel", json!({ "by": "provider", "purchase": "p1" }));
    assert_eq!((world.money(&ani).spent, world.money(&ani).voucher, world.money(&ani).released), (0, 0, ALL));
}

#[test]
fn nothing_is_closed_over_money_that_is_still_to_be_paid() {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1");
    assert_eq!(world.refused(&ani, "entitlement.close", json!({ "reason": "moved" })), R::InstalmentState);
}

#[test]
fn an_open_decree_counts_against_the_ceiling_before_its_lines_come() {
    let mut world = World::of(PRAKERJA_2020);
    let budget = json!({ "amount": idr(10_000_000), "document": "DIPA-1" });
    world.at("2021-03-30").run("fund/prakerja-2020/2021", "fund.appropriate", budget);
    world.select(&[&person(1), &person(2), &person(3)], 16);
    world.open_decree("SK-A", 16, 2).unwrap();
    assert_eq!(world.open_decree("SK-B", 16, 1).unwrap_err().code, R::CeilingExceeded);
    world.run(
        "fund/prakerja-2020/2021",
        "fund.revise",
        json!({ "change": idr(650_000), "document": "DIPA-2" }),
    );
    world.open_decree("SK-B", 16, 1).unwrap();
}

#[test]
fn a_decree_is_closed_only_when_its_lines_are_what_it_promised() {
    let (mut world, _) = recipient();
    let (budi, citra) = (&person(2), &person(3));
    world.select(&[budi, citra], 17).open_decree("SK-B", 17, 1).unwrap();
    let decree = "decree/prakerja-2020/SK-B";
    assert_eq!(world.refused(decree, "decree.close", json!({})), R::DecreeTotals);
    world.run(budi, "entitlement.decree", json!({ "decree": "SK-B" }));
    assert_eq!(world.refused(citra, "entitlement.decree", json!({ "decree": "SK-B" })), R::DecreeTotals);
    // Nothing can be used before the close.
    let bought = world.purchase("kopi", "p1");
    assert_eq!(world.refused(budi, "voucher.spend", bought.clone()), R::DecreeNotOpen);
    world.run(decree, "decree.close", json!({})).run(budi, "voucher.spend", bought);
}

#[test]
fn a_card_whose_decree_is_open_is_looked_at_again_the_next_day() {
    let (mut world, _) = recipient();
    let budi = &person(2);
    world.select(&[budi], 17).open_decree("SK-B", 17, 1).unwrap();
    world.run(budi, "entitlement.decree", json!({ "decree": "SK-B" }));
    assert_eq!(world.close_day("2021-04-29"), ["entitlement.revoked.v1"]);
    world.at("2021-04-30").run("decree/prakerja-2020/SK-B", "decree.close", json!({}));
    assert_eq!(world.close_day("2021-04-30"), ["entitlement.revoked.v1"]);
}

#[test]
fn a_household_has_two_recipients_even_when_three_were_screened_together() {
    let (mut world, _) = recipient();
    let (household, elsewhere) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let family = [person(11), person(12), person(13)];
    for member in &family {
        world.register(member, Some(household));
    }
    world.select(&[&family[0], &family[1], &family[2]], 17).open_decree("SK-B", 17, 3).unwrap();
    let line = json!({ "decree": "SK-B" });
    world.run(&family[0], "entitlement.decree", line.clone());
    world.run(&family[1], "entitlement.decree", line.clone());
    assert_eq!(world.refused(&family[2], "entitlement.decree", line.clone()), R::NotEligible);
    // One moves away: there is room again.
    world.run(&family[0], "participant.change_profile", json!({ "household": elsewhere }));
    world.run(&family[2], "entitlement.decree", line);
    let household = world.card(&family[2]).person.household.unwrap();
    assert_eq!(world.state.people.household(household).unwrap().recipients, 2);
}

#[test]
fn a_revocation_by_the_ledger_itself_is_undone_by_two_persons_and_never_by_one() {
    let (mut world, ani) = recipient();
    world.close_day("2021-04-29");
    world.at("2021-05-10").by("eko");
    assert_eq!(world.refused(&ani, "entitlement.reinstate", reinstate()), R::StepMissing);
    world.run(&ani, "entitlement.propose_reinstatement", reinstate());
    assert_eq!(world.refused(&ani, "entitlement.reinstate", reinstate()), R::SamePerson);
    world.by("fitri").run(&ani, "entitlement.reinstate", reinstate());
    // A further revocation needs a proposal of its own.
    world.by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
    assert_eq!(world.by("fitri").refused(&ani, "entitlement.reinstate", reinstate()), R::StepMissing);
}

#[test]
fn a_revocation_is_undone_within_the_term_and_before_the_last_day_to_pay() {
    let terms = PRAKERJA_2020.replace("repayment_days = 60", "repayment_days = 60\nreinstatement_days = 30");
    for (definition, last) in [(terms.as_str(), "2021-04-30"), (PRAKERJA_2020, "2022-05-25")] {
        let mut world = World::of(definition);
        let ani = &person(1);
        world.at("2021-03-31").decree(&[ani], 16).by("dewi").run(
            ani,
            "entitlement.revoke",
            revoke("withdrawn"),
        );
        let disbursed = json!({ "amount": idr(9_000_000), "sp2d": "D-1", "spm": "M-1" });
        world.fact("fund/prakerja-2020/2021", "fund.disbursed", disbursed);
        let after = crate::time::Day::parse(last).unwrap().plus(1).to_string();
        world.at(&after).by("eko");
        assert_eq!(
            world.refused(ani, "entitlement.propose_reinstatement", reinstate()),
            R::TermPassed,
            "{last}"
        );
        world.at(last).run(ani, "entitlement.propose_reinstatement", reinstate());
        world.at(&after).by("fitri");
        assert_eq!(world.refused(ani, "entitlement.reinstate", reinstate()), R::TermPassed, "{last}");
        world.at(last).run(ani, "entitlement.reinstate", reinstate());
    }
}

#[test]
fn after_the_years_end_a_reinstatement_needs_money_that_is_promised_to_nobody() {
    let (mut world, ani) = recipient();
    let disbursed = |amount: i64| json!({ "amount": idr(amount), "sp2d": "D", "spm": "M" });
    let fund = "fund/prakerja-2020/2021";
    world.by("dewi").run(&ani, "entitlement.revoke", revoke("ineligible"));
    world.fact(fund, "fund.disbursed", disbursed(3_549_999));
    world.at("2022-01-03").by("eko").run(&ani, "entitlement.propose_reinstatement", reinstate());
    assert_eq!(world.by("fitri").refused(&ani, "entitlement.reinstate", reinstate()), R::CeilingExceeded);
    world.fact(fund, "fund.disbursed", disbursed(1)).run(&ani, "entitlement.reinstate", reinstate());
}

#[test]
fn who_bought_in_time_and_was_let_down_too_late_to_buy_again_is_not_revoked() {
    for (by, revoked) in [("provider", false), ("platform", false), ("participant", true)] {
        let (mut world, ani) = recipient();
        world.buy(&ani, "kopi", "p1").at("2021-11-20");
        world.run(&ani, "voucher.cancel", json!({ "by": by, "purchase": "p1" }));
        // Thirty days from 20 November would end after the last day to buy.
        let brought: Vec<_> =
            ["2021-11-20", "2021-11-30", "2021-12-20"].iter().flat_map(|day| world.close_day(day)).collect();
        assert_eq!(brought.contains(&"entitlement.revoked.v1"), revoked, "{by}: {brought:?}");
        if !revoked {
            assert_eq!(brought, ["voucher.lapsed.v1"], "{by}");
            world.at("2021-12-21");
            assert_eq!(world.refused(&ani, "entitlement.revoke", revoke("no-purchase")), R::NotRevocable);
            assert_eq!((world.money(&ani).unearned, world.money(&ani).released), (255_000_000, 100_000_000));
        }
    }
}

#[test]
fn a_decree_takes_only_whom_its_batch_selected_and_no_more() {
    let (mut world, _) = recipient();
    let (budi, citra, dedi) = (&person(2), &person(3), &person(4));
    let batch = "batch/prakerja-2020/17";
    let seed = crate::ids::Digest::of([b"dadu".as_slice()]);
    world.run(batch, "batch.open", json!({ "closes": "2021-03-30", "quota": 1 }));
    world.run(batch, "batch.commit_seed", json!({ "sha256": seed }));
    for each in [budi, citra] {
        world.register(each, None).screen(each, 17);
    }
    world.run(batch, "batch.close", json!({ "at": "2021-03-30T03:00:00.000Z" }));
    let decree = |world: &mut World, count| world.open_decree("SK-B", 17, count).unwrap_err().code;
    assert_eq!(decree(&mut world, 1), R::NotSelected, "nobody is drawn yet");
    let pool = crate::batch::pool(&world.state, World::code("prakerja-2020"), 17);
    let digest = crate::batch::list_digest(pool.iter().map(|each| each.id));
    world.run(batch, "batch.draw", json!({ "pool": 2, "poolsha256": digest, "seed": "dadu", "selected": 1 }));
    assert_eq!(decree(&mut world, 2), R::NotSelected);
    world.open_decree("SK-B", 17, 1).unwrap();
    let line = json!({ "decree": "SK-B" });
    let answers = [budi, citra].map(|each| world.ask(each, "entitlement.decree", line.clone()).map(|_| ()));
    let codes: Vec<_> =
        answers.iter().filter_map(|answer| answer.as_ref().err()).map(|each| each.code).collect();
    assert_eq!(codes, [R::NotSelected], "one of the two is drawn");
    assert_eq!(world.register(dedi, None).refused(dedi, "entitlement.decree", line), R::NotEligible);
    assert_eq!(world.found(), []);
}

#[test]
fn what_a_fact_decrees_beyond_the_selection_is_found() {
    let (mut world, _) = recipient();
    let budi = &person(2);
    world.register(budi, None);
    let granted = json!([{ "amount": idr(1_000_000), "benefit": "training" }]);
    world.fact(budi, "entitlement.decreed", json!({ "batch": 16, "benefits": granted, "decree": "SK-16" }));
    assert!(world.found().contains(&RuleName::DecreeBeyondSelection));
    let opened = json!({
        "batch": 16, "count": 1, "date": "2021-03-30", "listsha256": "00", "sum": idr(1),
    });
    world.fact("decree/prakerja-2020/SK-X", "decree.opened", opened);
    assert_eq!(world.found(), [RuleName::DecreeBeyondSelection]);
}

#[test]
fn money_is_released_by_an_end_only_after_the_last_day_and_by_two_persons() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).buy(&ani, "kopi", "p1");
    let moved = json!({ "reason": "moved" });
    assert_eq!(world.by("dewi").refused(&ani, "entitlement.close", moved.clone()), R::TermNotReached);
    assert_eq!(world.refused(&ani, "entitlement.propose_close", moved.clone()), R::TermNotReached);
    // The last day has passed, and no day was closed.
    world.at("2022-05-26");
    assert_eq!(world.refused(&ani, "entitlement.close", moved.clone()), R::StepMissing);
    world.run(&ani, "entitlement.propose_close", moved.clone());
    assert_eq!(world.refused(&ani, "entitlement.close", moved.clone()), R::SamePerson);
    world.by("eko").run(&ani, "entitlement.close", moved);
    assert_eq!((world.money(&ani).released, world.money(&ani).undelivered()), (295_000_000, 0));
}

#[test]
fn who_is_reinstated_takes_a_place_that_the_household_still_has() {
    let mut world = World::of(PRAKERJA_2020);
    let household = Some(Uuid::from_u128(7));
    let family = [person(11), person(12), person(13)];
    world.at("2021-03-30");
    for member in &family {
        world.register(member, household);
    }
    world.decree(&[&family[0], &family[1]], 16);
    world.by("dewi").run(&family[0], "entitlement.revoke", revoke("withdrawn"));
    world.by("office").decree(&[&family[2]], 17);
    world.by("eko").run(&family[0], "entitlement.propose_reinstatement", reinstate()).by("fitri");
    assert_eq!(world.refused(&family[0], "entitlement.reinstate", reinstate()), R::NotEligible);
    world.by("dewi").run(&family[2], "entitlement.revoke", revoke("withdrawn"));
    world.by("fitri").run(&family[0], "entitlement.reinstate", reinstate());
}

#[test]
fn a_decree_is_of_a_day_between_the_draw_and_its_record() {
    let mut world = World::of(PRAKERJA_2020);
    let fund = "fund/prakerja-2020/2021";
    world.at("2021-03-30").select(&[&person(1), &person(2)], 16);
    world.run(fund, "fund.appropriate", json!({ "amount": idr(9_000_000), "document": "DIPA" }));
    let dated = |date: &str| json!({ "batch": 16, "count": 1, "date": date, "listsha256": "00", "sum": idr(3_550_000) });
    world.at("2021-04-02").found();
    let decree = |number: &str| format!("decree/prakerja-2020/{number}");
    assert_eq!(world.refused(&decree("SK-1"), "decree.open", dated("2021-03-29")), R::TermPassed);
    assert_eq!(world.refused(&decree("SK-1"), "decree.open", dated("2021-04-03")), R::TermNotReached);
    world.run(&decree("SK-1"), "decree.open", dated("2021-03-30"));
    world.run(&decree("SK-2"), "decree.open", dated("2021-04-02"));
    let line = json!({ "decree": "SK-2" });
    world.at("2021-04-01");
    assert_eq!(world.refused(&person(1), "entitlement.decree", line.clone()), R::DecreeNotOpen);
    world.at("2021-04-02").run(&person(1), "entitlement.decree", line);
    assert_eq!(world.found(), []);
    for date in ["2021-03-29", "2021-04-03"] {
        let mut world = World::of(PRAKERJA_2020);
        world.at("2021-03-30").select(&[&person(1)], 16);
        world.run(fund, "fund.appropriate", json!({ "amount": idr(9_000_000), "document": "DIPA" })).found();
        world.at("2021-04-02").fact(&decree("SK-1"), "decree.opened", dated(date));
        assert_eq!(world.found(), [RuleName::DecreeBeyondSelection], "{date}");
    }
}

#[test]
fn nothing_about_a_card_comes_before_its_decree() {
    let (mut world, ani) = recipient();
    world.link(&ani, "bni", "bank").at("2021-03-29");
    let bought = world.purchase("kopi", "p1");
    assert_eq!(world.refused(&ani, "voucher.spend", bought.clone()), R::TermNotReached);
    let withdrawn = json!({ "reason": "withdrawn" });
    assert_eq!(world.refused(&ani, "entitlement.revoke", withdrawn), R::TermNotReached);
    world.at("2021-03-30").run(&ani, "voucher.spend", bought);
}
