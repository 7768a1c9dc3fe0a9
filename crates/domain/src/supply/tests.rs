//! Platforms, providers, courses, sessions, vacancies.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

fn course(price: &Value, sessions: u8) -> Value {
    json!({
        "hours": 20, "mode": "webinar", "occupation": "5131", "price": price, "provider": "guru",
        "sessions": sessions, "title": "Barista",
    })
}

#[test]
fn what_is_sold_rests_on_what_is_registered() {
    let mut world = World::of(PRAKERJA_2020);
    let kopi = "course/kopi";
    assert_eq!(world.refused(kopi, "course.list", course(&idr(1), 1)), R::Unknown);
    assert_eq!(world.refused("provider/guru", "provider.suspend", json!({ "reason": "audit" })), R::Unknown);
    world.run("provider/guru", "provider.register", json!({ "name": "Guru", "ownedby": "toko" }));
    assert_eq!(world.refused("provider/guru", "provider.register", json!({ "name": "Guru" })), R::Known);
    assert_eq!(world.refused("provider/guru", "provider.reinstate", json!({ "reason": "x" })), R::Unknown);
    world.run(kopi, "course.appraise", json!({ "approved": true, "provider": "guru" }));
    assert_eq!(world.refused(kopi, "course.list", course(&idr(0), 1)), R::AmountInvalid);
    assert_eq!(world.refused(kopi, "course.list", course(&idr(1), 33)), R::CourseNotAllowed);
    world.run(kopi, "course.list", course(&idr(1), 32));
    assert_eq!(world.refused(kopi, "course.list", course(&idr(1), 1)), R::Known);
    let usd = json!({ "price": { "currency": "USD", "value": "1.00" } });
    assert_eq!(world.refused(kopi, "course.reprice", usd), R::AmountInvalid);
    world.run(kopi, "course.reprice", json!({ "price": idr(2) }));
    world.run(kopi, "course.delist", json!({ "reason": "outdated" }));
    assert_eq!(world.refused(kopi, "course.reprice", json!({ "price": idr(2) })), R::CourseNotListed);
    world.run(kopi, "course.list", course(&idr(3), 1));
    assert_eq!(world.refused("platform/toko", "course.delist", json!({ "reason": "x" })), R::SubjectMismatch);
}

#[test]
fn a_session_belongs_to_a_course_and_ends_after_it_starts() {
    let mut world = World::of(PRAKERJA_2020);
    let session = |course: &str, ends: &str| {
        json!({
            "capacity": 20, "course": course, "ends": ends, "mode": "offline", "regency": "3273",
            "starts": "2023-05-03T02:00:00.000Z", "trainer": "t-1", "venue": "aula",
        })
    };
    world.list_course("kopi", idr(1));
    let end = "2023-05-03T02:00:00.000Z";
    assert_eq!(world.refused("session/s-1", "session.schedule", session("teh", end)), R::Unknown);
    assert_eq!(world.refused("session/s-1", "session.schedule", session("kopi", end)), R::TermNotReached);
    world.run("session/s-1", "session.schedule", session("kopi", "2023-05-03T02:00:00.001Z"));
    world.run("session/s-1", "session.inspect_venue", json!({ "fit": true, "seats": 20, "venue": "aula" }));
}

#[test]
fn people_are_matched_and_hired_while_a_vacancy_is_open() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let posted = json!({ "employer": "kafe", "occupation": "5131", "places": 1, "regency": "3273" });
    let of = json!({ "vacancy": "v-1" });
    world.register(ani, None).run("vacancy/v-1", "vacancy.post", posted.clone());
    assert_eq!(world.refused("vacancy/v-1", "vacancy.post", posted), R::Known);
    world.run(ani, "vacancy.match", of.clone()).run(ani, "vacancy.hire", of.clone());
    world.run("vacancy/v-1", "vacancy.close", json!({ "reason": "filled" }));
    assert_eq!(world.refused(ani, "vacancy.hire", of), R::Unknown);
    // Outcomes concern whoever is registered, recipient or not.
    let opened = json!({ "count": 1, "listsha256": "00", "wave": 202_301 });
    world.run("programme/prakerja-2020", "outcome.open_wave", opened);
    world.run(ani, "outcome.invite", json!({ "wave": 202_301 }));
    world.run(
        ani,
        "outcome.report",
        json!({ "income": idr(2_500_000), "wave": 202_301, "work": "employed" }),
    );
}
