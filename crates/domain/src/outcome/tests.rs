//! Waves: a list that is fixed first, so that every share has its base.

use crate::ids::ProgrammeCode;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, person};
use serde_json::json;

#[test]
fn nobody_is_asked_beyond_the_list_and_nobody_answers_unasked_or_twice() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi, citra) = (&person(1), &person(2), &person(3));
    for each in [ani, budi, citra] {
        world.register(each, None);
    }
    let invite = json!({ "wave": 202_101 });
    let report = json!({ "wave": 202_101, "work": "entrepreneur" });
    let opened = json!({ "count": 2, "listsha256": "00", "wave": 202_101 });
    assert_eq!(world.refused(ani, "outcome.invite", invite.clone()), R::Unknown);
    assert_eq!(world.refused(ani, "outcome.open_wave", opened.clone()), R::SubjectMismatch);
    world.run("programme/prakerja-2020", "outcome.open_wave", opened.clone());
    assert_eq!(world.refused("programme/prakerja-2020", "outcome.open_wave", opened), R::Known);
    assert_eq!(world.refused(ani, "outcome.report", report.clone()), R::StepMissing);
    world.run(ani, "outcome.invite", invite.clone()).run(budi, "outcome.invite", invite.clone());
    assert_eq!(world.refused(ani, "outcome.invite", invite.clone()), R::StepDone);
    assert_eq!(world.refused(citra, "outcome.invite", invite), R::NothingDue);
    world.run(ani, "outcome.report", report.clone());
    assert_eq!(world.refused(ani, "outcome.report", report), R::StepDone);
    let wave = world.state.waves.get(ProgrammeCode::new("prakerja-2020").unwrap(), 202_101).unwrap();
    assert_eq!((wave.count, wave.asked(), wave.answered()), (2, 2, 1));
}
