//! Adding a programme is adding one file: a school-meal programme that exists nowhere in the code, in a currency that
//! is not the rupiah, and the same with none and with three decimals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::chart::Account;
use jejak_domain::entry::FundYear;
use jejak_domain::ids::{BenefitCode, ProgrammeCode};
use jejak_domain::money::{Currency, Money};
use jejak_domain::programme::Definition;
use jejak_domain::refusal::RefusalCode;
use jejak_domain::testing::{World, idr, person};
use jejak_domain::time::Day;
use serde_json::{Value, json};
use std::path::PathBuf;

const SCHOOL_MEAL: &str = include_str!("school-meal.toml");

/// The definition in another currency: its amounts with that currency's decimals.
fn in_currency(currency: &str) -> String {
    let digits = usize::from(Currency::new(currency).unwrap().digits());
    let amount = |text: &str| match digits {
        0 => text.split('.').next().unwrap().to_owned(),
        3 => format!("{text}0"),
        _ => text.to_owned(),
    };
    let mut toml = SCHOOL_MEAL.replace("PHP", currency);
    for text in ["100.50", "25.25", "10.05"] {
        toml = toml.replace(text, &amount(text));
    }
    toml
}

/// From proposal to the last payment; every unit of the grant is accounted for.
fn live(currency: &str, course: i64) {
    let mut world = World::of(&in_currency(currency));
    let ani = &person(1);
    let money = |minor: i64| json!(Money::of_minor(minor, Currency::new(currency).unwrap()));
    let price_of = |world: &World, benefit: &str| {
        let (_, cash) = world.card(ani).cash(BenefitCode::new(benefit).unwrap()).unwrap();
        world.card(ani).instalment_minor(cash)
    };
    world.at("2026-01-05").list_course("dapur", money(course)).decree(&[ani], 1).link(ani, "bni", "bank");
    let granted = world.money(ani).allocated;
    let (meal, bonus) = (price_of(&world, "meal"), price_of(&world, "bonus"));
    let disbursed = json!({ "amount": money(granted), "sp2d": "D-1", "spm": "M-1" });
    world.fact("fund/school-meal/2026", "fund.disbursed", disbursed);

    world.finish(ani, "dapur", "p1").instruct(ani, "bonus", 1).settle(ani, "bonus", 1, money(bonus));
    let draw = json!({ "amount": money(2 * meal), "unit": "canteen" });
    world.run("custody/school-meal/2026", "custody.draw", draw);
    for (number, day) in [(1, "2026-01-05"), (2, "2026-01-12")] {
        assert_eq!(world.close_day(day), ["instalment.scheduled.v1"]);
        let handed: Value = json!({
            "amount": money(meal), "benefit": "meal", "number": number, "officer": "cook", "regency": "3273",
            "unit": "canteen",
        });
        let next = Day::parse(day).unwrap().plus(1).to_string();
        world.at(&next).run(ani, "custody.hand_over", handed);
    }
    // Rupiah are not this programme's money.
    let rupiah = json!({ "course": "dapur", "platform": "toko", "price": idr(1), "purchase": "p2" });
    assert_eq!(world.refused(ani, "voucher.spend", rupiah), RefusalCode::AmountInvalid);
    assert_eq!(world.close_day("2026-03-31"), ["voucher.lapsed.v1"]);

    let card = world.money(ani);
    assert_eq!(card.spent, course);
    assert_eq!(card.paid, bonus + 2 * meal);
    assert_eq!(card.spent + card.paid + card.released, granted, "{currency}");
    assert_eq!(card.undelivered(), 0);
    let fund = FundYear { programme: ProgrammeCode::new("school-meal").unwrap(), year: 2026 };
    let books = world.state.books.fund(fund, Currency::new(currency).unwrap()).unwrap();
    assert_eq!(books.balance(Account::Bank), i128::from(granted - bonus - 2 * meal));
    assert!(world.state.books.fund(fund, Currency::IDR).is_none());
}

#[test]
fn a_programme_in_a_currency_with_two_decimals_is_one_file() {
    live("PHP", 8_025);
}

