//! What a person of the case does, as items.

use super::count::{INCENTIVE, price};
use super::lives::{Act, By, Why};
use super::office::PROXY;
use super::{OPENS, PROGRAMME, Revocations};
use crate::day::{MINUTE, instant};
use crate::line::{Actor, Entry, Money};
use crate::steps::{REGENCIES, identity};

const PROPOSER: Actor = Actor::User("pmo.appeals");
const BANK: &str = "bni";

impl Revocations {
    pub(super) fn id(&self, who: u32) -> u128 {
        // Its own stream is used for days and hours; the id comes from another.
        let mut random = self.root.stream(u64::from(who) | 1 << 40);
        identity(instant(OPENS, 0), &mut random)
    }

    /// Registers, passes the checks, joins and is screened.
    pub(super) fn enrol(&mut self, who: u32) {
        let (id, mut random) = (self.id(who), self.random(who));
        let regency = random.choose(REGENCIES, "3171");
        let (sex, born) = (random.choose(&["female", "male"], "male"), 1965 + random.below(35));
        let data = format_args!(
            r#"{{"born":"{born}-06","education":"senior-secondary","employment":"job-seeker","regency":"{regency}","sex":"{sex}"}}"#
        );
        let entry = Entry::person("participant.register.v1", id, data);
        self.emit(&entry.id(format_args!("register")).before(12 * MINUTE));
        for (place, check) in (0u32..).zip(["email", "identity", "phone", "face", "ability"]) {
            let data = format_args!(r#"{{"check":"{check}","verdict":"passed"}}"#);
            let entry = Entry::person("participant.verify.v1", id, data);
            self.emit(&entry.id(format_args!("verify-{check}")).before((10 - place) * MINUTE));
        }
        let data = format_args!(r#"{{"batch":4}}"#);
        let entry = Entry::person("batch.join.v1", id, data).of(PROGRAMME);
        self.emit(&entry.id(format_args!("join")).before(MINUTE));
        let data = format_args!(
            r#"{{"batch":4,"registers":[{{"asof":"2020-08-07","listed":false,"register":"state-officials"}},{{"asof":"2020-08-07","listed":false,"register":"dapodik"}}]}}"#
        );
        let entry = Entry::person("batch.screen.v1", id, data).of(PROGRAMME);
        self.emit(&entry.id(format_args!("screen")));
    }

    pub(super) fn act(&mut self, who: u32, act: Act) {
        match act {
            Act::Link => self.link(who),
            Act::Buy(number) => {
                let price = Money(price(number));
                let data = format!(
                    r#"{{"course":"k{number}","platform":"pijar-mahir","price":{price},"purchase":"p{number}"}}"#
                );
                self.tell(who, "voucher.spend.v1", number, &data);
            }
            Act::Cancel(number, by) => {
                let by = if by == By::Provider { "provider" } else { "participant" };
                let data = format!(r#"{{"by":"{by}","purchase":"p{number}"}}"#);
                self.tell(who, "voucher.cancel.v1", number, &data);
            }
            Act::Redeem(number) => {
                self.tell(who, "training.redeem.v1", number, &format!(r#"{{"purchase":"p{number}"}}"#));
            }
            Act::Complete(number) => {
                let data = format!(r#"{{"hours":8,"purchase":"p{number}"}}"#);
                self.tell(who, "training.complete.v1", number, &data);
                let data = format!(r#"{{"certificate":"C-{who:06}-{number}","purchase":"p{number}"}}"#);
                self.tell(who, "training.certify.v1", number, &data);
            }
            Act::Rate(number) => {
                let data = format!(r#"{{"purchase":"p{number}","stars":4}}"#);
                self.tell(who, "training.rate.v1", number, &data);
            }
            Act::Settle(number) => {
                let (amount, kept) = (Money(price(number)), Money(price(number) / 10));
                let data = format!(
                    r#"{{"amount":{amount},"commission":{kept},"purchase":"p{number}","reference":"b-{who:06}-{number}"}}"#
                );
                self.tell(who, "voucher.settle.v1", number, &data);
            }
            Act::Instruct(_) | Act::Paid(..) | Act::Failed(..) | Act::Retry(_) | Act::CameBack(..) => {
                self.pay(who, act);
            }
            Act::Revoke(why) => {
                let reason = if why == Why::Ineligible { "ineligible" } else { "withdrawn" };
                let data = format!(r#"{{"reason":"{reason}"}}"#);
                self.decide(who, "entitlement.revoke.v1", &data);
            }
            Act::Reinstate => {
                let data = format!(r#"{{"reason":"appeal","reference":"A-{who:06}"}}"#);
                let id = format!("propose-{}", self.today);
                self.put(who, "entitlement.propose_reinstatement.v1", &id, Some(PROPOSER), &data);
                self.decide(who, "entitlement.reinstate.v1", &data);
            }
            // The ledger does these by itself when the day is closed.
            Act::TermEnds | Act::BalanceEnds | Act::PaymentsEnd => {}
        }
    }

    fn link(&mut self, who: u32) {
        let id = self.id(who);
        let data = format_args!(r#"{{"channel":"bank","partner":"{BANK}"}}"#);
        self.emit(&Entry::person("participant.link_account.v1", id, data).id(format_args!("link")));
        let data = format_args!(r#"{{"verdict":"passed"}}"#);
        self.emit(&Entry::person("participant.verify_account.v1", id, data).id(format_args!("account")));
    }

    /// A payment, from the instruction to the bank's answers.
    fn pay(&mut self, who: u32, act: Act) {
        let amount = Money(INCENTIVE);
        let (number, kind, rest) = match act {
            Act::Instruct(number) => (number, "payout.instruct.v1", format!(r#","partner":"{BANK}""#)),
            Act::Paid(number, _) => (
                number,
                "payout.settled.v1",
                format!(r#","partner":"{BANK}","reference":"t-{who:06}-{number}""#),
            ),
            Act::Failed(number, _) => {
                (number, "payout.failed.v1", format!(r#","partner":"{BANK}","reason":"rejected""#))
            }
            Act::Retry(number) => {
                let day = crate::day::Date(self.today);
                (number, "payout.retry.v1", format!(r#","payon":"{day}""#))
            }
            Act::CameBack(number, _) => {
                (number, "payout.returned.v1", format!(r#","partner":"{BANK}","reason":"inactive""#))
            }
            _ => return,
        };
        let first = match act {
            Act::Paid(_, attempt) | Act::CameBack(_, attempt) => format!(
                r#""amount":{amount},"attempt":{attempt},"benefit":"incentive","channel":"bank","number":{number}"#
            ),
            Act::Failed(_, attempt) => {
                format!(r#""attempt":{attempt},"benefit":"incentive","number":{number}"#)
            }
            _ => format!(r#""benefit":"incentive","number":{number}"#),
        };
        let data = format!("{{{first}{rest}}}");
        // A second attempt is another command, on another day.
        let id = format!("{kind}-{number}-{}", self.today);
        self.put(who, kind, &id, None, &data);
    }

    /// What a person or a platform does with purchase `number`.
    fn tell(&mut self, who: u32, kind: &str, number: u8, data: &str) {
        self.put(who, kind, &format!("{kind}-{number}"), None, data);
    }

    /// What the office decides about a card.
    fn decide(&mut self, who: u32, kind: &str, data: &str) {
        let id = format!("{kind}-{}", self.today);
        self.put(who, kind, &id, Some(PROXY), data);
    }

    fn put(&mut self, who: u32, kind: &str, id: &str, by: Option<Actor>, data: &str) {
        let (data, id) = (format_args!("{data}"), format_args!("{id}"));
        let mut entry = Entry::person(kind, self.id(who), data).of(PROGRAMME).id(id);
        entry.actor = by;
        self.emit(&entry);
    }
}
