//! The second count: every account summed from what the lines say, read as plain JSON, with no look at entries, cards or
//! books, and with a memory of its own of where each payment stands. It is exact for histories in which every fact is
//! honest; what dishonest facts do is held by other laws.

use jejak_domain::chart::Account;
use jejak_domain::entry::FundYear;
use jejak_domain::ids::{PartyCode, ProgrammeCode};
use jejak_domain::line::Event;
use jejak_domain::money::Currency;
use jejak_domain::state::State;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where one instalment stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Due,
    Clearing { partner: String, attempt: u64 },
    Suspense,
    Paid { partner: String, attempt: u64 },
}

#[derive(Clone, Debug, Default)]
pub struct Card {
    voucher: i128,
    unearned: i128,
    pub instalments: BTreeMap<(String, u64), (Place, i128)>,
    pub purchases: BTreeMap<String, (String, i128)>,
    pub settled: BTreeMap<String, i128>,
    bought: Vec<String>,
    is_ended: bool,
    /// Released by the revocation in force: balance, and the rest.
    revoked: Option<(i128, i128)>,
    /// What of it had been earned: it is due again when the card is given back.
    taken: Vec<((String, u64), i128)>,
    pub owed: i128,
    repaid: i128,
    over_repaid: i128,
}

/// The accounts by party, and the cards by person, in minor units.
#[derive(Clone, Debug, Default)]
pub struct Count {
    accounts: BTreeMap<(&'static str, String), i128>,
    pub cards: BTreeMap<String, Card>,
}

fn minor(money: &Value) -> i128 {
    assert_eq!(money["currency"], "IDR");
    money["value"].as_str().unwrap().replace('.', "").parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn source(channel: &Value) -> &'static str {
    match channel.as_str().unwrap() {
        "bank" => "bank",
        "wallet" => "partner-float",
        _ => "custody",
    }
}

impl Count {
    fn debit(&mut self, account: &'static str, party: &str, amount: i128) {
        *self.accounts.entry((account, party.to_owned())).or_default() += amount;
    }

    fn moving(&mut self, debit: &'static str, credit: &'static str, party: &str, amount: i128) {
        self.debit(debit, party, amount);
        self.debit(credit, party, -amount);
    }

    fn card(&mut self, subject: &str) -> &mut Card {
        self.cards.entry(subject.to_owned()).or_default()
    }

    fn instalment(&mut self, subject: &str, data: &Value) -> (Place, i128) {
        let key = (text(&data["benefit"]), data["number"].as_u64().unwrap());
        self.card(subject).instalments.get(&key).cloned().unwrap()
    }

    fn put(&mut self, subject: &str, data: &Value, place: Option<Place>, amount: i128) {
        let key = (text(&data["benefit"]), data["number"].as_u64().unwrap());
        let instalments = &mut self.card(subject).instalments;
        match place {
            Some(place) => drop(instalments.insert(key, (place, amount))),
            None => drop(instalments.remove(&key)),
        }
    }

    /// Adds one event.
    pub fn add(&mut self, event: &Event) {
        let line: Value = serde_json::from_slice(&event.write("law").unwrap()).unwrap();
        let name = text(&line["type"]);
        let name = name.strip_prefix("id.jejak.").unwrap();
        let (subject, data) = (text(&line["subject"]), line["data"].clone());
        match name.split_once('.').unwrap().0 {
            "fund" | "custody" => self.of_fund(name, &subject, &data),
            "entitlement" => self.of_entitlement(name, &subject, &data),
            "voucher" => self.of_voucher(name, &subject, &data),
            "instalment" | "payout" => self.of_payment(name, &subject, &data),
            "recovery" => self.of_recovery(name, &subject, &data),
            _ => {}
        }
    }

    fn of_fund(&mut self, name: &str, subject: &str, data: &Value) {
        let (partner, unit) = (text(&data["partner"]), text(&data["unit"]));
        let amount = |data: &Value| minor(&data["amount"]);
        match name {
            "fund.disbursed.v1" => self.moving("bank", "treasury", "", amount(data)),
            "fund.partner_funded.v1" => {
                self.debit("partner-float", &partner, amount(data));
                self.debit("bank", "", -amount(data));
            }
            "fund.bank_charged.v1" => self.moving("bank-charges", "bank", "", amount(data)),
            "fund.interest_credited.v1" => self.moving("bank", "interest-income", "", amount(data)),
            "fund.return_ordered.v1" => self.moving("treasury", "return-due", "", amount(data)),
            "custody.drawn.v1" => {
                self.debit("custody", &unit, amount(data));
                self.debit("bank", "", -amount(data));
            }
            "custody.returned.v1" => {
                self.debit("custody", &unit, -amount(data));
                self.debit("bank", "", amount(data));
            }
            "custody.handed_over.v1" => {
                let (_, open) = self.instalment(subject, data);
                assert_eq!(open, amount(data));
                self.debit("due", "", open);
                self.debit("custody", &unit, -open);
                self.put(subject, data, Some(Place::Paid { partner: unit, attempt: 0 }), open);
            }
            _ => {}
        }
    }

