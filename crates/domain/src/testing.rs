//! Given, when, then: a small world that runs commands and facts through the real [`decide`] and [`State::apply`].
//!
//! Ids and recorded times are counted, so that a failing test fails the same way again. After every step the whole
//! world is held against the laws, so that each test of a rule is also a test of the books.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod spoil;

pub use spoil::spoiled;

use crate::actor::{Actor, ActorKind};
use crate::calendar;
use crate::catalogue::{Command, Payload};
use crate::decide::{Context, Draft, decide};
use crate::entitlement::{Card, CardMoney};
use crate::ids::{ActorId, ParticipantId, ProgrammeCode};
use crate::laws::{Flows, breaches};
use crate::line::Event;
use crate::money::{Currency, Money};
use crate::participant::Sealing;
use crate::programme::{Programme, Rule, Terms};
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// Kartu Prakerja, semi-social-assistance scheme.
pub const PRAKERJA_2020: &str = include_str!("../../../schemas/programme/prakerja-2020.toml");
/// Kartu Prakerja, normal scheme.
pub const PRAKERJA_2023: &str = include_str!("../../../schemas/programme/prakerja-2023.toml");
/// Cash for street vendors and stalls, handed over by units.
pub const BT_PKLW_2021: &str = include_str!("../../../schemas/programme/bt-pklw-2021.toml");

/// The origin written in lines.
pub const SOURCE: &str = "jejak.example/test";

/// An amount of whole rupiah, as in data.
pub fn idr(whole: i64) -> Value {
    json!({ "currency": "IDR", "value": format!("{whole}.00") })
}

/// The subject of the `number`th person.
pub fn person(number: u64) -> String {
    format!("participant/{}", Uuid::from_u128(0x0192_f0c1_7a00_7000_8000_0000_0000_0000 | u128::from(number)))
}

/// A world of one programme.
pub struct World {
    /// What has happened, folded.
    pub state: State,
    /// What has happened, in order.
    pub events: Vec<Event>,
    /// Flows summed from the payloads.
    pub flows: Flows,
    programme: ProgrammeCode,
    time: Timestamp,
    actor: Actor,
    sealing: Sealing,
}

impl World {
    /// A world in which one person proposed the definition `toml`, and another put it in force.
    pub fn of(toml: &str) -> Self {
        let definition: crate::programme::Definition = toml::from_str(toml).expect("a definition");
        let programme = definition.programme.code;
        let subject = format!("programme/{programme}");
        let mut world = Self::empty(programme.as_str());
        world.by("drafter").run(&subject, "programme.propose", json!({ "definition": toml }));
        world.by("head").run(&subject, "programme.publish", json!({ "revision": 1 }));
        world.by("office");
        world
    }

    /// A world in which nothing has happened.
    pub fn empty(programme: &str) -> Self {
        let mut world = Self {
            state: State::new(),
            events: Vec::new(),
            flows: Flows::default(),
            programme: ProgrammeCode::new(programme).unwrap(),
            time: Timestamp::from_millisecond(0),
            actor: Actor { kind: ActorKind::User, id: ActorId::new("office").unwrap() },
            sealing: Sealing::default(),
        };
        world.at("2020-01-02");
        world
    }

    /// Sets the time, in WIB: `2021-04-29 23:59:59.999`, or a day for its tenth hour.
    pub fn at(&mut self, wib: &str) -> &mut Self {
        let (day, clock) = wib.split_once(' ').unwrap_or((wib, "10:00:00.000"));
        let utc = Timestamp::parse(&format!("{day}T{clock}Z")).expect("a time");
        self.time = Timestamp::from_millisecond(utc.as_millisecond() - 7 * 3_600_000);
        self
    }

    /// Sets who acts.
    pub fn by(&mut self, actor: &str) -> &mut Self {
        self.actor = Actor { kind: ActorKind::User, id: ActorId::new(actor).unwrap() };
        self
    }

