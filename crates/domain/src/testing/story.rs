//! The first steps of most stories, each in one word.

use super::World;
use crate::ids::{BenefitCode, ParticipantId, ProgrammeCode};
use crate::line::Event;
use crate::money::Money;
use crate::programme::{Rule, Terms};
use crate::refusal::Refusal;
use crate::subject::Subject;
use serde_json::{Value, json};
use uuid::Uuid;

/// What most stories begin with.
impl World {
    /// A platform `toko`, a provider `guru`, and a self-paced course of 20 hours.
    pub fn list_course(&mut self, course: &str, price: Value) -> &mut Self {
        self.list(course, price, "self-paced", 0)
    }

    /// The same, taught in another way with so many sessions.
    pub fn list(&mut self, course: &str, price: Value, mode: &str, sessions: u8) -> &mut Self {
        // The first course brings the platform and the provider; for the others they are known already.
        let _ = self.ask("platform/toko", "platform.register", json!({ "name": "Toko" }));
        let _ = self.ask("provider/guru", "provider.register", json!({ "name": "Guru" }));
        let listed = json!({
            "hours": 20, "mode": mode, "occupation": "5131", "price": price, "provider": "guru",
            "sessions": sessions, "title": "Barista",
        });
        self.run(&format!("course/{course}"), "course.list", listed)
    }

    /// Registers a person who passes every check.
    pub fn register(&mut self, person: &str, household: Option<Uuid>) -> &mut Self {
        let mut data = json!({
            "born": "1995-05", "education": "senior-secondary", "employment": "job-seeker",
            "regency": "3273", "sex": "female",
        });
        if let Some(household) = household {
            data["household"] = json!(household);
        }
        self.run(person, "participant.register", data);
        for check in ["email", "identity", "phone", "face", "ability", "induction"] {
            self.run(person, "participant.verify", json!({ "check": check, "verdict": "passed" }));
        }
        self
    }

    /// Links and verifies an account with a partner.
    pub fn link(&mut self, person: &str, partner: &str, channel: &str) -> &mut Self {
        self.run(person, "participant.link_account", json!({ "channel": channel, "partner": partner }));
        self.run(person, "participant.verify_account", json!({ "verdict": "passed" }))
    }

    /// Joins a batch and is screened against every list that the terms name.
    pub fn screen(&mut self, person: &str, batch: u16) -> &mut Self {
        self.run(person, "batch.join", json!({ "batch": batch }));
        let rules = self.terms(batch).eligibility.clone();
        let registers: Vec<Value> = rules.iter().filter_map(|rule| self.answer(rule)).collect();
        self.run(person, "batch.screen", json!({ "batch": batch, "registers": registers }))
    }

    fn answer(&self, rule: &Rule) -> Option<Value> {
        let (register, listed) = match rule {
            Rule::NotListed { register } => (register, false),
            Rule::Listed { register } => (register, true),
            _ => return None,
        };
        Some(json!({ "asof": self.time.day(), "listed": listed, "register": register }))
    }

    /// The terms for a batch, today.
    pub fn terms(&self, batch: u16) -> &Terms {
        let programme = self.definition();
        let number = programme.terms_for(batch, self.time.day()).expect("terms for this batch and day");
        programme.terms(number).unwrap()
    }

    /// What the terms grant one person.
    pub fn grant(&self, batch: u16) -> Money {
        let terms = self.terms(batch);
        let parse = |text: &str| Money::parse(text, self.currency()).unwrap().minor();
        let training = terms.training.as_ref().map_or(0, |training| parse(&training.amount));
        let cash = terms.cash.iter().map(|cash| parse(&cash.amount) * i64::from(cash.count)).sum::<i64>();
        Money::of_minor(training + cash, self.currency())
    }

    /// Opens a decree for so many persons.
    pub fn open_decree(&mut self, decree: &str, batch: u16, count: u32) -> Result<Vec<Event>, Refusal> {
        let sum = Money::of_minor(self.grant(batch).minor() * i64::from(count), self.currency());
        let data = json!({
            "batch": batch, "count": count, "date": self.time.day(), "listsha256": "00", "sum": sum,
        });
        self.ask(&format!("decree/{}/{decree}", self.programme), "decree.open", data)
    }

    /// Buys a course and finishes it, up to the rating.
    pub fn finish(&mut self, person: &str, course: &str, purchase: &str) -> &mut Self {
        self.buy(person, course, purchase);
        self.run(person, "training.redeem", json!({ "purchase": purchase }));
        self.run(person, "training.complete", json!({ "hours": 20, "purchase": purchase }));
        let certificate = format!("C-{purchase}");
        self.run(person, "training.certify", json!({ "certificate": certificate, "purchase": purchase }));
        self.run(person, "training.rate", json!({ "purchase": purchase, "stars": 5 }))
    }

    /// The data of a purchase at the listed price.
    pub fn purchase(&self, course: &str, purchase: &str) -> Value {
        let Subject::Course(code) = Subject::parse(&format!("course/{course}")).unwrap() else {
            panic!("{course}")
        };
        let price = self.state.supply.course(code).expect("a listed course").price;
        json!({ "course": course, "platform": "toko", "price": price, "purchase": purchase })
    }

    /// Buys a course at its listed price.
    pub fn buy(&mut self, person: &str, course: &str, purchase: &str) -> &mut Self {
        let data = self.purchase(course, purchase);
        self.run(person, "voucher.spend", data)
    }

    /// The payment partner's answer *settled*, for an amount.
    pub fn settle(&mut self, person: &str, benefit: &str, number: u8, amount: Value) -> &mut Self {
        let data = json!({
            "amount": amount, "attempt": self.attempt(person, benefit, number), "benefit": benefit,
            "channel": "bank", "number": number, "partner": "bni", "reference": "B-1",
        });
        self.fact(person, "payout.settled", data)
    }

    /// The number of the newest attempt to pay an instalment, from 1.
    pub fn attempt(&self, person: &str, benefit: &str, number: u8) -> u8 {
        let benefit = BenefitCode::new(benefit).unwrap();
        let known = self.state.people.get(Self::id(person));
        let card = known.and_then(|known| self.state.card(known, self.programme));
        let instalment = card.and_then(|card| card.instalment(benefit, number));
        instalment.map_or(1, |instalment| instalment.attempts.max(1))
    }

    /// Proposes and decides a reinstatement, by two persons.
    pub fn reinstate(&mut self, person: &str, proposer: &str, decider: &str) -> &mut Self {
        let why = json!({ "reason": "appeal", "reference": "R-1" });
        self.by(proposer).run(person, "entitlement.propose_reinstatement", why.clone());
        self.by(decider).run(person, "entitlement.reinstate", why)
    }

    /// Instructs an instalment to `bni`.
    pub fn instruct(&mut self, person: &str, benefit: &str, number: u8) -> &mut Self {
        self.run(person, "payout.instruct", json!({ "benefit": benefit, "number": number, "partner": "bni" }))
    }

    /// A programme's code.
    pub fn code(programme: &str) -> ProgrammeCode {
        ProgrammeCode::new(programme).unwrap()
    }

    /// Every person's id, for what the helpers do not cover.
    pub fn id(person: &str) -> ParticipantId {
        match Subject::parse(person).unwrap() {
            Subject::Participant(id) => id,
            other => panic!("{other} is no person"),
        }
    }
}
