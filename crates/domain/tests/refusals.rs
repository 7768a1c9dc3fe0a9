//! Every refusal code can be reached, each by the shortest story that leads to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that cannot go on must stop"
)]

use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::catalogue::Command;
use jejak_domain::decide::{Context, decide};
use jejak_domain::ids::{ActorId, Digest};
use jejak_domain::participant::{Sealed, Sealing};
use jejak_domain::refusal::RefusalCode as R;
use jejak_domain::subject::Subject;
use jejak_domain::testing::{BT_PKLW_2021, PRAKERJA_2020, PRAKERJA_2023, World, idr, person};
use jejak_domain::time::Timestamp;
use serde_json::{Value, json};

const BATCH: &str = "batch/prakerja-2020/12";

/// A recipient of batch 12, decreed on 1 March 2021, beside a course for 600,000.
fn recipient() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-01").list_course("kopi", idr(600_000)).decree(&[&ani], 12).link(&ani, "bni", "bank");
    (world, ani)
}

fn spend(price: i64, purchase: &str) -> Value {
    json!({ "course": "kopi", "platform": "toko", "price": idr(price), "purchase": purchase })
}

fn settle(commission: i64) -> Value {
    json!({ "amount": idr(600_000), "commission": idr(commission), "purchase": "p1", "reference": "B-1" })
}

fn of_people(code: R) -> R {
    let (mut world, ani) = recipient();
    let check = json!({ "check": "email", "verdict": "passed" });
    let registered = json!({
        "born": "1980-01", "education": "none", "employment": "laid-off", "regency": "3273", "sex": "male",
    });
    match code {
        R::ParticipantUnknown => world.refused(&person(9), "participant.verify", check),
        R::ParticipantKnown => world.refused(&ani, "participant.register", registered),
        _ => {
            world.finish(&ani, "kopi", "p1");
            world.run(&ani, "participant.unlink_account", json!({ "reason": "closed" }));
            let instruct = json!({ "benefit": "incentive", "number": 1, "partner": "bni" });
            world.at("2021-03-10").refused(&ani, "payout.instruct", instruct)
        }
    }
}

