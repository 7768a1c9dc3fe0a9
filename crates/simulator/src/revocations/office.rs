//! What the office does in the case: rules, courses, money, one batch, one decree, and the return to the treasury.

use super::count::{CASH, PRICES, TRAINING};
use super::{DECREE, FIRST_DAY, OPENS, PROGRAMME, Revocations, Todo};
use crate::day::{Date, HOUR, Time, day, instant};
use crate::line::{Actor, Entry, Money, Quoted, rupiah};
use crate::steps::{Hex, list_digest, pool_digest};
use sha2::{Digest as _, Sha256};

const DEFINITION: &str = include_str!("../../../../schemas/programme/prakerja-2020.toml");
const DRAFTER: Actor = Actor::User("legal.drafter");
const PUBLISHER: Actor = Actor::User("committee.secretary");
pub(super) const PROXY: Actor = Actor::User("kpa.decree");
const SELECTOR: Actor = Actor::User("pmo.selection");
const BUDGET: Actor = Actor::User("kpa.budget");
const REQUESTER: Actor = Actor::User("ppk.requests");
const SIGNER: Actor = Actor::User("ppspm.orders");
const FUND: &str = "fund/prakerja-2020/2020";
const BATCH: &str = "batch/prakerja-2020/4";
const SEED: &str = "the seed of the case";
/// Lines of a decree written in one millisecond.
const LINES: u32 = 400;

/// What the office does, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Page {
    Rules,
    Supply,
    Budget,
    OpenBatch,
    CloseBatch,
    Draw,
    OpenDecree,
    CloseDecree,
    Money,
    OrderReturn,
    ConfirmReturn,
}

impl Revocations {
    pub(super) fn plan_office(&mut self) {
        for (on, hour, page) in [
            (FIRST_DAY, 8, Page::Rules),
            (FIRST_DAY, 9, Page::Supply),
            (FIRST_DAY, 10, Page::Budget),
            (OPENS, 8, Page::OpenBatch),
            (day(2020, 8, 11), 22, Page::CloseBatch),
            (day(2020, 8, 12), 7, Page::Draw),
            (DECREE, 9, Page::OpenDecree),
            (DECREE, 15, Page::CloseDecree),
            (DECREE, 16, Page::Money),
            // The last of the terms that began anew has ended.
            (day(2020, 10, 19), 10, Page::OrderReturn),
            (day(2020, 10, 21), 15, Page::ConfirmReturn),
        ] {
            self.plan(on, hour * HOUR, Todo::Page(page));
        }
        self.plan(DECREE, 9 * HOUR + 1, Todo::Lines(0));
    }

