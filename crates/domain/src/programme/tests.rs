//! The worked examples of the programme, followed to the last rupiah.

use crate::testing::{PRAKERJA_2020, PRAKERJA_2023, World, idr, person};
use serde_json::json;

/// The day after, since nothing can be asked into a day that is closed.
fn next(day: &str) -> String {
    crate::time::Day::parse(day).unwrap().plus(1).to_string()
}

/// Semi-social assistance, batch 16: two courses, four incentives of which one fails first, three surveys, a lapse.
#[test]
fn a_recipient_of_2021_accounts_for_3_550_000() {
    let ani = &person(1);
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).list_course("kue", idr(350_000));
    world.decree(&[ani], 16).link(ani, "bni", "bank");
    assert_eq!(world.money(ani).allocated, 355_000_000);
    world.at("2021-04-02").finish(ani, "kopi", "p1");
    world.at("2021-04-13").run(
        ani,
        "voucher.settle",
        json!({ "amount": idr(600_000), "commission": idr(90_000), "purchase": "p1", "reference": "B-9" }),
    );
    world.instruct(ani, "incentive", 1).settle(ani, "incentive", 1, idr(600_000));
    world.at("2021-04-20").finish(ani, "kue", "p2");
    let settled =
        json!({ "amount": idr(350_000), "commission": idr(0), "purchase": "p2", "reference": "B-8" });
    world.run(ani, "voucher.settle", settled);

    for (number, day) in [(2, "2021-05-06"), (3, "2021-06-05"), (4, "2021-07-05")] {
        world.close_day(day);
        world.at(&next(day));
        if number == 2 {
            world.instruct(ani, "incentive", number);
            let failed = json!({ "attempt": 1, "benefit": "incentive", "number": 2, "partner": "bni", "reason": "inactive" });
            world.fact(ani, "payout.failed", failed);
            world.at("2021-05-09").link(ani, "bni", "bank");
            let retried = json!({ "benefit": "incentive", "number": 2, "payon": "2021-05-09" });
            world.run(ani, "payout.retry", retried);
        }
        world.instruct(ani, "incentive", number).settle(ani, "incentive", number, idr(600_000));
    }
    for (number, day) in [(1, "2021-07-06"), (2, "2021-07-12"), (3, "2021-11-01")] {
        world.close_day(day);
        world.at(&next(day));
        world.run(ani, "survey.submit", json!({ "number": number }));
        let paid_on = ["2021-07-12", "2021-07-18", "2021-11-07"][usize::from(number - 1_u8)];
        world.at(paid_on).instruct(ani, "survey", number).settle(ani, "survey", number, idr(50_000));
    }
    assert_eq!(world.close_day("2021-11-30"), ["voucher.lapsed.v1"]);

    let money = world.money(ani);
    assert_eq!((money.spent, money.paid, money.released), (95_000_000, 255_000_000, 5_000_000));
    assert_eq!(money.spent + money.paid + money.released, 355_000_000);
    assert_eq!(money.undelivered(), 0);
}

/// The normal scheme, batch 51: a webinar with five sessions, a second course, a third cancelled, two surveys.
#[test]
fn a_recipient_of_2023_accounts_for_4_200_000() {
    let budi = &person(2);
    let mut world = World::of(PRAKERJA_2023);
    world.at("2023-04-28").list("web", idr(2_000_000), "webinar", 5);
    world.list("ulang", idr(1_400_000), "webinar", 1).list("batal", idr(100_000), "webinar", 1);
    world.decree(&[budi], 51).link(budi, "bni", "bank");
    world.at("2023-05-04").buy(budi, "web", "p1");
    world.at("2023-05-08").run(budi, "training.redeem", json!({ "purchase": "p1" }));
    for sequence in 1..=5 {
        world.run(
            budi,
            "training.attend",
            json!({ "method": "face", "purchase": "p1", "sequence": sequence }),
        );
    }
    world.at("2023-05-15").run(budi, "training.complete", json!({ "hours": 20, "purchase": "p1" }));
    world.run(budi, "training.certify", json!({ "certificate": "C-1", "purchase": "p1" }));
    world.run(budi, "training.rate", json!({ "purchase": "p1", "stars": 4 }));
    let settled =
        json!({ "amount": idr(2_000_000), "commission": idr(300_000), "purchase": "p1", "reference": "B-1" });
    world.run(budi, "voucher.settle", settled);
    world.at("2023-05-21").instruct(budi, "incentive", 1).settle(budi, "incentive", 1, idr(600_000));
    world.at("2023-05-23").buy(budi, "ulang", "p2").buy(budi, "batal", "p3");
    assert_eq!(world.money(budi).voucher, 0);
    world.run(budi, "voucher.cancel", json!({ "by": "provider", "purchase": "p3" }));
    assert_eq!(world.money(budi).voucher, 10_000_000);

    for number in [1_u8, 2] {
        let today = crate::time::Day::parse("2023-05-23").unwrap();
        let opens = crate::instalment::survey_window(&world.card(budi), number, today).unwrap().0;
        world.close_day(&opens.to_string());
        world.at(&opens.plus(1).to_string()).run(budi, "survey.submit", json!({ "number": number }));
        let scheduled = world.card(budi).entitlement.instalments().last().unwrap();
        world.at(&scheduled.pay_on.to_string()).instruct(budi, "survey", number);
        world.settle(budi, "survey", number, idr(50_000));
    }
    let until = world.definition().cutoffs(51, crate::time::Day::parse("2023-12-01").unwrap());
    let until = until.and_then(|cutoffs| cutoffs.purchase_until).unwrap().to_string();
    assert_eq!(world.close_day(&until), ["voucher.lapsed.v1"]);

    let money = world.money(budi);
    assert_eq!((money.spent, money.paid, money.released), (340_000_000, 70_000_000, 10_000_000));
    assert_eq!(money.spent + money.paid + money.released, 420_000_000);
    assert_eq!(money.undelivered(), 0);
}

#[test]
fn a_definition_is_put_in_force_whole_and_by_a_second_person() {
    use crate::refusal::RefusalCode as R;
    let mut world = World::of(PRAKERJA_2020);
    let own = "programme/prakerja-2020";
    let propose = json!({ "definition": PRAKERJA_2020 });
    assert_eq!(world.refused("programme/other", "programme.propose", propose.clone()), R::ProgrammeInvalid);
    assert_eq!(world.refused(own, "programme.propose", json!({ "definition": "code" })), R::ProgrammeInvalid);
    world.by("drafter").run(own, "programme.propose", propose.clone());
    assert_eq!(world.refused(own, "programme.publish", json!({ "revision": 1 })), R::ProgrammeInvalid);
    assert_eq!(world.refused(own, "programme.publish", json!({ "revision": 2 })), R::SamePerson);
    world.by("head").at("2020-01-01");
    assert_eq!(world.refused(own, "programme.publish", json!({ "revision": 2 })), R::TermNotReached);
    world.at("2020-01-02").run(own, "programme.publish", json!({ "revision": 2 }));
    assert_eq!(world.definition().revision, 2);

    // A part of a revision that was never proposed whole, and then the last number that can be counted.
    let part = |revision: u16| json!({ "component": "head", "content": "{}", "number": 1, "of": 2, "revision": revision });
    world.by("import").fact(own, "programme.part_recorded", part(9));
    assert_eq!(
        world.by("head").refused(own, "programme.publish", json!({ "revision": 9 })),
        R::ProgrammeInvalid
    );
    world.fact(own, "programme.part_recorded", part(u16::MAX));
    assert_eq!(world.refused(own, "programme.propose", propose), R::ProgrammeInvalid);
}
