//! Each rule on a history that trips it, and on one that must not.

use super::{RuleName, Step, find};
use crate::ids::Position;
use crate::state::State;
use crate::testing::{BT_PKLW_2021, PRAKERJA_2020, World, idr, person};
use serde_json::{Value, json};

const FUND: &str = "fund/prakerja-2020/2021";

/// Every finding of a history: the rule, and the type of the event that proves it.
fn findings(world: &World) -> Vec<(RuleName, &'static str)> {
    let mut state = State::new();
    let mut all = Vec::new();
    for (event, position) in world.events.iter().zip(0..) {
        let entry = state.apply(event);
        let step = Step { position: Position(position), event, entry: entry.as_ref(), state: &state };
        all.extend(find(step).into_iter().map(|finding| (finding.rule, event.payload.name())));
    }
    all
}

fn count(world: &World, rule: RuleName) -> usize {
    findings(world).iter().filter(|(each, _)| *each == rule).count()
}

/// A course for 600,000 finished, and an incentive due at `bni`; enough money on the account.
fn earner() -> (World, String) {
    let mut world = World::of(PRAKERJA_2020);
    let ani = person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).list_course("kue", idr(350_000));
    world.decree(&[&ani], 16).link(&ani, "bni", "bank");
    let request = json!({ "amount": idr(9_000_000), "spp": "SPP-1" });
    world.by("ppk").run(FUND, "fund.request", request);
    world.by("ppspm").run(FUND, "fund.order", json!({ "spm": "SPM-1", "spp": "SPP-1" })).by("office");
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(9_000_000), "sp2d": "D-1", "spm": "SPM-1" }));
    world.finish(&ani, "kopi", "p1").at("2021-04-03");
    (world, ani)
}

fn settled(purchase: &str, amount: i64, commission: i64) -> Value {
    json!({ "amount": idr(amount), "commission": idr(commission), "purchase": purchase, "reference": "B-1" })
}

fn paid(attempt: u8, partner: &str, amount: i64) -> Value {
    json!({
        "amount": idr(amount), "attempt": attempt, "benefit": "incentive", "channel": "bank", "number": 1,
        "partner": partner, "reference": "T",
    })
}

#[test]
fn an_ordinary_history_has_no_findings() {
    let (mut world, ani) = earner();
    world.run(&ani, "voucher.settle", settled("p1", 600_000, 90_000)).instruct(&ani, "incentive", 1);
    world.settle(&ani, "incentive", 1, idr(600_000)).close_day("2021-05-30");
    world.at("2021-06-01").by("dewi").run(&ani, "entitlement.revoke", json!({ "reason": "ineligible" }));
    world.run(&ani, "recovery.demand", json!({ "amount": idr(600_000), "demand": "L", "reason": "x" }));
    let repaid = json!({ "amount": idr(600_000), "method": "treasury", "reference": "N" });
    world.fact(&ani, "recovery.repaid", repaid).reinstate(&ani, "fitri", "eko");
    world.close_day("2021-11-30");
    world.close_day("2022-05-25");
    world.at("2022-05-26").run(FUND, "fund.close_year", json!({}));
    assert_eq!(findings(&world), []);
}

#[test]
fn an_amount_that_is_not_what_moved() {
    use RuleName::AmountMismatch;
    let (mut world, ani) = earner();
    let before = world.money(&ani);
    for (name, data) in [
        ("voucher.lapsed", json!({ "amount": idr(399_999) })),
        ("voucher.restored", json!({ "amount": idr(1), "by": "provider", "purchase": "p9" })),
        ("instalment.lapsed", json!({ "amount": idr(600_000), "benefit": "incentive", "number": 2 })),
        (
            "payout.instructed",
            json!({
                "amount": idr(1), "attempt": 1, "benefit": "incentive", "number": 1, "partner": "bni",
            }),
        ),
        ("payout.settled", paid(1, "bni", 599_999)),
        ("voucher.settled", settled("p1", 599_999, 0)),
        ("entitlement.revoked", json!({ "amount": idr(1), "reason": "withdrawn" })),
        (
            "recovery.demanded",
            json!({
                "amount": idr(9_000_000), "demand": "L", "reason": "x", "until": "2021-06-01",
            }),
        ),
        ("recovery.written_off", json!({ "amount": idr(9_000_001), "reason": "x", "reference": "W" })),
    ] {
        let found = count(&world, AmountMismatch);
        world.fact(&ani, name, data);
        assert_eq!(count(&world, AmountMismatch), found + 1, "{name}");
    }
    // The books followed the rules: what was on the card is released but for what was paid, spent or under way.
    let after = world.money(&ani);
    assert_eq!(after.released, before.voucher + before.unearned);
    assert_eq!((after.paid, after.instructed), (59_999_900, 100));
}

