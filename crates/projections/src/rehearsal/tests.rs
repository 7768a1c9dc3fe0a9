//! Rules that change one thing, over small histories.

use super::{Chance, Change, ChangeError, How, Measure, Outset, Pair, PersonRow, Reason, Rehearsal, Report};
use jejak_domain::ids::RegencyCode;
use jejak_domain::programme::Definition;
use jejak_domain::testing::{BT_PKLW_2021, PRAKERJA_2020, World, idr, person};
use serde_json::json;

const OWN: &str = "programme/prakerja-2020";

fn outset(world: &World) -> Outset {
    let mut outset = Outset::default();
    world.events.iter().for_each(|event| outset.apply(event));
    outset
}

fn rehearse(world: &World, file: &str) -> Report {
    let mut rehearsal = Rehearsal::new(Change::read(file).unwrap(), &outset(world)).unwrap();
    world.events.iter().for_each(|event| rehearsal.apply(event));
    rehearsal.report()
}

fn assert_nothing_differs(report: &Report, persons: u64) {
    let none = Measure { unchanged: persons, ..Measure::default() };
    assert_eq!((report.granted, report.earned, report.kept), (none, none, 0));
    assert!(report.persons.is_empty() && report.unknown.is_empty() && report.lotteries.is_empty());
    for row in report.batches.values().chain(report.provinces.values()) {
        assert_eq!((row.granted.before, row.earned.before), (row.granted.after, row.earned.after));
    }
}

/// Granted and earned, before and after, in whole rupiah.
fn sums(row: &PersonRow) -> [Option<i64>; 4] {
    let all = [Some(row.granted.before), Some(row.granted.after), Some(row.earned.before), row.earned.after];
    all.map(|minor| minor.map(|minor| minor / 100))
}

/// One person of batch 16, a course of 600,000 finished on 2 April 2021, and the first incentive paid.
fn paid() -> (World, String) {
    let (mut world, ani) = (World::of(PRAKERJA_2020), person(1));
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.at("2021-04-02").finish(&ani, "kopi", "p1");
    world.at("2021-04-13").instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    for day in ["2021-05-06", "2021-05-13", "2021-05-25", "2021-06-05"] {
        world.close_day(day);
    }
    world.at("2021-06-06").run(&ani, "survey.submit", json!({ "number": 1 }));
    (world, ani)
}

#[test]
fn the_rules_of_today_change_nothing() {
    let (world, _) = paid();
    let report = rehearse(&world, PRAKERJA_2020);
    assert_nothing_differs(&report, 1);
    assert!(report.versions.is_empty());
    // A course, two later incentives that the days brought, a survey.
    let earned = report.batches[&16].earned.before / 100;
    assert_eq!(earned, 600_000 + 3 * 600_000 + 50_000);
    let definition: Definition = toml(PRAKERJA_2020);
    let file = serde_json::to_string(&definition).unwrap();
    assert_nothing_differs(&rehearse(&world, &file), 1);
}

fn toml(text: &str) -> Definition {
    Change::read(text).unwrap()
}

#[test]
fn a_larger_instalment_is_earned_as_often() {
    let (mut world, _) = paid();
    // Cards end with nothing open on them under either rules.
    world.close_day("2022-05-25");
    let report = rehearse(&world, &PRAKERJA_2020.replace("\"600000.00\"", "\"700000.00\""));
    let [row] = &report.persons[..] else { panic!("{report:?}") };
    assert_eq!(sums(row), [3_550_000, 3_950_000, 2_450_000, 2_750_000].map(Some));
    let [Reason::Amount { version, benefit }] = &row.reasons[..] else { panic!("{:?}", row.reasons) };
    assert_eq!((version.as_str(), benefit.as_str()), ("prakerja-2020 2021", "incentive"));
    assert_eq!((report.granted.gain, report.granted.net()), (1, 40_000_000));
    assert!(report.versions.iter().all(|each| each.how == How::Changed) && report.versions.len() == 4);
}

