//! Joining, screening against each rule, and the draw.

use super::Standing;
use crate::findings::RuleName;
use crate::ids::Digest;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, person};
use serde_json::{Value, json};

const BATCH: &str = "batch/prakerja-2020/18";

fn opened() -> World {
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-08-20").run(BATCH, "batch.open", json!({ "closes": "2021-08-23", "quota": 1 }));
    world
}

fn lists(listed: &str) -> Value {
    let names = ["state-officials", "dapodik", "dtks", "bsu", "bpum"];
    let asked = names.map(|name| json!({ "asof": "2021-08-19", "listed": name == listed, "register": name }));
    json!({ "batch": 18, "registers": asked })
}

/// What screening says of a person born in a month, with a list that has the person.
fn failed(born: &str, listed: &str, check: Option<&str>) -> Vec<String> {
    let mut world = opened();
    let ani = &person(1);
    world.run(ani, "participant.register", json!({
        "born": born, "education": "primary", "employment": "laid-off", "regency": "3273", "sex": "female",
    }));
    for each in ["email", "identity", "phone", "face", "ability"] {
        let verdict = if check == Some(each) { "failed" } else { "passed" };
        world.run(ani, "participant.verify", json!({ "check": each, "verdict": verdict }));
    }
    world.run(ani, "batch.join", json!({ "batch": 18 }));
    let events = world.ask(ani, "batch.screen", lists(listed)).unwrap();
    let data = serde_json::to_value(&events.first().unwrap().payload).unwrap();
    let failed: Vec<String> =
        data.get("failed").map_or_else(Vec::new, |list| serde_json::from_value(list.clone()).unwrap());
    assert_eq!(data["eligibility"], if failed.is_empty() { "eligible" } else { "ineligible" });
    failed
}

#[test]
fn each_rule_that_is_not_met_is_named() {
    let none: [&str; 0] = [];
    assert_eq!(failed("1990-01", "", None), none);
    // 18 in the month of the day, 64 until the month before the 65th.
    assert_eq!(failed("2003-08", "", None), none);
    assert_eq!(failed("2003-09", "", None), ["age-between"]);
    assert_eq!(failed("1956-09", "", None), none);
    assert_eq!(failed("1956-08", "", None), ["age-between"]);
    assert_eq!(failed("1990-01", "dtks", None), ["not-listed:dtks"]);
    assert_eq!(failed("2003-09", "bpum", Some("face")), ["verified", "age-between", "not-listed:bpum"]);
}

#[test]
fn a_list_that_was_not_asked_is_not_met() {
    let mut world = opened();
    let ani = &person(1);
    world.register(ani, None).run(ani, "batch.join", json!({ "batch": 18 }));
    let events = world.ask(ani, "batch.screen", json!({ "batch": 18, "registers": [] })).unwrap();
    let data = serde_json::to_value(&events.first().unwrap().payload).unwrap();
    assert_eq!(data["failed"].as_array().unwrap().len(), 5);
}

#[test]
fn who_was_revoked_is_never_eligible_again() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").decree(&[ani], 16).close_day("2021-04-29");
    world
        .at("2021-08-20")
        .run(BATCH, "batch.open", json!({ "closes": "2021-08-23", "quota": 1 }))
        .screen(ani, 18);
    let data = serde_json::to_value(&world.events.last().unwrap().payload).unwrap();
    assert_eq!(data["failed"], json!(["never-decreed"]));
}

/// Two persons in the pool of batch 18, which has one place; it is 23 August 2021, and the batch is open.
fn pool() -> (World, [String; 2]) {
    let mut world = opened();
    world.run(BATCH, "batch.commit_seed", json!({ "sha256": Digest::of([b"dadu".as_slice()]) }));
    let two = [person(1), person(2)];
    for each in &two {
        world.register(each, None).screen(each, 18);
    }
    world.at("2021-08-24");
    (world, two)
}

fn draw(seed: &str, selected: u32) -> Value {
    let ids = [person(1), person(2)].map(|each| World::id(&each));
    let digest = super::list_digest(ids.into_iter());
    json!({ "pool": 2, "poolsha256": digest, "seed": seed, "selected": selected })
}