    /// Sets the programme of what follows.
    pub fn about(&mut self, programme: &str) -> &mut Self {
        self.programme = ProgrammeCode::new(programme).unwrap();
        self
    }

    /// Sets what the keys tell of the personal data in the commands that follow.
    pub fn sealing(&mut self, sealing: Sealing) -> &mut Self {
        self.sealing = sealing;
        self
    }

    /// Asks for a command, by its name without version: the events it caused, or the refusal.
    pub fn ask(&mut self, subject: &str, name: &str, data: Value) -> Result<Vec<Event>, Refusal> {
        let command = Command::read(&format!("{name}.v1"), &data.to_string())
            .unwrap_or_else(|problem| panic!("{name} {data}: {problem}"))
            .unwrap_or_else(|| panic!("no command {name}"));
        let subject = Subject::parse(subject).unwrap();
        self.decide(subject, self.programme_of(subject, name), &command, self.time, self.actor)
    }

    /// Runs a command that must be carried out.
    pub fn run(&mut self, subject: &str, name: &str, data: Value) -> &mut Self {
        self.ask(subject, name, data.clone()).unwrap_or_else(|refusal| panic!("{name} {data}: {refusal}"));
        self
    }

    /// Runs a command that must be refused, and returns the code.
    pub fn refused(&mut self, subject: &str, name: &str, data: Value) -> RefusalCode {
        match self.ask(subject, name, data) {
            Err(refusal) => refusal.code,
            Ok(events) => panic!("{name} was carried out: {events:?}"),
        }
    }

    /// Records a fact, by its type name without version.
    pub fn fact(&mut self, subject: &str, name: &str, data: Value) -> &mut Self {
        let payload = Payload::read(&format!("{name}.v1"), &data.to_string())
            .unwrap_or_else(|problem| panic!("{name} {data}: {problem}"))
            .unwrap_or_else(|| panic!("no event {name}"));
        let subject = Subject::parse(subject).unwrap();
        let programme = self.programme_of(subject, name);
        self.record(Draft { subject, programme, time: self.time, payload }, self.actor);
        self
    }

