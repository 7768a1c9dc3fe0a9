//! When instalments fall due, and the order of surveys.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::json;

/// A first incentive paid on 4 April 2021: surveys open on 4 May and on 3 July, the third not before November.
fn paid() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(300_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.finish(&ani, "kopi", "p1").at("2021-04-04").instruct(&ani, "incentive", 1);
    world.settle(&ani, "incentive", 1, idr(600_000));
    (world, ani)
}

#[test]
fn only_the_first_finished_course_earns() {
    let (mut world, ani) = paid();
    assert_eq!(world.card(&ani).entitlement.instalments().count(), 1);
    world.finish(&ani, "kopi", "p2");
    assert_eq!(world.card(&ani).entitlement.instalments().count(), 1);
}

#[test]
fn the_order_of_certificate_and_rating_does_not_matter() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").list_course("kopi", idr(300_000)).decree(&[ani], 16).buy(ani, "kopi", "p1");
    world.run(ani, "training.redeem", json!({ "purchase": "p1" }));
    world.run(ani, "training.complete", json!({ "hours": 20, "purchase": "p1" }));
    world.run(ani, "training.rate", json!({ "purchase": "p1", "stars": 3 }));
    assert_eq!(world.money(ani).due, 0);
    world.run(ani, "training.certify", json!({ "certificate": "C-1", "purchase": "p1" }));
    assert_eq!(world.money(ani).due, 60_000_000);
}

#[test]
fn later_instalments_are_thirty_days_apart_and_end_after_four() {
    let (mut world, ani) = paid();
    let schedule = json!({ "benefit": "incentive" });
    // Payable on 3 May, scheduled four days before.
    assert_eq!(
        world.at("2021-04-28").refused(&ani, "instalment.schedule", schedule.clone()),
        R::TermNotReached
    );
    assert!(world.close_day("2021-04-28").is_empty());
    for day in ["2021-04-29", "2021-05-29", "2021-06-28"] {
        assert!(world.close_day(day).contains(&"instalment.scheduled.v1"), "{day}");
    }
    assert_eq!(world.at("2021-08-01").refused(&ani, "instalment.schedule", schedule), R::NothingDue);
    let days: Vec<_> =
        world.card(&ani).entitlement.instalments().map(|each| each.pay_on.to_string()).collect();
    assert_eq!(days, ["2021-04-03", "2021-05-03", "2021-06-02", "2021-07-02"]);
}

#[test]
fn surveys_open_on_their_day_and_come_in_order_once() {
    let (mut world, ani) = paid();
    let answer = |number: u8| json!({ "number": number });
    assert!(world.at("2021-05-03").ask(&ani, "survey.open", answer(1)).is_err());
    assert!(world.close_day("2021-05-04").contains(&"survey.opened.v1"));
    assert_eq!(world.at("2021-05-05").refused(&ani, "survey.submit", answer(2)), R::SurveyNotOpen);
    world.at("2021-07-03").run(&ani, "survey.open", answer(2));
    assert_eq!(world.refused(&ani, "survey.submit", answer(2)), R::StepMissing);
    // The window of the first is its day and the 60 after it.
    assert_eq!(world.at("2021-07-04").refused(&ani, "survey.submit", answer(1)), R::SurveyNotOpen);
    world.at("2021-07-03 23:59:59.999").run(&ani, "survey.submit", answer(1));
    assert_eq!(world.refused(&ani, "survey.submit", answer(1)), R::StepDone);
    world.run(&ani, "survey.submit", answer(2));
    assert_eq!(world.refused(&ani, "survey.submit", answer(0)), R::SurveyNotOpen);
    assert_eq!(world.refused(&ani, "survey.submit", answer(9)), R::SurveyNotOpen);
    assert_eq!(world.money(&ani).due, 2 * 5_000_000 + 60_000_000);
    let (opens, closes) =
        super::survey_window(&world.card(&ani), 3, crate::time::Day::parse("2021-07-03").unwrap()).unwrap();
    assert_eq!((opens.to_string(), closes.to_string()), ("2021-11-01".into(), "2021-12-10".into()));
}

#[test]
fn days_left_out_bring_all_their_instalments_when_a_later_one_is_closed() {
    let (mut world, ani) = paid();
    let brought = world.close_day("2021-07-20");
    let scheduled = brought.iter().filter(|name| **name == "instalment.scheduled.v1").count();
    assert_eq!(scheduled, 3, "{brought:?}");
    assert_eq!(world.card(&ani).entitlement.instalments().count(), 4);
}

#[test]
fn an_instalment_lapses_only_after_the_last_day_to_pay() {
    let (mut world, ani) = paid();
    world.close_day("2021-04-29");
    let lapse = json!({ "benefit": "incentive", "number": 2 });
    assert_eq!(
        world.at("2022-05-25 23:59:59.998").refused(&ani, "instalment.lapse", lapse.clone()),
        R::TermNotReached
    );
    world.at("2022-05-25 23:59:59.999").run(&ani, "instalment.lapse", lapse);
    assert_eq!(world.money(&ani).released, 60_000_000);
}