fn close() -> Value {
    json!({ "at": "2021-08-23T16:59:59.999Z" })
}

#[test]
fn the_draw_needs_the_seed_that_was_promised_before_the_close() {
    let (mut world, _) = pool();
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu", 1)), R::BatchNotOpen);
    world.run(BATCH, "batch.close", close());
    let seed = json!({ "sha256": "ab" });
    assert_eq!(world.refused(BATCH, "batch.commit_seed", seed), R::BatchNotOpen);
    assert_eq!(world.refused(BATCH, "batch.close", close()), R::BatchNotOpen);
    assert_eq!(world.refused(BATCH, "batch.draw", draw("koin", 1)), R::DrawMismatch);
    world.run(BATCH, "batch.draw", draw("dadu", 1));
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu", 1)), R::BatchNotOpen);
    assert_eq!(world.found(), []);
}

#[test]
fn a_seed_is_promised_once_and_before_the_last_day_is_over() {
    let mut world = opened();
    let seed = |text: &str| json!({ "sha256": Digest::of([text.as_bytes()]) });
    world.at("2021-08-24 00:00:00.000");
    assert_eq!(world.refused(BATCH, "batch.commit_seed", seed("dadu")), R::BatchNotOpen);
    world.at("2021-08-23 23:59:59.999").run(BATCH, "batch.commit_seed", seed("dadu"));
    assert_eq!(world.refused(BATCH, "batch.commit_seed", seed("koin")), R::DrawMismatch);
    // A fact that promises another one is found, and changes nothing.
    world.fact(BATCH, "batch.seed_committed", seed("koin"));
    assert_eq!(world.found(), [RuleName::SelectionNotRedrawable]);
    let kept = world.state.batches.get(World::code("prakerja-2020"), 18).unwrap().seed;
    assert_eq!(kept, Some(Digest::of([b"dadu".as_slice()])));
}

#[test]
fn nobody_joins_after_the_last_day() {
    let mut world = opened();
    let ani = &person(1);
    world.register(ani, None).at("2021-08-24 00:00:00.000");
    assert_eq!(world.refused(ani, "batch.join", json!({ "batch": 18 })), R::BatchNotOpen);
    world.at("2021-08-23 23:59:59.999").run(ani, "batch.join", json!({ "batch": 18 }));
}

#[test]
fn a_batch_closes_between_its_newest_application_and_its_last_day() {
    let (mut world, _) = pool();
    for at in ["2021-08-20T02:59:59.999Z", "2021-08-23T17:00:00.001Z", "2021-08-30T00:00:00.000Z"] {
        assert_eq!(world.refused(BATCH, "batch.close", json!({ "at": at })), R::TermNotReached, "{at}");
    }
    // Nor in the future, while it may still end today.
    world.at("2021-08-22");
    assert_eq!(world.refused(BATCH, "batch.close", close()), R::TermNotReached);
    world.run(BATCH, "batch.close", json!({ "at": "2021-08-21T00:00:00.000Z" }));
}

#[test]
fn a_draw_selects_no_more_than_its_pool_and_its_places() {
    let (mut world, two) = pool();
    world.run(BATCH, "batch.close", close());
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu", 2)), R::DrawMismatch, "one place");
    let mut other = draw("dadu", 1);
    other["pool"] = json!(3);
    assert_eq!(world.refused(BATCH, "batch.draw", other), R::DrawMismatch, "another pool");
    world.run(BATCH, "batch.draw", draw("dadu", 1));
    let standings = two.map(|each| {
        let person = world.state.people.get(World::id(&each)).unwrap();
        world.state.applied(person, World::code("prakerja-2020")).unwrap().standing
    });
    assert!(standings.contains(&Standing::Selected) && standings.contains(&Standing::Unselected));
    // What a fact says of the same draw is found.
    let (mut world, _) = pool();
    world.fact(BATCH, "batch.drawn", draw("dadu", 2));
    assert_eq!(world.found(), [RuleName::SelectionNotRedrawable]);
}