    /// Closes a day at its last millisecond, after all that it brings. Returns the names of what it brought.
    pub fn close_day(&mut self, day: &str) -> Vec<&'static str> {
        let day = Day::parse(day).unwrap();
        let actor = Actor { kind: ActorKind::System, id: ActorId::new("day").unwrap() };
        let mut brought = Vec::new();
        for pass in 0.. {
            assert!(pass < 300, "{day} brings something for ever: {:?}", brought.last());
            let before = brought.len();
            for due in calendar::due(&self.state, day) {
                let subject = Subject::Participant(due.participant);
                let events = self.decide(subject, Some(due.programme), &due.command, day.ends(), actor);
                brought.extend(events.iter().flatten().map(|event| event.payload.name()));
            }
            if brought.len() == before {
                break;
            }
        }
        let close = Command::read("day.close.v1", "{}").unwrap().unwrap();
        let closed = self.decide(Subject::Day(day), None, &close, day.ends(), actor);
        closed.unwrap_or_else(|refusal| panic!("{day}: {refusal}"));
        brought
    }

    /// The money of a person's card.
    pub fn money(&self, person: &str) -> CardMoney {
        self.card(person).entitlement.card
    }

    /// A person's card.
    pub fn card(&self, person: &str) -> Card<'_> {
        let Subject::Participant(id) = Subject::parse(person).unwrap() else {
            panic!("{person} is no person")
        };
        let known = self.state.people.get(id).expect("a person");
        self.state.card(known, self.programme).expect("a card")
    }

    /// The definition in force.
    pub fn definition(&self) -> &Programme {
        self.state.programmes.get(self.programme).expect("a programme")
    }

    /// The currency of the programme.
    pub fn currency(&self) -> Currency {
        self.definition().currency()
    }

    fn programme_of(&self, subject: Subject, name: &str) -> Option<ProgrammeCode> {
        let personal = name.starts_with("participant.") || name.starts_with("vacancy.");
        (matches!(subject, Subject::Participant(_)) && !personal).then_some(self.programme)
    }

    fn decide(
        &mut self,
        subject: Subject,
        programme: Option<ProgrammeCode>,
        command: &Command,
        time: Timestamp,
        actor: Actor,
    ) -> Result<Vec<Event>, Refusal> {
        let sealing = &self.sealing;
        let context = Context { state: &self.state, subject, programme, time, actor, sealing };
        crate::access::permit(&context, command, crate::record_time(time, self.state.recorded))?;
        let drafts = decide(&context, command)?;
        Ok(drafts.into_iter().map(|draft| self.record(draft, actor)).collect())
    }

    fn record(&mut self, draft: Draft, actor: Actor) -> Event {
        let number = u64::try_from(self.events.len()).unwrap();
        let event = Event {
            id: Uuid::from_u128(0x0192_f0c1_7a00_7000_9000_0000_0000_0000 | u128::from(number)),
            subject: draft.subject,
            time: draft.time,
            recorded: crate::record_time(draft.time, self.state.recorded),
            programme: draft.programme,
            actor,
            command: None,
            causation: None,
            correlation: None,
            reported_on: None,
            payload: draft.payload,
        };
        self.state.apply(&event);
        self.flows.add(&self.state, &event);
        self.hold_to_the_laws(&event);
        self.events.push(event.clone());
        event
    }

    fn hold_to_the_laws(&self, event: &Event) {
        let name = event.payload.name();
        let line = event.write(SOURCE).unwrap();
        assert_eq!(&Event::read(&line).unwrap(), event, "{name} is not read as it was written");
        let sorted: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(String::from_utf8(line).unwrap(), sorted.to_string(), "{name} is not in canonical form");
        assert_eq!(breaches(&self.state, &self.flows), [], "after {name}");
        if let Some(card) = self.state.card_of(event) {
            assert!(card.entitlement.card.is_whole(), "after {name}: {:?}", card.entitlement.card);
        }
    }
}

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

    /// Everything from registration to a closed decree `SK-<batch>`, on one day, under a budget that suffices.
    pub fn decree(&mut self, persons: &[&str], batch: u16) -> &mut Self {
        let (code, day) = (self.programme, self.time.day());
        let fund = format!("fund/{code}/{}", day.year());
        let ceiling = Money::of_minor(99_999_999_999_999, self.currency());
        // One budget serves all decrees of a year.
        let _ = self.ask(&fund, "fund.appropriate", json!({ "amount": ceiling, "document": "DIPA-1" }));
        self.run(&format!("batch/{code}/{batch}"), "batch.open", json!({ "closes": day, "quota": 100 }));
        for person in persons {
            self.register(person, None).screen(person, batch);
        }
        let decree = format!("SK-{batch}");
        self.open_decree(&decree, batch, u32::try_from(persons.len()).unwrap()).expect("a decree");
        for person in persons {
            self.run(person, "entitlement.decree", json!({ "decree": decree }));
        }
        self.run(&format!("decree/{code}/{decree}"), "decree.close", json!({}))
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
            "amount": amount, "benefit": benefit, "channel": "bank", "number": number, "partner": "bni",
            "reference": "B-1",
        });
        self.fact(person, "payout.settled", data)
    }

    /// Instructs an instalment to `bni`.
    pub fn instruct(&mut self, person: &str, benefit: &str, number: u8) -> &mut Self {
        self.run(person, "payout.instruct", json!({ "benefit": benefit, "number": number, "partner": "bni" }))
    }

    /// Every person's id, for what the helpers do not cover.
    pub fn id(person: &str) -> ParticipantId {
        match Subject::parse(person).unwrap() {
            Subject::Participant(id) => id,
            other => panic!("{other} is no person"),
        }
    }
}