    pub(super) fn turn_page(&mut self, page: Page) {
        match page {
            Page::Rules => self.set_rules(),
            Page::Supply => self.list_courses(),
            Page::Budget => {
                let amount = Money(rupiah(20_000_000_000_000));
                self.say(
                    BUDGET,
                    "fund.appropriate.v1",
                    FUND,
                    &format!(r#"{{"amount":{amount},"document":"DIPA-2020"}}"#),
                );
            }
            Page::OpenBatch => self.open_batch(),
            Page::CloseBatch => {
                let at = Time(instant(self.today, self.now));
                self.say(SELECTOR, "batch.close.v1", BATCH, &format!(r#"{{"at":"{at}"}}"#));
            }
            Page::Draw => self.draw(),
            Page::OpenDecree => self.open_decree(),
            Page::CloseDecree => self.say(PROXY, "decree.close.v1", "decree/prakerja-2020/SK-4", "{}"),
            Page::Money => self.disburse(),
            Page::OrderReturn => {
                let amount = Money(self.expected().no_purchase.1);
                let data = format!(r#"{{"amount":{amount},"order":"R-2020-1","reason":"revocation"}}"#);
                self.say(PROXY, "fund.order_return.v1", FUND, &data);
            }
            Page::ConfirmReturn => {
                let amount = Money(self.expected().no_purchase.1);
                let data = format!(
                    r#"{{"amount":{amount},"kind":"same-year","ntpn":"NTPN-20201021","order":"R-2020-1"}}"#
                );
                self.say(PROXY, "fund.returned.v1", FUND, &data);
            }
        }
    }

    /// An item of the office. Its type and subject are said once each, and so make its command id.
    fn say(&mut self, by: Actor, kind: &str, subject: &str, data: &str) {
        let (subject, data) = (format_args!("{subject}"), format_args!("{data}"));
        self.emit(&Entry::named(kind, subject, data).id(format_args!("{kind}")).by(by));
    }

    fn set_rules(&mut self) {
        let definition = Quoted(DEFINITION);
        let subject = "programme/prakerja-2020";
        self.say(DRAFTER, "programme.propose.v1", subject, &format!(r#"{{"definition":{definition}}}"#));
        self.say(PUBLISHER, "programme.publish.v1", subject, r#"{"revision":1}"#);
    }

    fn list_courses(&mut self) {
        self.say(
            BUDGET,
            "platform.register.v1",
            "platform/pijar-mahir",
            r#"{"name":"pijar-mahir (simulated)"}"#,
        );
        self.say(
            BUDGET,
            "provider.register.v1",
            "provider/lp1",
            r#"{"name":"Simulated training provider 1"}"#,
        );
        for (number, price) in (1..).zip(PRICES) {
            let price = Money(price);
            let data = format!(
                r#"{{"hours":8,"mode":"self-paced","occupation":"5221","price":{price},"provider":"lp1","sessions":0,"title":"Course {number} (simulated)"}}"#
            );
            self.say(BUDGET, "course.list.v1", &format!("course/k{number}"), &data);
        }
    }

    fn persons(&self) -> u32 {
        u32::try_from(self.lives.len()).unwrap_or(u32::MAX)
    }

    fn digest(&self) -> [u8; 32] {
        list_digest((0..self.persons()).map(|who| self.id(who)))
    }

    fn open_batch(&mut self) {
        let quota = self.persons();
        self.say(SELECTOR, "batch.open.v1", BATCH, &format!(r#"{{"closes":"2020-08-11","quota":{quota}}}"#));
        let digest = Sha256::digest(SEED.as_bytes());
        let promise = Hex(&digest);
        self.say(SELECTOR, "batch.commit_seed.v1", BATCH, &format!(r#"{{"sha256":"{promise}"}}"#));
    }

    /// Everyone who applied is taken: the case is about what comes after.
    fn draw(&mut self) {
        let count = self.persons();
        let digest = pool_digest((0..count).map(|who| self.id(who)).collect());
        let pool = Hex(&digest);
        let data = format!(r#"{{"pool":{count},"poolsha256":"{pool}","seed":"{SEED}","selected":{count}}}"#);
        self.say(SELECTOR, "batch.draw.v1", BATCH, &data);
        let data = format!(r#"{{"applied":{count},"eligible":{count},"selected":{count}}}"#);
        self.say(SELECTOR, "batch.summarise.v1", BATCH, &data);
    }

    fn granted(&self) -> Money {
        Money((TRAINING + CASH) * i64::from(self.persons()))
    }

    fn open_decree(&mut self) {
        let (count, digest, date, sum) = (self.persons(), self.digest(), Date(DECREE), self.granted());
        let list = Hex(&digest);
        let data =
            format!(r#"{{"batch":4,"count":{count},"date":"{date}","listsha256":"{list}","sum":{sum}}}"#);
        self.say(PROXY, "decree.open.v1", "decree/prakerja-2020/SK-4", &data);
    }

    /// Writes the next lines of the decree, and comes back for the rest a millisecond later.
    pub(super) fn decree(&mut self, from: u32) {
        let to = from.saturating_add(LINES).min(self.persons());
        for who in from..to {
            let data = format_args!(r#"{{"decree":"SK-4"}}"#);
            let entry = Entry::person("entitlement.decree.v1", self.id(who), data).of(PROGRAMME);
            self.emit(&entry);
        }
        if to < self.persons() {
            // Nothing else is planned until the decree is closed: the next lines are the next thing to do.
            self.plan(self.today, self.now + 1, Todo::Lines(to));
        }
    }

    fn disburse(&mut self) {
        let amount = self.granted();
        let data = format!(r#"{{"amount":{amount},"decree":"SK-4","spp":"SPP-2020-4"}}"#);
        self.say(REQUESTER, "fund.request.v1", FUND, &data);
        self.say(SIGNER, "fund.order.v1", FUND, r#"{"spm":"SPM-2020-4","spp":"SPP-2020-4"}"#);
        let data = format!(r#"{{"amount":{amount},"sp2d":"SP2D-2020-4","spm":"SPM-2020-4"}}"#);
        self.say(SIGNER, "fund.disbursed.v1", FUND, &data);
    }

    pub(super) fn close_day(&mut self) {
        let date = Date(self.today);
        let subject = format_args!("day/{date}");
        let entry = Entry::named("day.close.v1", subject, format_args!("{{}}"));
        self.emit(&entry.id(format_args!("close")));
    }
}
