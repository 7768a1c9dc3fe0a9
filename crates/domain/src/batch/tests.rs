//! Joining, screening against each rule, and the draw.

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

#[test]
fn the_draw_needs_the_seed_that_was_promised_before_the_close() {
    let mut world = opened();
    let sha256 = Digest::of([b"dadu".as_slice()]);
    let close = json!({ "at": "2021-08-23T16:59:59.999Z" });
    let draw = |seed: &str| json!({ "pool": 3, "poolsha256": "00", "seed": seed, "selected": 1 });
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu")), R::BatchNotOpen);
    world.run(BATCH, "batch.commit_seed", json!({ "sha256": sha256 })).run(
        BATCH,
        "batch.close",
        close.clone(),
    );
    assert_eq!(world.refused(BATCH, "batch.commit_seed", json!({ "sha256": sha256 })), R::BatchNotOpen);
    assert_eq!(world.refused(BATCH, "batch.close", close), R::BatchNotOpen);
    assert_eq!(world.refused(BATCH, "batch.draw", draw("koin")), R::SeedMismatch);
    world.run(BATCH, "batch.draw", draw("dadu"));
    world.run(BATCH, "batch.summarise", json!({ "applied": 5, "eligible": 3, "selected": 1 }));
    assert_eq!(world.refused(BATCH, "batch.draw", draw("dadu")), R::BatchNotOpen);
}
