//! What is known of people, and what a fact may say of someone not yet registered.

use super::{Check, Sealed, Sealing};
use crate::ids::Digest;
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

/// A person with sealed personal data under a key of this name.
fn sealed(world: &mut World, person: &str) {
    let sealed = Sealed::new(&"A".repeat(60)).ok();
    let key = Digest::new("8f43").ok();
    world.sealing(Sealing { sealed, key, ..Sealing::default() }).register(person, None);
}

#[test]
fn two_persons_erase_and_the_certificate_names_both() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let approve = json!({ "reference": "L-1" });
    let request = json!({ "basis": "unlawful", "reference": "L-1" });
    world.register(&person(2), None);
    assert_eq!(world.refused(&person(2), "participant.request_erasure", request.clone()), R::NothingDue);
    sealed(&mut world, ani);
    world.by("registrar").run(ani, "participant.request_erasure", request.clone());
    assert_eq!(world.refused(ani, "participant.approve_erasure", approve.clone()), R::SamePerson);
    world.by("custodian");
    let other = json!({ "reference": "L-2" });
    assert_eq!(world.refused(ani, "participant.approve_erasure", other), R::ErasureMismatch);
    world.run(ani, "participant.place_hold", json!({ "reference": "P-1" }));
    assert_eq!(world.refused(ani, "participant.approve_erasure", approve.clone()), R::OnHold);
    world.run(ani, "participant.lift_hold", json!({ "reference": "P-2" }));
    let events = world.ask(ani, "participant.approve_erasure", approve.clone()).unwrap();
    let data = serde_json::to_value(&events[0].payload).unwrap();
    let expected =
        json!({ "basis": "unlawful", "key": "8f43", "reference": "L-1", "requestedby": "registrar" });
    assert_eq!(data, expected);
    assert_eq!(events[0].actor.id.as_str(), "custodian");
    assert!(known(&world, ani).is_erased());
    assert_eq!(world.refused(ani, "participant.approve_erasure", approve), R::Erased);
    assert_eq!(world.refused(ani, "participant.request_erasure", request), R::Erased);
}

#[test]
fn who_is_registered_already_under_the_same_nik_is_told_and_never_eligible() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, twin) = (&person(1), &person(2));
    world.at("2021-02-24").register(ani, None);
    let same_nik = Some(World::id(ani));
    world.sealing(Sealing { same_nik, ..Sealing::default() }).register(twin, None);
    world.sealing(Sealing::default());
    assert!(known(&world, twin).is_duplicate() && !known(&world, ani).is_duplicate());
    let batch = "batch/prakerja-2020/12";
    world.run(batch, "batch.open", json!({ "closes": "2021-03-01", "quota": 2 }));
    world.run(twin, "batch.join", json!({ "batch": 12 }));
    let screen = json!({ "batch": 12, "registers": [] });
    let events = world.ask(twin, "batch.screen", screen).unwrap();
    let data = serde_json::to_value(&events[0].payload).unwrap();
    assert_eq!(data["failed"][0], "duplicate", "{data}");
}

#[test]
fn what_is_wrong_with_personal_data_is_told_without_repeating_it() {
    let read = |identity: &str| serde_json::from_str::<super::Identity>(identity);
    let good = r#"{"kk":"3273010101010000","name":"Ani","nik":"3273014101900000","phone":"+62810000000"}"#;
    let identity = read(good).unwrap();
    assert_eq!(serde_json::to_string(&identity).unwrap(), good);
    assert!(!format!("{identity:?}").contains("3273"), "{identity:?}");
    for bad in [
        r#"{"nik":3273014101900000}"#,
        r#"{"nik":"327301410190000"}"#,
        r#"{"nik":"32730141O1900000"}"#,
        r#"{"3273014101900000":"nik"}"#,
        r#"{"nik":null}"#,
        r#"{"phone":"0812-3273"}"#,
        r#"{"name":""}"#,
        "{}",
        r#"["3273014101900000"]"#,
        r#""3273014101900000""#,
    ] {
        let problem = read(bad).unwrap_err().to_string();
        assert!(problem.starts_with("identity") && !problem.contains("3273"), "{bad}: {problem}");
    }
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