#[test]
fn what_a_smaller_balance_does_not_buy_earns_nothing() {
    let (world, _) = paid();
    let report = rehearse(&world, &PRAKERJA_2020.replace("\"1000000.00\"", "\"500000.00\""));
    let [row] = &report.persons[..] else { panic!("{report:?}") };
    assert_eq!(sums(row), [3_550_000, 3_050_000, 2_450_000, 0].map(Some));
    let refused =
        row.reasons.iter().any(|reason| reason.to_string().contains("voucher.balance_insufficient"));
    assert!(refused, "{:?}", row.reasons);
}

#[test]
fn days_that_change_bring_more_or_less_by_the_same_day() {
    let (world, _) = paid();
    // Payable every 20 days from 6 April: four incentives are due by 5 June.
    let faster = rehearse(&world, &PRAKERJA_2020.replace("interval_days = 30", "interval_days = 20"));
    assert_eq!(sums(&faster.persons[0]), [3_550_000, 3_550_000, 2_450_000, 3_050_000].map(Some));
    let [Reason::Day { name: "instalment.scheduled.v1", .. }] = &faster.persons[0].reasons[..] else {
        panic!("{:?}", faster.persons)
    };
    // The third is due on another day already when the recorded one comes: that is no refusal.
    let other =
        PRAKERJA_2020.replace("interval_days = 30", "interval_days = 25").replace("600000.00", "700000.00");
    let other = rehearse(&world, &other);
    assert!(matches!(&other.persons[0].reasons[..], [Reason::Amount { .. }, Reason::Day { .. }]));
    let slower = rehearse(&world, &PRAKERJA_2020.replace("pay_after_days = 4", "pay_after_days = 14"));
    assert_nothing_differs(&slower, 1);
    let never = PRAKERJA_2020.replace("pay_until = \"2022-05-25\"", "pay_until = \"2021-04-03\"");
    assert_eq!(sums(&rehearse(&world, &never).persons[0])[3], Some(600_000), "the course alone");
}

#[test]
fn a_term_that_is_shorter_revokes_and_a_longer_one_waits() {
    let (mut world, late, idle) = (World::of(PRAKERJA_2020), person(1), person(2));
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&late, &idle], 16);
    world.close_day("2021-04-10");
    world.at("2021-04-20").buy(&late, "kopi", "p1");
    world.close_day("2021-04-29");
    let shorter = PRAKERJA_2020.replace("first_purchase_days = 30", "first_purchase_days = 10");
    let report = rehearse(&world, &shorter);
    let [row] = &report.persons[..] else { panic!("{report:?}") };
    assert_eq!((row.id, sums(row)), (World::id(&late), [3_550_000, 3_550_000, 600_000, 0].map(Some)));
    assert!(matches!(&row.reasons[..], [Reason::Day { name: "entitlement.revoked.v1", .. }]), "{row:?}");
    let longer = PRAKERJA_2020.replace("first_purchase_days = 30", "first_purchase_days = 60");
    assert_nothing_differs(&rehearse(&world, &longer), 2);
}

#[test]
fn what_a_file_leaves_alone_is_on_each_day_what_it_was() {
    let (mut world, ani) = paid();
    // From July the last day to answer had passed in May: today's rules, but not those of June.
    let second = PRAKERJA_2020.replace("survey_until = \"2021-12-10\"", "survey_until = \"2021-05-01\"");
    world.at("2021-07-01").by("drafter").run(OWN, "programme.propose", json!({ "definition": second }));
    world.by("head").run(OWN, "programme.publish", json!({ "revision": 2 })).by("office");
    assert_nothing_differs(&rehearse(&world, &second), 1);
    let larger = second.replace("\"600000.00\"", "\"700000.00\"");
    assert_eq!(sums(&rehearse(&world, &larger).persons[0])[3], Some(2_750_000), "the survey of June counts");
    // Said anew, it holds from its own day on, and the survey of June would not have been open.
    let said = second.replace("\"2021-05-01\"", "\"2021-05-02\"");
    assert_eq!(sums(&rehearse(&world, &said).persons[0])[3], Some(2_400_000));
    let _ = ani;
}

