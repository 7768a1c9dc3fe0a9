//! Days are closed once and in order, and working days follow the published year.

use crate::findings::RuleName;
use crate::refusal::RefusalCode as R;
use crate::testing::{PRAKERJA_2020, World, idr, person};
use crate::time::Day;
use serde_json::json;

#[test]
fn a_day_is_closed_after_its_end_and_never_again() {
    let mut world = World::of(PRAKERJA_2020);
    world.at("2021-04-29 23:59:59.998");
    assert_eq!(world.refused("day/2021-04-29", "day.close", json!({})), R::DayClosed);
    world.close_day("2021-04-29");
    world.at("2021-05-02");
    for day in ["day/2021-04-29", "day/2021-04-28"] {
        assert_eq!(world.refused(day, "day.close", json!({})), R::DayClosed);
    }
    world.run("day/2021-05-01", "day.close", json!({}));
}

#[test]
fn working_days_leave_out_weekends_and_holidays() {
    let mut world = World::of(PRAKERJA_2020);
    let holidays = json!({ "holidays": ["2021-05-13", "2021-05-14"], "year": 2021 });
    assert_eq!(world.refused("calendar/2022", "calendar.publish", holidays.clone()), R::SubjectMismatch);
    world.run("calendar/2021", "calendar.publish", holidays);
    let day = |text| Day::parse(text).unwrap();
    let calendar = &world.state.calendar;
    assert_eq!(calendar.working_days_after(day("2021-05-12"), 1), day("2021-05-17"));
    assert_eq!(calendar.working_days_after(day("2021-05-08"), 3), day("2021-05-12"));
    assert!(!calendar.is_working_day(day("2021-05-16")));
}

#[test]
fn nothing_is_asked_into_a_closed_day_and_what_is_reported_into_it_is_found() {
    let mut world = World::of(PRAKERJA_2020);
    let ani = &person(1);
    world.at("2021-03-30").list_course("kopi", idr(600_000)).decree(&[ani], 16).link(ani, "bni", "bank");
    world.close_day("2021-04-28");
    let bought = world.purchase("kopi", "p1");
    assert_eq!(world.at("2021-04-28").refused(ani, "voucher.spend", bought.clone()), R::DayClosed);
    assert_eq!(
        world.at("2021-04-27").refused(ani, "entitlement.revoke", json!({ "reason": "withdrawn" })),
        R::DayClosed
    );
    assert_eq!(world.found(), []);
    // What a bank did is always known later; what gives a right is not.
    world.fact("fund/prakerja-2020/2021", "fund.bank_charged", json!({ "amount": idr(1), "reference": "B" }));
    assert!(!world.found().contains(&RuleName::Backdated));
    world.fact(ani, "voucher.spent", bought);
    assert_eq!(world.found(), [RuleName::Backdated]);
    let bought = world.purchase("kopi", "p2");
    world.at("2021-04-29").fact(ani, "voucher.spent", bought);
    assert!(!world.found().contains(&RuleName::Backdated));
}
