//! The steps of a course, online and at a venue.

use crate::findings::RuleName;
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
    let leave = json!({ "method": "otp", "purchase": "p1", "session": "s-1" });
    assert_eq!(world.refused(&ani, "training.check_in", arrive(1)), R::TermNotReached);
    world.at("2023-05-03 09:00:00.000");
    assert_eq!(world.refused(&ani, "training.check_out", leave.clone()), R::StepMissing);
    world.run(&ani, "training.check_in", arrive(1));
    world.run(&ani, "training.check_out", leave);
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

/// Three students of an offline course with three sessions, and a session `name` with room for two of them.
fn class() -> (World, [String; 3]) {
    let mut world = World::of(PRAKERJA_2023);
    let three = [person(1), person(2), person(3)];
    world
        .at("2023-04-28")
        .list("web", idr(500_000), "offline", 3)
        .decree(&three.each_ref().map(|id| &**id), 51);
    for each in &three {
        world.buy(each, "web", "p1").run(each, "training.redeem", json!({ "purchase": "p1" }));
    }
    (world, three)
}

fn schedule(world: &mut World, name: &str, regency: &str, hours: [u8; 2]) {
    let [starts, ends] = hours.map(|hour| format!("2023-05-03T{hour:02}:00:00.000Z"));
    let scheduled = json!({
        "capacity": 2, "course": "web", "ends": ends, "mode": "offline", "regency": regency, "starts": starts,
        "trainer": "t-1", "venue": "aula",
    });
    world.run(&format!("session/{name}"), "session.schedule", scheduled);
}

fn arrival(session: &str, sequence: u8) -> Value {
    json!({ "method": "otp", "purchase": "p1", "sequence": sequence, "session": session })
}

#[test]
fn a_session_has_no_more_people_than_seats() {
    let (mut world, three) = class();
    schedule(&mut world, "s-1", "3273", [2, 5]);
    let seat = json!({ "purchase": "p1", "session": "s-1" });
    world.run(&three[0], "training.reserve_seat", seat.clone());
    assert_eq!(world.refused(&three[0], "training.reserve_seat", seat.clone()), R::StepDone);
    world.run(&three[1], "training.reserve_seat", seat.clone());
    assert_eq!(world.refused(&three[2], "training.reserve_seat", seat.clone()), R::SessionFull);
    world.at("2023-05-03 09:00:00.000");
    world.run(&three[0], "training.check_in", arrival("s-1", 1));
    world.run(&three[1], "training.check_in", arrival("s-1", 1));
    assert_eq!(world.refused(&three[2], "training.check_in", arrival("s-1", 1)), R::SessionFull);
    assert_eq!(world.found(), []);
    world.fact(&three[2], "training.seat_reserved", seat).fact(
        &three[2],
        "training.checked_in",
        arrival("s-1", 1),
    );
    assert_eq!(world.found(), [RuleName::SessionOverCapacity; 2]);
}

#[test]
fn nobody_is_at_two_sessions_at_one_time_wherever_they_are_moved() {
    let (mut world, [ani, budi, _]) = class();
    schedule(&mut world, "s-1", "3273", [2, 5]);
    schedule(&mut world, "s-2", "3273", [4, 7]);
    schedule(&mut world, "s-3", "3273", [5, 7]);
    world.at("2023-05-03 09:00:00.000").run(&ani, "training.check_in", arrival("s-1", 1));
    assert_eq!(world.refused(&ani, "training.check_in", arrival("s-2", 2)), R::ElsewherePresent);
    let moved = json!({
        "ends": "2023-05-03T08:00:00.000Z", "regency": "3273", "starts": "2023-05-03T05:00:00.000Z", "venue": "aula",
    });
    assert_eq!(world.refused("session/s-1", "session.move", moved.clone()), R::StepDone);
    // One ends when the other starts.
    world.at("2023-05-03 12:00:00.000").run(&ani, "training.check_in", arrival("s-3", 3));
    assert_eq!(world.found(), []);
    world.at("2023-05-03 11:30:00.000").fact(&ani, "training.checked_in", arrival("s-2", 2));
    assert_eq!(world.found(), [RuleName::InTwoPlaces]);
    // Moved out of the way, it can be attended; cancelled, it cannot.
    world.run("session/s-2", "session.cancel", json!({ "reason": "flood" }));
    world.fact(&budi, "training.checked_in", arrival("s-2", 2)).fact(
        &budi,
        "training.checked_in",
        arrival("s-9", 2),
    );
    assert_eq!(world.found(), [RuleName::InTwoPlaces; 2]);
}