#[test]
fn a_certificate_before_purchase_or_completion() {
    let (mut world, ani) = earner();
    let certified = |number: &str| json!({ "certificate": number, "purchase": "p2" });
    world.buy(&ani, "kue", "p2").fact(&ani, "training.certified", certified("C-1"));
    assert_eq!(count(&world, RuleName::CertificateTooEarly), 1);
    world.fact(&ani, "training.completed", json!({ "hours": 20, "purchase": "p2" }));
    world.at("2021-04-02").fact(&ani, "training.certified", certified("C-2"));
    assert_eq!(count(&world, RuleName::CertificateTooEarly), 2);
    world.at("2021-04-04").fact(&ani, "training.certified", certified("C-3"));
    assert_eq!(count(&world, RuleName::CertificateTooEarly), 2);
}

#[test]
fn a_commission_above_the_cap_and_a_platform_paid_before_completion() {
    let (mut world, ani) = earner();
    world.fact(&ani, "voucher.settled", settled("p1", 600_000, 90_001));
    assert_eq!(findings(&world), [(RuleName::CommissionAboveCap, "voucher.settled.v1")]);
    world.buy(&ani, "kue", "p2").fact(&ani, "voucher.settled", settled("p2", 350_000, 52_500));
    assert_eq!(count(&world, RuleName::CommissionAboveCap), 1);
    assert_eq!(count(&world, RuleName::SettledBeforeCompletion), 1);
}

#[test]
fn the_courses_of_2020_paid_and_not_finished_are_counted_at_the_years_end() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2020-08-01").list_course("kopi", idr(600_000)).decree(&[ani], 4).buy(ani, "kopi", "p1");
    world.run(ani, "voucher.settle", settled("p1", 600_000, 0)).at("2020-12-31");
    assert_eq!(count(&world, RuleName::SettledBeforeCompletion), 0);
    world.run("fund/prakerja-2020/2020", "fund.close_year", json!({}));
    assert_eq!(count(&world, RuleName::SettledBeforeCompletion), 1);
}

#[test]
fn a_completion_without_a_purchase() {
    let (mut world, ani) = earner();
    let completed = |purchase: &str| json!({ "hours": 20, "purchase": purchase });
    world.fact(&ani, "training.completed", completed("p9"));
    assert_eq!(count(&world, RuleName::CompletionWithoutPurchase), 1);
    world.buy(&ani, "kue", "p2").run(&ani, "voucher.cancel", json!({ "by": "provider", "purchase": "p2" }));
    world.fact(&ani, "training.completed", completed("p2")).fact(&ani, "training.completed", completed("p1"));
    assert_eq!(count(&world, RuleName::CompletionWithoutPurchase), 2);
}

#[test]
fn a_decree_that_the_terms_do_not_give() {
    let (mut world, ani) = earner();
    let decreed = |amount: i64, person: &str, world: &mut World| {
        let benefits = json!([{ "amount": idr(amount), "benefit": "training" }]);
        let data = json!({ "batch": 16, "benefits": benefits, "decree": "SK-16" });
        world.fact(person, "entitlement.decreed", data);
    };
    decreed(1_000_000, &ani, &mut world);
    assert_eq!(count(&world, RuleName::DecreeAgainstTerms), 1, "a second grant");
    decreed(1_000_001, &person(2), &mut world);
    assert_eq!(count(&world, RuleName::DecreeAgainstTerms), 2, "another amount");
    decreed(1_000_000, &person(3), &mut world);
    assert_eq!(count(&world, RuleName::DecreeAgainstTerms), 2);
}