/// Three persons apply for two places of batch 18, the first of whom was born in a month. Of all three the seed draws the
/// first two.
fn three_for_two_places(born: &str) -> World {
    let (mut world, three) = (World::of(PRAKERJA_2020), [1, 2, 3].map(person));
    world.at("2021-08-20");
    let budget = json!({ "amount": idr(9_000_000_000), "document": "DIPA-1" });
    world.run("fund/prakerja-2020/2021", "fund.appropriate", budget);
    let batch = "batch/prakerja-2020/18";
    world.run(batch, "batch.open", json!({ "closes": "2021-08-20", "quota": 2 }));
    let promise = jejak_domain::ids::Digest::of([SEED.as_bytes()]);
    world.run(batch, "batch.commit_seed", json!({ "sha256": promise }));
    for (each, born) in three.iter().zip([born, "1995-01", "1996-01"]) {
        aged(&mut world, each, born);
        world.screen(each, 18);
    }
    let pool = jejak_domain::batch::pool(&world.state, World::code("prakerja-2020"), 18);
    let digest = jejak_domain::batch::list_digest(pool.iter().map(|each| each.id));
    let drawn = json!({ "pool": pool.len(), "poolsha256": digest, "seed": SEED, "selected": 2 });
    world.run(batch, "batch.close", json!({ "at": "2021-08-20T03:00:00.000Z" })).run(
        batch,
        "batch.draw",
        drawn,
    );
    world.open_decree("SK-18", 18, 2).unwrap();
    let decreed = three
        .iter()
        .filter(|each| world.ask(each, "entitlement.decree", json!({ "decree": "SK-18" })).is_ok());
    assert_eq!(decreed.count(), 2);
    world.run("decree/prakerja-2020/SK-18", "decree.close", json!({}));
    world
}

/// 45 years old, and 17.
const OLD: &str = "1976-01";
const YOUNG: &str = "2004-01";
/// A seed that draws the first two of three.
const SEED: &str = "lotre";

/// Registers somebody born in a month, who passes every check.
fn aged(world: &mut World, person: &str, born: &str) {
    let data = json!({ "born": born, "education": "primary", "employment": "job-seeker", "regency": "3273", "sex": "male" });
    world.run(person, "participant.register", data);
    for check in ["email", "identity", "phone", "face", "ability"] {
        world.run(person, "participant.verify", json!({ "check": check, "verdict": "passed" }));
    }
}

fn younger() -> String {
    PRAKERJA_2020.replace("maximum = 64", "maximum = 40")
}

#[test]
fn another_pool_is_drawn_again_and_tells_what_could_be_expected() {
    let mut world = three_for_two_places(OLD);
    world.close_day("2021-09-30");
    let report = rehearse(&world, &younger());
    let [lottery] = &report.lotteries[..] else { panic!("{report:?}") };
    assert_eq!((lottery.seed.as_str(), lottery.places), (SEED, 2));
    assert_eq!(lottery.pool, Pair { before: 3, after: 2 });
    let expected = lottery.chances[0].expected(lottery.grant);
    // Two thirds of 3,550,000, and all of it.
    assert_eq!(expected, Pair { before: Some(236_666_666), after: Some(355_000_000) });
    let [old, lucky] = &report.persons[..] else { panic!("{report:?}") };
    assert_eq!((old.id, sums(old)), (World::id(&person(1)), [3_550_000, 0, 0, 0].map(Some)));
    assert!(matches!(&old.reasons[..], [Reason::Fails { .. }]), "{old:?}");
    // What the third would have bought is unknown.
    assert_eq!((lucky.id, sums(lucky)), (World::id(&person(3)), [Some(0), Some(3_550_000), Some(0), None]));
    assert_eq!(lucky.reasons, [Reason::Redraw { batch: 18 }]);
    assert_eq!((report.earned.unknown, report.granted.net()), (1, 0));
}

