//! Budget, linked documents, and the year's end.

use crate::chart::Account;
use crate::findings::RuleName;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use serde_json::json;

const FUND: &str = "fund/prakerja-2020/2021";

#[test]
fn the_budget_is_set_once_and_revised_within_zero() {
    let mut world = World::of(PRAKERJA_2020);
    let budget = json!({ "amount": idr(100), "document": "DIPA" });
    let change = |amount: i64| json!({ "change": idr(amount), "document": "DIPA-2" });
    assert_eq!(world.refused(FUND, "fund.revise", change(1)), R::DocumentMismatch);
    world.run(FUND, "fund.appropriate", budget.clone());
    assert_eq!(world.refused(FUND, "fund.appropriate", budget), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.revise", change(-101)), R::AmountInvalid);
    world.run(FUND, "fund.revise", change(-100));
}

#[test]
fn an_order_is_signed_by_another_person_than_the_request() {
    let mut world = World::of(PRAKERJA_2020);
    let request = |spp: &str| json!({ "amount": idr(50), "spp": spp });
    let order = |spm: &str, spp: &str| json!({ "spm": spm, "spp": spp });
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-1")), R::DocumentMismatch);
    world.run(FUND, "fund.appropriate", json!({ "amount": idr(100), "document": "DIPA" }));
    let unknown = json!({ "amount": idr(50), "decree": "SK-9", "spp": "SPP-1" });
    assert_eq!(world.refused(FUND, "fund.request", unknown), R::DocumentMismatch);
    world.by("ppk").run(FUND, "fund.request", request("SPP-1")).run(FUND, "fund.request", request("SPP-2"));
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-3")), R::CeilingExceeded);
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-1")), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-1", "SPP-1")), R::SamePerson);
    world.by("ppspm").run(FUND, "fund.order", order("SPM-1", "SPP-1"));
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-2", "SPP-1")), R::DocumentMismatch);
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-1", "SPP-2")), R::DocumentMismatch);
    let disbursed = json!({ "amount": idr(50), "sp2d": "D-1", "spm": "SPM-1" });
    world.fact(FUND, "fund.disbursed", disbursed);
    let fund = world.state.funds.get(crate::ids::ProgrammeCode::new("prakerja-2020").unwrap(), 2021).unwrap();
    assert!(fund.orders.values().all(|order| order.disbursements == 1));
}

#[test]
fn the_year_is_closed_with_what_each_person_is_still_owed() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world
        .at("2021-03-30")
        .list_course("kopi", idr(600_000))
        .decree(&[ani, budi], 16)
        .finish(ani, "kopi", "p1");
    world.run(budi, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    assert_eq!(world.at("2021-12-30").refused(FUND, "fund.close_year", json!({})), R::TermNotReached);
    let closed = world.at("2021-12-31").ask(FUND, "fund.close_year", json!({})).unwrap();
    let data = serde_json::to_value(&closed.first().unwrap().payload).unwrap();
    assert_eq!(data, json!({ "owed": idr(2_950_000), "persons": 1 }));
    assert_eq!(world.refused(FUND, "fund.close_year", json!({})), R::StepDone);
}

#[test]
fn a_return_is_ordered_once_and_made_in_parts() {
    let mut world = World::of(PRAKERJA_2020);
    let ordered = json!({ "amount": idr(100), "order": "R-1", "reason": "revocation" });
    // Only what the treasury gave can be ordered back.
    assert_eq!(world.refused(FUND, "fund.order_return", ordered.clone()), R::AmountInvalid);
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(100), "sp2d": "D-1", "spm": "SPM-1" }));
    world.run(FUND, "fund.order_return", ordered.clone());
    assert_eq!(world.refused(FUND, "fund.order_return", ordered), R::DocumentMismatch);
    for ntpn in ["N-1", "N-2"] {
        world.fact(
            FUND,
            "fund.returned",
            json!({ "amount": idr(50), "kind": "same-year", "ntpn": ntpn, "order": "R-1" }),
        );
    }
    let fund = world.state.funds.get(crate::ids::ProgrammeCode::new("prakerja-2020").unwrap(), 2021).unwrap();
    assert_eq!(fund.returns.values().sum::<i64>(), 0);
}