#[test]
fn the_draw_is_the_one_that_anybody_computes() {
    // sha256sum of "dadu:<id>" for the two persons, the lower first.
    let (mut world, two) = pool();
    let rank = |each: &String| Digest::of([format!("dadu:{}", World::id(each)).as_bytes()]);
    let first = if rank(&two[0]) < rank(&two[1]) { &two[0] } else { &two[1] };
    world.run(BATCH, "batch.close", close()).run(BATCH, "batch.draw", draw("dadu", 1));
    let person = world.state.people.get(World::id(first)).unwrap();
    assert_eq!(person.applied.unwrap().standing, Standing::Selected);
}

#[test]
fn places_that_are_spread_go_to_those_who_live_there() {
    let (mut world, two) = pool();
    world.run(&two[1], "participant.change_profile", json!({ "regency": "5171" }));
    world.run(BATCH, "batch.close", close());
    let with = |regency: &str, places: u32| {
        let mut drawn = draw("dadu", 1);
        drawn["quotas"] = json!([{ "places": places, "regency": regency }]);
        drawn
    };
    assert_eq!(
        world.refused(BATCH, "batch.draw", with("5171", 2)),
        R::DrawMismatch,
        "more than the batch has"
    );
    assert_eq!(world.refused(BATCH, "batch.draw", with("11", 1)), R::DrawMismatch, "nobody lives there");
    world.run(BATCH, "batch.draw", with("51", 1));
    let person = world.state.people.get(World::id(&two[1])).unwrap();
    assert_eq!(person.applied.unwrap().standing, Standing::Selected);
}

#[test]
fn the_counts_of_a_batch_are_given_once_and_agree_with_its_draw() {
    let (mut world, _) = pool();
    let counts = |applied: u32, eligible: u32, selected: u32| json!({ "applied": applied, "eligible": eligible, "selected": selected });
    world.run(BATCH, "batch.close", close());
    assert_eq!(world.refused(BATCH, "batch.summarise", counts(5, 3, 1)), R::BatchNotOpen);
    world.run(BATCH, "batch.draw", draw("dadu", 1));
    for wrong in [counts(5, 3, 2), counts(5, 1, 1), counts(2, 3, 1)] {
        assert_eq!(world.refused(BATCH, "batch.summarise", wrong), R::SummaryMismatch);
    }
    world.run(BATCH, "batch.summarise", counts(5, 3, 1));
    assert_eq!(world.refused(BATCH, "batch.summarise", counts(5, 3, 1)), R::SummaryMismatch);
}

#[test]
fn who_is_screened_again_is_held_against_newer_lists_and_never_after_the_draw() {
    let mut world = opened();
    let (ani, budi) = (&person(1), &person(2));
    let asked = |asof: &str| {
        let names = ["state-officials", "dapodik", "dtks", "bsu", "bpum"];
        let asked = names.map(|name| json!({ "asof": asof, "listed": false, "register": name }));
        json!({ "batch": 18, "registers": asked })
    };
    for each in [ani, budi] {
        world.register(each, None).run(each, "batch.join", json!({ "batch": 18 }));
    }
    world.run(ani, "batch.screen", asked("2021-08-19"));
    // Another worker may hold another person against an older list; nobody is held against an older one again.
    world.run(budi, "batch.screen", asked("2021-08-18"));
    assert_eq!(world.refused(ani, "batch.screen", asked("2021-08-18")), R::ListOutdated);
    assert_eq!(world.refused(budi, "batch.screen", asked("2021-08-18")), R::ListOutdated);
    world.run(budi, "batch.screen", asked("2021-08-19")).run(ani, "batch.screen", asked("2021-08-20"));
    world.run(BATCH, "batch.commit_seed", json!({ "sha256": Digest::of([b"dadu".as_slice()]) }));
    world.at("2021-08-24").run(BATCH, "batch.close", close()).run(BATCH, "batch.draw", draw("dadu", 1));
    assert_eq!(world.refused(ani, "batch.screen", asked("2021-08-20")), R::BatchNotOpen);
}