#[test]
fn where_applicants_are_numbers_nobody_takes_a_place_and_gains_are_unknown() {
    let counts = json!({ "applied": 9, "eligible": 8, "selected": 2 });
    let summarised = |born: &str| {
        let mut world = three_for_two_places(born);
        world.run("batch/prakerja-2020/18", "batch.summarise", counts.clone());
        world
    };
    let world = summarised(OLD);
    let report = rehearse(&world, &younger());
    assert_eq!((report.granted.gain, report.granted.lose, report.lotteries.len()), (0, 1, 0));
    let [unknown] = &report.unknown[..] else { panic!("{report:?}") };
    assert_eq!((unknown.batch, unknown.applicants, unknown.places), (18, Some(6), 1));
    assert_eq!(unknown.at_most, 355_000_000);
    assert!(rehearse(&world, &PRAKERJA_2020.replace("600000.00", "700000.00")).unknown.is_empty());
    // Nor does somebody who becomes eligible take a place from who was drawn.
    let report = rehearse(&summarised(YOUNG), &PRAKERJA_2020.replace("minimum = 18", "minimum = 17"));
    assert_eq!((report.persons.len(), report.unknown.len()), (0, 1));
}

#[test]
fn who_has_a_card_only_under_the_change_is_taken_to_use_it() {
    let mut world = three_for_two_places(OLD);
    world.close_day("2021-09-30");
    let mut rehearsal = Rehearsal::new(Change::read(&younger()).unwrap(), &outset(&world)).unwrap();
    world.events.iter().for_each(|event| rehearsal.apply(event));
    let status = |side: &super::side::Side, number| {
        side.card(World::id(&person(number))).map(|card| card.entitlement.status.as_str())
    };
    assert_eq!(
        [1, 2, 3].map(|each| status(&rehearsal.recorded, each)),
        [Some("revoked"), Some("revoked"), None]
    );
    assert_eq!(
        [1, 2, 3].map(|each| status(&rehearsal.rehearsed, each)),
        [None, Some("revoked"), Some("active")]
    );
}

#[test]
fn who_becomes_eligible_takes_a_place_that_was_left() {
    let (mut world, ani, budi) = (World::of(PRAKERJA_2020), person(1), person(2));
    world.at("2021-08-20").open_batch(18).register(&ani, None).screen(&ani, 18);
    aged(&mut world, &budi, YOUNG);
    world.screen(&budi, 18).draw(18);
    let budget = json!({ "amount": idr(9_000_000_000), "document": "DIPA-1" });
    world.run("fund/prakerja-2020/2021", "fund.appropriate", budget);
    world.open_decree("SK-18", 18, 1).unwrap();
    world.run(&ani, "entitlement.decree", json!({ "decree": "SK-18" }));
    world.run("decree/prakerja-2020/SK-18", "decree.close", json!({}));
    let report = rehearse(&world, &PRAKERJA_2020.replace("minimum = 18", "minimum = 17"));
    let [row] = &report.persons[..] else { panic!("{report:?}") };
    assert_eq!((row.id, sums(row)), (World::id(&budi), [Some(0), Some(3_550_000), Some(0), None]));
    assert!(matches!(&row.reasons[..], [Reason::Meets { rule, .. }] if rule.as_str() == "age-between"));
}

#[test]
fn money_that_came_before_it_was_due_is_there_when_it_is() {
    // The incentive comes with the decree, and under the change with the first course.
    let by_decree = PRAKERJA_2020.replace("requires = \"first-course\"", "requires = \"decree\"");
    let (mut world, ani) = (World::of(&by_decree), person(1));
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[&ani], 16).link(&ani, "bni", "bank");
    world.close_day("2021-03-30");
    world.at("2021-04-03").instruct(&ani, "incentive", 1).settle(&ani, "incentive", 1, idr(600_000));
    world.at("2021-04-10").finish(&ani, "kopi", "p1");
    world.close_day("2021-05-12");
    world.at("2021-05-13").run(&ani, "survey.submit", json!({ "number": 1 }));
    let report = rehearse(&world, PRAKERJA_2020);
    // A survey opens thirty days after the first payment, which is then of 10 April.
    assert!(report.persons.is_empty(), "{:?}", report.persons);
    assert_eq!(report.batches[&16].earned.after / 100, 600_000 + 2 * 600_000 + 50_000);
}

#[test]
fn an_imported_payment_has_the_amount_of_its_instalment() {
    let (mut world, ani) = (World::of(PRAKERJA_2020), person(1));
    world.at("2021-03-30").decree(&[&ani], 16).at("2021-04-20");
    world.settle(&ani, "incentive", 1, idr(600_000)).settle(&ani, "incentive", 2, idr(100_000));
    let report = rehearse(&world, &PRAKERJA_2020.replace("\"600000.00\"", "\"700000.00\""));
    assert_eq!(sums(&report.persons[0]), [3_550_000, 3_950_000, 700_000, 800_000].map(Some));
}