#[test]
fn a_programme_in_a_currency_without_decimals_is_one_file() {
    live("JPY", 80);
}

#[test]
fn a_programme_in_a_currency_with_three_decimals_is_one_file() {
    live("KWD", 80_255);
}

#[test]
fn who_is_not_on_the_roll_or_lives_elsewhere_is_not_eligible() {
    let mut world = World::of(SCHOOL_MEAL);
    let ani = &person(1);
    world.at("2026-01-05").run(
        "batch/school-meal/1",
        "batch.open",
        json!({ "closes": "2026-01-06", "quota": 1 }),
    );
    world.register(ani, None).run(ani, "participant.change_profile", json!({ "regency": "5171" }));
    world.run(ani, "batch.join", json!({ "batch": 1 }));
    let roll = json!([{ "asof": "2026-01-01", "listed": false, "register": "school-roll" }]);
    let events = world.ask(ani, "batch.screen", json!({ "batch": 1, "registers": roll })).unwrap();
    let data = serde_json::to_value(&events[0].payload).unwrap();
    assert_eq!(data["failed"], json!(["regency-in", "listed:school-roll"]));
}

#[test]
fn a_later_revision_keeps_the_terms_of_those_already_decreed() {
    let mut world = World::of(SCHOOL_MEAL);
    world.at("2026-01-05").decree(&[&person(1)], 1);
    let own = "programme/school-meal";
    let propose = |toml: &str| json!({ "definition": toml });
    for changed in [SCHOOL_MEAL.replace("25.25", "30.00"), in_currency("KWD")] {
        let code = world.by("drafter").refused(own, "programme.propose", propose(&changed));
        assert_eq!(code, RefusalCode::ProgrammeInvalid);
    }
    let later = SCHOOL_MEAL.replace("2026-04-30", "2026-05-31");
    world.by("drafter").run(own, "programme.propose", propose(&later));
    world.by("head").run(own, "programme.publish", json!({ "revision": 2 }));
    let cutoffs =
        world.definition().cutoffs(1, jejak_domain::time::Day::parse("2026-02-01").unwrap()).unwrap();
    assert_eq!(cutoffs.pay_until.unwrap().to_string(), "2026-05-31");
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    for (from, to, says) in [
        ("amount = \"25.25\"", "amount = \"25.250\"", "exactly 2 decimals"),
        ("amount = \"25.25\"", "amount = \"0.00\"", "above zero"),
        ("amount = \"25.25\"", "amount = 25.25", "invalid type"),
        ("batches = [1, 9]", "batches = [9, 1]", "smaller number first"),
        ("count = 2", "count = 0", "0 instalments"),
        ("benefit = \"bonus\"", "benefit = \"meal\"", "two benefits"),
        ("requires = \"first-course\"", "requires = \"survey\"", "more surveys"),
        ("requires = \"decree\"", "requires = \"luck\"", "is not one of decree, first-course, survey"),
        ("currency = \"PHP\"", "currency = \"XXX\"", "unknown currency"),
        ("interval_days = 7", "interval = 7", "unknown field"),
        ("eligibility = [", "eligibility = [[\"age-between\", 18], ", "expected an object"),
        ("amount = \"100.50\"", "amount = \"999999999999999.99\"", "17 digits"),
    ] {
        let problem = Definition::read(&SCHOOL_MEAL.replace(from, to)).unwrap_err().to_string();
        assert!(problem.contains(says), "{to}: {problem}");
    }
}

#[test]
fn every_definition_that_ships_can_be_read_and_is_named_after_its_programme() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas/programme");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let definition = Definition::read(&std::fs::read_to_string(&path).unwrap());
        let definition = definition.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        assert_eq!(Some(definition.programme.code.as_str()), path.file_stem().and_then(|stem| stem.to_str()));
        for pair in definition.terms.windows(2) {
            assert!(
                pair[0].from <= pair[1].from,
                "{}: terms stand in the order of their days",
                path.display()
            );
        }
        read += 1;
    }
    assert!(read >= 1);
}
