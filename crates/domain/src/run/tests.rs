//! Runs are approved as they are, by enough others, and pay nothing beyond.

use super::{Phase, Run};
use crate::catalogue::Payload;
use crate::ids::{Digest, DocumentNumber, ProgrammeCode};
use crate::payout;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

const RUN: &str = "run/prakerja-2020/R-1";

/// Up to 1,000,000 one person approves, above it two.
const BANDS: &str = r#"
[[approvals]]
version = "2020"
source = "a test"
from = "2020-04-01"
bands = [{ above = "0.00", persons = 1 }, { above = "1000000.00", persons = 2 }]
"#;

/// Three persons who have earned an incentive of 600,000, to be paid from 3 April 2021.
fn earners(definition: &str) -> (World, Vec<String>) {
    let mut world = World::of(definition);
    let persons: Vec<_> = (1..=3).map(person).collect();
    world.at("2021-03-30").list_course("kopi", idr(600_000));
    let named: Vec<_> = persons.iter().map(String::as_str).collect();
    world.decree(&named, 16);
    for (number, person) in persons.iter().enumerate() {
        world.link(person, "bni", "bank").finish(person, "kopi", &format!("p{number}"));
    }
    world.at("2021-04-02").by("treasurer");
    (world, persons)
}

fn opened(batch: Option<u16>) -> Value {
    let mut data = json!({ "partner": "bni", "payon": "2021-04-03" });
    if let Some(batch) = batch {
        data["batch"] = batch.into();
    }
    data
}

fn listed(persons: &[String]) -> Value {
    let ids: Vec<_> = persons.iter().map(|person| person.strip_prefix("participant/").unwrap()).collect();
    json!({ "amount": idr(600_000), "benefit": "incentive", "number": 1, "participants": ids })
}

fn instruct() -> Value {
    json!({ "benefit": "incentive", "number": 1, "partner": "bni" })
}

fn run(world: &World) -> &Run {
    let programme = ProgrammeCode::new("prakerja-2020").unwrap();
    world.state.runs.get(programme, DocumentNumber::new("R-1").unwrap()).unwrap()
}

fn approval(world: &World) -> Value {
    json!({ "sha256": run(world).content.unwrap().sha256 })
}

fn prepare(world: &mut World, persons: &[String]) {
    world.run(RUN, "run.open", opened(None)).run(RUN, "run.list", listed(persons)).run(
        RUN,
        "run.prepare",
        json!({}),
    );
}

#[test]
fn a_run_goes_from_list_to_instructions_and_each_says_under_which_it_was_paid() {
    let (mut world, persons) = earners(PRAKERJA_2020);
    prepare(&mut world, &persons);
    assert_eq!(world.refused(RUN, "run.release", json!({})), R::RunNotApproved);
    assert_eq!(world.refused(&persons[0], "payout.instruct", instruct()), R::RunNotApproved);
    let approval = approval(&world);
    world.by("officer").run(RUN, "run.approve", approval).by("treasurer").run(RUN, "run.release", json!({}));
    // Instructed on the day before it is to be paid.
    for person in &persons[..2] {
        let events = world.ask(person, "payout.instruct", instruct()).unwrap();
        let Payload::Payout(payout::Event::Instructed(instructed)) = &events[0].payload else {
            panic!("{events:?}")
        };
        assert_eq!(instructed.run, Some(DocumentNumber::new("R-1").unwrap()));
    }
    let file = json!({
        "count": 2, "file": "R-1-1", "format": "pain.001.001.09", "sha256": "00", "total": idr(1_200_000),
    });
    world.run(RUN, "run.issue_file", file.clone());
    assert_eq!(world.refused(RUN, "run.issue_file", file), R::Known);
    let events = world.ask(RUN, "run.complete", json!({})).unwrap();
    let Payload::Run(super::Event::Completed(completed)) = &events[0].payload else { panic!("{events:?}") };
    assert_eq!((completed.instructed, completed.leftout, completed.total.minor()), (2, 1, 120_000_000));
    assert_eq!(run(&world).phase, Phase::Completed);
    // Who was left out can go on another run.
    let other = "run/prakerja-2020/R-2";
    world.run(other, "run.open", opened(None)).run(other, "run.list", listed(&persons[2..]));
    assert_eq!(world.refused(&persons[2], "payout.instruct", instruct()), R::RunNotApproved);
    world.run(other, "run.cancel", json!({ "reason": "mistake" }));
    world.at("2021-04-03").run(&persons[2], "payout.instruct", instruct());
}

