//! What is known of people, and what a fact may say of someone not yet registered.

use super::Check;
use crate::refusal::RefusalCode as R;
use crate::subject::Subject;
use crate::testing::{PRAKERJA_2020, World, person};
use serde_json::json;

fn known<'a>(world: &'a World, person: &str) -> &'a super::Person {
    world.state.people.get(World::id(person)).unwrap()
}

#[test]
fn the_last_answer_of_a_check_counts() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.register(ani, None);
    assert!(known(&world, ani).has_passed(Check::Face));
    world.run(
        ani,
        "participant.verify",
        json!({ "check": "face", "reason": "expired", "verdict": "failed" }),
    );
    assert!(!known(&world, ani).has_passed(Check::Face));
    assert!(known(&world, ani).has_passed(Check::Phone));
}

#[test]
fn a_relinked_account_must_be_verified_again() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let verify = json!({ "verdict": "passed" });
    world.register(ani, None);
    assert_eq!(world.refused(ani, "participant.verify_account", verify.clone()), R::AccountNotVerified);
    assert_eq!(
        world.refused(ani, "participant.unlink_account", json!({ "reason": "x" })),
        R::AccountNotVerified
    );
    world.link(ani, "bni", "bank").run(
        ani,
        "participant.link_account",
        json!({ "channel": "wallet", "partner": "ovo" }),
    );
    let account = known(&world, ani).account.unwrap();
    assert!(!account.verified);
    assert_eq!(world.state.people.partner(account.partner).unwrap().as_str(), "ovo");
}

#[test]
fn a_fact_may_concern_someone_who_is_registered_only_later() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let reported = json!({ "asof": "2020-03-01", "listed": true, "register": "dapodik" });
    world.fact(ani, "participant.register_reported", reported);
    world.fact(ani, "participant.verified", json!({ "check": "email", "verdict": "passed" }));
    assert!(!known(&world, ani).is_registered());
    assert_eq!(
        world.refused(ani, "participant.change_consent", json!({ "given": true, "purpose": "kur" })),
        R::ParticipantUnknown
    );
    world.register(ani, None).run(
        ani,
        "participant.change_consent",
        json!({ "given": true, "purpose": "kur" }),
    );
    assert_eq!(world.state.people.iter().count(), 1);
}

#[test]
fn a_person_is_the_subject_of_what_concerns_a_person() {
    let mut world = World::of(PRAKERJA_2020);
    let register = json!({
        "born": "1980-01", "education": "none", "employment": "laid-off", "regency": "3273", "sex": "male",
    });
    assert_eq!(world.refused("ledger", "participant.register", register), R::SubjectMismatch);
    assert_eq!(Subject::parse(&person(1)).unwrap().programme(), None);
}

#[test]
fn an_account_is_linked_while_one_programme_still_takes_accounts() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let link = json!({ "channel": "bank", "partner": "bni" });
    world.at("2020-04-20").decree(&[ani], 1);
    // Accounts of the batches of 2020 could be linked until 4 March 2021.
    world.at("2021-03-05 00:00:00.000");
    assert_eq!(world.refused(ani, "participant.link_account", link.clone()), R::TermPassed);
    world.at("2021-03-04 23:59:59.999").run(ani, "participant.link_account", link.clone());
    // Who is no longer a recipient may link an account for the next programme.
    world.at("2021-03-06").run(ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    world.run(ani, "participant.link_account", link);
}