#[test]
fn an_instalment_settled_twice_and_by_another_partner() {
    use RuleName::{DuplicateSettlement, SettledAfterFailure, SettledByAnotherPartner};
    let (mut world, ani) = earner();
    let failed =
        json!({ "attempt": 1, "benefit": "incentive", "number": 1, "partner": "bni", "reason": "limit" });
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.failed", failed).link(&ani, "bri", "bank");
    let retry = json!({ "benefit": "incentive", "number": 1, "payon": "2021-04-03" });
    let instruct = json!({ "benefit": "incentive", "number": 1, "partner": "bri" });
    world.run(&ani, "payout.retry", retry).run(&ani, "payout.instruct", instruct);
    world.fact(&ani, "payout.settled", paid(1, "bni", 600_000));
    let of = |world: &World| {
        [SettledAfterFailure, SettledByAnotherPartner, DuplicateSettlement].map(|rule| count(world, rule))
    };
    assert_eq!(of(&world), [1, 1, 0]);
    world.fact(&ani, "payout.settled", paid(2, "bri", 600_000));
    assert_eq!(of(&world), [1, 1, 1]);
    world.fact(&ani, "payout.settled", paid(2, "bri", 600_000));
    assert_eq!(of(&world), [1, 1, 2]);
}

#[test]
fn a_list_is_judged_by_its_own_date() {
    use RuleName::ListedAtSelection;
    let (mut world, ani) = earner();
    let report = |asof: &str, register: &str, listed: bool| json!({ "asof": asof, "listed": listed, "register": register });
    for (data, found) in [
        (report("2021-03-30", "dapodik", true), 1),
        (report("2021-03-31", "dapodik", true), 2),
        (report("2021-12-31", "dapodik", true), 3),
        (report("2022-01-01", "dapodik", true), 3),
        (report("2021-03-30", "dapodik", false), 3),
        (report("2021-03-30", "unheard-of", true), 4),
    ] {
        world.fact(&ani, "participant.register_reported", data.clone());
        assert_eq!(count(&world, ListedAtSelection), found, "{data}");
    }
    world.register(&person(2), None);
    world.fact(&person(2), "participant.register_reported", report("2021-03-30", "dapodik", true));
    assert_eq!(count(&world, ListedAtSelection), 4, "nobody's entitlement");
}

#[test]
fn more_went_out_than_was_there() {
    use RuleName::Overdrawn;
    let mut world = World::of(BT_PKLW_2021);
    let (fund, custody) = ("fund/bt-pklw-2021/2021", "custody/bt-pklw-2021/2021");
    let unit = |amount: i64, unit: &str| json!({ "amount": idr(amount), "unit": unit });
    world.at("2021-09-10");
    world.fact(fund, "fund.disbursed", json!({ "amount": idr(100), "sp2d": "D", "spm": "M" }));
    world.fact(custody, "custody.drawn", unit(100, "polri-1"));
    assert_eq!(count(&world, Overdrawn), 0);
    world.fact(custody, "custody.returned", unit(1, "tni-1"));
    assert_eq!(count(&world, Overdrawn), 1, "a unit brought back what it never drew");
    let partner = |amount: i64| json!({ "amount": idr(amount), "partner": "ovo", "reference": "B" });
    world.fact(fund, "fund.partner_funded", partner(2));
    assert_eq!(count(&world, Overdrawn), 2, "the account had one rupiah");
    world.fact(fund, "fund.partner_defunded", partner(3));
    assert_eq!(count(&world, Overdrawn), 3, "the float had two");
}

#[test]
fn a_purchase_on_an_ended_card() {
    let (mut world, ani) = earner();
    let bought = world.purchase("kue", "p2");
    world.fact(&ani, "voucher.spent", bought.clone());
    assert_eq!(count(&world, RuleName::PurchaseAfterRevocation), 0);
    world.run(&ani, "entitlement.revoke", json!({ "reason": "withdrawn" })).fact(
        &ani,
        "voucher.spent",
        bought,
    );
    assert_eq!(count(&world, RuleName::PurchaseAfterRevocation), 1);
    assert_eq!(world.money(&ani).spent, 95_000_000);
}

