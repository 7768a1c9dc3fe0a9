//! Roles: who may give them, what they allow, which are apart.

use super::{Role, apart, is_reported, may_command, may_record, may_report, permit_fact};
use crate::actor::{Actor, ActorKind};
use crate::catalogue::{Command, Payload};
use crate::decide::Context;
use crate::findings::{RuleName, Step, find};
use crate::ids::{ActorId, Position, ProgrammeCode};
use crate::participant::Sealing;
use crate::refusal::{Refusal, RefusalCode as R};
use crate::state::State;
use crate::subject::Subject;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

const FUND: &str = "fund/prakerja-2020/2021";

fn role(role: &str) -> Value {
    json!({ "reference": "SK-1", "role": role })
}

fn governed() -> World {
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-01-04").by("root").run("officer/kepala", "access.grant", role("kpa"));
    world.by("kepala").run("officer/ani", "access.grant", role("ppk"));
    world.run("officer/budi", "access.grant", role("ppspm"));
    world
}

#[test]
fn without_roles_everybody_may_and_with_them_only_who_holds_one() {
    let mut world = World::of(PRAKERJA_2020);
    let budget = json!({ "amount": idr(1_000), "document": "DIPA-1" });
    world.at("2021-01-04").run(FUND, "fund.appropriate", budget.clone());
    let mut world = governed();
    assert_eq!(world.by("ani").refused(FUND, "fund.appropriate", budget.clone()), R::NotPermitted);
    assert_eq!(world.by("root").refused(FUND, "fund.appropriate", budget.clone()), R::NotPermitted);
    world.by("kepala").run(FUND, "fund.appropriate", budget);
}

#[test]
fn a_role_ends_with_its_time_and_when_it_is_taken_back() {
    let mut world = governed();
    let auditor = |until: &str| json!({ "reference": "SK-2", "role": "auditor", "until": until });
    world.by("kepala");
    assert_eq!(world.refused("officer/rini", "access.grant", role("auditor")), R::RoleInvalid);
    assert_eq!(
        world.refused("officer/rini", "access.grant", auditor("2020-12-31T17:00:00.000Z")),
        R::RoleInvalid
    );
    // At most a year: one from the first hour of 4 January 2021 ends with 5 January 2022.
    let (day, after) = ("2022-01-05T03:00:00.000Z", "2022-01-05T03:00:00.001Z");
    assert_eq!(world.refused("officer/auda", "access.grant", auditor(after)), R::RoleInvalid);
    world.run("officer/auda", "access.grant", auditor(day));
    let until = json!({ "reference": "SK-2", "role": "registrar", "until": "2021-02-01T17:00:00.000Z" });
    world.run("officer/rini", "access.grant", until);
    let open = json!({ "quota": 10, "closes": "2021-03-01" });
    world.by("rini").run("batch/prakerja-2020/90", "batch.open", open.clone());
    world.at("2021-02-03");
    assert_eq!(world.refused("batch/prakerja-2020/91", "batch.open", open), R::NotPermitted);
    let end = json!({ "reason": "left", "role": "ppk" });
    world.by("kepala").run("officer/ani", "access.revoke", end.clone());
    let request = json!({ "amount": idr(1), "spp": "SPP-1" });
    assert_eq!(world.by("ani").refused(FUND, "fund.request", request), R::NotPermitted);
    assert_eq!(world.by("kepala").refused("officer/ani", "access.revoke", end), R::Unknown);
}

#[test]
fn nobody_gives_a_role_to_themselves_or_holds_two_that_must_be_apart() {
    let mut world = governed();
    assert_eq!(world.by("kepala").refused("officer/kepala", "access.grant", role("ppk")), R::SamePerson);
    assert_eq!(world.refused("officer/ani", "access.grant", role("ppspm")), R::RolesApart);
    assert_eq!(world.refused("officer/kepala2", "access.grant", role("platform")), R::RoleInvalid);
    // The treasurer of last year may be an officer of this one.
    let until = json!({ "reference": "SK-2", "role": "bendahara", "until": "2021-02-01T17:00:00.000Z" });
    world.run("officer/rini", "access.grant", until);
    assert_eq!(world.refused("officer/rini", "access.grant", role("ppk")), R::RolesApart);
    world.at("2021-02-03").run("officer/rini", "access.grant", role("ppk"));
}