#[test]
fn the_digest_is_that_of_the_list_written_down_by_hand() {
    let (mut world, mut persons) = earners(PRAKERJA_2020);
    persons.reverse();
    prepare(&mut world, &persons);
    persons.sort();
    let lines = persons.iter().map(|person| {
        format!("{} incentive 1 1 600000.00 IDR\n", person.strip_prefix("participant/").unwrap())
    });
    let lines: String = lines.collect();
    assert_eq!(run(&world).content.unwrap().sha256, Digest::of([lines.as_bytes()]));
}

#[test]
fn another_person_approves_and_only_what_was_prepared() {
    let (mut world, persons) = earners(PRAKERJA_2020);
    world.run(RUN, "run.open", opened(None));
    assert_eq!(world.refused(RUN, "run.prepare", json!({})), R::NothingDue);
    world.run(RUN, "run.list", listed(&persons[..1]));
    assert_eq!(world.refused(RUN, "run.approve", json!({ "sha256": "00" })), R::RunState);
    world.run(RUN, "run.prepare", json!({}));
    assert_eq!(
        world.refused(RUN, "run.list", listed(&persons[1..])),
        R::RunState,
        "it cannot change any more"
    );
    let of_it = approval(&world);
    assert_eq!(world.refused(RUN, "run.approve", of_it.clone()), R::SamePerson);
    world.by("officer");
    assert_eq!(world.refused(RUN, "run.approve", json!({ "sha256": "00" })), R::RunContent);
    world.run(RUN, "run.approve", of_it.clone());
    assert_eq!(world.refused(RUN, "run.approve", of_it), R::SamePerson);
    world.by("treasurer").run(RUN, "run.release", json!({}));
    assert_eq!(world.refused(RUN, "run.cancel", json!({ "reason": "mistake" })), R::RunState);
}

#[test]
fn where_the_programme_has_bands_nothing_is_paid_outside_of_runs_and_larger_sums_need_more_persons() {
    let (mut world, persons) = earners(&(PRAKERJA_2020.to_owned() + BANDS));
    world.at("2021-04-03");
    assert_eq!(world.refused(&persons[0], "payout.instruct", instruct()), R::RunNotApproved);
    prepare(&mut world, &persons);
    let of_it = approval(&world);
    world.by("officer").run(RUN, "run.approve", of_it.clone());
    assert_eq!(world.refused(RUN, "run.release", json!({})), R::RunNotApproved);
    world.by("head").run(RUN, "run.approve", of_it).by("treasurer").run(RUN, "run.release", json!({}));
    world.run(&persons[0], "payout.instruct", instruct());
}