#[test]
fn a_repayment_without_a_demand() {
    let (mut world, ani) = earner();
    let repaid = json!({ "amount": idr(1), "method": "treasury", "reference": "N" });
    world.fact(&ani, "recovery.repaid", repaid);
    assert_eq!(findings(&world), [(RuleName::RepaidBeyondDemand, "recovery.repaid.v1")]);
}

#[test]
fn an_account_that_several_persons_linked() {
    use RuleName::SharedAccount;
    let (mut world, ani) = earner();
    world.register(&person(2), None).instruct(&ani, "incentive", 1);
    let duplicate = |reason: &str| json!({ "other": World::id(&ani).0, "reason": reason });
    world.fact(&person(2), "participant.duplicate_found", duplicate("nik"));
    assert_eq!(count(&world, SharedAccount), 0);
    world.fact(&person(2), "participant.duplicate_found", duplicate("account"));
    assert_eq!(count(&world, SharedAccount), 1);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!(count(&world, SharedAccount), 2);
    // Another account is another matter.
    world.link(&ani, "bri", "bank").settle(&ani, "incentive", 2, idr(600_000));
    assert_eq!(count(&world, SharedAccount), 2);
}

#[test]
fn money_of_the_treasury_without_its_document() {
    use RuleName::TreasuryDocument;
    let (mut world, _) = earner();
    assert_eq!(count(&world, TreasuryDocument), 0);
    let disbursed =
        |amount: i64, sp2d: &str, spm: &str| json!({ "amount": idr(amount), "sp2d": sp2d, "spm": spm });
    world.fact(FUND, "fund.disbursed", disbursed(1, "D-9", "SPM-9"));
    assert_eq!(count(&world, TreasuryDocument), 1, "no such order");
    world.fact(FUND, "fund.disbursed", disbursed(9_000_000, "D-10", "SPM-1"));
    assert_eq!(count(&world, TreasuryDocument), 2, "carried out twice");
    world.by("ppk").run(FUND, "fund.request", json!({ "amount": idr(5), "spp": "SPP-2" }));
    world.by("ppspm").run(FUND, "fund.order", json!({ "spm": "SPM-2", "spp": "SPP-2" }));
    world.fact(FUND, "fund.disbursed", disbursed(4, "D-11", "SPM-2"));
    assert_eq!(count(&world, TreasuryDocument), 3, "another amount");
    let returned = |amount: i64, ntpn: &str, order: &str| json!({ "amount": idr(amount), "kind": "same-year", "ntpn": ntpn, "order": order });
    world.fact(FUND, "fund.returned", returned(1, "N-1", "R-1"));
    assert_eq!(count(&world, TreasuryDocument), 4, "no such order to return");
    world.run(FUND, "fund.order_return", json!({ "amount": idr(2), "order": "R-2", "reason": "lapse" }));
    world.fact(FUND, "fund.returned", returned(2, "N-2", "R-2"));
    assert_eq!(count(&world, TreasuryDocument), 4);
    world.fact(FUND, "fund.returned", returned(1, "N-3", "R-2"));
    assert_eq!(count(&world, TreasuryDocument), 5, "more than was ordered");
}

#[test]
fn money_that_comes_back_of_no_known_payment() {
    let (mut world, ani) = earner();
    let back = json!({
        "amount": idr(600_000), "attempt": 1, "benefit": "incentive", "channel": "bank", "number": 1,
        "partner": "bni", "reason": "closed",
    });
    world.instruct(&ani, "incentive", 1).fact(&ani, "payout.returned", back);
    assert_eq!(findings(&world), [(RuleName::UnmatchedReturn, "payout.returned.v1")]);
    world.settle(&ani, "incentive", 1, idr(600_000));
    assert_eq!(count(&world, RuleName::UnmatchedReturn), 1);
}