#[test]
fn money_in_another_currency_has_books_of_its_own() {
    let mut world = World::of(PRAKERJA_2020);
    let usd = json!({ "currency": "USD", "value": "1.00" });
    world.fact(FUND, "fund.interest_credited", json!({ "amount": usd, "reference": "B" }));
    world.fact(FUND, "fund.interest_credited", json!({ "amount": idr(7), "reference": "B" }));
    let balances: Vec<_> = world
        .state
        .books
        .funds()
        .iter()
        .map(|books| (books.currency.to_string(), books.balance(crate::chart::Account::Bank)))
        .collect();
    assert_eq!(balances, [("IDR".to_owned(), 700), ("USD".to_owned(), 100)]);
}

#[test]
fn a_request_asks_for_no_more_than_its_decree_and_the_budget_and_what_came_back_in_the_year() {
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-03-30").run(
        FUND,
        "fund.appropriate",
        json!({ "amount": idr(4_000_000), "document": "DIPA" }),
    );
    world.select(&[&person(1)], 16).open_decree("SK-16", 16, 1).unwrap();
    let request = |spp: &str, amount: i64| json!({ "amount": idr(amount), "decree": "SK-16", "spp": spp });
    let other = |spp: &str, amount: i64| json!({ "amount": idr(amount), "spp": spp });
    assert_eq!(world.refused(FUND, "fund.request", request("S-1", 3_550_001)), R::CeilingExceeded);
    world.run(FUND, "fund.request", request("S-1", 3_000_000));
    assert_eq!(world.refused(FUND, "fund.request", request("S-2", 550_001)), R::CeilingExceeded);
    world.run(FUND, "fund.request", request("S-2", 550_000));
    assert_eq!(world.refused(FUND, "fund.request", other("S-3", 450_001)), R::CeilingExceeded);
    world.run(FUND, "fund.request", other("S-3", 450_000));
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(450_000), "sp2d": "D-3", "spm": "M-3" }));
    world.run(
        FUND,
        "fund.order_return",
        json!({ "amount": idr(450_000), "order": "R-1", "reason": "unused" }),
    );
    let returned = |amount: i64, kind: &str| json!({ "amount": idr(amount), "kind": kind, "ntpn": kind, "order": "R-1" });
    // Revenue of another year is no budget of this one.
    world.fact(FUND, "fund.returned", returned(50_000, "prior-year"));
    assert_eq!(world.refused(FUND, "fund.request", other("S-4", 1)), R::CeilingExceeded);
    world.fact(FUND, "fund.returned", returned(400_000, "same-year"));
    world.run(FUND, "fund.request", other("S-4", 400_000));
    assert_eq!(world.refused(FUND, "fund.request", other("S-5", 1)), R::CeilingExceeded);
}

#[test]
fn quota_is_recovered_once_and_only_from_what_a_batch_released() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world.at("2021-03-30").decree(&[ani, budi], 16).open_batch(17);
    let recover = |from: u16, to: u16, amount: i64| json!({ "amount": idr(amount), "from": from, "to": to });
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 17, 1)), R::AmountInvalid);
    world.run(ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 16, 1)), R::BatchNotOpen);
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 18, 1)), R::BatchNotOpen);
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(15, 17, 1)), R::AmountInvalid);
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 17, 3_550_001)), R::AmountInvalid);
    world.run(FUND, "fund.recover_quota", recover(16, 17, 3_000_000));
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 17, 550_001)), R::AmountInvalid);
    // What goes back to the treasury serves nobody.
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(7_100_000), "sp2d": "D-1", "spm": "M-1" }));
    world.run(
        FUND,
        "fund.order_return",
        json!({ "amount": idr(550_000), "order": "R-1", "reason": "revocation" }),
    );
    assert_eq!(world.refused(FUND, "fund.recover_quota", recover(16, 17, 1)), R::AmountInvalid);
    world.run(budi, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    world.run(FUND, "fund.recover_quota", recover(16, 17, 3_550_000));
}

