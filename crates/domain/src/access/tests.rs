//! Roles: who may give them, what they allow, which are apart.

use super::{Role, apart, may_command, may_record};
use crate::catalogue::{Command, Payload};
use crate::findings::{RuleName, Step, find};
use crate::ids::Position;
use crate::refusal::RefusalCode as R;
use crate::state::State;
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
