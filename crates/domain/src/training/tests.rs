//! The steps of a course, online and at a venue.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2023, World, idr, person};
use serde_json::{Value, json};

fn attend(sequence: u8) -> Value {
    json!({ "method": "face", "purchase": "p1", "sequence": sequence })
}

fn student(mode: &str) -> (World, String) {
    let mut world = World::of(PRAKERJA_2023);
    let ani = person(1);
    world.at("2023-04-28").list("web", idr(500_000), mode, 3).decree(&[&ani], 51).buy(&ani, "web", "p1");
    (world, ani)
}

#[test]
fn every_step_needs_the_one_before_and_is_done_once() {
    let (mut world, ani) = student("webinar");
    let of = || json!({ "purchase": "p1" });
    let complete = json!({ "hours": 20, "purchase": "p1" });
    let certify = json!({ "certificate": "C-1", "purchase": "p1" });
    let rate = |stars: u8| json!({ "purchase": "p1", "stars": stars });
    let submit = json!({ "purchase": "p1", "score": 90, "work": "posttest" });
    for (name, data) in [("training.attend", attend(1)), ("training.submit", submit.clone())] {
        assert_eq!(world.refused(&ani, name, data), R::StepMissing, "{name}");
    }
    world.run(&ani, "training.redeem", of()).run(&ani, "training.submit", submit);
    assert_eq!(world.refused(&ani, "training.redeem", of()), R::StepDone);
    for sequence in [1, 3] {
        world.run(&ani, "training.attend", attend(sequence));
    }
    assert_eq!(world.refused(&ani, "training.attend", attend(1)), R::StepDone);
    // A session that the course does not have is no substitute for the one that was missed.
    for sequence in [0, 4, 33] {
        assert_eq!(world.refused(&ani, "training.attend", attend(sequence)), R::StepMissing, "{sequence}");
    }
    world.fact(&ani, "training.attended", attend(4));
    assert_eq!(world.refused(&ani, "training.complete", complete.clone()), R::StepMissing);
    world.run(&ani, "training.attend", attend(2));
    assert_eq!(world.refused(&ani, "training.certify", certify.clone()), R::StepMissing);
    world.run(&ani, "training.complete", complete.clone());
    assert_eq!(world.refused(&ani, "training.complete", complete), R::StepDone);
    assert_eq!(world.refused(&ani, "training.rate", rate(6)), R::StepMissing);
    world.run(&ani, "training.rate", rate(5)).run(&ani, "training.certify", certify.clone());
    assert_eq!(world.refused(&ani, "training.rate", rate(5)), R::StepDone);
    assert_eq!(world.refused(&ani, "training.certify", certify), R::StepDone);
}

#[test]
fn a_venue_is_entered_in_a_session_that_takes_place() {
    let (mut world, ani) = student("offline");
    let scheduled = json!({
        "capacity": 20, "course": "web", "ends": "2023-05-03T05:00:00.000Z", "mode": "offline", "regency": "3273",
        "starts": "2023-05-03T02:00:00.000Z", "trainer": "t-1", "venue": "aula",
    });
    let arrive = |sequence: u8| json!({ "method": "sheet", "purchase": "p1", "sequence": sequence, "session": "s-1", "sheetsha256": "ab" });
    let seat = json!({ "purchase": "p1", "session": "s-1" });
    world.run(&ani, "training.redeem", json!({ "purchase": "p1" }));
    assert_eq!(world.refused(&ani, "training.reserve_seat", seat.clone()), R::Unknown);
    world.run("session/s-1", "session.schedule", scheduled.clone()).run(&ani, "training.reserve_seat", seat);
    assert_eq!(world.refused("session/s-1", "session.schedule", scheduled), R::Known);
    world.run(&ani, "training.check_in", arrive(1));
    world.run(&ani, "training.check_out", json!({ "method": "otp", "purchase": "p1", "session": "s-1" }));
    assert_eq!(world.refused(&ani, "training.check_in", arrive(1)), R::StepDone);
    world.run("session/s-1", "session.cancel", json!({ "reason": "flood" }));
    assert_eq!(world.refused(&ani, "training.check_in", arrive(2)), R::Unknown);
    let moved = json!({ "ends": "2023-05-04T05:00:00.000Z", "regency": "3273", "starts": "2023-05-04T02:00:00.000Z", "venue": "aula" });
    assert_eq!(world.refused("session/s-1", "session.move", moved), R::Unknown);
}

#[test]
fn a_course_may_be_finished_after_the_card_has_ended_but_earns_nothing() {
    let (mut world, ani) = student("webinar");
    world.run(&ani, "training.redeem", json!({ "purchase": "p1" }));
    world.run(&ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    for sequence in 1..=3 {
        world.run(&ani, "training.attend", attend(sequence));
    }
    world.run(&ani, "training.complete", json!({ "hours": 20, "purchase": "p1" }));
    world.run(&ani, "training.certify", json!({ "certificate": "C-1", "purchase": "p1" }));
    world.run(&ani, "training.rate", json!({ "purchase": "p1", "stars": 5 }));
    assert_eq!(world.money(&ani).due, 0);
}