#[test]
fn what_persons_are_owed_and_what_was_recovered_for_a_batch_does_not_go_back() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world.at("2021-03-30").decree(&[ani, budi], 16);
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(7_100_000), "sp2d": "D-1", "spm": "M-1" }));
    let back =
        |order: &str, amount: i64| json!({ "amount": idr(amount), "order": order, "reason": "revocation" });
    assert_eq!(world.refused(FUND, "fund.order_return", back("R-1", 1)), R::AmountInvalid, "all is owed");
    world.run(ani, "entitlement.revoke", json!({ "reason": "withdrawn" })).at("2021-03-31").open_batch(17);
    let recovered = json!({ "amount": idr(3_000_000), "from": 16, "to": 17 });
    world.run(FUND, "fund.recover_quota", recovered).found();
    assert_eq!(world.refused(FUND, "fund.order_return", back("R-1", 550_001)), R::AmountInvalid, "awaited");
    world.run(FUND, "fund.order_return", back("R-1", 550_000));
    assert_eq!(world.found(), []);
    world.fact(FUND, "fund.return_ordered", back("R-2", 1));
    assert_eq!(world.found(), [RuleName::TreasuryDocument]);
    // After the year nobody can be decreed from it: what is awaited goes back, what is owed does not.
    world.at("2022-01-01");
    assert_eq!(world.refused(FUND, "fund.order_return", back("R-3", 3_000_000)), R::AmountInvalid);
    world.run(FUND, "fund.order_return", back("R-3", 2_999_999));
    assert_eq!(world.found(), []);
}

#[test]
fn a_decree_that_the_treasury_has_not_paid_yet_does_not_hold_back_what_others_released() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world.at("2021-03-30").decree(&[ani], 16).decree(&[budi], 17);
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(3_550_000), "sp2d": "D-1", "spm": "M-1" }));
    world.run(ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    let back = |amount: i64| json!({ "amount": idr(amount), "order": "R-1", "reason": "revocation" });
    assert_eq!(world.refused(FUND, "fund.order_return", back(1)), R::AmountInvalid, "nothing is asked for");
    let request = json!({ "amount": idr(3_550_000), "decree": "SK-17", "spp": "S-2" });
    world.by("ppk").run(FUND, "fund.request", request);
    assert_eq!(world.refused(FUND, "fund.order_return", back(3_550_001)), R::AmountInvalid);
    world.by("ppspm").run(FUND, "fund.order", json!({ "spm": "M-2", "spp": "S-2" }));
    world.run(FUND, "fund.order_return", back(3_000_000));
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(3_550_000), "sp2d": "D-2", "spm": "M-2" }));
    let rest = json!({ "amount": idr(550_001), "order": "R-2", "reason": "revocation" });
    assert_eq!(world.refused(FUND, "fund.order_return", rest), R::AmountInvalid);
}

#[test]
fn what_was_recovered_is_counted_once_when_it_is_granted() {
    let mut world = World::of(PRAKERJA_2020);
    let (ani, budi) = (&person(1), &person(2));
    world.at("2021-03-30").decree(&[ani], 16).open_batch(17);
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(3_550_001), "sp2d": "D-1", "spm": "M-1" }));
    world.run(ani, "entitlement.revoke", json!({ "reason": "withdrawn" }));
    world.run(FUND, "fund.recover_quota", json!({ "amount": idr(3_550_000), "from": 16, "to": 17 }));
    world.register(budi, None).screen(budi, 17).draw(17).open_decree("SK-17", 17, 1).unwrap();
    world.run(budi, "entitlement.decree", json!({ "decree": "SK-17" }));
    let back = |amount: i64| json!({ "amount": idr(amount), "order": "R-1", "reason": "unused" });
    assert_eq!(world.refused(FUND, "fund.order_return", back(2)), R::AmountInvalid);
    world.run(FUND, "fund.order_return", back(1));
}