fn of_programmes(code: R) -> R {
    let mut world = World::of(PRAKERJA_2020);
    let open = json!({ "closes": "2021-03-02", "quota": 1 });
    let own = "programme/prakerja-2020";
    match code {
        R::ProgrammeUnknown => world.refused("batch/school-meal/1", "batch.open", open),
        R::ProgrammeInvalid => world.refused(own, "programme.publish", json!({ "revision": 7 })),
        R::SubjectMismatch => world.refused("fund/prakerja-2020/2021", "batch.open", open),
        R::TermsMissing => {
            // Batch 12 has terms from 23 February 2021 on.
            world.at("2021-01-01").run(BATCH, "batch.open", open);
            world.register(&person(1), None).run(&person(1), "batch.join", json!({ "batch": 12 }));
            world.refused(&person(1), "batch.screen", json!({ "batch": 12, "registers": [] }))
        }
        R::SamePerson => {
            world.by("drafter").run(own, "programme.propose", json!({ "definition": PRAKERJA_2020 }));
            world.refused(own, "programme.publish", json!({ "revision": 2 }))
        }
        _ => {
            world.register(&person(1), None);
            let command = Command::read("batch.join.v1", r#"{"batch":1}"#).unwrap().unwrap();
            let actor = Actor { kind: ActorKind::User, id: ActorId::new("office").unwrap() };
            let subject = Subject::parse(&person(1)).unwrap();
            let time = Timestamp::from_millisecond(0);
            let context = Context {
                state: &world.state,
                subject,
                programme: None,
                time,
                actor,
                sealing: Sealing::NONE,
            };
            decide(&context, &command).unwrap_err().code
        }
    }
}

fn of_batches(code: R) -> R {
    let (mut world, ani) = recipient();
    let (next, budi) = ("batch/prakerja-2020/13", &person(2));
    let close = json!({ "at": "2021-03-01T03:00:00.000Z" });
    let screen = |asof: &str| {
        let listed = json!([{ "asof": asof, "listed": false, "register": "dtks" }]);
        json!({ "batch": 13, "registers": listed })
    };
    world.open_batch(13).register(budi, None);
    match code {
        R::BatchNotOpen => world.refused("batch/prakerja-2020/14", "batch.close", close),
        R::BatchKnown => world.refused(BATCH, "batch.open", json!({ "closes": "2021-03-01", "quota": 1 })),
        R::BatchJoined => {
            let join = json!({ "batch": 13 });
            world.run(budi, "batch.join", join.clone()).refused(budi, "batch.join", join)
        }
        R::BatchNotJoined => world.refused(&ani, "batch.screen", screen("2021-02-20")),
        R::ApplicationUndecided => {
            world.open_batch(14).run(budi, "batch.join", json!({ "batch": 13 }));
            world.refused(budi, "batch.join", json!({ "batch": 14 }))
        }
        R::ListOutdated => {
            world.run(budi, "batch.join", json!({ "batch": 13 })).run(
                budi,
                "batch.screen",
                screen("2021-02-20"),
            );
            world.refused(budi, "batch.screen", screen("2021-02-19"))
        }
        R::SummaryMismatch => {
            let counts = json!({ "applied": 5, "eligible": 5, "selected": 5 });
            world.draw(13).refused(next, "batch.summarise", counts)
        }
        _ => {
            let drawn = json!({ "pool": 1, "poolsha256": "00", "seed": "other", "selected": 1 });
            world.run(next, "batch.close", close).refused(next, "batch.draw", drawn)
        }
    }
}

fn of_decrees(code: R) -> R {
    let (mut world, ani) = recipient();
    let other = &person(2);
    let (first, second) = ("decree/prakerja-2020/SK-12", "decree/prakerja-2020/SK-12b");
    match code {
        R::DecreeNotOpen => return world.refused(first, "decree.close", json!({})),
        R::DecreeKnown => return world.open_decree("SK-12", 12, 1).unwrap_err().code,
        R::CeilingExceeded => return world.open_decree("SK-12b", 12, 300_000).unwrap_err().code,
        R::NotSelected => return world.open_decree("SK-12b", 12, 1).unwrap_err().code,
        R::EntitlementMissing => {
            return world.register(other, None).refused(other, "voucher.lapse", json!({}));
        }
        _ => {}
    }
    world.select(&[&person(3)], 13).open_decree("SK-12b", 13, 1).unwrap();
    let line = json!({ "decree": "SK-12b" });
    match code {
        R::AlreadyDecreed => world.refused(&ani, "entitlement.decree", line),
        R::DecreeTotals => world.refused(second, "decree.close", json!({})),
        _ => world.register(other, None).refused(other, "entitlement.decree", line),
    }
}

fn of_entitlements(code: R) -> R {
    let (mut world, ani) = recipient();
    match code {
        R::EntitlementEnded => {
            world.run(&ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
            world.refused(&ani, "voucher.spend", spend(600_000, "p1"))
        }
        R::NotRevoked => {
            let reinstate = json!({ "reason": "appeal", "reference": "R-1" });
            world.refused(&ani, "entitlement.reinstate", reinstate)
        }
        R::TermNotReached => world.refused(&ani, "entitlement.revoke", json!({ "reason": "no-purchase" })),
        R::NotRevocable => {
            world.buy(&ani, "kopi", "p1").at("2021-05-01");
            world.refused(&ani, "entitlement.revoke", json!({ "reason": "no-purchase" }))
        }
        _ => world.refused(&ani, "recovery.escalate", json!({})),
    }
}

fn of_purchases(code: R) -> R {
    let (mut world, ani) = recipient();
    match code {
        R::AmountInvalid => return world.refused(&ani, "voucher.spend", spend(0, "p1")),
        R::CourseNotListed => return world.refused(&ani, "voucher.spend", spend(500_000, "p1")),
        R::PurchaseUnknown => return world.refused(&ani, "training.redeem", json!({ "purchase": "p9" })),
        R::TermPassed => return world.at("2021-12-01").refused(&ani, "voucher.spend", spend(600_000, "p1")),
        R::CourseNotAllowed => {
            let bought = world.list("dapur", idr(100_000), "offline", 1).purchase("dapur", "p1");
            return world.refused(&ani, "voucher.spend", bought);
        }
        _ => {}
    }
    world.buy(&ani, "kopi", "p1");
    match code {
        R::BalanceInsufficient => world.refused(&ani, "voucher.spend", spend(600_000, "p2")),
        R::PurchaseKnown => world.refused(&ani, "voucher.spend", spend(600_000, "p1")),
        R::StepMissing => world.refused(&ani, "training.complete", json!({ "hours": 20, "purchase": "p1" })),
        _ => {
            world.run(&ani, "voucher.cancel", json!({ "by": "platform", "purchase": "p1" }));
            world.refused(&ani, "training.redeem", json!({ "purchase": "p1" }))
        }
    }
}

fn of_earners(code: R) -> R {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1");
    match code {
        R::CommissionExceeded => world.refused(&ani, "voucher.settle", settle(90_001)),
        R::StepDone => world.refused(&ani, "training.redeem", json!({ "purchase": "p1" })),
        R::BenefitUnknown => world.refused(&ani, "instalment.schedule", json!({ "benefit": "cash" })),
        R::SurveyNotOpen => world.refused(&ani, "survey.submit", json!({ "number": 1 })),
        _ => {
            let retried = json!({ "benefit": "incentive", "number": 1, "payon": "2021-03-09" });
            world.refused(&ani, "payout.retry", retried)
        }
    }
}

/// A session with one seat, and one beside it at the same time.
fn of_sessions(code: R) -> R {
    let mut world = World::of(PRAKERJA_2023);
    let two = [person(1), person(2)];
    world.at("2023-04-28").list("dapur", idr(1), "offline", 2).decree(&[&two[0], &two[1]], 51);
    for session in ["session/s-1", "session/s-2"] {
        let scheduled = json!({
            "capacity": 1, "course": "dapur", "ends": "2023-04-28T05:00:00.000Z", "mode": "offline",
            "regency": "3273", "starts": "2023-04-28T02:00:00.000Z", "trainer": "t", "venue": "aula",
        });
        world.run(session, "session.schedule", scheduled);
    }
    let arrive = |session: &str, sequence: u8| json!({ "method": "otp", "purchase": "p1", "sequence": sequence, "session": session });
    for each in &two {
        world.buy(each, "dapur", "p1").run(each, "training.redeem", json!({ "purchase": "p1" }));
    }
    world.run(&two[0], "training.check_in", arrive("s-1", 1));
    match code {
        R::SessionFull => world.refused(&two[1], "training.check_in", arrive("s-1", 1)),
        _ => world.refused(&two[0], "training.check_in", arrive("s-2", 2)),
    }
}

fn of_the_rest(code: R) -> R {
    let mut world = World::of(BT_PKLW_2021);
    let ani = person(1);
    world.at("2021-09-10").register(&ani, None).list_course("kopi", idr(1));
    let (custody, fund) = ("custody/bt-pklw-2021/2021", "fund/bt-pklw-2021/2021");
    match code {
        R::Known => world.refused("platform/toko", "platform.register", json!({ "name": "Toko" })),
        R::Unknown => world.refused(&ani, "vacancy.match", json!({ "vacancy": "v-1" })),
        R::CustodyInsufficient => {
            world.refused(custody, "custody.draw", json!({ "amount": idr(1), "unit": "polri-1" }))
        }
        R::KeyFixed => {
            let key = json!({ "key": "jejak.example/law+1badc0de+AQ", "reference": "KEP-9" });
            world.refused("ledger", "ledger.rotate_key", key)
        }
        R::DocumentMismatch => world.refused(fund, "fund.order", json!({ "spm": "SPM-1", "spp": "SPP-1" })),
        _ => {
            world.close_day("2021-09-10");
            world.refused("day/2021-09-10", "day.close", json!({}))
        }
    }
}

fn of_personal_data(code: R) -> R {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    let case = |reference: &str| json!({ "reference": reference });
    let sealed = Sealed::new(&"A".repeat(60)).ok();
    let key = Digest::new("00").ok();
    world.sealing(Sealing { sealed, key, ..Sealing::default() }).register(ani, None);
    let request = json!({ "basis": "consent-withdrawn", "reference": "L-1" });
    match code {
        R::PersonalInvalid => {
            let link = json!({ "account": { "number": "12345" }, "channel": "bank", "partner": "bni" });
            world.refused(ani, "participant.link_account", link)
        }
        R::OnHold => {
            world.run(ani, "participant.place_hold", case("P-1"));
            world.refused(ani, "participant.request_erasure", request)
        }
        R::ErasureMismatch => {
            world.run(ani, "participant.request_erasure", request);
            world.by("custodian").refused(ani, "participant.approve_erasure", case("L-2"))
        }
        R::ErasureNotRequested => world.refused(ani, "participant.approve_erasure", case("L-1")),
        _ => {
            world.run(ani, "participant.request_erasure", request);
            world.by("custodian").run(ani, "participant.approve_erasure", case("L-1"));
            world.refused(ani, "participant.change_profile", json!({ "regency": "3273" }))
        }
    }
}

fn of_roles(code: R) -> R {
    let mut world = World::of(PRAKERJA_2020);
    let role = |role: &str| json!({ "reference": "SK-1", "role": role });
    world.at("2021-01-04").run("officer/kepala", "access.grant", role("kpa"));
    world.by("kepala").run("officer/ani", "access.grant", role("ppk"));
    match code {
        R::NotPermitted => world.by("ani").refused("officer/budi", "access.grant", role("ppk")),
        R::RoleInvalid => world.refused("officer/budi", "access.grant", role("platform")),
        _ => world.refused("officer/ani", "access.grant", role("ppspm")),
    }
}

fn of_runs(code: R) -> R {
    let (mut world, ani) = recipient();
    world.finish(&ani, "kopi", "p1").at("2021-03-10").by("treasurer");
    let run = "run/prakerja-2020/R-1";
    let listed = json!({
        "amount": idr(600_000), "benefit": "incentive", "number": 1, "participants": [ani["participant/".len()..]],
    });
    world
        .run(run, "run.open", json!({ "partner": "bni", "payon": "2021-03-10" }))
        .run(run, "run.list", listed);
    match code {
        R::RunState => world.refused(run, "run.release", json!({})),
        R::RunContent => {
            world.run(run, "run.prepare", json!({})).by("officer");
            world.refused(run, "run.approve", json!({ "sha256": "00" }))
        }
        _ => world.run(run, "run.prepare", json!({})).refused(run, "run.release", json!({})),
    }
}

// Grouped by what the story begins with, not merged: each line is read on its own.
#[allow(clippy::match_same_arms, reason = "one short line a group is easier to read than one long arm")]
fn story_of(code: R) -> fn(R) -> R {
    match code {
        R::ParticipantUnknown | R::ParticipantKnown | R::AccountNotVerified => of_people,
        R::ProgrammeUnknown | R::ProgrammeInvalid | R::ProgrammeMissing => of_programmes,
        R::TermsMissing | R::SubjectMismatch | R::SamePerson => of_programmes,
        R::BatchNotOpen | R::BatchKnown | R::BatchJoined | R::BatchNotJoined | R::DrawMismatch => of_batches,
        R::ApplicationUndecided | R::ListOutdated | R::SummaryMismatch => of_batches,
        R::SessionFull | R::ElsewherePresent => of_sessions,
        R::NotEligible | R::AlreadyDecreed | R::EntitlementMissing | R::CeilingExceeded => of_decrees,
        R::DecreeNotOpen | R::DecreeKnown | R::DecreeTotals | R::NotSelected => of_decrees,
        R::EntitlementEnded | R::NotRevoked | R::NotRevocable => of_entitlements,
        R::TermNotReached | R::NothingDue => of_entitlements,
        R::BalanceInsufficient | R::TermPassed | R::CourseNotListed | R::CourseNotAllowed => of_purchases,
        R::PurchaseKnown | R::PurchaseUnknown | R::PurchaseCancelled => of_purchases,
        R::AmountInvalid | R::StepMissing => of_purchases,
        R::StepDone | R::BenefitUnknown | R::InstalmentState => of_earners,
        R::SurveyNotOpen | R::CommissionExceeded => of_earners,
        R::Known | R::Unknown | R::CustodyInsufficient | R::DocumentMismatch | R::DayClosed => of_the_rest,
        R::KeyFixed => of_the_rest,
        R::RunState | R::RunContent | R::RunNotApproved => of_runs,
        R::PersonalInvalid | R::Erased | R::OnHold | R::ErasureNotRequested | R::ErasureMismatch => {
            of_personal_data
        }
        R::NotPermitted | R::RoleInvalid | R::RolesApart => of_roles,
    }
}

#[test]
fn every_code_can_be_reached() {
    for code in R::ALL.iter().copied() {
        assert_eq!(story_of(code)(code), code);
    }
}

#[test]
fn a_refusal_names_the_rule_that_said_no() {
    let (mut world, ani) = recipient();
    world.buy(&ani, "kopi", "p1");
    let refusal = world.ask(&ani, "voucher.spend", spend(600_000, "p2")).unwrap_err();
    let sentence = "voucher.balance_insufficient: the course costs Rp600,000, and the balance is Rp400,000 \
                    (rule of prakerja-2020 2021)";
    assert_eq!(refusal.to_string(), sentence);
}