#[test]
fn a_change_of_roles_does_not_let_one_person_approve_what_they_made() {
    let mut world = governed();
    let budget = json!({ "amount": idr(1_000), "document": "DIPA-1" });
    world.by("kepala").run(FUND, "fund.appropriate", budget);
    world.by("ani").run(FUND, "fund.request", json!({ "amount": idr(10), "spp": "SPP-1" }));
    world.by("kepala").run("officer/ani", "access.revoke", json!({ "reason": "moved", "role": "ppk" }));
    world.run("officer/ani", "access.grant", role("ppspm"));
    let order = json!({ "spm": "SPM-1", "spp": "SPP-1" });
    assert_eq!(world.by("ani").refused(FUND, "fund.order", order.clone()), R::SamePerson);
    // Somebody who went round the ledger is seen on replay.
    world.fact(FUND, "fund.ordered", order);
    assert_eq!(rules(&world), [RuleName::OnePerson]);
}

#[test]
fn whoever_decided_on_what_they_made_round_the_ledger_is_seen_on_replay() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").decree(&[ani], 16);
    let before = rules(&world);
    assert_eq!(before.iter().filter(|rule| **rule == RuleName::OnePerson).count(), 0);
    let found = |world: &World| rules(world).len() - before.len();
    let reason = json!({ "reason": "appeal", "reference": "R-1" });
    let undo = |world: &mut World, revoker: &str, proposer: &str, who: &str| {
        world.by(revoker).run(ani, "entitlement.revoke", json!({ "reason": "ineligible" }));
        world.by(proposer).run(ani, "entitlement.propose_reinstatement", reason.clone());
        let fact = json!({ "amount": idr(3_550_000), "reason": "appeal", "reference": "R-1" });
        world.by(who).fact(ani, "entitlement.reinstated", fact);
    };
    undo(&mut world, "dewi", "fitri", "eko");
    assert_eq!(found(&world), 0);
    undo(&mut world, "dewi", "fitri", "fitri");
    assert_eq!(found(&world), 1, "proposed and decided");
    undo(&mut world, "dewi", "fitri", "dewi");
    assert_eq!(found(&world), 2, "revoked and decided");
    let own = "programme/prakerja-2020";
    world.by("drafter").run(own, "programme.propose", json!({ "definition": PRAKERJA_2020 }));
    let publish = json!({ "parts": 1, "revision": 2, "sha256": "00".repeat(32) });
    world.fact(own, "programme.published", publish);
    assert_eq!(found(&world), 3, "proposed and published");
    assert_eq!(rules(&world).last(), Some(&RuleName::OnePerson));
}

#[test]
fn a_platform_sells_for_itself_only() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[ani], 16);
    world.by("root").run("officer/kepala", "access.grant", role("kpa"));
    for (service, party) in [("svc-1", "toko"), ("svc-2", "other")] {
        let grant = json!({ "party": party, "reference": "PKS-1", "role": "platform" });
        world.by("kepala").run(&format!("officer/{service}"), "access.grant", grant);
    }
    let spend = json!({ "course": "kopi", "platform": "toko", "price": idr(600_000), "purchase": "p1" });
    assert_eq!(world.by("svc-2").refused(ani, "voucher.spend", spend.clone()), R::NotPermitted);
    world.by("svc-1").run(ani, "voucher.spend", spend);
    let redeem = json!({ "purchase": "p1" });
    assert_eq!(world.by("svc-2").refused(ani, "training.redeem", redeem.clone()), R::NotPermitted);
    world.by("svc-1").run(ani, "training.redeem", redeem);
    // Whoever records another's sale is seen on replay: it holds the role, so only a stranger is a finding.
    world.by("stranger").fact(ani, "training.submitted", json!({ "purchase": "p1", "work": "task" }));
    assert_eq!(rules(&world), [RuleName::WithoutRight]);
}

/// The rules that fire when the history is replayed.
fn rules(world: &World) -> Vec<RuleName> {
    let mut state = State::new();
    let mut rules = Vec::new();
    for (position, event) in (0..).zip(&world.events) {
        let entry = state.apply(event);
        let step = Step { position: Position(position), event, entry: entry.as_ref(), state: &state };
        rules.extend(find(step).into_iter().map(|finding| finding.rule));
    }
    rules
}