#[test]
fn money_that_bounced_or_was_set_aside_or_credited_does_not_grow() {
    use RuleName::{LateCorrection, Overdrawn, TreasuryDocument};
    let (mut world, _) = earner();
    let of = |world: &World| [TreasuryDocument, Overdrawn, LateCorrection].map(|rule| count(world, rule));
    let bounced =
        |amount: i64, sp2d: &str| json!({ "amount": idr(amount), "reason": "account-name", "sp2d": sp2d });
    world.fact(FUND, "fund.disbursement_bounced", bounced(1, "D-9"));
    assert_eq!(of(&world), [1, 0, 0], "no such SP2D");
    world.fact(FUND, "fund.disbursement_bounced", bounced(8_000_000, "D-1"));
    let again =
        |amount: i64, reissue: &str| json!({ "amount": idr(amount), "reissue": reissue, "sp2d": "D-1" });
    world.run(FUND, "fund.send_correction", json!({ "letter": "L-1", "sp2d": "D-1", "sptjm": "S-1" }));
    world.fact(FUND, "fund.disbursement_reissued", again(8_000_000, "D-2"));
    // What was sent again may bounce again, under its old number or its new one.
    world.fact(FUND, "fund.disbursement_bounced", bounced(8_000_000, "D-2"));
    world.fact(FUND, "fund.disbursement_bounced", bounced(900_000, "D-1"));
    assert_eq!(of(&world), [1, 0, 0]);
    world.fact(FUND, "fund.disbursement_bounced", bounced(8_100_001, "D-1"));
    // The account had 99,999 then.
    assert_eq!(of(&world), [2, 1, 0], "more than it carried");
    world.fact(FUND, "fund.disbursement_reissued", again(17_000_002, "D-3"));
    assert_eq!(of(&world), [2, 1, 1]);
    world.fact(FUND, "fund.disbursement_reissued", again(1, "D-4"));
    assert_eq!(of(&world), [2, 2, 2], "the treasury had none of it left");

    let (mut world, _) = earner();
    let aside = |amount: i64| json!({ "amount": idr(amount), "kind": "reserve", "reference": "B" });
    world.fact(FUND, "fund.reserved", aside(100)).fact(FUND, "fund.reserve_drawn", aside(100));
    assert_eq!(of(&world), [0, 0, 0]);
    world.fact(FUND, "fund.reserve_drawn", aside(1));
    assert_eq!(of(&world), [0, 1, 0], "nothing was set aside any more");

    let (mut world, _) = earner();
    let remitted = |amount: i64, ntpn: &str| json!({ "amount": idr(amount), "ntpn": ntpn });
    for name in ["fund.interest_credited", "fund.unidentified_credited"] {
        world.fact(FUND, name, json!({ "amount": idr(5), "reference": "B" }));
    }
    world.fact(FUND, "fund.revenue_remitted", remitted(9, "N-1"));
    assert_eq!(of(&world), [0, 0, 0]);
    world.fact(FUND, "fund.revenue_remitted", remitted(1, "N-1"));
    assert_eq!(of(&world), [1, 0, 0], "a number a second time");
    world.fact(FUND, "fund.revenue_remitted", remitted(1, "N-2"));
    assert_eq!(of(&world), [1, 1, 0], "more than was credited");
}

#[test]
fn one_fault_of_a_document_does_not_hide_another() {
    let (mut world, _) = earner();
    let paid = json!({ "amount": idr(8_999_999), "sp2d": "D-1", "spm": "SPM-1" });
    world.fact(FUND, "fund.disbursed", paid);
    let mut state = State::new();
    let mut sentences = Vec::new();
    for (event, position) in world.events.iter().zip(0..) {
        let entry = state.apply(event);
        let step = Step { position: Position(position), event, entry: entry.as_ref(), state: &state };
        sentences.extend(find(step).into_iter().map(|finding| finding.sentence));
    }
    let expected = "SP2D D-1 was reported 2 times; SPM SPM-1 was carried out 2 times; \
                    SP2D D-1 pays Rp8,999,999, not what SPM SPM-1 orders";
    assert_eq!(sentences, [expected]);
}
