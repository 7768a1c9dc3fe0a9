//! The list for the bank: alumni with a certificate.

use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::json;

#[test]
fn only_alumni_with_a_certificate_are_listed() {
    let kur = include_str!("../../../../schemas/programme/kur-alumni.toml");
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world
        .at("2021-03-30")
        .list_course("kopi", idr(600_000))
        .decree(&[ani, budi], 16)
        .finish(ani, "kopi", "p1");
    world.by("drafter").run("programme/kur-alumni", "programme.propose", json!({ "definition": kur }));
    world.by("head").run("programme/kur-alumni", "programme.publish", json!({ "revision": 1 }));
    let listed = json!({ "certificate": "C-p1" });
    assert_eq!(world.refused(ani, "loan.list", listed.clone()), R::BenefitUnknown);
    world.about("kur-alumni").at("2021-04-10").run(ani, "loan.list", listed.clone());
    assert_eq!(world.refused(budi, "loan.list", listed), R::StepMissing);
    // The bank's money moves nothing here.
    let books = world.state.books.clone();
    world.fact(ani, "loan.disbursed", json!({ "amount": idr(10_000_000), "loan": "K-1" }));
    assert_eq!(format!("{:?}", world.state.books.funds()), format!("{:?}", books.funds()));
}