#[test]
fn a_venue_lies_in_a_pilot_area_on_the_day_of_the_session() {
    let (mut world, [ani, ..]) = class();
    // Makassar is a pilot area only from June on; where the person lives does not matter.
    schedule(&mut world, "s-1", "7371", [2, 5]);
    world.run(&ani, "participant.change_profile", json!({ "regency": "7371" }));
    let seat = json!({ "purchase": "p1", "session": "s-1" });
    assert_eq!(world.refused(&ani, "training.reserve_seat", seat.clone()), R::CourseNotAllowed);
    world.fact(&ani, "training.checked_in", arrival("s-1", 1));
    assert_eq!(world.found(), [RuleName::OutsidePilotArea]);
    schedule(&mut world, "s-2", "7371", [2, 5]);
    let moved = |regency: &str, day: &str| {
        json!({
            "ends": format!("{day}T05:00:00.000Z"), "regency": regency, "starts": format!("{day}T02:00:00.000Z"),
            "venue": "aula",
        })
    };
    let seat = json!({ "purchase": "p1", "session": "s-2" });
    world.run("session/s-2", "session.move", moved("7371", "2023-06-01"));
    world.run(&ani, "training.reserve_seat", seat);
    world.run("session/s-2", "session.move", moved("7372", "2023-06-01"));
    world.at("2023-06-01 09:00:00.000");
    assert_eq!(world.refused(&ani, "training.check_in", arrival("s-2", 2)), R::CourseNotAllowed);
}

#[test]
fn a_session_of_another_course_is_not_attended() {
    let (mut world, [ani, ..]) = class();
    world.list("kue", idr(500_000), "offline", 3).buy(&ani, "kue", "p2");
    world.run(&ani, "training.redeem", json!({ "purchase": "p2" }));
    schedule(&mut world, "s-1", "3273", [2, 5]);
    let seat = json!({ "purchase": "p2", "session": "s-1" });
    assert_eq!(world.refused(&ani, "training.reserve_seat", seat), R::CourseNotAllowed);
}

#[test]
fn a_course_has_its_hours_and_ends_after_its_sessions() {
    let (mut world, [ani, budi, _]) = class();
    schedule(&mut world, "s-1", "3273", [2, 5]);
    schedule(&mut world, "s-2", "3273", [5, 7]);
    schedule(&mut world, "s-3", "3273", [7, 9]);
    world.at("2023-05-03 09:00:00.000");
    for (session, sequence) in [("s-1", 1), ("s-2", 2), ("s-3", 3)] {
        world.run(&ani, "training.check_in", arrival(session, sequence));
    }
    let complete = |hours: u16| json!({ "hours": hours, "purchase": "p1" });
    world.at("2023-05-03 15:59:59.999");
    assert_eq!(world.refused(&ani, "training.complete", complete(20)), R::TermNotReached);
    world.fact(&ani, "training.completed", complete(20));
    world.at("2023-05-03 16:00:00.000");
    assert_eq!(world.refused(&budi, "training.complete", complete(14)), R::StepMissing);
    world.fact(&budi, "training.certified", json!({ "certificate": "C-1", "purchase": "p1" }));
    world.fact(&budi, "training.completed", complete(14));
    let found = [RuleName::CourseCutShort, RuleName::CertificateTooEarly, RuleName::CourseCutShort];
    assert_eq!(world.found(), found);
    world.fact(&budi, "training.completed", complete(15));
    assert_eq!(world.found(), []);
}

#[test]
fn no_step_of_a_course_comes_before_its_purchase() {
    let mut world = World::of(PRAKERJA_2023);
    let ani = &person(1);
    world.at("2023-04-28").list("barista", idr(900_000), "webinar", 1).decree(&[ani], 51);
    world.at("2023-05-02").buy(ani, "barista", "p1").at("2023-05-01");
    for (name, data) in [
        ("training.redeem", json!({ "purchase": "p1" })),
        ("training.complete", json!({ "hours": 20, "purchase": "p1" })),
        ("training.certify", json!({ "certificate": "C", "purchase": "p1" })),
        ("voucher.issue", json!({ "codesha256": "ab", "purchase": "p1" })),
        ("voucher.cancel", json!({ "by": "provider", "purchase": "p1" })),
    ] {
        assert_eq!(world.refused(ani, name, data), R::TermNotReached, "{name}");
    }
    world.at("2023-05-02").run(ani, "training.redeem", json!({ "purchase": "p1" }));
}