#[test]
fn one_batch_of_a_programme_is_joined_at_a_time() {
    let (mut world, two) = pool();
    let join = json!({ "batch": 19 });
    world.at("2021-08-23").run(
        "batch/prakerja-2020/19",
        "batch.open",
        json!({ "closes": "2021-08-30", "quota": 9 }),
    );
    for each in &two {
        assert_eq!(world.refused(each, "batch.join", join.clone()), R::ApplicationUndecided);
    }
    world.at("2021-08-24").run(BATCH, "batch.close", close()).run(BATCH, "batch.draw", draw("dadu", 1));
    let answers = two.each_ref().map(|each| world.ask(each, "batch.join", join.clone()).is_ok());
    // Who was not drawn may try again; who was drawn awaits the decree.
    assert!(answers.contains(&true) && answers.contains(&false));
}

#[test]
fn an_application_in_another_programme_leaves_the_first_one_as_it_is() {
    let (mut world, two) = pool();
    let (prakerja, aid) = (World::code("prakerja-2020"), World::code("bt-pklw-2021"));
    world.about("bt-pklw-2021").by("drafter");
    let definition = json!({ "definition": crate::testing::BT_PKLW_2021 });
    world.run("programme/bt-pklw-2021", "programme.propose", definition);
    world.by("head").run("programme/bt-pklw-2021", "programme.publish", json!({ "revision": 1 }));
    world.at("2021-08-23").run(
        "batch/bt-pklw-2021/1",
        "batch.open",
        json!({ "closes": "2021-08-30", "quota": 9 }),
    );
    world.run(&two[0], "batch.join", json!({ "batch": 1 }));
    let standing = |world: &World, programme| {
        let person = world.state.people.get(World::id(&two[0])).unwrap();
        world.state.applied(person, programme).unwrap().standing
    };
    assert_eq!(standing(&world, prakerja), Standing::Eligible);
    assert_eq!(standing(&world, aid), Standing::Joined);
    world.about("prakerja-2020").at("2021-08-24");
    world.run(BATCH, "batch.close", close()).run(BATCH, "batch.draw", draw("dadu", 1));
    assert_ne!(standing(&world, prakerja), Standing::Eligible);
    assert_eq!(standing(&world, aid), Standing::Joined);
}

#[test]
fn a_draw_leaves_out_nobody_who_joined_and_no_place() {
    let (mut world, _) = pool();
    world.at("2021-08-23").register(&person(3), None).run(&person(3), "batch.join", json!({ "batch": 18 }));
    world.at("2021-08-24").run(BATCH, "batch.close", close());
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu", 1)), R::DrawMismatch, "one is not screened");
    world.run(&person(3), "batch.screen", lists("dtks"));
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu", 0)), R::DrawMismatch, "a place is left");
    world.found();
    world.run(BATCH, "batch.draw", draw("dadu", 1));
    assert_eq!(world.found(), []);
    let counts = |applied: u32| json!({ "applied": applied, "eligible": 2, "selected": 1 });
    assert_eq!(world.refused(BATCH, "batch.summarise", counts(2)), R::SummaryMismatch, "three joined");
    world.run(BATCH, "batch.summarise", counts(3));
}

#[test]
fn a_draw_that_is_a_fact_and_leaves_somebody_out_is_found() {
    let (mut world, _) = pool();
    world.run(BATCH, "batch.close", close()).fact(BATCH, "batch.drawn", draw("dadu", 0));
    assert_eq!(world.found(), [RuleName::SelectionNotRedrawable], "a place is left");
    let (mut world, _) = pool();
    world.at("2021-08-23").register(&person(3), None).run(&person(3), "batch.join", json!({ "batch": 18 }));
    world.at("2021-08-24").run(BATCH, "batch.close", close()).fact(BATCH, "batch.drawn", draw("dadu", 1));
    assert_eq!(world.found(), [RuleName::SelectionNotRedrawable], "one is not screened");
}