#[test]
fn a_revocation_takes_what_was_given_in_the_same_words_and_no_more() {
    let mut world = governed();
    let end = |role: &str| json!({ "reason": "left", "role": role });
    let give = |world: &mut World, who: &str, data: Value, programme: Option<&str>| {
        ask_for(world, who, "access.grant.v1", &data, programme).unwrap();
    };
    for programme in [None, Some("prakerja-2020"), Some("prakerja-2023")] {
        give(&mut world, "rini", role("reviewer"), programme);
    }
    give(&mut world, "limited", role("kpa"), Some("prakerja-2023"));
    // A budget user of one programme takes nothing of another, nor of all.
    world.by("limited");
    for (who, role, programme) in
        [("kepala", "kpa", None), ("rini", "reviewer", None), ("rini", "reviewer", Some("prakerja-2020"))]
    {
        let refused = ask_for(&mut world, who, "access.revoke.v1", &end(role), programme).unwrap_err();
        assert_eq!(refused.code, R::NotPermitted, "{refused}");
    }
    let other =
        ask_for(&mut world, "kepala", "access.revoke.v1", &end("kpa"), Some("prakerja-2023")).unwrap_err();
    assert_eq!(other.code, R::Unknown);
    assert!(other.sentence.contains("no party and every programme"), "{other}");
    ask_for(&mut world, "rini", "access.revoke.v1", &end("reviewer"), Some("prakerja-2023")).unwrap();
    let left = |world: &World, who: &str| {
        let now = world.state.recorded.unwrap();
        let held = world.state.access.holding(ActorId::new(who).unwrap(), now);
        held.map(|grant| grant.programme.map(|code| code.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(left(&world, "rini"), [None, Some("prakerja-2020".to_owned())]);
    assert_eq!(left(&world, "kepala"), [None]);
    // The same for the parties of a service.
    world.by("kepala");
    for party in ["toko", "warung"] {
        give(&mut world, "svc", json!({ "party": party, "reference": "P-1", "role": "platform" }), None);
    }
    let refused = ask_for(&mut world, "svc", "access.revoke.v1", &end("platform"), None).unwrap_err();
    assert!(refused.sentence.contains("the party toko"), "{refused}");
    let one = json!({ "party": "toko", "reason": "left", "role": "platform" });
    ask_for(&mut world, "svc", "access.revoke.v1", &one, None).unwrap();
    assert_eq!(left(&world, "svc").len(), 1);
}

/// Asks for a command about an officer under a programme, or under none.
fn ask_for(
    world: &mut World,
    who: &str,
    name: &str,
    data: &Value,
    programme: Option<&str>,
) -> Result<(), Refusal> {
    let command = Command::read(name, &data.to_string()).unwrap().unwrap();
    let subject = Subject::Officer(ActorId::new(who).unwrap());
    let programme = programme.map(|code| ProgrammeCode::new(code).unwrap());
    world.ask_about(subject, programme, &command).map(drop)
}

#[test]
fn who_is_paid_holds_no_office_and_who_selects_neither_decrees_nor_pays() {
    for outside in [Role::Platform, Role::Provider] {
        for other in Role::ALL.iter().filter(|role| !matches!(role, Role::Platform | Role::Provider)) {
            assert!(apart(outside, *other), "{outside} and {other}");
        }
    }
    assert!(!apart(Role::Platform, Role::Provider));
    assert!([Role::Ppk, Role::Ppspm, Role::Bendahara].iter().all(|role| apart(Role::Registrar, *role)));
    // Perkap 5/2022 art. 43(2): a budget user's proxy may be one of the two officers.
    assert!(!apart(Role::Kpa, Role::Ppk) && !apart(Role::Kpa, Role::Ppspm));
    assert!(may_command(Role::Kpa, "participant.lift_hold.v1"));
    assert!(!may_command(Role::KeyCustodian, "participant.lift_hold.v1"));
}

#[test]
fn every_command_can_be_given_by_each_role_that_the_table_names() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").list("kopi", idr(600_000), "webinar", 1).decree(&[ani], 16).buy(ani, "kopi", "p1");
    world.run("session/s1", "session.schedule", session());
    world.by("root").run("officer/kepala", "access.grant", role("kpa"));
    for (who, party) in [("platform", "toko"), ("provider", "guru")] {
        let grant = json!({ "party": party, "reference": "PKS-1", "role": who });
        world.by("kepala").run(&format!("officer/{who}"), "access.grant", grant);
    }
    for name in Command::names() {
        let roles = Role::ALL.iter().filter(|role| may_command(**role, name));
        assert!(roles.clone().count() > 0, "nobody may do {name}");
        for party in roles.filter(|role| matches!(role, Role::Platform | Role::Provider)) {
            let (subject, data) = own_thing(ani, name);
            world.by(party.as_str());
            let short = name.trim_end_matches(".v1");
            if let Err(refusal) = world.ask(&subject, short, data) {
                assert_ne!(refusal.code, R::NotPermitted, "{party} {name}: {refusal}");
            }
        }
    }
}

fn session() -> Value {
    json!({
        "capacity": 20, "course": "kopi", "ends": "2021-04-02T09:00:00.000Z", "mode": "webinar",
        "regency": "3273", "starts": "2021-04-02T02:00:00.000Z", "trainer": "siti", "venue": "aula",
    })
}

/// What a command of a party may be about, of its own.
fn own_thing(person: &str, name: &str) -> (String, Value) {
    let purchase = |more: Value| {
        let mut data = json!({ "purchase": "p1" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (person.to_owned(), data)
    };
    let listed = json!({
        "hours": 20, "mode": "webinar", "occupation": "5131", "price": idr(1), "provider": "guru",
        "sessions": 1, "title": "Barista",
    });
    match name {
        "voucher.spend.v1" => {
            purchase(json!({ "course": "kopi", "platform": "toko", "price": idr(1), "purchase": "p2" }))
        }
        "voucher.cancel.v1" => purchase(json!({ "by": "platform", "purchase": "p1" })),
        "voucher.issue.v1" => purchase(json!({ "codesha256": "00".repeat(32) })),
        "training.redeem.v1" => purchase(json!({})),
        "training.reserve_seat.v1" => purchase(json!({ "session": "s1" })),
        "training.attend.v1" => purchase(json!({ "method": "face", "sequence": 1 })),
        "training.check_in.v1" => purchase(json!({ "method": "otp", "sequence": 1, "session": "s1" })),
        "training.check_out.v1" => purchase(json!({ "method": "otp", "session": "s1" })),
        "training.submit.v1" => purchase(json!({ "work": "task" })),
        "training.complete.v1" => purchase(json!({ "hours": 20 })),
        "training.certify.v1" => purchase(json!({ "certificate": "C-1" })),
        "training.rate.v1" => purchase(json!({ "stars": 5 })),
        "session.schedule.v1" => ("session/s2".to_owned(), session()),
        "session.move.v1" => {
            let mut moved = session();
            for name in ["capacity", "course", "mode", "trainer"] {
                moved.as_object_mut().unwrap().remove(name);
            }
            ("session/s1".to_owned(), moved)
        }
        "session.cancel.v1" => ("session/s1".to_owned(), json!({ "reason": "rain" })),
        "course.list.v1" => ("course/new".to_owned(), listed),
        "course.reprice.v1" => ("course/kopi".to_owned(), json!({ "price": idr(1) })),
        "course.delist.v1" => ("course/kopi".to_owned(), json!({ "reason": "old" })),
        other => panic!("say what {other} is about"),
    }
}

/// Who may report what: all else is decided here, by command.
const REPORTED: &[(&str, &[Role], &str)] = &[
    ("custody.", BANK, "returned"),
    (
        "fund.",
        BANK,
        "bank_charged disbursed disbursement_bounced disbursement_reissued interest_credited operating_cost_paid \
         partner_defunded partner_funded reserve_drawn reserved returned revenue_remitted unidentified_credited",
    ),
    (
        "loan.",
        &[Role::Reconciler, Role::Registrar],
        "applied approved disbursed in_arrears offered refused repaid subsidy_claimed",
    ),
    ("participant.", &[Role::Registrar], "duplicate_found register_reported"),
    ("payout.", BANK, "failed returned settled"),
    ("recovery.", BANK, "refunded repaid"),
    ("training.", &[Role::Platform, Role::Provider], "redeem_refused"),
    ("voucher.", BANK, "refunded settled"),
];
const BANK: &[Role] = &[Role::Reconciler, Role::Bendahara];

#[test]
fn what_is_decided_here_is_reported_by_nobody() {
    let mut expected = 0;
    for name in Payload::names() {
        let (subject, rest) = name.trim_end_matches(".v1").split_once('.').unwrap();
        let line = REPORTED.iter().find(|(beginning, _, words)| {
            beginning.trim_end_matches('.') == subject && words.split_whitespace().any(|word| word == rest)
        });
        expected += usize::from(line.is_some());
        for role in Role::ALL {
            let may = line.is_some_and(|(_, roles, _)| roles.contains(role));
            assert_eq!(may_report(*role, name), may, "{role} {name}");
        }
        assert_eq!(is_reported(name), line.is_some(), "{name}");
    }
    assert_eq!(
        expected,
        REPORTED.iter().map(|(_, _, words)| words.split_whitespace().count()).sum::<usize>()
    );
}

#[test]
fn no_role_reports_what_its_command_is_refused() {
    let world = governed();
    let requested = Payload::read(
        "fund.requested.v1",
        &json!({ "amount": idr(1), "decree": "SK-1", "spp": "SPP-1" }).to_string(),
    );
    let disbursed = Payload::read(
        "fund.disbursed.v1",
        &json!({ "amount": idr(1), "sp2d": "D-1", "spm": "M-1" }).to_string(),
    );
    let report = |who: &str, payload: &Payload| {
        let actor = Actor { kind: ActorKind::User, id: ActorId::new(who).unwrap() };
        let subject = Subject::parse(FUND).unwrap();
        let (time, sealing) = (world.state.recorded.unwrap(), &Sealing::default());
        let context = Context { state: &world.state, subject, programme: None, time, actor, sealing };
        permit_fact(&context, payload, time).map_err(|refusal| refusal.sentence)
    };
    let (requested, disbursed) = (requested.unwrap().unwrap(), disbursed.unwrap().unwrap());
    for who in ["kepala", "ani", "budi", "joko"] {
        let sentence = report(who, &requested).unwrap_err();
        assert!(sentence.contains("send the command"), "{sentence}");
        assert!(report(who, &disbursed).unwrap_err().contains("bendahara or reconciler"));
    }
    // Who brings in history through the files shows on replay, unless the office was theirs.
    let mut world = governed();
    world.by("kepala").run("officer/rini", "access.grant", role("bendahara"));
    let spp = json!({ "amount": idr(1), "decree": "SK-1", "spp": "SPP-1" });
    world.by("rini").fact(FUND, "fund.requested", spp);
    world.by("kepala").fact(FUND, "fund.disbursed", json!({ "amount": idr(1), "sp2d": "D-1", "spm": "M-1" }));
    let found: Vec<_> = rules(&world).into_iter().filter(|rule| *rule == RuleName::WithoutRight).collect();
    assert_eq!(found.len(), 2);
}

#[test]
fn the_table_names_only_what_there_is() {
    for name in Command::names() {
        assert!(Role::ALL.iter().any(|role| may_command(*role, name)), "nobody may do {name}");
    }
    let own = |name: &str| name.starts_with("ledger.") && name != "ledger.key_rotated.v1";
    for name in Payload::names().filter(|name| !own(name)) {
        assert!(Role::ALL.iter().any(|role| may_record(*role, name)), "nobody may record {name}");
    }
    for name in Command::names().chain(Payload::names()) {
        assert!(!may_command(Role::Operator, name) || name.starts_with("day."), "{name} is business");
        assert!(![Role::Auditor, Role::Analyst].iter().any(|role| may_record(*role, name)), "{name}");
    }
    for (one, other) in Role::ALL.iter().flat_map(|one| Role::ALL.iter().map(move |other| (*one, *other))) {
        assert_eq!(apart(one, other), apart(other, one));
    }
}