#[test]
fn a_disbursement_that_bounced_is_corrected_within_seven_working_days_and_sent_again() {
    let mut world = World::of(PRAKERJA_2020);
    let bounced = json!({ "amount": idr(100), "reason": "account-name", "sp2d": "D-1" });
    let letter = json!({ "letter": "L-1", "sp2d": "D-1", "sptjm": "S-1" });
    let again = json!({ "amount": idr(100), "reissue": "D-2", "sp2d": "D-1" });
    // Thursday 1 April 2021 and seven working days: Monday the 12th.
    world.at("2021-04-01").fact(
        FUND,
        "fund.disbursed",
        json!({ "amount": idr(100), "sp2d": "D-1", "spm": "M" }),
    );
    assert_eq!(world.refused(FUND, "fund.send_correction", letter.clone()), R::DocumentMismatch);
    world.fact(FUND, "fund.disbursement_bounced", bounced.clone());
    world.found();
    for (day, found) in [("2021-04-12", vec![]), ("2021-04-13", vec![RuleName::LateCorrection])] {
        let mut world = World::of(PRAKERJA_2020);
        world.at("2021-04-01").fact(FUND, "fund.disbursement_bounced", bounced.clone()).found();
        world.at(day).run(FUND, "fund.send_correction", letter.clone());
        assert_eq!(world.found(), found, "{day}");
        assert_eq!(world.refused(FUND, "fund.send_correction", letter.clone()), R::DocumentMismatch);
    }
    world.fact(FUND, "fund.disbursement_reissued", again.clone());
    assert_eq!(world.found(), [RuleName::LateCorrection], "no letter was sent");
    let fund = crate::entry::FundYear { programme: World::code("prakerja-2020"), year: 2021 };
    let books = world.state.books.fund(fund, crate::money::Currency::IDR).unwrap();
    assert_eq!(books.balance(Account::TreasuryRetur), 0);
    world.run(FUND, "fund.send_correction", letter).fact(FUND, "fund.disbursement_reissued", again);
    // Once more than had bounced, and under a number that was used.
    assert_eq!(world.found(), [RuleName::LateCorrection, RuleName::Overdrawn, RuleName::TreasuryDocument]);
}

#[test]
fn undelivered_money_is_set_aside_after_the_count_and_for_100_working_days() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[ani], 16).finish(ani, "kopi", "p1");
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(3_550_000), "sp2d": "D-1", "spm": "M-1" }));
    let reserve = |amount: i64| json!({ "amount": idr(amount), "kind": "reserve", "reference": "B-1" });
    world.found();
    world.at("2021-12-31").fact(FUND, "fund.reserved", reserve(1));
    assert_eq!(world.found(), [RuleName::ReserveAgainstRule], "before the count");
    world.run(FUND, "fund.close_year", json!({})).fact(FUND, "fund.reserved", reserve(2_949_999));
    assert_eq!(world.found(), []);
    world.fact(FUND, "fund.reserved", reserve(1));
    assert_eq!(world.found(), [RuleName::ReserveAgainstRule], "more than is owed");
    world.fact(FUND, "fund.reserve_drawn", reserve(2_950_000));
    assert_eq!(world.found(), []);
    // 100 working days after 31 December 2021, without holidays: Friday 20 May 2022.
    world.close_day("2022-05-19");
    assert_eq!(world.found(), []);
    world.close_day("2022-05-21");
    assert_eq!(world.found(), [RuleName::ReserveAgainstRule], "one rupiah is left");
    world.close_day("2022-05-22");
    assert_eq!(world.found(), [], "it is said once");
}

#[test]
fn a_return_is_of_the_year_in_which_it_is_made_and_a_document_is_reported_once() {
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-12-30").fact(
        FUND,
        "fund.disbursed",
        json!({ "amount": idr(100), "sp2d": "D-1", "spm": "M-1" }),
    );
    world
        .run(FUND, "fund.order_return", json!({ "amount": idr(100), "order": "R-1", "reason": "year-end" }))
        .found();
    let returned =
        |kind: &str, ntpn: &str| json!({ "amount": idr(10), "kind": kind, "ntpn": ntpn, "order": "R-1" });
    world.at("2021-12-31").fact(FUND, "fund.returned", returned("same-year", "N-1"));
    world.at("2022-01-01").fact(FUND, "fund.returned", returned("prior-year", "N-2"));
    assert_eq!(world.found(), []);
    world.fact(FUND, "fund.returned", returned("same-year", "N-3"));
    world.fact(FUND, "fund.returned", returned("prior-year", "N-2"));
    assert_eq!(world.found(), [RuleName::TreasuryDocument; 2]);
}