#[test]
fn of_beneficiaries_alone_losses_are_known_and_gains_are_not() {
    let (mut world, ani) = (World::of(PRAKERJA_2020), person(1));
    world.at("2021-08-20").register(&ani, None);
    let opened =
        json!({ "batch": 18, "count": 1, "date": "2021-08-20", "listsha256": "00", "sum": idr(3_550_000) });
    world.fact("decree/prakerja-2020/SK-18", "decree.opened", opened);
    let grants = [("training", 1_000_000), ("incentive", 2_400_000), ("survey", 150_000)];
    let benefits = grants.map(|(benefit, amount)| json!({ "amount": idr(amount), "benefit": benefit }));
    let decreed = json!({ "batch": 18, "benefits": benefits, "decree": "SK-18" });
    world.fact(&ani, "entitlement.decreed", decreed);
    world.fact("decree/prakerja-2020/SK-18", "decree.closed", json!({ "count": 1, "sum": idr(3_550_000) }));
    let today = rehearse(&world, PRAKERJA_2020);
    assert_eq!((today.persons.len(), today.kept), (0, 1), "an imported decision is kept");
    let younger = rehearse(&world, &PRAKERJA_2020.replace("maximum = 64", "maximum = 20"));
    assert_eq!((younger.granted.lose, younger.granted.lost), (1, 355_000_000));
    assert_eq!(younger.unknown[0].applicants, None);
    let larger = rehearse(&world, &PRAKERJA_2020.replace("600000.00", "700000.00"));
    assert_eq!(sums(&larger.persons[0])[1], Some(3_950_000));
    assert!(larger.unknown.is_empty(), "nobody else could gain by an amount");
    let gone = PRAKERJA_2020.replace("batches = [18, 22]", "batches = [19, 22]");
    assert_eq!(rehearse(&world, &gone).granted.lose, 1);
}

#[test]
fn a_list_that_nobody_asked_stands_in_nobodys_way() {
    let (mut world, ani) = (World::of(PRAKERJA_2020), person(1));
    world.at("2021-08-20").decree(&[&ani], 18);
    let rule = "{ rule = \"not-listed\", register = \"dtks\" },";
    let more = format!("{rule}\n    {{ rule = \"not-listed\", register = \"emis\" }},");
    let report = rehearse(&world, &PRAKERJA_2020.replace(rule, &more));
    assert!(report.persons.is_empty());
    assert_eq!(report.not_asked.values().collect::<Vec<_>>(), [&1]);
}

#[test]
fn chances_are_of_a_regency_where_its_places_are() {
    let chance =
        Chance { regency: RegencyCode::new("32").ok(), places: 3, pool: Pair { before: 2, after: 0 } };
    let expected = chance.expected(Pair { before: 100, after: 100 });
    assert_eq!(expected, Pair { before: Some(100), after: None }, "never more than certain; nobody, nothing");
}

#[test]
fn a_file_that_cannot_be_compared_is_refused() {
    let world = World::of(PRAKERJA_2020);
    let new = |text: &str| Rehearsal::new(Change::read(text).unwrap(), &outset(&world)).unwrap_err();
    assert!(matches!(new(BT_PKLW_2021), ChangeError::Unknown { known, .. } if known == "prakerja-2020"));
    let dollars = PRAKERJA_2020.replace("currency = \"IDR\"", "currency = \"USD\"");
    assert!(matches!(new(&dollars), ChangeError::Currency { .. }));
    let twice = PRAKERJA_2020.replace("version = \"2021-18\"", "version = \"2021\"");
    assert!(matches!(new(&twice), ChangeError::Twice { component: "terms", .. }));
    let error =
        Change::read(&PRAKERJA_2020.replace("minimum_hours = 6", "minimum_hours = \"six\"")).unwrap_err();
    assert!(error.to_string().contains("line 28") && error.to_string().contains("minimum_hours"), "{error}");
    assert!(Change::read("{ \"programme\": 1 }").unwrap_err().to_string().contains("line 1"));
}