#[test]
fn only_what_can_be_paid_on_the_day_is_listed_once() {
    let (mut world, persons) = earners(PRAKERJA_2020);
    world.run(RUN, "run.open", json!({ "partner": "bni", "payon": "2021-04-02" }));
    assert_eq!(world.refused(RUN, "run.list", listed(&persons)), R::TermNotReached);
    world.run(RUN, "run.cancel", json!({ "reason": "mistake" }));
    let other = "run/prakerja-2020/R-2";
    assert_eq!(world.refused(RUN, "run.open", opened(None)), R::Known);
    world.run(other, "run.open", opened(Some(17)));
    assert_eq!(world.refused(other, "run.list", listed(&persons)), R::RunState, "of another batch");
    let ours = "run/prakerja-2020/R-3";
    world.run(ours, "run.open", opened(Some(16)));
    let twice = [&persons[..1], &persons[..1]].concat();
    assert_eq!(world.refused(ours, "run.list", listed(&twice)), R::RunState);
    let mut less = listed(&persons);
    less["amount"] = idr(599_999);
    assert_eq!(world.refused(ours, "run.list", less), R::AmountInvalid);
    world.run(ours, "run.list", listed(&persons[..1]));
    assert_eq!(world.refused(ours, "run.list", listed(&persons[..1])), R::RunState, "on a run already");
    let late = "run/prakerja-2020/R-4";
    world.run(late, "run.open", json!({ "partner": "bni", "payon": "2022-05-26" }));
    assert_eq!(world.refused(late, "run.list", listed(&persons[1..])), R::TermPassed);
    let elsewhere = "run/prakerja-2020/R-5";
    world.run(elsewhere, "run.open", json!({ "partner": "ovo", "payon": "2021-04-03" }));
    assert_eq!(world.refused(elsewhere, "run.list", listed(&persons[1..])), R::AccountNotVerified);
}

#[test]
fn what_is_held_after_the_approval_is_left_out() {
    let (mut world, persons) = earners(PRAKERJA_2020);
    prepare(&mut world, &persons);
    let of_it = approval(&world);
    world.by("officer").run(RUN, "run.approve", of_it);
    world.run(
        &persons[0],
        "instalment.hold",
        json!({ "benefit": "incentive", "number": 1, "reason": "review" }),
    );
    world.by("treasurer").run(RUN, "run.release", json!({}));
    assert_eq!(world.refused(&persons[0], "payout.instruct", instruct()), R::InstalmentState);
    world.run(&persons[1], "payout.instruct", instruct()).run(&persons[2], "payout.instruct", instruct());
    let events = world.ask(RUN, "run.complete", json!({})).unwrap();
    let Payload::Run(super::Event::Completed(completed)) = &events[0].payload else { panic!("{events:?}") };
    assert_eq!((completed.instructed, completed.leftout), (2, 1));
}

#[test]
fn what_is_due_is_gathered_in_lines_that_are_taken_as_they_are() {
    let (mut world, mut persons) = earners(PRAKERJA_2020);
    world.link(&persons[2], "ovo", "wallet");
    world.run(
        &persons[1],
        "instalment.hold",
        json!({ "benefit": "incentive", "number": 1, "reason": "review" }),
    );
    world.run(RUN, "run.open", opened(None));
    let gather = |world: &World| {
        let now = world.events.last().unwrap().time;
        super::due(&world.state, run(world), now, crate::ids::ActorId::new("treasurer").unwrap())
    };
    let lines = gather(&world);
    persons.truncate(1);
    assert_eq!(serde_json::to_value(&lines).unwrap(), json!([listed(&persons)]));
    world.run(RUN, "run.list", serde_json::to_value(&lines[0]).unwrap());
    assert_eq!(gather(&world), [], "what is on a run is not gathered again");
}

#[test]
fn bands_that_do_not_rise_from_nothing_are_refused() {
    for (bands, problem) in [
        ("[]", "above nothing"),
        ("[{ above = \"1.00\", persons = 1 }]", "above nothing"),
        ("[{ above = \"0.00\", persons = 0 }]", "at least one person"),
        ("[{ above = \"0.00\", persons = 1 }, { above = \"0.00\", persons = 2 }]", "in the order"),
        ("[{ above = \"0\", persons = 1 }]", "exactly 2 decimals"),
    ] {
        let (before, _) = BANDS.split_once("bands =").unwrap();
        let text = format!("{PRAKERJA_2020}{before}bands = {bands}\n");
        let told = crate::programme::Definition::read(&text).unwrap_err().to_string();
        assert!(told.contains(problem), "{bands}: {told}");
    }
}