#[test]
fn a_budget_that_facts_exceed_is_found_where_it_is_exceeded() {
    let mut world = World::of(PRAKERJA_2020);
    let decree = "decree/prakerja-2020/SK-X";
    let opened = |sum: i64| json!({ "batch": 16, "count": 1, "date": "2021-03-30", "listsha256": "00", "sum": idr(sum) });
    world.at("2021-03-30").run(
        FUND,
        "fund.appropriate",
        json!({ "amount": idr(4_000_000), "document": "DIPA" }),
    );
    world.select(&[&person(1)], 16).open_decree("SK-16", 16, 1).unwrap();
    world.run(&person(1), "entitlement.decree", json!({ "decree": "SK-16" }));
    assert_eq!((world.found(), crate::laws::beyond_budget(&world.state)), (vec![], vec![]));
    world.fact(decree, "decree.opened", opened(450_001));
    assert!(world.found().contains(&RuleName::BeyondBudget));
    assert_eq!(crate::laws::beyond_budget(&world.state).first().map(|each| each.1), Some(100));
    world.fact(FUND, "fund.disbursed", json!({ "amount": idr(4_000_001), "sp2d": "D-1", "spm": "M-1" }));
    assert!(world.found().contains(&RuleName::BeyondBudget));
}

#[test]
fn a_line_below_zero_makes_no_decree_promise_more() {
    let mut world = World::of(PRAKERJA_2020);
    let budget = json!({ "amount": idr(4_000_000), "document": "DIPA" });
    world.at("2021-03-30").run(FUND, "fund.appropriate", budget);
    world.select(&[&person(1)], 16).open_decree("SK-16", 16, 1).unwrap();
    let granted = json!([{ "amount": idr(-600_000), "benefit": "incentive" }]);
    let decreed = json!({ "batch": 16, "benefits": granted, "decree": "SK-16" });
    world.fact(&person(2), "entitlement.decreed", decreed);
    assert_eq!(crate::laws::beyond_budget(&world.state), []);
}

#[test]
fn the_budget_ends_with_its_year() {
    let mut world = World::of(PRAKERJA_2020);
    let revise = json!({ "change": idr(1), "document": "DIPA-2" });
    let request = |spp: &str| json!({ "amount": idr(50), "spp": spp });
    let order = |spm: &str, spp: &str| json!({ "spm": spm, "spp": spp });
    world.at("2021-12-31");
    assert_eq!(world.refused(FUND, "fund.close_year", json!({})), R::DocumentMismatch, "no budget");
    world.run(FUND, "fund.appropriate", json!({ "amount": idr(200), "document": "DIPA" }));
    for spp in ["SPP-1", "SPP-2"] {
        world.by("ppk").run(FUND, "fund.request", request(spp));
    }
    world.by("ppspm").run(FUND, "fund.order", order("SPM-1", "SPP-1")).run(
        FUND,
        "fund.revise",
        revise.clone(),
    );
    world.at("2022-01-01");
    assert_eq!(world.refused(FUND, "fund.order", order("SPM-2", "SPP-2")), R::TermPassed);
    assert_eq!(world.refused(FUND, "fund.request", request("SPP-3")), R::TermPassed);
    assert_eq!(world.refused(FUND, "fund.revise", revise), R::TermPassed);
    let disbursed = json!({ "amount": idr(50), "sp2d": "D-1", "spm": "SPM-1" });
    world.found();
    world.fact(FUND, "fund.disbursed", disbursed);
    assert_eq!(world.found(), [RuleName::TreasuryDocument], "after the year");
    world.run(FUND, "fund.close_year", json!({}));
}