#[test]
fn nothing_becomes_due_that_can_not_be_paid_any_more() {
    // A first instalment can be paid four days after the rating, and money until 25 May 2022.
    for (day, due) in [("2022-05-21", 60_000_000), ("2022-05-22", 0), ("2022-05-26", 0)] {
        let mut world = World::of(PRAKERJA_2020);
        let ani = &person(1);
        world.at("2021-04-20").list_course("kopi", idr(300_000)).decree(&[ani], 16).buy(ani, "kopi", "p1");
        world.run(ani, "training.redeem", json!({ "purchase": "p1" }));
        world.run(ani, "training.complete", json!({ "hours": 20, "purchase": "p1" }));
        world.run(ani, "training.certify", json!({ "certificate": "C-1", "purchase": "p1" }));
        world.at(day).run(ani, "training.rate", json!({ "purchase": "p1", "stars": 5 }));
        assert_eq!(world.money(ani).due, due, "{day}");
    }
}

#[test]
fn an_answer_earns_only_what_can_be_paid_and_is_left() {
    // Money is paid until 8 May: what a survey of 4 May earns could be paid from a later day.
    let early = PRAKERJA_2020.replace("pay_until = \"2022-05-25\"", "pay_until = \"2021-05-08\"");
    for (definition, takes, due) in [(PRAKERJA_2020, 0, 5_000_000), (&early, 0, 0), (PRAKERJA_2020, 4, 0)] {
        let mut world = World::of(definition);
        let ani = &person(1);
        world.at("2021-03-30").list_course("kopi", idr(300_000)).decree(&[ani], 16).link(ani, "bni", "bank");
        world.finish(ani, "kopi", "p1").at("2021-04-04").instruct(ani, "incentive", 1);
        world.settle(ani, "incentive", 1, idr(600_000)).at("2021-05-04").run(
            ani,
            "survey.open",
            json!({ "number": 1 }),
        );
        // Facts pay the later incentives and surveys before: nothing is left to be earned.
        for number in 2..=takes {
            world.settle(ani, "incentive", number, idr(600_000)).settle(
                ani,
                "survey",
                number - 1,
                idr(50_000),
            );
        }
        if takes > 0 {
            assert_eq!(world.money(ani).unearned, 0);
        }
        world.run(ani, "survey.submit", json!({ "number": 1 }));
        assert_eq!(world.money(ani).due, due);
        assert!(world.found().iter().all(|rule| *rule != crate::findings::RuleName::AmountMismatch));
    }
}

#[test]
fn a_fact_earns_no_more_than_is_left() {
    let (mut world, ani) = paid();
    let scheduled = |number: u8, amount: i64| json!({ "amount": idr(amount), "benefit": "incentive", "number": number, "payon": "2021-05-01" });
    world.fact(&ani, "instalment.scheduled", scheduled(2, 9_000_000));
    // One instalment of 600,000, whatever the fact says.
    assert_eq!((world.money(&ani).due, world.money(&ani).unearned), (60_000_000, 135_000_000));
    world.fact(&ani, "instalment.scheduled", scheduled(3, 600_000)).fact(
        &ani,
        "instalment.scheduled",
        scheduled(4, -5),
    );
    world.settle(&ani, "incentive", 2, idr(9_000_000));
    assert_eq!((world.money(&ani).paid, world.money(&ani).due), (120_000_000, 60_000_000));
}

#[test]
fn the_windows_of_surveys_are_those_in_force_on_the_day() {
    let (mut world, ani) = paid();
    world.close_day("2021-04-05");
    // From 10 April the first survey opens at once, and the second 20 days after the first payout, for everybody.
    let version = |from: &str, days: [u16; 3]| {
        let surveys = days.map(|days| {
            format!("[[cutoffs.surveys]]\nafter = \"first-payout\"\ndays = {days}\nwindow_days = 60\n")
        });
        format!(
            "\n[[cutoffs]]\nversion = \"{from}\"\nsource = \"test\"\nfrom = \"{from}\"\nbatches = [12, 17]\n{}",
            surveys.concat()
        )
    };
    let changed = format!("{}{}", crate::testing::PRAKERJA_2020, version("2021-04-10", [0, 20, 90]));
    let own = "programme/prakerja-2020";
    world.at("2021-04-08").by("drafter").run(own, "programme.propose", json!({ "definition": changed }));
    world.by("head").run(own, "programme.publish", json!({ "revision": 2 })).by("office");
    assert_eq!(world.close_day("2021-04-09"), [""; 0], "not before its day");
    assert_eq!(world.close_day("2021-04-10"), ["survey.opened.v1"]);
    world.at("2021-04-11").run(&ani, "survey.submit", json!({ "number": 1 }));
    assert_eq!(world.close_day("2021-04-23"), [""; 0]);
    assert_eq!(world.close_day("2021-04-24"), ["survey.opened.v1"]);
    // The old day of the first survey brings nothing a second time.
    assert!(!world.close_day("2021-05-04").contains(&"survey.opened.v1"));
}