    fn of_entitlement(&mut self, name: &str, subject: &str, data: &Value) {
        match name {
            "entitlement.decreed.v1" => {
                for granted in data["benefits"].as_array().unwrap() {
                    let (training, amount) = (granted["benefit"] == "training", minor(&granted["amount"]));
                    let account = if training { "voucher-balance" } else { "unearned" };
                    self.moving("committed-pool", account, "", amount);
                    let card = self.card(subject);
                    *(if training { &mut card.voucher } else { &mut card.unearned }) += amount;
                }
            }
            "entitlement.revoked.v1" | "entitlement.closed.v1" => {
                self.end(name, subject, minor(&data["amount"]));
            }
            "entitlement.reinstated.v1" => {
                let card = self.card(subject);
                let (voucher, other) = card.revoked.take().unwrap();
                card.is_ended = false;
                card.voucher += voucher;
                let taken = std::mem::take(&mut card.taken);
                let due = taken.iter().map(|(_, open)| open).sum::<i128>();
                card.unearned += other - due;
                card.instalments.extend(taken.into_iter().map(|(key, open)| (key, (Place::Due, open))));
                assert_eq!(voucher + other, minor(&data["amount"]), "a reinstatement says what it commits");
                self.moving("committed-pool", "voucher-balance", "", voucher);
                self.moving("committed-pool", "unearned", "", other - due);
                self.moving("committed-pool", "due", "", due);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str, subject: &str, amount: i128) {
        let card = self.card(subject);
        let (voucher, unearned) = (std::mem::take(&mut card.voucher), std::mem::take(&mut card.unearned));
        card.is_ended = true;
        let (mut due, mut suspense) = (0, 0);
        if name == "entitlement.revoked.v1" {
            let taken = &mut card.taken;
            card.instalments.retain(|key, (place, open)| {
                match place {
                    Place::Due => due += *open,
                    Place::Suspense => suspense += *open,
                    Place::Clearing { .. } | Place::Paid { .. } => return true,
                }
                taken.push((key.clone(), *open));
                false
            });
            card.revoked = Some((voucher, unearned + due + suspense));
        }
        assert_eq!(voucher + unearned + due + suspense, amount, "{name} says what it releases");
        for (account, part) in [
            ("voucher-balance", voucher),
            ("unearned", unearned),
            ("due", due),
            ("return-suspense", suspense),
        ] {
            self.moving(account, "committed-pool", "", part);
        }
    }

    fn of_voucher(&mut self, name: &str, subject: &str, data: &Value) {
        let code = text(&data["purchase"]);
        let known = self.card(subject).purchases.get(&code).cloned().unwrap_or_default();
        match name {
            "voucher.spent.v1" => {
                let (platform, price) = (text(&data["platform"]), minor(&data["price"]));
                let card = self.card(subject);
                card.voucher -= price;
                card.bought.push(code.clone());
                card.purchases.insert(code, (platform.clone(), price));
                self.debit("voucher-balance", "", price);
                self.debit("platform-clearing", &platform, -price);
            }
            "voucher.restored.v1" => {
                let amount = minor(&data["amount"]);
                assert_eq!(amount, known.1);
                self.card(subject).voucher += amount;
                self.debit("voucher-balance", "", -amount);
                self.debit("platform-clearing", &known.0, amount);
            }
            "voucher.lapsed.v1" => {
                let amount = minor(&data["amount"]);
                let card = self.card(subject);
                assert_eq!(std::mem::take(&mut card.voucher), amount, "a lapse says what it releases");
                if let Some(revoked) = &mut card.revoked {
                    revoked.0 += amount;
                }
                self.moving("voucher-balance", "committed-pool", "", amount);
            }
            "voucher.expired.v1" => {
                let ordinal = usize::try_from(data["ordinal"].as_u64().unwrap()).unwrap();
                let card = self.card(subject);
                let (platform, price) = card.purchases[&card.bought[ordinal - 1]].clone();
                assert_eq!(
                    (platform.as_str(), price),
                    (data["platform"].as_str().unwrap(), minor(&data["amount"]))
                );
                self.debit("platform-clearing", &platform, price);
                self.debit("committed-pool", "", -price);
            }
            "voucher.settled.v1" | "voucher.refunded.v1" => {
                let sign = if name == "voucher.settled.v1" { 1 } else { -1 };
                let amount = sign * minor(&data["amount"]);
                *self.card(subject).settled.entry(code).or_default() += amount;
                self.debit("platform-clearing", &known.0, amount);
                self.debit("bank", "", -amount);
            }
            _ => {}
        }
    }

    fn of_payment(&mut self, name: &str, subject: &str, data: &Value) {
        let partner = text(&data["partner"]);
        let attempt = data["attempt"].as_u64().unwrap_or_default();
        match name {
            "instalment.scheduled.v1" => {
                let amount = minor(&data["amount"]);
                self.card(subject).unearned -= amount;
                self.moving("unearned", "due", "", amount);
                self.put(subject, data, Some(Place::Due), amount);
            }
            "instalment.lapsed.v1" => {
                let (place, open) = self.instalment(subject, data);
                assert_eq!(open, minor(&data["amount"]), "a lapse says what it releases");
                let from = if place == Place::Due { "due" } else { "return-suspense" };
                self.moving(from, "committed-pool", "", open);
                self.put(subject, data, None, 0);
            }
            "payout.instructed.v1" => {
                let (_, open) = self.instalment(subject, data);
                assert_eq!(open, minor(&data["amount"]), "an instruction says what is to be paid");
                self.debit("due", "", open);
                self.debit("partner-clearing", &partner, -open);
                self.put(subject, data, Some(Place::Clearing { partner, attempt }), open);
            }
            "payout.retried.v1" => {
                let (_, open) = self.instalment(subject, data);
                self.moving("return-suspense", "due", "", open);
                self.put(subject, data, Some(Place::Due), open);
            }
            "payout.settled.v1" => {
                let (_, open) = self.instalment(subject, data);
                self.debit("partner-clearing", &partner, open);
                self.debit(source(&data["channel"]), &partner_of(data), -open);
                self.put(subject, data, Some(Place::Paid { partner, attempt }), open);
            }
            "payout.failed.v1" => {
                let (_, open) = self.instalment(subject, data);
                self.debit("partner-clearing", &partner, open);
                self.came_back(subject, data, open);
            }
            "payout.returned.v1" => {
                let (_, open) = self.instalment(subject, data);
                self.debit(source(&data["channel"]), &partner_of(data), open);
                self.came_back(subject, data, open);
            }
            _ => {}
        }
    }

    /// Waits for a retry, or is released when the card has ended.
    fn came_back(&mut self, subject: &str, data: &Value, open: i128) {
        let card = self.card(subject);
        if !card.is_ended {
            self.debit("return-suspense", "", -open);
            return self.put(subject, data, Some(Place::Suspense), open);
        }
        if let Some(revoked) = &mut card.revoked {
            revoked.1 += open;
            card.taken.push(((text(&data["benefit"]), data["number"].as_u64().unwrap()), open));
        }
        self.debit("committed-pool", "", -open);
        self.put(subject, data, None, 0);
    }

    fn of_recovery(&mut self, name: &str, subject: &str, data: &Value) {
        if !matches!(data["amount"], Value::Object(_)) || name == "recovery.escalated.v1" {
            return;
        }
        let amount = minor(&data["amount"]);
        let card = self.card(subject);
        match name {
            "recovery.demanded.v1" => {
                let met = amount.min(card.over_repaid);
                card.over_repaid -= met;
                card.repaid += met;
                card.owed += amount - met;
                self.moving("recovery-receivable", "recovery-income", "", amount);
                self.moving("over-repaid", "recovery-receivable", "", met);
            }
            "recovery.repaid.v1" => {
                let within = amount.min(card.owed);
                card.owed -= within;
                card.repaid += within;
                card.over_repaid += amount - within;
                let to = if data["method"] == "bank" { "bank" } else { "treasury" };
                self.moving(to, "recovery-receivable", "", within);
                self.moving(to, "over-repaid", "", amount - within);
            }
            "recovery.withdrawn.v1" => {
                let within = amount.min(card.owed);
                card.owed -= within;
                card.over_repaid += amount - within;
                self.moving("recovery-income", "recovery-receivable", "", within);
                self.moving("recovery-income", "over-repaid", "", amount - within);
            }
            "recovery.written_off.v1" => {
                card.owed -= amount;
                self.moving("written-off", "recovery-receivable", "", amount);
            }
            _ => {}
        }
    }

    /// Holds every account of the books, and of every party, against the count.
    pub fn hold(&self, state: &State) {
        let fund = FundYear { programme: ProgrammeCode::new("law").unwrap(), year: 2021 };
        let books = state.books.fund(fund, Currency::IDR);
        for account in Account::ALL {
            let of_account = self.accounts.iter().filter(|((name, _), _)| *name == account.as_str());
            let counted: i128 = of_account.clone().map(|(_, minor)| minor).sum();
            assert_eq!(books.map_or(0, |books| books.balance(*account)), counted, "{account}");
            for ((_, party), minor) in of_account.filter(|((_, party), _)| !party.is_empty()) {
                let kept = books.map_or(0, |books| books.party(*account, PartyCode::new(party).unwrap()));
                assert_eq!(kept, *minor, "{account} of {party}");
            }
        }
    }
}

/// Only floats and cash are kept by party.
fn partner_of(data: &Value) -> String {
    if data["channel"] == "bank" { String::new() } else { text(&data["partner"]) }
}
